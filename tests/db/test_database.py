import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boards.adapters.db.database import OpenDatabase, connect
from boards.adapters.db.sqlite import SqliteDatabase
from boards.adapters.db.waiting import settled
from boards.domain.generations import Phase
from boards.errors import BoardsError, ConfigError, Conflict, InvalidInput, StorageError
from boards.ids import new_id
from boards.services.ports import SYSTEM, Tx
from tests.db.world import NOW, World, driver_in


class Interruption(Exception):
    """Raised by units of work."""


class TestTransactions:
    async def test_an_exception_takes_everything_back(self, world: World) -> None:
        new = world.new()

        def work(tx: Tx) -> None:
            tx.generations.insert([new])
            tx.events.append(new, "created", {}, now=NOW)
            raise Interruption

        with pytest.raises(Interruption):
            await world.write(work)
        assert await world.read(lambda tx: tx.generations.get(new.id)) is None
        assert await world.read(lambda tx: tx.events.last_id()) == 0

    async def test_what_returns_is_committed(self, world: World) -> None:
        new = world.new()

        def work(tx: Tx) -> str:
            tx.generations.insert([new])
            return "done"

        assert await world.write(work) == "done"
        assert (await world.get(new.id)).id == new.id

    async def test_a_failure_that_the_work_swallows_is_not_committed(self, world: World) -> None:
        new = world.new()

        def work(tx: Tx) -> str:
            tx.generations.insert([new])
            try:
                tx.generations.insert([new])
            except Conflict:
                return "never mind"
            return "no conflict"

        with pytest.raises(BoardsError):
            await world.write(work)
        assert await world.read(lambda tx: tx.generations.get(new.id)) is None

    async def test_one_failure_among_many_at_once_is_its_own(self, world: World) -> None:
        ids = [new_id() for _ in range(30)]

        def insert(number: int) -> Callable[[Tx], int]:
            def work(tx: Tx) -> int:
                tx.generations.insert([world.new(id=ids[number])])
                if number % 3 == 0:
                    raise Interruption(number)
                return number

            return work

        answers = await asyncio.gather(
            *(world.write(insert(number)) for number in range(30)), return_exceptions=True
        )
        for number, answer in enumerate(answers):
            if number % 3 == 0:
                assert isinstance(answer, Interruption)
            else:
                assert answer == number
        found = await world.read(lambda tx: tx.generations.find_anywhere(ids))
        assert found.keys() == {one for number, one in enumerate(ids) if number % 3}

    async def test_a_read_does_not_write(self, world: World) -> None:
        with pytest.raises(BoardsError):
            await world.read(lambda tx: tx.generations.insert([world.new()]))

    async def test_a_read_has_one_unchanging_view(self, world: World) -> None:
        [one] = await world.add()
        inside, changed = threading.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def look(tx: Tx) -> tuple[Any, Any]:
            before = tx.generations.get(one)
            if isinstance(world.database, SqliteDatabase):
                loop.call_soon_threadsafe(changed.set)
                inside.wait(5)
            else:
                # On PostgreSQL the work runs on the loop itself: another write comes in between
                # two of its statements.
                changed.set()
                for _ in range(20):
                    tx.generations.get(one)
            return before, tx.generations.get(one)

        reading = asyncio.create_task(world.read(look))
        await changed.wait()
        await world.move(one, Phase.CANCELLED)
        inside.set()
        before, after = await reading
        assert before == after
        assert (await world.get(one)).phase is Phase.CANCELLED

    async def test_what_one_wrote_the_next_reads(self, world: World) -> None:
        for _ in range(20):
            [one] = await world.add()
            assert (await world.get(one)).id == one

    async def test_a_look_sees_what_was_committed_and_does_not_write(self, world: World) -> None:
        [one] = await world.add()
        look = world.database.look
        found = await look(lambda tx: tx.generations.get(one), scope=SYSTEM)
        assert found is not None
        assert found.id == one
        with pytest.raises(BoardsError):
            await look(lambda tx: tx.generations.insert([world.new()]), scope=SYSTEM)
        assert await look(lambda tx: tx.generations.get(one), scope=SYSTEM) == found

    async def test_work_that_raises_stop_iteration_keeps_nobody_waiting(self, world: World) -> None:
        def work(tx: Tx) -> None:
            next(iter(()))

        with pytest.raises((BoardsError, RuntimeError)):
            await asyncio.wait_for(world.write(work), 10)
        await world.add()


