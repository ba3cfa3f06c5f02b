"""A copy of the database at one moment, while others write to it.

It is always an SQLite file, whichever database it is of, so that it can be put back into either.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from boards.adapters.db.moving.copying import Progress, copy_tables, open_side
from boards.adapters.db.revision import head
from boards.adapters.db.urls import read_url
from boards.errors import Conflict, StorageError

__all__ = ["snapshot", "used_files"]


async def snapshot(url: str, path: Path, tell: Progress) -> None:
    """Copy the database into a new file. Conflict for tables of another version; StorageError when
    it cannot be read or written."""
    found = read_url(url)
    if found.drivername == "sqlite":
        await asyncio.to_thread(_copy_file, Path(str(found.database)), path)
        return
    async with open_side(url) as source:
        standing = await source.revision()
        if standing != head():
            raise Conflict(
                f"The tables stand at revision {standing!r}, not at {head()!r}; `boards upgrade` "
                "brings them there."
            )
        # Only here, because Alembic is slow to import.
        from boards.adapters.db import migrate

        await asyncio.to_thread(migrate.upgrade, f"sqlite:///{path}")
        async with open_side(f"sqlite:///{path}", writes=True) as target:
            await copy_tables(source, target, tell)
    await asyncio.to_thread(_close_log, path)


def _copy_file(source: Path, path: Path) -> None:
    try:
        # Not read-only: what a process that was killed has left in the log has to be taken in.
        address = f"{source.absolute().as_uri()}?mode=rw"
        with (
            closing(sqlite3.connect(address, uri=True)) as opened,
            closing(sqlite3.connect(path)) as copy,
        ):
            # In one step, which writers do not wait for: they write to the log beside the file.
            opened.backup(copy)
    except (sqlite3.Error, OSError) as error:
        raise StorageError("The database could not be copied.", detail=str(error)) from error
    _close_log(path)


def _close_log(path: Path) -> None:
    """Have all of it in the one file, without a log beside it."""
    try:
        with closing(sqlite3.connect(path)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
            [answer] = copy.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise StorageError("The copy of the database is not whole.", detail=str(error)) from error
    if answer != "ok":
        raise StorageError("The copy of the database is not whole.", detail=str(answer))


def used_files(path: Path) -> Iterator[tuple[str, str]]:
    """The keys of the files that a copied database uses, with the hashes of their bytes."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        yield from copy.execute("SELECT key, sha256 FROM blobs WHERE tombstoned_at IS NULL")
