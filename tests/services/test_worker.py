"""The worker: how much it takes on, how it stops, whose turn it is to sweep, and renewals."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest

from boards.bootstrap import open_app
from boards.domain.generations import Phase, Status
from boards.domain.jobs import JobState
from boards.errors import ConfigError
from boards.services.ports import SYSTEM
from boards.services.worker import Worker
from boards.settings import Settings
from boards.testing.generators import FakePaid, FakeProvider
from tests.services.samples import Waits
from tests.services.studio import Studio, eventually


@dataclass
class Listing:
    """A dispatch that only writes down what it is given."""

    sent: list[UUID] = field(default_factory=list)

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        self.sent.extend(ids)

    async def cancel(self, generation_id: UUID) -> None:
        raise AssertionError(f"nobody cancels {generation_id}")

    async def look(self, generation_id: UUID) -> None:
        raise AssertionError(f"nobody looks at {generation_id}")


@pytest.fixture
def waits(studio: Studio) -> Waits:
    generator = studio.registry.get("waits")
    assert isinstance(generator, Waits)
    return generator


@asynccontextmanager
async def started(studio: Studio, worker: Worker) -> AsyncIterator[Worker]:
    """A worker behind the studio's own dispatch."""
    await studio.dispatch.start(worker)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.break_off()
        await studio.dispatch.stop()


class TestCapacity:
    async def test_it_runs_no_more_than_it_may_and_all_in_the_end(
        self, studio: Studio, waits: Waits
    ) -> None:
        worker = studio.worker()
        worker.capacity = 2
        async with started(studio, worker):
            job_id = await studio.ask("waits", takes=5)
            await eventually(lambda: worker.running == 2)
            await worker.sweep()
            await asyncio.sleep(0.1)
            assert waits.started == 2
            waits.go.set()
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE
        assert waits.started == 5

    async def test_what_it_has_no_room_for_is_sent_to_others(
        self, studio: Studio, waits: Waits
    ) -> None:
        await studio.ask("waits", takes=5)
        others = Listing()
        worker = studio.worker(others)
        worker.capacity, worker.unclaimed_after = 2, -1.0
        await worker.sweep()
        assert worker.running == 2
        assert len(others.sent) == 3
        await worker.break_off()


