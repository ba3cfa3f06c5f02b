"""PgQueuer: its tables, lost connections, dead receivers, and what must not grow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from pgqueuer.domain.settings import DBSettings

from boards.adapters.dispatch.pgqueuer import (
    _NAMES,
    SCHEMA,
    PgQueuerDispatch,
    install,
    uninstall,
)
from boards.errors import StorageError
from boards.ids import new_id
from boards.testing.dispatch import Recorder
from tests.dispatch.cluster import eventually

pytestmark = pytest.mark.postgres

NOWHERE = "postgresql://postgres@/postgres?host=/nonexistent"


@pytest.fixture
async def server(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of one's own, to look into the tables."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


@asynccontextmanager
async def pair(dsn: str) -> AsyncIterator[tuple[PgQueuerDispatch, Recorder]]:
    """A dispatch that sends, and what another receives."""
    sender, receiver = PgQueuerDispatch(dsn=dsn), PgQueuerDispatch(dsn=dsn, look_every=0.3)
    recorder = Recorder()
    await sender.start()
    await receiver.start(recorder)
    try:
        yield sender, recorder
    finally:
        await sender.stop()
        await receiver.stop()


async def break_all_others(server: asyncpg.Connection) -> None:
    await server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


class TestTables:
    async def test_they_are_in_a_schema_of_their_own(self, server: asyncpg.Connection) -> None:
        rows = await server.fetch(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_name LIKE '%queue%'"
        )
        assert {row["table_schema"] for row in rows} == {SCHEMA}

    async def test_they_are_unlogged_because_the_rows_are_the_record(
        self, server: asyncpg.Connection
    ) -> None:
        rows = await server.fetch(
            "SELECT relpersistence FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = $1::regnamespace",
            SCHEMA,
        )
        assert {row["relpersistence"] for row in rows} == {b"u"}

    async def test_many_processes_may_install_at_once(self, dsn: str) -> None:
        await uninstall(dsn)
        await asyncio.gather(*(install(dsn) for _ in range(4)))
        await install(dsn)
        async with pair(dsn) as (sender, recorder):
            await sender.enqueue([new_id()])
            await eventually(lambda: len(recorder.taken) == 1)

    async def test_a_server_out_of_reach_is_a_storage_error(self) -> None:
        with pytest.raises(StorageError, match=SCHEMA):
            await install(NOWHERE)

    def test_no_variable_can_rename_them(self) -> None:
        # PgQueuer reads what it is not given from variables as common as CHANNEL or FUNCTION.
        assert _NAMES.model_fields_set == set(DBSettings.model_fields)


class TestLostConnections:
    async def test_messages_flow_again_after_a_break(
        self, dsn: str, server: asyncpg.Connection
    ) -> None:
        async with pair(dsn) as (sender, recorder):
            ids = [new_id() for _ in range(3)]
            await sender.enqueue(ids[:1])
            await eventually(lambda: recorder.taken == ids[:1])
            await break_all_others(server)
            await sender.enqueue(ids[1:])
            await eventually(lambda: set(recorder.taken) == set(ids))
            await sender.cancel(ids[0])
            await eventually(lambda: recorder.stopped == ids[:1])

    async def test_sending_neither_waits_nor_fails_while_the_server_is_away(self) -> None:
        dispatch = PgQueuerDispatch(dsn=NOWHERE)
        await dispatch.start()
        async with asyncio.timeout(1.0):
            await dispatch.enqueue([new_id()])
            await dispatch.cancel(new_id())
        await eventually(lambda: not dispatch.is_connected)
        await dispatch.stop()

    async def test_what_waits_to_be_sent_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("boards.adapters.dispatch.pgqueuer._MOST_WAITING", 10)
        dispatch = PgQueuerDispatch(dsn=NOWHERE)
        ids = [new_id() for _ in range(25)]
        await dispatch.enqueue(ids)
        assert list(dispatch._ids) == ids[-10:]


class TestReceiving:
    async def test_what_a_dead_receiver_took_out_another_gets(
        self, dsn: str, server: asyncpg.Connection
    ) -> None:
        one = new_id()
        async with pair(dsn) as (sender, recorder):
            recorder.free = 0
            await sender.enqueue([one])
            await eventually(lambda: not sender._ids)
            # Taken out by a process that died before it had claimed the row.
            await server.execute(
                f"UPDATE {SCHEMA}.queue SET status = 'picked', queue_manager_id = $1,"
                " heartbeat = now() - interval '1 minute'",
                new_id(),
            )
            recorder.free = 10
            await eventually(lambda: recorder.taken == [one])

    async def test_the_same_id_waits_once(self, dsn: str, server: asyncpg.Connection) -> None:
        one = new_id()
        async with pair(dsn) as (sender, recorder):
            recorder.free = 0
            for _ in range(3):
                await sender.enqueue([one])
                await eventually(lambda: not sender._ids)
            assert await server.fetchval(f"SELECT count(*) FROM {SCHEMA}.queue") == 1
            recorder.free = 10
            await eventually(lambda: recorder.taken == [one])

    async def test_what_is_no_id_ends_nothing(self, dsn: str, server: asyncpg.Connection) -> None:
        one = new_id()
        async with pair(dsn) as (sender, recorder):
            await server.execute(
                f"INSERT INTO {SCHEMA}.queue (priority, status, entrypoint, payload)"
                " VALUES (0, 'queued', 'generation', 'rubbish')"
            )
            await sender.enqueue([one])
            await eventually(lambda: recorder.taken == [one])


class TestTidying:
    async def test_nothing_stays_of_messages_that_were_handed_over(
        self, dsn: str, server: asyncpg.Connection
    ) -> None:
        async with pair(dsn) as (sender, recorder):
            ids = [new_id() for _ in range(20)]
            await sender.enqueue(ids)
            await eventually(lambda: len(recorder.taken) == 20)
        assert await server.fetchval(f"SELECT count(*) FROM {SCHEMA}.queue") == 0
        assert await server.fetchval(f"SELECT count(*) FROM {SCHEMA}.queue_log") > 0
        await sender.tidy()
        assert await server.fetchval(f"SELECT count(*) FROM {SCHEMA}.queue_log") == 0
        assert await server.fetchval(f"SELECT count(*) FROM {SCHEMA}.queue_statistics") == 0
