"""The table transport × fault: whatever a provider does, it is paid once and nothing is lost.

Each row is a line of the lab's script, and where a run must then stand: its phase, its ledger, and
what the lab's book says about jobs. Every transport goes through every row that it can meet.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest

from boards.domain.generations import Generation, Phase
from boards.testing.lab import Event, Kind, Lab, Stage
from tests.providers.samples import SAMPLES, Sample
from tests.services.studio import WAIT, Studio, eventually


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
    row(Stage.SUBMIT, Kind.OTHER_ID, DONE),
    row(Stage.POLL, Kind.MODERATION, DONE),
    row(Stage.POLL, Kind.INPUT, DONE),
    row(Stage.FETCH, Kind.AUTH, PARKED, times=None),
    row(Stage.FETCH, Kind.STATUS, PARKED, status=500, times=None),
    row(Stage.FILE, Kind.DROP_BEFORE, DONE),
    row(Stage.FILE, Kind.TRUNCATED, DONE),
    row(Stage.FILE, Kind.STATUS, DONE, status=500),
    row(Stage.FILE, Kind.STATUS, DONE, status=503),
    row(Stage.FILE, Kind.WRONG_TYPE, DONE),
    row(Stage.FILE, Kind.WRONG_TYPE, PARKED, times=None),
    row(Stage.FILE, Kind.EXPIRED, PARKED, times=None),
    row(Stage.FILE, Kind.REDIRECT_LOOPBACK, PARKED, times=None),
    row(Stage.FILE, Kind.OVERSIZED, PARKED, times=None),
]
RESULTS = [
    row(Stage.FETCH, Kind.MODERATION, FAILED),
    row(Stage.FETCH, Kind.INPUT, FAILED),
]
PICTURES = [
    row(Stage.FILE, Kind.CREDENTIALS, DONE),
]
DEADLINES = [
    row(Stage.SUBMIT, Kind.NEVER, PARKED),
    row(Stage.SUBMIT, Kind.LATE, DONE, seconds=3600.0),
    row(Stage.POLL, Kind.HOLD_BEFORE, DONE, times=2),
    row(Stage.POLL, Kind.HOLD_BEFORE, PARKED, times=None),
    row(Stage.FETCH, Kind.HOLD_MIDWAY, PARKED, times=None),
    row(Stage.FILE, Kind.HOLD_MIDWAY, PARKED, times=None),
    row(Stage.FILE, Kind.SLOW_DRIP, PARKED, times=None, seconds=0.05),
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


@pytest.mark.parametrize("fault", PICTURES, ids=str)
async def test_a_picture_meets_a_fault(studio: Studio, lab: Lab, queued: Sample, fault: Row):
    if queued.makes != "image":
        pytest.skip(f"{queued} is sampled with a {queued.makes}")
    await _meets(studio, lab, queued, fault)


@pytest.mark.parametrize("fault", DEADLINES, ids=str)
async def test_a_deadline_comes(studio: Studio, lab: Lab, queued: Sample, fault: Row):
    """No look and no download holds a run beyond it, and none of them is a verdict."""
    _impatient(studio, queued, longest_run=3.0)
    studio.client._total_seconds = 10 * WAIT  # the run has a bound of its own
    lab.fault(fault.stage, fault.kind, **{"provider": queued.provider, **fault.more})
    late = fault.kind is Kind.LATE

    async with studio.process():
        job_id = await studio.ask(queued.generator, **queued.inputs)  # type: ignore[arg-type]
        await eventually(lambda: bool(lab.desk.jobs))
        if fault.more.get("times", 1) is None or fault.stage is Stage.SUBMIT:
            studio.clock.advance(4.0)
        generation = await _standing(studio, job_id)
    if late:
        assert generation.phase in PARKED.phases
        lab.desk.end_job(*lab.desk.jobs.values())
        studio.clock.advance(studio.run_limits.late_look_every + studio.run_limits.lease + 1)
        async with studio.process() as worker:
            await worker.sweep()
            generation = (await studio.ended(job_id)).generations[0]

    await _stands(studio, lab, generation, fault.end)


@pytest.mark.parametrize("kind", [Kind.NEVER, Kind.LATE])
async def test_an_answer_with_the_result_does_not_come_in_time(
    studio: Studio, lab: Lab, kind: Kind
):
    for sample in SAMPLES:
        if sample.synchronous:
            _impatient(studio, sample, longest_run=1.0)
            fault = lab.fault(Stage.SUBMIT, kind, provider=sample.provider, seconds=3600.0)

            generation = await settled(studio, sample)

            assert fault.times == 0
            assert generation.phase is Phase.SUBMIT_UNKNOWN
            assert await studio.ledger(generation.id) == ["hold"]
    assert lab.book.accepted == len(lab.desk.jobs) == 3


async def _meets(studio: Studio, lab: Lab, sample: Sample, fault: Row) -> None:
    lab.fault(fault.stage, fault.kind, **{"provider": sample.provider, **fault.more})

    generation = await settled(studio, sample)

    await _stands(studio, lab, generation, fault.end)


async def _stands(studio: Studio, lab: Lab, generation: Generation, expected: End) -> None:
    assert generation.phase in expected.phases, generation.failure
    assert generation.needs_attention is expected.attention
    assert tuple(await studio.ledger(generation.id)) == expected.ledger
    assert lab.book.accepted == expected.accepted, "jobs that the provider took on"
    assert lab.book.count(Event.BILLED) <= 1
    if generation.phase is Phase.COMPLETED:
        assert generation.file is not None
        assert await studio.storage.verify(generation.file.key, generation.file.sha256)
        if lab.desk.files:
            made = {hashlib.sha256(data).hexdigest() for data, _ in lab.desk.files.values()}
            assert generation.file.sha256 in made, "what is stored is what was made, byte for byte"


def _impatient(studio: Studio, sample: Sample, *, longest_run: float) -> None:
    """Give the run little time for anything."""
    generator = studio.registry.get(sample.generator)
    assert generator is not None
    generator.longest_run = longest_run
    # A video is looked into by a process of its own, which takes a second to start.
    least = 0.3 if sample.makes == "image" else 8.0
    studio.run_limits = replace(studio.run_limits, look_answer=0.2, least_fetch=least)


async def settled(studio: Studio, sample: Sample) -> Generation:
    """Run a sample until it stands: at its end, or before a person."""
    async with studio.process():
        job_id = await studio.ask(sample.generator, **sample.inputs)  # type: ignore[arg-type]
        return await _standing(studio, job_id)


async def _standing(studio: Studio, job_id: UUID) -> Generation:
    async with asyncio.timeout(WAIT):
        while True:
            view = await studio.jobs.get(studio.actor, job_id)
            (generation,) = view.generations
            if view.is_settled or generation.needs_attention:
                return generation
            await asyncio.sleep(0.01)
