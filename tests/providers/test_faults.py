"""The table transport × fault: whatever a provider does, it is paid once and nothing is lost.

Each row is a line of the lab's script, and where a run must then stand: its phase, its ledger, and
what the lab's book says about jobs. Every transport goes through every row that it can meet.
"""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from boards.domain.generations import Generation, Phase
from boards.testing.lab import Event, Kind, Lab, Stage
from tests.providers.samples import Sample
from tests.services.studio import WAIT, Studio


@dataclass(frozen=True, kw_only=True)
class End:
    """Where a run stands when it goes no further."""

    phases: tuple[Phase, ...]
    ledger: tuple[str, ...]
    attention: bool = False
    accepted: int = 1


DONE = End(phases=(Phase.COMPLETED,), ledger=("hold", "settle"))
REFUSED = End(phases=(Phase.FAILED,), ledger=("hold", "release"), accepted=0)
FAILED = End(phases=(Phase.FAILED,), ledger=("hold", "release"))
UNKNOWN = End(phases=(Phase.SUBMIT_UNKNOWN,), ledger=("hold",), attention=True)
NEVER_ARRIVED = End(phases=(Phase.SUBMIT_UNKNOWN,), ledger=("hold",), attention=True, accepted=0)
OPEN = End(phases=(Phase.FAILED,), ledger=("hold",), attention=True)
PARKED = End(phases=(Phase.SUBMITTED, Phase.FETCHING), ledger=("hold",), attention=True)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A fault and its end. `more` is what else the fault says."""

    stage: Stage
    kind: Kind
    end: End
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        said = "-".join(f"{value}" for value in self.more.values())
        return f"{self.stage}-{self.kind}{'-' if said else ''}{said}"


def row(stage: Stage, kind: Kind, end: End, **more: Any) -> Row:
    return Row(stage=stage, kind=kind, end=end, more=more)


SUBMITS = [
    row(Stage.SUBMIT, Kind.DROP_BEFORE, NEVER_ARRIVED),
    row(Stage.SUBMIT, Kind.DROP_AFTER, UNKNOWN),
    row(Stage.SUBMIT, Kind.NONSENSE, NEVER_ARRIVED),
    row(Stage.SUBMIT, Kind.STATUS, NEVER_ARRIVED, status=500),
    row(Stage.SUBMIT, Kind.STATUS, NEVER_ARRIVED, status=502),
    row(Stage.SUBMIT, Kind.STATUS, NEVER_ARRIVED, status=503),
    row(Stage.SUBMIT, Kind.STATUS, NEVER_ARRIVED, status=504),
    row(Stage.SUBMIT, Kind.STATUS, DONE, status=503, retry_after=0.0),
    row(Stage.SUBMIT, Kind.BUSY, DONE),
    row(Stage.SUBMIT, Kind.BUSY, DONE, retry_after=0.0),
    row(Stage.SUBMIT, Kind.BUSY, DONE, times=5),
    row(Stage.SUBMIT, Kind.AUTH, REFUSED),
    row(Stage.SUBMIT, Kind.QUOTA, REFUSED),
    row(Stage.SUBMIT, Kind.INPUT, REFUSED),
    row(Stage.SUBMIT, Kind.MODERATION, REFUSED),
    row(Stage.SUBMIT, Kind.NOT_FOUND, REFUSED),
    row(Stage.SUBMIT, Kind.EMPTY, OPEN),
]
LATER = [
    row(Stage.SUBMIT, Kind.FAILS, FAILED, code="runner_server_error"),
    row(Stage.SUBMIT, Kind.FAILS, FAILED, code="content_policy_violation"),
    *(
        row(stage, kind, DONE, times=2, **more)
        for stage in (Stage.POLL, Stage.FETCH)
        for kind, more in (
            (Kind.DROP_BEFORE, {}),
            (Kind.DROP_AFTER, {}),
            (Kind.NONSENSE, {}),
            (Kind.AUTH, {}),
            (Kind.BUSY, {}),
            (Kind.NOT_FOUND, {}),
            (Kind.STATUS, {"status": 500}),
            (Kind.STATUS, {"status": 502}),
            (Kind.STATUS, {"status": 503}),
            (Kind.STATUS, {"status": 504}),
        )
    ),
    row(Stage.POLL, Kind.MODERATION, DONE),
    row(Stage.POLL, Kind.INPUT, DONE),
    row(Stage.FETCH, Kind.AUTH, PARKED, times=None),
    row(Stage.FETCH, Kind.STATUS, PARKED, status=500, times=None),
    row(Stage.FILE, Kind.DROP_BEFORE, DONE),
    row(Stage.FILE, Kind.TRUNCATED, DONE),
    row(Stage.FILE, Kind.STATUS, DONE, status=500),
    row(Stage.FILE, Kind.STATUS, DONE, status=503),
    row(Stage.FILE, Kind.WRONG_TYPE, DONE),
    row(Stage.FILE, Kind.EXPIRED, PARKED, times=None),
    row(Stage.FILE, Kind.REDIRECT_LOOPBACK, PARKED, times=None),
    row(Stage.FILE, Kind.OVERSIZED, PARKED, times=None),
]
RESULTS = [
    row(Stage.FETCH, Kind.MODERATION, FAILED),
    row(Stage.FETCH, Kind.INPUT, FAILED),
]


@pytest.mark.parametrize("fault", SUBMITS, ids=str)
async def test_a_submit_meets_a_fault(studio: Studio, lab: Lab, sample: Sample, fault: Row):
    await _meets(studio, lab, sample, fault)


@pytest.mark.parametrize("fault", LATER, ids=str)
async def test_a_job_meets_a_fault(studio: Studio, lab: Lab, queued: Sample, fault: Row):
    await _meets(studio, lab, queued, fault)


@pytest.mark.parametrize("fault", RESULTS, ids=str)
async def test_a_result_is_refused(studio: Studio, lab: Lab, queued: Sample, fault: Row):
    """A verdict where the result is asked for by itself; else a question that is asked again."""
    await _meets(studio, lab, queued, replace(fault, end=DONE) if queued.one_question else fault)


async def _meets(studio: Studio, lab: Lab, sample: Sample, fault: Row) -> None:
    lab.fault(fault.stage, fault.kind, **{"provider": sample.provider, **fault.more})

    generation = await settled(studio, sample)

    expected = fault.end
    assert generation.phase in expected.phases, generation.failure
    assert generation.needs_attention is expected.attention
    assert tuple(await studio.ledger(generation.id)) == expected.ledger
    assert lab.book.accepted == expected.accepted, "jobs that the provider took on"
    assert lab.book.count(Event.BILLED) <= 1
    if generation.phase is Phase.COMPLETED:
        assert generation.file is not None
        assert await studio.storage.verify(generation.file.key, generation.file.sha256)


async def settled(studio: Studio, sample: Sample) -> Generation:
    """Run a sample until it stands: at its end, or before a person."""
    async with studio.process(), asyncio.timeout(WAIT):
        job_id = await studio.ask(sample.generator, **sample.inputs)  # type: ignore[arg-type]
        while True:
            view = await studio.jobs.get(studio.actor, job_id)
            (generation,) = view.generations
            if view.is_settled or generation.needs_attention:
                return generation
            await asyncio.sleep(0.01)