class TestCancelling:
    async def test_a_cancelled_write_is_done_all_the_same(self, world: World) -> None:
        new = [world.new() for _ in range(20)]
        tasks = [asyncio.create_task(world.insert(one)) for one in new]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(answer, asyncio.CancelledError) for answer in answers)
        found = await world.read(lambda tx: tx.generations.find_anywhere([one.id for one in new]))
        assert len(found) == 20, "a cancel says nothing before the end is known"

    async def test_a_cancel_in_the_middle_leaves_no_transaction_open(self, world: World) -> None:
        [one] = await world.add()
        begun, loop = asyncio.Event(), asyncio.get_running_loop()

        def work(tx: Tx) -> None:
            loop.call_soon_threadsafe(begun.set)
            for _ in range(50):
                tx.generations.request_cancel(one, now=NOW)
            tx.generations.move(one, Phase.CANCELLED, now=NOW)

        task = asyncio.create_task(world.write(work))
        await begun.wait()
        task.cancel()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await world.get(one)).phase is Phase.CANCELLED
        await asyncio.wait_for(world.add(), 10)

    async def test_a_cancelled_read_gives_its_connection_back(self, world: World) -> None:
        for _ in range(50):
            task = asyncio.create_task(world.read(lambda tx: tx.events.last_id()))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert await asyncio.wait_for(world.read(lambda tx: tx.events.last_id()), 10) == 0

    async def test_a_timeout_is_still_a_timeout(self) -> None:
        async def slow() -> int:
            await asyncio.sleep(0.05)
            return 1

        task = asyncio.ensure_future(slow())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await settled(task)
        assert task.done()
        assert task.result() == 1

    async def test_a_failure_behind_a_cancel_is_not_reported_as_forgotten(self) -> None:
        reported: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, what: reported.append(what))

        async def fails() -> None:
            await asyncio.sleep(0.01)
            raise Interruption

        waiting = asyncio.create_task(settled(asyncio.ensure_future(fails())))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        del waiting
        assert reported == []


class TestClosing:
    async def test_what_was_asked_for_is_finished_first(self, url: str, world: World) -> None:
        new = [world.new() for _ in range(30)]
        writes = [asyncio.create_task(world.insert(one)) for one in new]
        await asyncio.sleep(0)
        await world.database.close()
        await asyncio.gather(*writes)
        again = await connect(url)
        found = await again.read(
            lambda tx: tx.generations.find_anywhere([one.id for one in new]), scope=SYSTEM
        )
        await again.close()
        assert len(found) == 30

    async def test_a_closed_database_says_so(self, world: World) -> None:
        await world.database.close()
        await world.database.close()
        with pytest.raises(StorageError, match="closed"):
            await world.add()
        with pytest.raises(StorageError, match="closed"):
            await world.read(lambda tx: tx.events.last_id())


