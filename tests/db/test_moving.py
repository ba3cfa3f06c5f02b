"""Moving to another database, and copies of one that is in use."""

import asyncio
import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from boards.adapters.datadir import hold_data_dir
from boards.adapters.db.database import connect
from boards.adapters.db.moving import Copied, move, open_side, snapshot
from boards.adapters.db.moving.rows import RowSum, ordered_tables
from boards.adapters.db.revision import current, head, require_known
from boards.bootstrap import open_app
from boards.bootstrap.app import open_storage
from boards.bootstrap.backup import back_up, migrate_to, restore
from boards.domain.generations import Phase
from boards.errors import Conflict
from boards.services.ledger import LedgerService
from boards.services.ports import SYSTEM, GenerationFilter
from boards.settings import Settings
from boards.testing.clock import MovableClock
from boards.testing.generators import tiny_png
from tests.db.conftest import PostgresServer
from tests.db.test_tenants import make_secret
from tests.db.world import World, make_world


def silent(table: str, there: int, wanted: int) -> None:
    """Nobody is told."""


@pytest.fixture
async def source(tmp_path: Path, sqlite_template: Path) -> Path:
    """A file that nobody has open, with a little of everything in it."""
    path = tmp_path / "source.db"
    shutil.copyfile(sqlite_template, path)
    database = await connect(f"sqlite:///{path}")
    world = await make_world(database)
    await make_secret(world)
    for phase in (Phase.COMPLETED, Phase.FAILED, Phase.CANCELLED):
        await world.at(phase)
    await world.add()
    await database.close()
    return path


def prints_of(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if not path.name.endswith(("-shm", "-wal"))
    }


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute(statement)


async def counts_at(url: str) -> dict[str, int]:
    async with open_side(url) as side:
        return {table.name: await side.count(table) for table in ordered_tables()}


