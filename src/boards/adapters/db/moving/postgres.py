"""PostgreSQL as one end of a copy."""

import json
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Any, Self

import asyncpg
from sqlalchemy import Table

from boards.adapters.db.faults import of_connecting, of_statement
from boards.adapters.db.moving.rows import Row, from_postgres, key_of, names_of, to_postgres

__all__ = ["PostgresSide"]

_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
_CONNECT_SECONDS = 30
_SETTINGS = {"application_name": "boards move", "jit": "off", "boards.tenant_id": "*"}
"""The last one shows the rows of all tenants; see `migrations.walls`."""


class PostgresSide:
    """A database. All that is read of one that is only read is of one moment."""

    def __init__(self, dsn: str, *, writes: bool = False) -> None:
        self._dsn = dsn
        self._writes = writes
        self._open: asyncpg.Connection[Any] | None = None

    async def __aenter__(self) -> Self:
        try:
            self._open = await asyncpg.connect(
                self._dsn, timeout=_CONNECT_SECONDS, server_settings=_SETTINGS
            )
            await self._driver.set_type_codec(
                "jsonb", schema="pg_catalog", encoder=str, decoder=json.loads, format="text"
            )
            if not self._writes:
                whole = self._driver.transaction(isolation="repeatable_read", readonly=True)
                await whole.start()
        except (*_FAILURES, ValueError) as error:
            raise of_connecting(error) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._driver.close()

    async def revision(self) -> str | None:
        """At which revision its tables stand."""
        if await self._driver.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        found: str | None = await self._driver.fetchval("SELECT version_num FROM alembic_version")
        return found

    async def stand_at(self, revision: str) -> None:
        """Say at which revision its tables stand."""
        await self._driver.execute("UPDATE alembic_version SET version_num = $1", revision)

    async def count(self, table: Table) -> int:
        """How many rows a table has."""
        return int(await self._driver.fetchval(f'SELECT count(*) FROM "{table.name}"'))  # noqa: S608

    async def rows(self, table: Table, *, skip: int, at_once: int) -> AsyncIterator[list[Row]]:
        """Give the rows in the order of their keys, behind the first `skip`."""
        turn = from_postgres(table)
        question = (
            f'SELECT {_listed(names_of(table))} FROM "{table.name}"'  # noqa: S608
            f" ORDER BY {_listed(key_of(table))} OFFSET {skip:d}"
        )
        # A cursor lives in a transaction; within the one of what is only read it is a savepoint.
        async with self._driver.transaction():
            cursor = await self._driver.cursor(question)
            while found := await cursor.fetch(at_once):
                yield [turn(row) for row in found]

    async def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Put rows in, all or none."""
        names, turn = names_of(table), to_postgres(table)
        marks = ", ".join(f"${at}" for at in range(1, len(names) + 1))
        statement = f'INSERT INTO "{table.name}" ({_listed(names)}) VALUES ({marks})'  # noqa: S608
        try:
            await self._driver.executemany(statement, [turn(row) for row in rows])
        except (*_FAILURES, ValueError) as error:
            raise of_statement(error) from error

    async def settle(self, table: Table) -> None:
        """Have the database count up from the largest number that came."""
        [name, *others] = key_of(table)
        if others:
            return
        sequence = await self._driver.fetchval(
            "SELECT pg_get_serial_sequence($1, $2)", table.name, name
        )
        if sequence is not None:
            await self._driver.execute(
                f'SELECT setval(\'{sequence}\', max("{name}")) FROM "{table.name}"'  # noqa: S608
                f' HAVING max("{name}") IS NOT NULL'
            )

    @property
    def _driver(self) -> "asyncpg.Connection[Any]":
        if self._open is None:
            raise TypeError("Open it first.")
        return self._open


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