class TestErrors:
    async def test_no_driver_s_error_comes_out(self, world: World) -> None:
        [one] = await world.add()
        attempts: dict[Callable[[Tx], Any], type[BoardsError]] = {
            lambda tx: tx.generations.insert([world.new(id=one)]): Conflict,
            lambda tx: tx.generations.insert([world.new(batch_index=5)]): Conflict,
            lambda tx: tx.generations.insert([world.new(job_id=new_id())]): Conflict,
            lambda tx: tx.generations.insert(
                [world.new(input_params={"x": float("inf")})]
            ): InvalidInput,
        }
        for work, error in attempts.items():
            with pytest.raises(error) as raised:
                await world.write(work)
            assert "INSERT" not in str(raised.value)
            assert raised.value.detail

    async def test_a_number_that_no_column_holds_is_refused(self, world: World) -> None:
        new = world.new(priority=2**70)
        with pytest.raises(InvalidInput):
            await world.write(lambda tx: tx.generations.insert([new]))

    async def test_a_text_that_postgresql_cannot_keep_is_refused_by_it(self, world: World) -> None:
        new = world.new(input_params={"prompt": "a\x00b"})
        if isinstance(world.database, SqliteDatabase):
            await world.write(lambda tx: tx.generations.insert([new]))
            assert (await world.get(new.id)).input_params == {"prompt": "a\x00b"}
        else:
            with pytest.raises(InvalidInput):
                await world.write(lambda tx: tx.generations.insert([new]))

    @pytest.mark.parametrize(
        "url",
        [
            "mysql://root@localhost/boards",
            "sqlite://",
            "sqlite:///:memory:",
            "no url at all",
            "postgresql+psycopg://localhost/boards",
        ],
    )
    async def test_another_database_is_refused(self, url: str) -> None:
        with pytest.raises(ConfigError) as refused:
            await connect(url)
        assert "root" not in str(refused.value)

    async def test_a_server_that_is_not_there_does_not_answer(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match="does not answer"):
            await connect(f"postgresql://boards@/boards?host={tmp_path}")


@pytest.mark.postgres
class TestPostgres:
    @pytest.fixture
    def url(self, postgres_server) -> str:
        return postgres_server.fresh()

    async def test_a_password_that_is_wrong_is_not_shown(self, postgres_server) -> None:
        url = postgres_server.url("not_there").replace("postgres:@", "postgres:hunter2@")
        with pytest.raises(StorageError) as refused:
            await connect(url)
        assert "hunter2" not in f"{refused.value} {refused.value.detail}"

    async def test_a_deadlock_is_tried_again(self, world: World) -> None:
        first, second = await world.add(count=2)
        # Both have a connection at once, or the one is done before the other begins.
        await asyncio.gather(*(world.read(lambda tx: tx.events.last_id()) for _ in range(5)))
        met = 0

        def crosswise(one, other) -> Callable[[Tx], None]:
            def work(tx: Tx) -> None:
                nonlocal met
                met += 1
                assert tx.generations.request_cancel(one, now=NOW)
                for _ in range(30):
                    tx.generations.get(one)
                assert tx.generations.request_cancel(other, now=NOW)

            return work

        await asyncio.gather(
            world.write(crosswise(first, second)), world.write(crosswise(second, first))
        )
        assert met > 2, "no deadlock came about"

    async def test_a_broken_connection_is_replaced(self, world: World, postgres_server) -> None:
        await asyncio.gather(*(world.read(lambda tx: tx.events.last_id()) for _ in range(5)))
        postgres_server.disconnect_all()
        await world.add()
        await asyncio.gather(*(world.add() for _ in range(10)))