@pytest.mark.postgres
class TestMove:
    async def test_every_row_arrives_and_the_source_stays_as_it_was(
        self, source: Path, postgres_server: PostgresServer
    ) -> None:
        before, url = prints_of(source.parent), postgres_server.empty()
        copied = await move(f"sqlite:///{source}", url, silent)
        assert prints_of(source.parent) == before
        here = await counts_at(f"sqlite:///{source}")
        assert {one.table: one.rows for one in copied} == here
        assert here["generations"] > 10
        assert here["ledger_entries"] > 1
        assert here["events"] > 0
        assert await asyncio.to_thread(current, url) == head()

    async def test_the_moved_database_goes_on_working(
        self, source: Path, postgres_server: PostgresServer
    ) -> None:
        url = await asyncio.to_thread(postgres_server.fresh)
        await move(f"sqlite:///{source}", url, silent)
        old, database = await connect(f"sqlite:///{source}"), await connect(url)
        try:
            sums = [
                await LedgerService(database=each, clock=MovableClock()).examine(SYSTEM)
                for each in (old, database)
            ]
            assert sums[0] == sums[1]
            lists = [
                await each.read(
                    lambda tx: tx.generations.list(GenerationFilter(), limit=100, cursor=None),
                    scope=SYSTEM,
                )
                for each in (old, database)
            ]
            assert lists[0] == lists[1]
            last = await database.read(lambda tx: tx.events.last_id(), scope=SYSTEM)
            [generation, *_] = lists[1].items
            await database.write(
                lambda tx: tx.events.append(generation, "phase", {}, now=generation.created_at),
                scope=SYSTEM,
            )
            after = await database.read(lambda tx: tx.events.last_id(), scope=SYSTEM)
            assert after > last, "numbers go on behind those that were moved"
        finally:
            await old.close()
            await database.close()

    async def test_one_that_was_broken_off_goes_on_and_is_no_database_until_then(
        self, source: Path, postgres_server: PostgresServer
    ) -> None:
        url = await asyncio.to_thread(postgres_server.fresh)
        told: list[tuple[str, int, int]] = []

        def break_off(table: str, there: int, wanted: int) -> None:
            told.append((table, there, wanted))
            if table == "ledger_entries" and there:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await move(f"sqlite:///{source}", url, break_off)
        standing = await asyncio.to_thread(current, url)
        with pytest.raises(Conflict, match="migrate-to"):
            require_known(standing)
        other = source.with_name("other.db")
        shutil.copyfile(source, other)
        change(other, "UPDATE tenants SET name = 'another'")
        with pytest.raises(Conflict, match="Another database"):
            await move(f"sqlite:///{other}", url, silent)
        told.clear()
        copied = await move(f"sqlite:///{source}", url, lambda *each: told.append(each))
        rows = {one.table: one.rows for one in copied}
        assert rows == await counts_at(url)
        assert told[0][1] == told[0][2], "what had come is not copied again"

    async def test_a_source_that_changed_in_between_is_found_out(
        self, source: Path, postgres_server: PostgresServer
    ) -> None:
        url = await asyncio.to_thread(postgres_server.fresh)

        def break_off(table: str, there: int, wanted: int) -> None:
            if table == "events":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await move(f"sqlite:///{source}", url, break_off)
        change(source, "UPDATE boards SET title = 'another title'")
        with pytest.raises(Conflict, match="'boards' is not the same"):
            await move(f"sqlite:///{source}", url, silent)
        assert await asyncio.to_thread(current, url) != head()

    async def test_a_target_with_rows_is_refused_and_left_alone(
        self, source: Path, postgres_server: PostgresServer
    ) -> None:
        url = await asyncio.to_thread(postgres_server.fresh)
        database = await connect(url)
        await make_world(database)
        before = await counts_at(url)
        with pytest.raises(Conflict, match="empty database only"):
            await move(f"sqlite:///{source}", url, silent)
        assert await counts_at(url) == before
        assert await asyncio.to_thread(current, url) == head()
        await database.close()

    async def test_what_a_killed_process_left_beside_the_source_comes_along(
        self, tmp_path: Path, source: Path, postgres_server: PostgresServer
    ) -> None:
        killed = tmp_path / "killed"
        killed.mkdir()
        with closing(sqlite3.connect(source)) as opened:
            opened.execute("PRAGMA journal_mode=WAL")
            opened.execute("PRAGMA wal_autocheckpoint=0")
            opened.execute("UPDATE boards SET title = 'in the log only'")
            opened.commit()
            for each in source.parent.glob("source.db*"):
                if not each.name.endswith("-shm"):
                    shutil.copyfile(each, killed / each.name)
        before = prints_of(killed)
        url = await asyncio.to_thread(postgres_server.fresh)
        await move(f"sqlite:///{killed / 'source.db'}", url, silent)
        assert prints_of(killed) == before
        async with open_side(url) as side:
            [boards] = [table for table in ordered_tables() if table.name == "boards"]
            rows = [row async for some in side.rows(boards, skip=0, at_once=9) for row in some]
        assert all("in the log only" in row for row in rows)


class TestSums:
    async def test_one_changed_value_changes_the_sum(self, source: Path) -> None:
        sums = []
        for statement in (None, "UPDATE generations SET progress = 0.5 WHERE progress <> 0.5"):
            if statement:
                change(source, statement)
            async with open_side(f"sqlite:///{source}") as side:
                [table] = [each for each in ordered_tables() if each.name == "generations"]
                found = RowSum(table)
                async for rows in side.rows(table, skip=0, at_once=3):
                    found.add(rows)
                sums.append(found.hex)
        assert sums[0] != sums[1]


