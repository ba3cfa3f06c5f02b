"""Copying all tables from one database to another, and telling whether all of it came."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Table

from boards.adapters.db.moving.rows import Row, RowSum, ordered_tables
from boards.adapters.db.moving.sqlite import SqliteSide
from boards.adapters.db.urls import asyncpg_dsn, read_url
from boards.errors import ConfigError, Conflict

__all__ = ["Copied", "Progress", "Side", "copy_tables", "open_side"]

AT_ONCE = 2000

Progress = Callable[[str, int, int], None]
"""Told of a table by its name, how many of its rows are there, and how many there are to be."""


class Side(Protocol):
    """One end of a copy."""

    async def revision(self) -> str | None: ...
    async def stand_at(self, revision: str) -> None: ...
    async def count(self, table: Table) -> int: ...
    def rows(self, table: Table, *, skip: int, at_once: int) -> AsyncIterator[list[Row]]: ...
    async def add(self, table: Table, rows: Sequence[Row]) -> None: ...
    async def settle(self, table: Table) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Copied:
    """A table that is the same at both ends: how many rows, and the sum over them in hex."""

    table: str
    rows: int
    sha256: str


@asynccontextmanager
async def open_side(url: str, *, writes: bool = False) -> AsyncIterator[Side]:
    """Open a database as one end of a copy. ConfigError, StorageError as `connect`."""
    dsn = asyncpg_dsn(url)
    if dsn is None:
        async with SqliteSide(Path(str(read_url(url).database)), writes=writes) as sqlite:
            yield sqlite
        return
    try:
        from boards.adapters.db.moving.postgres import PostgresSide
    except ImportError as error:
        message = "PostgreSQL needs a driver: pip install 'boards-studio[postgres]'"
        raise ConfigError(message) from error
    async with PostgresSide(dsn, writes=writes) as postgres:
        yield postgres


async def copy_tables(source: Side, target: Side, tell: Progress) -> tuple[Copied, ...]:
    """Copy what the target has not got, table by table, then hold both against each other.

    A copy that was broken off goes on behind the rows that have come. Conflict when a table is not
    the same at both ends in the end.
    """
    for table in ordered_tables():
        there, wanted = await target.count(table), await source.count(table)
        tell(table.name, there, wanted)
        if there < wanted:
            async for rows in source.rows(table, skip=there, at_once=AT_ONCE):
                await target.add(table, rows)
                there += len(rows)
                tell(table.name, there, wanted)
        await target.settle(table)
    return tuple([await _compared(source, target, table) for table in ordered_tables()])


async def _compared(source: Side, target: Side, table: Table) -> Copied:
    before, after = await _sum_of(source, table), await _sum_of(target, table)
    if (before.rows, before.hex) != (after.rows, after.hex):
        raise Conflict(
            f"The table {table.name!r} is not the same at both ends ({before.rows} rows here, "
            f"{after.rows} there), so nothing uses the copy. Empty the target and begin anew; the "
            "source is as it was."
        )
    return Copied(table=table.name, rows=after.rows, sha256=after.hex)


async def _sum_of(side: Side, table: Table) -> RowSum:
    found = RowSum(table)
    async for rows in side.rows(table, skip=0, at_once=AT_ONCE):
        found.add(rows)
    return found