class TestSqlite:
    @pytest.fixture
    def url(self, sqlite_template: Path, tmp_path: Path) -> str:
        path = tmp_path / "boards.db"
        path.write_bytes(sqlite_template.read_bytes())
        return f"sqlite:///{path}"

    async def test_a_power_cut_loses_no_commit_and_references_are_kept(self, world: World) -> None:
        def settings(tx: Tx) -> dict[str, object]:
            driver = driver_in(tx)
            names = ("journal_mode", "synchronous", "foreign_keys")
            return {name: driver.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

        assert await world.write(settings) == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
        }

    async def test_writes_that_wait_share_a_commit(self, world: World) -> None:
        counted: list[str] = []

        def watch(tx: Tx) -> None:
            driver = driver_in(tx)
            driver.set_trace_callback(
                lambda statement: counted.append(statement) if statement == "COMMIT" else None
            )

        await world.write(watch)
        counted.clear()
        await asyncio.gather(*(world.add() for _ in range(50)))
        assert 1 <= len(counted) < 25

    async def test_a_full_disk_fails_what_could_not_be_written_and_nothing_else(
        self, world: World
    ) -> None:
        [kept] = await world.add()

        def fill(pages: int) -> Callable[[Tx], None]:
            def work(tx: Tx) -> None:
                driver = driver_in(tx)
                used = driver.execute("PRAGMA page_count").fetchone()[0]
                driver.execute(f"PRAGMA max_page_count={used + pages}")

            return work

        await world.write(fill(4))
        big = world.new(input_params={"prompt": "x" * 200_000})
        answers = await asyncio.gather(
            world.move(kept, Phase.CANCELLED),
            world.write(lambda tx: tx.generations.insert([big])),
            world.read(lambda tx: tx.generations.get(kept)),
            return_exceptions=True,
        )
        assert isinstance(answers[1], StorageError)
        assert answers[2] is not None
        # The one that shared the transaction was either kept or told that it was not.
        cancelled = (await world.get(kept)).phase is Phase.CANCELLED
        assert cancelled == (answers[0] is True)
        assert cancelled or isinstance(answers[0], StorageError)
        await world.write(fill(10_000))
        await world.write(lambda tx: tx.generations.insert([big]))

    async def test_now_and_then_sqlite_looks_at_the_sizes_of_tables(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def known(tx: Tx) -> int:
            query = "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'"
            count: int = driver_in(tx).execute(query).fetchone()[0]
            return count

        assert await world.write(known) == 0
        monkeypatch.setattr("boards.adapters.db.sqlite._COMMITS_TO_A_LOOK", 1)
        await world.add()
        await world.add()
        assert await world.write(known) == 1

    async def test_a_locked_file_is_waited_for(self, url: str, world: World) -> None:
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        write = asyncio.create_task(world.add())
        await asyncio.sleep(0.1)
        assert not write.done()
        other.execute("ROLLBACK")
        other.close()
        assert len(await write) == 1

    async def test_the_event_loop_stays_free_while_a_write_waits(
        self, url: str, world: World
    ) -> None:
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        write = asyncio.create_task(world.add())
        began = time.perf_counter()
        for _ in range(10):
            await asyncio.sleep(0.001)
        assert time.perf_counter() - began < 2
        other.execute("ROLLBACK")
        other.close()
        await write

    async def test_long_writing_lets_the_event_loop_go_on_in_between(self, world: World) -> None:
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        def work(tx: Tx) -> int:
            time.sleep(0.01)
            return turns

        turning = asyncio.create_task(turn())
        seen = await asyncio.gather(*(world.database.write(work, scope=SYSTEM) for _ in range(5)))
        turning.cancel()
        assert len(set(seen)) == 5, "each had a turn of the loop of its own"

    async def test_after_a_lock_was_waited_for_writing_goes_on_at_once(
        self, url: str, world: World
    ) -> None:
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for _ in range(3):
            other.execute("BEGIN IMMEDIATE")
            write = asyncio.create_task(world.add())
            await asyncio.sleep(0.05)
            assert not write.done()
            other.execute("ROLLBACK")
            assert len(await write) == 1
            assert len(await world.add()) == 1
        other.close()

    async def test_a_folder_that_is_not_there_is_a_clear_error(self, tmp_path: Path) -> None:
        database: OpenDatabase = await connect(f"sqlite:///{tmp_path}/missing/boards.db")
        with pytest.raises(StorageError):
            await database.write(lambda tx: tx.events.last_id(), scope=SYSTEM)
        with pytest.raises(StorageError):
            await database.read(lambda tx: tx.events.last_id(), scope=SYSTEM)
        await database.close()
