"""Processes that are killed or paused at the worst moment: nothing is lost, run or paid twice."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from boards.cli.exits import Exit
from boards.domain.generations import Phase
from tests.crash.generators import notes
from tests.crash.processes import LEASE, WAIT, Place, open_place, wait_until

pytestmark = pytest.mark.slow

Record = Callable[[str, object], None]


class TestKilledBetweenCommitAndDispatch:
    @pytest.mark.parametrize(
        ("left", "phase"), [("pending", Phase.PENDING), ("claimed", Phase.SUBMITTING)]
    )
    async def test_a_committed_submit_runs_after_a_restart(
        self, place: Place, record_property: Record, left: str, phase: Phase
    ) -> None:
        dying = place.start("-m", "tests.crash.submit_and_die", "brief", left)
        assert dying.popen.wait(timeout=WAIT) == 9, dying.said()
        [row] = await place.rows()
        assert row.phase is phase
        begin = time.monotonic()
        if place.is_shared:
            place.worker()
        else:
            place.server()
        [row] = await place.settled()
        record_property("seconds_after_restart", round(time.monotonic() - begin, 2))
        assert row.phase is Phase.COMPLETED
        assert await place.ledger(row.id) == ["hold", "settle"]
        assert len(notes(place.folder, "brief-began")) == 1


class TestKilledInARun:
    async def test_repeatable_work_is_done_after_a_restart(
        self, place: Place, record_property: Record
    ) -> None:
        server = place.server()
        victim = place.worker() if place.is_shared else server
        one = place.submit("slow")
        wait_until(lambda: notes(place.folder, "slow-began"))
        victim.kill()
        (place.folder / "go").touch()
        begin = time.monotonic()
        (place.worker if place.is_shared else place.server)()
        ready = time.monotonic()
        [row] = await place.settled(one)
        record_property("seconds_to_start", round(ready - begin, 2))
        record_property("seconds_after_restart", round(time.monotonic() - ready, 2))
        assert row.phase is Phase.COMPLETED
        assert await place.ledger(one) == ["hold", "settle"]
        assert len(notes(place.folder, "slow-began")) == 2

    async def test_a_paid_call_is_never_made_again(self, place: Place) -> None:
        server = place.server()
        victim = place.worker() if place.is_shared else server
        one = place.submit("paid")
        wait_until(lambda: notes(place.folder, "paid-began"))
        victim.kill()
        (place.folder / "go").touch()
        (place.worker if place.is_shared else place.server)()
        [row] = await place.settled(one)
        assert row.phase is Phase.SUBMIT_UNKNOWN
        assert row.needs_attention
        assert await place.ledger(one) == ["hold"]
        assert len(notes(place.folder, "paid-began")) == 1

    async def test_a_submitted_job_is_fetched_and_not_bought_again(self, place: Place) -> None:
        server = place.server()
        victim = place.worker() if place.is_shared else server
        one = place.submit("remote")
        wait_until(lambda: notes(place.folder, "remote-paid"))
        time.sleep(0.2)  # noqa: ASYNC251 - the answer comes after 0.05 s; either way it is paid once
        victim.kill()
        (place.worker if place.is_shared else place.server)()
        [row] = await place.settled(one)
        assert len(notes(place.folder, "remote-paid")) == 1
        if row.phase is Phase.COMPLETED:
            assert await place.ledger(one) == ["hold", "settle"]
        else:
            assert row.phase is Phase.SUBMIT_UNKNOWN


@pytest.mark.postgres
class TestWithASecondWorker:
    async def test_a_dead_workers_run_goes_on_elsewhere(
        self, shared: Place, record_property: Record
    ) -> None:
        shared.server()
        victim = shared.worker()
        one = shared.submit("slow")
        wait_until(lambda: notes(shared.folder, "slow-began"))
        shared.worker()
        (shared.folder / "go").touch()
        victim.kill()
        begin = time.monotonic()
        [row] = await shared.settled(one)
        record_property("lease_seconds", LEASE)
        record_property("seconds_after_kill", round(time.monotonic() - begin, 2))
        assert row.phase is Phase.COMPLETED
        assert await shared.ledger(one) == ["hold", "settle"]

    async def test_a_stopped_workers_run_goes_on_before_its_lease_would_lapse(
        self, shared: Place, record_property: Record
    ) -> None:
        shared.server()
        first = shared.worker()
        one = shared.submit("slow")
        wait_until(lambda: notes(shared.folder, "slow-began"))
        shared.worker()
        assert first.stop() == 0
        begin = time.monotonic()
        wait_until(lambda: len(notes(shared.folder, "slow-began")) == 2)
        record_property("seconds_after_stop", round(time.monotonic() - begin, 2))
        (shared.folder / "go").touch()
        [row] = await shared.settled(one)
        assert row.phase is Phase.COMPLETED

    @pytest.mark.parametrize("generator", ["slow", "stubborn"])
    async def test_the_late_write_of_a_paused_worker_changes_nothing(
        self, shared: Place, generator: str
    ) -> None:
        shared.server()
        zombie = shared.worker()
        one = shared.submit(generator)
        wait_until(lambda: notes(shared.folder, f"{generator}-began"))
        zombie.pause()
        shared.worker()
        wait_until(lambda: len(notes(shared.folder, f"{generator}-began")) == 2)
        (shared.folder / "go").touch()
        [row] = await shared.settled(one)
        ledger, completions = await shared.ledger(one), await shared.completions()
        zombie.go_on()
        wait_until(lambda: "run_lost" in zombie.said() or "lease_lost" in zombie.said())
        if generator == "stubborn":
            makers = [pid for pid, _ in notes(shared.folder, "stubborn-made")]
            assert makers[-1] == zombie.pid, "its result came late, and was ready to be written"
        # It lives on, and works: some of what follows may be its own.
        await shared.settled(*[shared.submit("brief") for _ in range(4)])
        assert zombie.popen.poll() is None
        # Its small pictures may have been made meanwhile.
        now = replace(await shared.row(one), thumbnail_key=None, blurhash=None)
        assert now == replace(row, thumbnail_key=None, blurhash=None)
        assert row.phase is Phase.COMPLETED
        assert await shared.ledger(one) == ledger == ["hold", "settle"]
        assert completions == {one: 1}
        assert (await shared.completions())[one] == 1

    async def test_a_run_that_only_waits_is_not_taken_over(self, shared: Place) -> None:
        shared.server()
        for _ in range(2):
            shared.worker()
        one = shared.submit("long")  # three times the lease, and more
        [row] = await shared.settled(one)
        assert row.phase is Phase.COMPLETED
        assert len(notes(shared.folder, "long-began")) == 1


class TestDataDirectory:
    @pytest.fixture
    def embedded(self, tmp_path: Path) -> Iterator[Place]:
        with open_place(f"sqlite:///{tmp_path / 'boards.db'}", tmp_path) as place:
            yield place

    def test_a_second_process_is_refused_and_told_why(self, embedded: Place) -> None:
        first = embedded.server()
        second = embedded.start("-m", "boards", "up", "--port", "0")
        assert second.popen.wait(timeout=WAIT) == Exit.LOCKED
        assert f"is in use by process {first.pid}" in second.said()

    def test_a_worker_on_sqlite_is_refused_and_told_why(self, embedded: Place) -> None:
        worker = embedded.start("-m", "boards", "worker")
        assert worker.popen.wait(timeout=WAIT) != 0
        assert "need PostgreSQL" in worker.said()
