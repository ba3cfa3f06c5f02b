"""Opens a database by its URL: SQLite in this process, or a PostgreSQL server."""

from pathlib import Path
from typing import Protocol

from boards.adapters.db.sqlite import SqliteDatabase
from boards.adapters.db.urls import read_url
from boards.errors import ConfigError
from boards.services.ports import Database

__all__ = ["OpenDatabase", "connect"]


class OpenDatabase(Database, Protocol):
    """A database that somebody has to close."""

    async def close(self) -> None:
        """Finish what was begun, then let go of every connection."""
        ...


async def connect(url: str) -> OpenDatabase:
    """Open a database whose tables are up to date (see `migrate.upgrade`).

    ConfigError for a URL that is none of ours or a driver that is not installed; StorageError
    when the database does not answer.
    """
    found = read_url(url)
    if found.drivername == "sqlite":
        return SqliteDatabase(Path(str(found.database)))
    try:
        from boards.adapters.db.postgres import PostgresDatabase
    except ImportError as error:
        message = "PostgreSQL needs a driver: pip install 'boards-studio[postgres]'"
        raise ConfigError(message) from error
    return await PostgresDatabase.open(found)
