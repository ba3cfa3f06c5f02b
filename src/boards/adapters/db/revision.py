"""Tells at which revision a database stands, without Alembic.

Alembic takes half a second and more to import, and most starts need nothing of it: the tables are
up to date. Importing this loads no driver of PostgreSQL and nothing of Alembic; `migrate` is
imported by whoever finds that there is something to do.
"""

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from boards.adapters.db.faults import of_connecting
from boards.adapters.db.urls import asyncpg_dsn, read_url
from boards.errors import ConfigError, Conflict

__all__ = ["MOVING", "current", "head", "is_up_to_date", "known", "require_known", "standing_in"]

MOVING = "moving-"
"""What a database stands at, with something behind it, as long as rows are moved into it."""
_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_NUMBERED = re.compile(r"(\d{4})_\w+\.py")
_BUSY_SECONDS = 10


def known() -> tuple[str, ...]:
    """The revisions that this package knows, the oldest first: the numbers of their files."""
    names = (_NUMBERED.fullmatch(path.name) for path in _VERSIONS.iterdir())
    return tuple(sorted(found[1] for found in names if found))


def head() -> str:
    """The newest revision that this package knows."""
    return known()[-1]


def current(url: str) -> str | None:
    """The revision that the database stands at; None when it is empty, or not there yet.

    Asking makes nothing. ConfigError for a URL that is none of ours or a driver that is not
    installed; StorageError when the database does not answer.
    """
    found = read_url(url)
    dsn = asyncpg_dsn(url)
    if dsn is None:
        return _of_sqlite(Path(str(found.database)))
    return asyncio.run(_of_postgres(dsn))


def is_up_to_date(url: str) -> bool:
    """Tell whether the tables are this package's. Errors as `current` and `require_known`."""
    standing = current(url)
    require_known(standing)
    return standing == head()


def require_known(standing: str | None) -> None:
    """Conflict when a database stands at a revision of another package, such as a newer Boards."""
    if standing is not None and standing.startswith(MOVING):
        raise Conflict(
            "Another database is being moved into this one, and that has not come to its end. "
            "`boards migrate-to` goes on with it."
        )
    if standing is not None and standing not in known():
        raise Conflict(
            f"The database stands at revision {standing!r}, which this version of Boards does not "
            "know; install the newer version that made it."
        )


def standing_in(connection: sqlite3.Connection) -> str | None:
    """The same as `current`, of an SQLite file that is open. Raises the driver's own errors."""
    found = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    ).fetchone()
    if found is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _of_sqlite(path: Path) -> str | None:
    if not path.is_file():
        return None
    # Not `ro`: what a killed process left in the log beside the file could not be taken over.
    address = f"{path.absolute().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA query_only=1")
            return standing_in(connection)
    except sqlite3.Error as error:
        raise of_connecting(error) from error


async def _of_postgres(dsn: str) -> str | None:
    try:
        import asyncpg
    except ImportError as error:
        message = "PostgreSQL needs a driver: pip install 'boards-studio[postgres]'"
        raise ConfigError(message) from error
    try:
        connection = await asyncpg.connect(dsn, timeout=_BUSY_SECONDS)
        try:
            if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
                return None
            found = await connection.fetchval("SELECT version_num FROM alembic_version")
        finally:
            await connection.close()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise of_connecting(error) from error
    return None if found is None else str(found)
