"""Moving to an empty database; one that was broken off goes on where it ended.

While it lasts the target says that it stands at no revision, so that no server begins to work on
half of the rows.
"""

import asyncio
import hashlib

from boards.adapters.db.moving.copying import Copied, Progress, Side, copy_tables, open_side
from boards.adapters.db.moving.rows import ordered_tables
from boards.adapters.db.revision import MOVING, current, head
from boards.errors import Conflict

__all__ = ["move", "require_empty"]


async def move(source_url: str, target_url: str, tell: Progress) -> tuple[Copied, ...]:
    """Copy all rows to a database that has none, and verify them. The source is only read.

    Whoever calls sees to it that nobody writes to the source meanwhile. Conflict when the source's
    tables are of another version, when there are rows in the target, or when the two are not the
    same at the end; ConfigError and StorageError as `connect`.
    """
    standing = await asyncio.to_thread(current, target_url)
    async with open_side(source_url) as source:
        mark = await _mark_of(source)
        if standing != mark:
            await _prepare(target_url, standing, mark)
        async with open_side(target_url, writes=True) as target:
            copied = await copy_tables(source, target, tell)
            await target.stand_at(head())
    return copied


async def _mark_of(source: Side) -> str:
    """What the target stands at while rows come from this source."""
    standing = await source.revision()
    if standing != head():
        raise Conflict(
            f"The tables stand at revision {standing!r}, not at {head()!r}; `boards upgrade` "
            "brings them there."
        )
    digest = hashlib.sha256()
    for table in ordered_tables():
        if table.name == "tenants":
            async for rows in source.rows(table, skip=0, at_once=1000):
                digest.update(repr(rows[0]).encode())
    return f"{MOVING}{digest.hexdigest()[:16]}"


async def _prepare(url: str, standing: str | None, mark: str) -> None:
    """Make the tables, see that they are empty, and put up the mark."""
    if standing is not None and standing.startswith(MOVING):
        raise Conflict(
            "Another database was being moved here and that did not come to its end; go on with "
            "that one, or empty the target."
        )
    # Only here, because Alembic is slow to import.
    from boards.adapters.db import migrate

    await asyncio.to_thread(migrate.upgrade, url)
    await require_empty(url)
    async with open_side(url, writes=True) as target:
        await target.stand_at(mark)


async def require_empty(url: str) -> None:
    """Conflict when a database of this version has any row."""
    if await asyncio.to_thread(current, url) != head():
        return
    async with open_side(url) as target:
        for table in ordered_tables():
            if rows := await target.count(table):
                raise Conflict(
                    f"There are {rows} rows in the target's table {table.name!r}, and rows are put "
                    "into an empty database only. Name another one."
                )