class TestStopping:
    async def test_runs_get_time_to_end(self, studio: Studio, waits: Waits) -> None:
        worker = studio.worker()
        async with started(studio, worker):
            job_id = await studio.ask("waits")
            await eventually(lambda: waits.started == 1)
            asyncio.get_running_loop().call_later(0.05, waits.go.set)
            await worker.stop(drain_seconds=20)
        view = await studio.jobs.get(studio.actor, job_id)
        assert view.state is JobState.DONE
        assert waits.stopped == 0

    async def test_what_does_not_end_in_time_is_anybodys_at_once(
        self, studio: Studio, waits: Waits
    ) -> None:
        worker = studio.worker()
        async with started(studio, worker):
            job_id = await studio.ask("waits")
            await eventually(lambda: waits.started == 1)
            await worker.stop(drain_seconds=0.05)
        assert waits.stopped == 1
        waits.go.set()
        async with studio.process():  # the clock stands still: no lease lapses by itself
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE
        assert waits.started == 2

    async def test_a_start_that_a_stop_broke_off_does_not_count_as_failed(
        self, studio: Studio, waits: Waits
    ) -> None:
        job_id = await studio.ask("waits")
        for start in range(1, 6):
            worker = studio.worker()
            async with started(studio, worker):
                await eventually(lambda n=start: waits.started == n)
                await worker.stop()
        waits.go.set()
        async with studio.process():
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE

    async def test_a_run_that_waits_for_its_provider_is_given_up_without_waiting(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        provider.looks = None
        worker = studio.worker()
        async with started(studio, worker):
            job_id = await studio.ask("fake-provider")
            await eventually(lambda: provider.polls > 1)
            async with asyncio.timeout(10):
                await worker.stop(drain_seconds=3600)
        provider.finish("fake-1")
        async with studio.process():
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE
        assert provider.submits == 1

    async def test_a_paid_call_is_waited_for_and_then_left_to_a_person(
        self, studio: Studio
    ) -> None:
        paid = FakePaid(gate=asyncio.Event(), name="paid")
        studio.registry.register(paid)
        worker = studio.worker()
        async with started(studio, worker):
            job_id = await studio.ask("paid")
            await eventually(lambda: paid.running == 1)
            await worker.stop(drain_seconds=0.05)
        async with studio.process():
            view = await studio.ended(job_id)
        assert view.generations[0].phase is Phase.SUBMIT_UNKNOWN
        assert paid.calls == 1

    async def test_nothing_more_is_taken_on(self, studio: Studio, waits: Waits) -> None:
        worker = studio.worker()
        async with started(studio, worker):
            await studio.ask("waits")
            await eventually(lambda: waits.started == 1)
            stop = asyncio.create_task(worker.stop(drain_seconds=20))
            await asyncio.sleep(0)
            late = await studio.ask("sample")
            await asyncio.sleep(0.1)
            waits.go.set()
            await stop
        view = await studio.jobs.get(studio.actor, late)
        assert view.generations[0].status is Status.PENDING

    async def test_what_was_claimed_while_it_stopped_is_given_up(
        self, studio: Studio, waits: Waits
    ) -> None:
        job_id = await studio.ask("waits")
        one = (await studio.jobs.get(studio.actor, job_id)).generations[0].id
        worker = studio.worker()
        await worker.stop()
        await worker.take([one])
        assert (worker.running, waits.started) == (0, 0)
        waits.go.set()
        async with studio.process():
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE


class TestTurns:
    async def test_of_many_workers_one_sweeps(self, studio: Studio) -> None:
        await studio.ask("waits", takes=3)
        workers = [studio.worker(Listing()) for _ in range(3)]
        for worker in workers:
            worker.takes_turns, worker.capacity, worker.unclaimed_after = True, 0, -1.0
        for worker in workers:
            await worker.sweep()
        sent = [len(_listing(worker).sent) for worker in workers]
        assert sent == [3, 0, 0]

    async def test_another_sweeps_when_the_turn_comes_round(self, studio: Studio) -> None:
        await studio.ask("waits", takes=3)
        first, second = (studio.worker(Listing()) for _ in range(2))
        for worker in (first, second):
            worker.takes_turns, worker.capacity, worker.unclaimed_after = True, 0, -1.0
        await first.sweep()
        studio.clock.advance(1)
        await second.sweep()
        assert len(_listing(second).sent) == 3


class TestLeases:
    async def test_a_run_that_lasts_longer_than_its_lease_is_not_taken_over(
        self, studio: Studio, waits: Waits
    ) -> None:
        # The clock moves on with the worker's renewals, which come at a third of the lease.
        worker = studio.worker()
        other = studio.worker(Listing())
        async with started(studio, worker):
            job_id = await studio.ask("waits")
            await eventually(lambda: waits.started == 1)
            for _ in range(10):
                studio.clock.advance(studio.run_limits.lease * 0.9)
                await worker._renew()
                await other.sweep()
            assert (worker.running, other.running) == (1, 0)
            waits.go.set()
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE
        assert (waits.started, waits.stopped) == (1, 0)

    async def test_a_run_that_has_just_ended_is_not_taken_for_lost(
        self, studio: Studio, waits: Waits
    ) -> None:
        worker = studio.worker()
        async with started(studio, worker):
            job_id = await studio.ask("waits")
            await eventually(lambda: waits.started == 1)
            [(running, task)] = worker._running.values()
            waits.go.set()
            await studio.ended(job_id)
            await task
            # As a renewal finds it whose answer comes before the task has ended.
            late = asyncio.create_task(asyncio.sleep(0.01))
            worker._running[running.claim.generation.id] = (running, late)
            await worker._renew()
            worker._running.clear()
            await late
        assert not late.cancelled()

    async def test_a_run_that_was_taken_over_is_broken_off(
        self, studio: Studio, waits: Waits
    ) -> None:
        zombie, heir = studio.worker(), studio.worker(Listing())
        async with started(studio, zombie):
            job_id = await studio.ask("waits")
            await eventually(lambda: waits.started == 1)
            studio.clock.advance(studio.run_limits.lease + 1)
            lapsed = await studio.database.read(
                lambda tx: tx.generations.lapsed(now=studio.clock.now(), limit=10), scope=SYSTEM
            )
            await heir.take(lapsed)
            await eventually(lambda: waits.started == 2)
            await zombie._renew()
            await eventually(lambda: waits.stopped == 1)
            waits.go.set()
            view = await studio.ended(job_id)
            await heir.stop()
        assert view.state is JobState.DONE
        assert await studio.ledger(view.generations[0].id) == ["hold", "settle"]


def _listing(worker: Worker) -> Listing:
    assert isinstance(worker.dispatch, Listing)
    return worker.dispatch


class TestQueues:
    async def test_it_leaves_to_others_what_is_not_its_own(
        self, studio: Studio, waits: Waits
    ) -> None:
        await studio.ask("waits", takes=2)
        others = Listing()
        worker = studio.worker(others)
        worker.queues, worker.unclaimed_after = frozenset({"somebody-else"}), -1.0
        await worker.sweep()
        await eventually(lambda: len(set(others.sent)) == 2)
        assert (worker.running, waits.started) == (0, 0)
        await worker.break_off()

    async def test_what_is_its_own_it_runs(self, studio: Studio, waits: Waits) -> None:
        worker = studio.worker()
        worker.queues = frozenset({waits.provider})
        async with started(studio, worker):
            job_id = await studio.ask("waits", takes=2)
            waits.go.set()
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE

    async def test_a_queue_that_nothing_goes_to_is_refused(self, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path, worker_queues=("fall",))
        with pytest.raises(ConfigError, match="There is no queue 'fall'"):
            async with open_app(settings):
                pass
