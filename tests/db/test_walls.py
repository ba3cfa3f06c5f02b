"""The second wall: PostgreSQL shows nothing of another tenant, whatever is asked of it."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from boards.adapters.db import migrate, tables
from boards.adapters.db.database import connect
from boards.adapters.db.door import Door
from boards.adapters.db.postgres import PostgresDatabase, PostgresWire
from boards.adapters.db.urls import asyncpg_dsn
from boards.services.ports import SYSTEM, Scope
from tests.db.conftest import PostgresServer
from tests.db.world import World, door_of, make_world

pytestmark = pytest.mark.postgres

OF_TENANTS = sorted(
    table.__tablename__
    for table in tables.Base.__subclasses__()
    if "tenant_id" in table.__table__.columns
)


@pytest.fixture
def url(postgres_server: PostgresServer) -> str:
    return postgres_server.fresh()


@pytest.fixture
async def database(url: str) -> AsyncIterator[PostgresDatabase]:
    database = await connect(url)
    assert isinstance(database, PostgresDatabase)
    yield database
    await database.close()


@pytest.fixture
async def world(database: PostgresDatabase) -> World:
    return await make_world(database)


@pytest.fixture
async def driver(url: str, world: World) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the server's own role, past the door."""
    driver = await asyncpg.connect(asyncpg_dsn(url))
    yield driver
    await driver.close()


async def seen(driver: asyncpg.Connection, whose: str | None) -> set[UUID]:
    async with driver.transaction():
        if whose is not None:
            await driver.execute(f"SET LOCAL boards.tenant_id = '{whose}'")
        return {row["tenant_id"] for row in await driver.fetch("SELECT tenant_id FROM boards")}


class TestPastTheDoor:
    async def test_a_tenant_s_transaction_sees_that_tenant(
        self, driver: asyncpg.Connection, world: World
    ) -> None:
        assert await seen(driver, str(world.home.tenant_id)) == {world.home.tenant_id}

    async def test_the_server_s_own_work_sees_all(
        self, driver: asyncpg.Connection, world: World
    ) -> None:
        assert await seen(driver, "*") == {world.home.tenant_id, world.abroad.tenant_id}

    @pytest.mark.parametrize("whose", [None, "", "00000000-0000-0000-0000-000000000000"])
    async def test_whoever_says_nothing_sees_nothing(
        self, driver: asyncpg.Connection, whose: str | None
    ) -> None:
        assert await seen(driver, whose) == set()

    async def test_it_is_not_left_on_the_connection(
        self, driver: asyncpg.Connection, world: World
    ) -> None:
        await seen(driver, str(world.home.tenant_id))
        assert await seen(driver, None) == set()

    async def test_another_tenant_s_rows_are_not_changed(
        self, driver: asyncpg.Connection, world: World
    ) -> None:
        async with driver.transaction():
            await driver.execute(f"SET LOCAL boards.tenant_id = '{world.home.tenant_id}'")
            changed = await driver.execute("UPDATE boards SET title = 'mine now'")
            removed = await driver.execute(
                "DELETE FROM boards WHERE tenant_id = $1", world.abroad.tenant_id
            )
        assert (changed, removed) == ("UPDATE 1", "DELETE 0")

    async def test_no_row_is_written_into_another_tenant(
        self, driver: asyncpg.Connection, world: World
    ) -> None:
        async with driver.transaction():
            await driver.execute(f"SET LOCAL boards.tenant_id = '{world.home.tenant_id}'")
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await driver.execute(
                    "INSERT INTO tags (id, tenant_id, slug, name, created_at)"
                    " VALUES (gen_random_uuid(), $1, 'x', 'x', now())",
                    world.abroad.tenant_id,
                )

    async def test_every_table_of_tenants_has_the_wall(self, driver: asyncpg.Connection) -> None:
        # A later migration that makes a table calls `walls.protect` for it.
        rows = await driver.fetch(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE c.relrowsecurity AND c.relforcerowsecurity"
        )
        assert sorted(row["relname"] for row in rows) == OF_TENANTS


class TestThroughTheDoor:
    async def test_a_statement_without_the_tenant_finds_nothing_of_others(
        self, world: World
    ) -> None:
        def forget_the_condition(tx: object) -> list[UUID]:
            wire = door_of(tx).wire  # type: ignore[arg-type]
            careless = Door(wire, SYSTEM)
            return [row.tenant_id for row in careless.run(_all_boards)]

        found = await world.read(forget_the_condition, world.home.scope)
        assert found == [world.home.tenant_id]
        assert len(await world.read(forget_the_condition, SYSTEM)) == 2

    async def test_what_may_look_beyond_does(self, world: World) -> None:
        [abroad] = await world.add(world.abroad)
        for scope in (
            world.home.scope,
            Scope(tenant_id=world.home.tenant_id, looks_beyond=True),
        ):
            found = await world.read(lambda tx: tx.generations.find_anywhere([abroad]), scope)
            assert found.keys() == {abroad}

    async def test_saying_whose_it_is_costs_no_way_to_the_server(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ways: list[str] = []
        execute = asyncpg.Connection.execute

        async def counted(self: asyncpg.Connection, query: str, *args: object, **more: object):
            ways.append(query)
            return await execute(self, query, *args, **more)

        monkeypatch.setattr(asyncpg.Connection, "execute", counted)
        await world.read(lambda tx: tx.boards.get(world.home.board.id), world.home.scope)
        assert len(ways) == 2, "one to begin and one to commit"
        assert ways[0].startswith("BEGIN")
        assert str(world.home.tenant_id) in ways[0]

    async def test_looking_beyond_is_said_once(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said: list[bool] = []
        look_beyond = PostgresWire.look_beyond

        def counted(self: PostgresWire) -> None:
            said.append(self.shows_all)
            look_beyond(self)

        monkeypatch.setattr(PostgresWire, "look_beyond", counted)
        other = world.abroad.board.id
        await world.read(
            lambda tx: [tx.generations.find_anywhere([other]) for _ in range(3)], world.home.scope
        )
        assert said == [False, True, True]


def _all_boards(door: Door):
    return door.select(tables.Board)


async def test_the_wall_can_be_taken_down_and_put_up_again(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.fresh()
    await asyncio.to_thread(migrate.downgrade, url, "0006")
    driver = await asyncpg.connect(asyncpg_dsn(url))
    assert await driver.fetchval("SELECT count(*) FROM pg_policy") == 0
    await driver.close()
    await asyncio.to_thread(migrate.upgrade, url)
