"""Works out what an upgrade changes, and carries it out while nobody else has the data."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from boards import __version__
from boards.adapters.datadir import hold_data_dir
from boards.adapters.db import migrate, revision
from boards.adapters.db.urls import read_url
from boards.bootstrap import upgrade_database
from boards.cli.exits import Exit, Stop
from boards.errors import Conflict
from boards.settings import Settings

__all__ = ["Plan", "carry_out", "plan_for"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What there is to do: the steps from where the database stands, None for nowhere, to the
    newest, the oldest first. `backup` is the copy that would be made first, if one would."""

    version: str
    database: str
    is_server: bool
    standing: str | None
    newest: str
    steps: tuple[migrate.Revision, ...]
    backup: Path | None

    @property
    def is_needed(self) -> bool:
        return bool(self.steps)


def plan_for(settings: Settings) -> Plan:
    """Look at the database. Conflict when it is a newer version's, StorageError when it does not
    answer."""
    url = read_url(settings.database_url)
    path = Path(str(url.database)) if url.drivername == "sqlite" else None
    standing = revision.current(settings.database_url)
    revision.require_known(standing)
    steps = tuple(
        step for step in reversed(migrate.history()) if standing is None or step.id > standing
    )
    has_tables = path is not None and standing is not None
    return Plan(
        version=__version__,
        database=str(path) if path else f"{url.database} on {url.host or 'this machine'}",
        is_server=path is None,
        standing=standing,
        newest=revision.head(),
        steps=steps,
        backup=migrate.backup_path(path, standing) if path and has_tables and steps else None,
    )


def carry_out(settings: Settings) -> Path | None:
    """Change the tables, and give the copy that was made first. Stop when a process has the data
    directory."""
    with ExitStack() as stack:
        try:
            stack.enter_context(hold_data_dir(settings.data_dir))
        except Conflict as held:
            raise Stop(
                f"{held.message} `boards down` stops a server.",
                exit_code=Exit.LOCKED,
                code="locked",
            ) from held
        return asyncio.run(upgrade_database(settings.database_url))
