"""Brings a database's tables up to date, or back; works from an installed package.

Each function takes the database's URL and blocks until it is done; call it in a thread from async
code. Before any change to an SQLite file that holds tables, a copy of it is laid beside it.

Importing this imports Alembic, which is slow; `revision` tells quickly whether it is needed.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from boards.adapters.db.faults import translate
from boards.adapters.db.revision import current, head, require_known, standing_in
from boards.adapters.db.sqlite import driver_of, sqlite_engine
from boards.adapters.db.urls import read_url
from boards.errors import Conflict, InvalidInput, StorageError

__all__ = [
    "Revision",
    "backup_before_migration",
    "backup_path",
    "current",
    "downgrade",
    "head",
    "history",
    "revision",
    "upgrade",
]

T = TypeVar("T")

_SCRIPTS = "boards.adapters.db:migrations"


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One step of the tables' history; `down` is the step before it, None for the first."""

    id: str
    down: str | None
    message: str
    is_head: bool


def upgrade(url: str, to: str = "head") -> Path | None:
    """Bring the tables up to date; nothing happens when they are.

    Gives the backup that was made, if one was. InvalidInput for an unknown revision; Conflict when
    the database stands at one; StorageError when it does not answer or cannot be copied.
    """
    return _change(url, to, command.upgrade)


def downgrade(url: str, to: str) -> Path | None:
    """Take the tables back to a revision, or with `base` remove them with all that is in them."""
    return _change(url, to, command.downgrade)


def history() -> tuple[Revision, ...]:
    """All revisions, the newest first."""
    scripts = ScriptDirectory.from_config(_config(None))
    newest = head()
    return tuple(
        Revision(
            id=script.revision,
            down=None if script.down_revision is None else str(script.down_revision),
            message=script.doc.rstrip("."),
            is_head=script.revision == newest,
        )
        for script in scripts.walk_revisions()
    )


def revision(message: str) -> Path:
    """Write a new revision from what the tables say and the migrations do not, for developers.

    Compared on an empty SQLite database, so look it over: what only PostgreSQL has is missing.
    """
    number = f"{len(history()) + 1:04d}"
    with _memory() as connection:
        config = _config(connection)
        command.upgrade(config, "head")
        script = command.revision(config, message, autogenerate=True, rev_id=number)
    if script is None or isinstance(script, list):
        raise InvalidInput(f"No revision came of {message!r}.")
    return Path(script.path)


def backup_path(path: Path, standing: str | None) -> Path:
    """Where a copy made now would be, named after the revision at which the database stands and
    the time: `boards.db.0001.20260102T030405.backup`."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    return path.with_name(f"{path.name}.{standing or 'base'}.{stamp}.backup")


def backup_before_migration(path: Path) -> Path | None:
    """Copy an SQLite file that holds tables, safe while it is in use; None when it is empty."""
    if not path.is_file() or path.stat().st_size == 0:
        return None
    try:
        # Not read-only: what a killed process left in the log has to be taken in.
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as source:
            if source.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
                return None
            copy = backup_path(path, standing_in(source))
            # A copy that was broken off must not look like one.
            part = copy.with_name(f"{copy.name}.{os.getpid()}.part")
            with closing(sqlite3.connect(part)) as target:
                source.backup(target)
        part.replace(copy)
    except (sqlite3.Error, OSError) as error:
        message = f"{path.name!r} could not be copied, so nothing was changed in it."
        raise StorageError(message, detail=str(error)) from error
    return copy


def _change(url: str, to: str, change: Callable[[Config, str], None]) -> Path | None:
    found = read_url(url)
    _known(to)
    standing = current(url)
    require_known(standing)
    if standing == (head() if to == "head" else to):
        return None
    backup = None
    if found.drivername == "sqlite":
        backup = backup_before_migration(Path(str(found.database)))
    _on_connection(url, lambda connection: change(_config(connection), to))
    return backup


def _known(to: str) -> None:
    try:
        scripts = ScriptDirectory.from_config(_config(None))
        if to not in ("head", "base"):
            scripts.get_revision(to)
    except CommandError as error:
        known = ", ".join(repr(step.id) for step in history())
        raise InvalidInput(f"{to!r} is no revision; there are {known}.") from error


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _on_connection(url: str, work: Callable[[Connection], T]) -> T:
    found = read_url(url)
    try:
        if found.drivername == "sqlite":
            return _on_sqlite(found, work)
        # The driver is an extra.
        from boards.adapters.db.postgres import run_alone

        return asyncio.run(run_alone(found, work))
    except SQLAlchemyError as error:
        raise translate(error) from error


def _on_sqlite(url: URL, work: Callable[[Connection], T]) -> T:
    path = Path(str(url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sqlite_engine(path, migrates=True)
    with engine.begin() as connection:
        driver_of(connection).execute("BEGIN IMMEDIATE")
        result = work(connection)
        broken = driver_of(connection).execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise Conflict(f"A row of {broken[0]!r} refers to a row that is gone; nothing changed.")
    return result


@contextmanager
def _memory() -> Iterator[Connection]:
    engine = sqlite_engine(Path(":memory:"), migrates=True)
    with engine.begin() as connection:
        yield connection
