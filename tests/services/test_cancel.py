"""Cancelling: before the submit nothing is spent; after it what still arrives is kept."""

import asyncio
from decimal import Decimal

import pytest

from boards.domain.generations import Phase
from boards.domain.jobs import JobState
from boards.errors import Conflict
from boards.testing.generators import FakePaid, FakeProvider, FakeProviderGenerator
from tests.services.samples import Waits
from tests.services.studio import Studio, eventually


async def test_what_waits_is_cancelled_with_zero_submits(
    studio: Studio, provider: FakeProvider
) -> None:
    job_id = await studio.ask("fake-provider")
    view = await studio.jobs.cancel(studio.actor, job_id)
    assert view.state is JobState.CANCELLED
    async with studio.process() as worker:
        await worker.sweep()
    assert provider.submits == 0
    assert await studio.ledger(view.generations[0].id) == ["hold", "release"]


async def test_free_work_stops(studio: Studio) -> None:
    waits = studio.registry.get("waits")
    assert isinstance(waits, Waits)
    async with studio.process():
        job_id = await studio.ask("waits")
        await eventually(lambda: waits.started == 1)
        await studio.jobs.cancel(studio.actor, job_id)
        view = await studio.ended(job_id)
        assert waits.stopped == 1
    assert view.state is JobState.CANCELLED


async def test_an_opaque_paid_call_is_not_broken_off_and_its_result_is_kept(
    studio: Studio,
) -> None:
    gate = asyncio.Event()
    paid = FakePaid(gate=gate, name="paid")
    studio.registry.register(paid)
    async with studio.process() as worker:
        job_id = await studio.ask("paid")
        await eventually(lambda: paid.running == 1)
        await studio.jobs.cancel(studio.actor, job_id)
        view = await studio.ended(job_id)
        [cancelled] = view.generations
        assert cancelled.phase is Phase.CANCELLED
        assert cancelled.needs_attention
        assert (await studio.balance(cancelled.id)).held == Decimal("0.25")
        gate.set()
        await eventually(lambda: worker.running == 0)
    row = await studio.row(cancelled.id)
    assert row.phase is Phase.CANCELLED
    assert row.file is not None
    assert not row.needs_attention
    assert await studio.ledger(row.id) == ["hold", "settle"]


async def test_a_provider_that_confirms_the_stop_costs_nothing(
    studio: Studio, provider: FakeProvider
) -> None:
    provider.looks = None
    async with studio.process():
        job_id = await studio.ask("fake-provider")
        await eventually(lambda: provider.polls > 1)
        await studio.jobs.cancel(studio.actor, job_id)
        view = await studio.ended(job_id)
    [cancelled] = view.generations
    assert view.state is JobState.CANCELLED
    assert provider.cancel_calls == 1
    assert await studio.ledger(cancelled.id) == ["hold", "release"]


async def test_a_late_result_of_a_cancelled_run_is_kept_and_settled_once(studio: Studio) -> None:
    provider = FakeProvider(looks=None, cancels="none")
    studio.registry.register(FakeProviderGenerator(provider, name="stubborn"))
    async with studio.process() as worker:
        job_id = await studio.ask("stubborn")
        await eventually(lambda: provider.polls > 1)
        await studio.jobs.cancel(studio.actor, job_id)
        view = await studio.ended(job_id)
        assert view.generations[0].phase is Phase.CANCELLED
        provider.finish("fake-1")
        await eventually(lambda: worker.running == 0)
    row = await studio.row(view.generations[0].id)
    assert row.phase is Phase.CANCELLED
    assert row.file is not None
    assert await studio.ledger(row.id) == ["hold", "settle"]


async def test_what_has_ended_cannot_be_cancelled(studio: Studio) -> None:
    async with studio.process():
        view = await studio.make("sample")
    with pytest.raises(Conflict, match="ended already"):
        await studio.generations.cancel(studio.actor, view.generations[0].id)
