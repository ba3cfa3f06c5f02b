"""Paid results that are stored although their row does not tell: they are found and never lost."""

import asyncio
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import pytest

from boards.domain.generations import FINAL, Generation, Phase
from boards.errors import StorageError
from boards.services.ports import SYSTEM, Database, Storage
from boards.services.reconcile import Outcome
from boards.testing.lab import Event, Kind, Lab, Stage
from tests.providers.samples import SAMPLES, Sample
from tests.services.studio import WAIT, Studio, eventually

FAL = SAMPLES[0]
AT_ONCE = [each for each in SAMPLES if each.synchronous]


class Failing:
    """Something of which one method fails as long as `away` is set."""

    def __init__(self, inner: object, method: str, when: Callable[..., bool] | None = None) -> None:
        self._inner = inner
        self._method = method
        self._when = when
        self.away = True
        self.failures = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name != self._method:
            return found

        async def call(*args: Any, **more: Any) -> Any:
            if self.away and (self._when is None or self._when(*args, **more)):
                self.failures += 1
                raise StorageError("It is away for a moment.")
            return await found(*args, **more)

        return call


@pytest.fixture(params=AT_ONCE, ids=str)
def at_once(request: pytest.FixtureRequest) -> Sample:
    """Each transport that gives its result with its answer."""
    found: Sample = request.param
    return found


async def receipts(studio: Studio) -> list[str]:
    """The receipts that are left."""
    return [one.key async for one in studio.storage.list() if "/receipts/" in one.key]


async def stored_only(studio: Studio, lab: Lab, sample: Sample) -> UUID:
    """Run until the bytes are stored, with a database that does not hear of it, and die."""
    job_id = await studio.ask(sample.generator, **sample.inputs)  # type: ignore[arg-type]
    await studio.lapse()
    away = Failing(studio.database, "write", lambda *_, **__: lab.book.count(Event.FETCHED) > 0)
    whole, studio.database = studio.database, cast(Database, away)
    try:
        async with studio.process() as worker:
            await eventually(lambda: away.failures > 0 and worker.running == 0)
    finally:
        studio.database = whole
    assert await receipts(studio)
    await studio.lapse()
    return job_id


async def one(studio: Studio, job_id: UUID) -> Generation:
    (generation,) = (await studio.jobs.get(studio.actor, job_id)).generations
    return generation


async def at_its_end(studio: Studio, job_id: UUID) -> Generation:
    """Wait for a run that goes on by itself."""
    async with asyncio.timeout(WAIT):
        while (generation := await one(studio, job_id)).phase not in FINAL:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return generation


async def completed(studio: Studio, lab: Lab, generation: Generation) -> None:
    """Hold a generation to what is true of a result that was paid once."""
    assert generation.phase is Phase.COMPLETED, generation.failure
    assert generation.file is not None
    assert await studio.storage.verify(generation.file.key, generation.file.sha256)
    assert await studio.ledger(generation.id) == ["hold", "settle"]
    assert (lab.book.accepted, lab.book.billed) == (1, 1)
    assert not await receipts(studio)


async def test_a_database_that_is_away_for_a_moment_loses_no_result(studio, lab, at_once):
    job_id = await stored_only(studio, lab, at_once)

    async with studio.process():
        (generation,) = (await studio.ended(job_id)).generations

    await completed(studio, lab, generation)


async def test_a_result_that_was_not_found_at_once_is_found_by_the_reconciler(studio, lab, at_once):
    job_id = await stored_only(studio, lab, at_once)
    away = Failing(studio.storage, "read")
    async with studio.process(storage=cast(Storage, away)):
        assert (await studio.ended(job_id)).generations[0].phase is Phase.SUBMIT_UNKNOWN
    assert away.failures == 1

    async with studio.process():
        (checked,) = await studio.reconciler.round()
        generation = await at_its_end(studio, job_id)

    assert checked.outcome is Outcome.FOUND
    await completed(studio, lab, generation)


async def test_half_a_result_is_not_taken_for_one(studio, lab, at_once):
    job_id = await stored_only(studio, lab, at_once)
    files = [one.key async for one in studio.storage.list() if "/receipts/" not in one.key]
    await studio.storage.delete(files[0])

    async with studio.process():
        (generation,) = (await studio.ended(job_id)).generations

    assert generation.phase is Phase.SUBMIT_UNKNOWN
    assert await studio.ledger(generation.id) == ["hold"]
    assert await studio.reconciler.round() == () or generation.needs_attention


async def test_what_was_taken_for_dead_hands_its_result_over(studio, lab, at_once):
    hold = lab.hold(Stage.SUBMIT, Kind.HOLD_AFTER)
    async with studio.process() as paused:
        job_id = await studio.ask(at_once.generator, **at_once.inputs)
        await eventually(hold.reached.is_set)
        await studio.lapse()
        async with studio.process():
            assert (await studio.ended(job_id)).generations[0].phase is Phase.SUBMIT_UNKNOWN
            hold.release()
            await eventually(lambda: paused.running == 0)
            generation = await at_its_end(studio, job_id)

    await completed(studio, lab, generation)


async def test_an_id_that_comes_after_the_decision_is_kept_with_it(studio, lab):
    hold = lab.hold(Stage.SUBMIT, Kind.HOLD_AFTER)
    async with studio.process() as paused:
        job_id = await studio.ask(FAL.generator, **FAL.inputs)
        await eventually(hold.reached.is_set)
        await studio.lapse()
        async with studio.process():
            lost = (await studio.ended(job_id)).generations[0]
            assert lost.phase is Phase.SUBMIT_UNKNOWN
            decided = await studio.attention.release_hold(studio.actor, lost.id)
            hold.release()
            await eventually(lambda: paused.running == 0)

    after = await one(studio, job_id)
    (job,) = lab.desk.jobs.values()
    assert after.external_id == job.id
    assert (after.phase, after.failure) == (decided.phase, decided.failure)
    assert await studio.ledger(after.id) == ["hold", "release"], "the decision stands"
    events = await studio.database.read(
        lambda tx: tx.events.after(last_id=0, job_id=job_id, limit=100), scope=SYSTEM
    )
    assert job.id in str(events[-1].data["message"])