class TestSnapshot:
    async def test_it_is_of_one_moment_while_others_write(
        self, url: str, database: Any, world: World, tmp_path: Path
    ) -> None:
        """Two rows are written together or not at all, so a copy has as many of the one as of the
        other."""
        is_over = False

        async def write() -> int:
            count = 0
            while not is_over:
                await world.add(count=2)
                count += 2
            return count

        await make_secret(world)
        writing = asyncio.create_task(write())
        await asyncio.sleep(0)
        paths = [tmp_path / f"copy-{number}.db" for number in range(2)]
        for path in paths:
            await snapshot(url, path, silent)
        is_over = True
        await writing
        found = []
        for path in paths:
            with closing(sqlite3.connect(path)) as opened:
                [number] = opened.execute(
                    "SELECT count(*) FROM generations WHERE phase = 'pending'"
                ).fetchone()
                [faults] = [opened.execute("PRAGMA foreign_key_check").fetchall()]
                assert faults == []
                found.append(number)
        assert current(f"sqlite:///{paths[1]}") == head()
        async with open_side(f"sqlite:///{paths[1]}") as side:
            assert await side.revision() == head()
        assert found[0] <= found[1]

    @pytest.mark.postgres
    async def test_one_of_postgresql_can_be_moved_back(
        self, source: Path, postgres_server: PostgresServer, tmp_path: Path
    ) -> None:
        first, second = [await asyncio.to_thread(postgres_server.fresh) for _ in range(2)]
        copied = await move(f"sqlite:///{source}", first, silent)
        copy = tmp_path / "copy.db"
        await snapshot(first, copy, silent)
        again: tuple[Copied, ...] = await move(f"sqlite:///{copy}", second, silent)
        assert again == copied


@pytest.fixture
async def lived_in(tmp_path: Path) -> tuple[Settings, UUID]:
    """A data directory with one upload in it, and the upload's id."""
    settings = Settings(data_dir=tmp_path / "data")
    async with open_app(settings) as app:
        made = await app.uploads.upload(app.actor, source=tiny_png(), filename="a.png")
    return settings, made.id


async def verified_in(settings: Settings, generation_id: UUID) -> bool:
    """Tell whether a generation is there, with its bytes."""
    database = await connect(settings.database_url)
    try:
        found = await database.read(lambda tx: tx.generations.get(generation_id), scope=SYSTEM)
    finally:
        await database.close()
    storage = open_storage(settings)
    return bool(found and found.file and await storage.verify(found.file.key, found.file.sha256))


@pytest.mark.postgres
class TestCommands:
    async def test_one_machine_s_database_is_moved_and_its_ledgers_examined(
        self, lived_in: tuple[Settings, UUID], postgres_server: PostgresServer
    ) -> None:
        settings, generation_id = lived_in
        url = await asyncio.to_thread(postgres_server.fresh)
        moved = await migrate_to(settings, url, silent)
        assert {one.table: one.rows for one in moved.tables}["uploads"] == 1
        assert [one.accounts for one in moved.ledgers] == [1]
        assert all(one.is_sound for one in moved.ledgers)
        there = settings.model_copy(update={"database_url": url})
        assert await verified_in(there, generation_id)

    async def test_a_running_server_keeps_it_from_being_moved(
        self, lived_in: tuple[Settings, UUID], postgres_server: PostgresServer
    ) -> None:
        settings, _ = lived_in
        url = await asyncio.to_thread(postgres_server.fresh)
        with hold_data_dir(settings.data_dir), pytest.raises(Conflict, match="in use"):
            await migrate_to(settings, url, silent)
        assert set((await counts_at(url)).values()) == {0}

    async def test_a_backup_of_one_machine_is_restored_onto_postgresql_and_back(
        self, lived_in: tuple[Settings, UUID], postgres_server: PostgresServer, tmp_path: Path
    ) -> None:
        settings, generation_id = lived_in
        url = await asyncio.to_thread(postgres_server.fresh)
        await back_up(settings, tmp_path / "first.tar", lambda *_: None)
        many = Settings(data_dir=tmp_path / "many", database_url=url)
        restored = await restore(many, tmp_path / "first.tar", lambda *_: None)
        assert all(one.is_sound for one in restored.ledgers)
        assert await verified_in(many, generation_id)
        done = await back_up(many, tmp_path / "second", lambda *_: None)
        assert done.missing == ()
        one = Settings(data_dir=tmp_path / "one")
        await restore(one, tmp_path / "second", lambda *_: None)
        assert await verified_in(one, generation_id)
        with pytest.raises(Conflict):
            await restore(many, tmp_path / "second", lambda *_: None)
