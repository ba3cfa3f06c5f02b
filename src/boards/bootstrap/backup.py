"""Composes backups, what is restored from them, and the move to another database.

A backup is made beside whatever runs. The other two need what they write to for themselves.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from boards import __version__
from boards.adapters.datadir import hold_data_dir, own_scratch
from boards.adapters.db import revision
from boards.adapters.db.database import connect
from boards.adapters.db.moving import Copied, Progress, move, require_empty, snapshot, used_files
from boards.adapters.db.urls import read_url
from boards.adapters.storage.objects import ObjectStorage
from boards.bootstrap.app import open_storage, upgrade_database
from boards.errors import Conflict
from boards.services.backup import (
    DATABASE,
    BackupAbout,
    Expected,
    FolderBackup,
    TarBackup,
    Tell,
    about_of,
    copy_files,
    extract,
    open_backup,
    put_back,
    unlike,
    verified,
)
from boards.services.clock import SystemClock
from boards.services.ledger import LedgerService, Verified
from boards.services.ports import SYSTEM, Scope, Storage
from boards.settings import Settings

__all__ = ["BackedUp", "Moved", "Restored", "back_up", "migrate_to", "restore"]

EVERYTHING = "*"


@dataclass(frozen=True, kw_only=True)
class BackedUp:
    """What came of a backup. `missing` are the keys of files that the database names and that were
    not in the storage, or were damaged there."""

    path: Path
    files: int
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What came of a backup that was put back: where, and what its ledgers came to."""

    about: BackupAbout
    database: str
    files: int
    ledgers: tuple[Verified, ...]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What came of a move: each table, and what the ledgers came to there."""

    tables: tuple[Copied, ...]
    ledgers: tuple[Verified, ...]


async def back_up(settings: Settings, target: Path, tell: Tell) -> BackedUp:
    """Copy the database, then the files, while others write to both.

    A name that ends in `.tar` is one file, any other a folder. Conflict when something else is
    there; StorageError when something cannot be read or written.
    """
    backup = TarBackup(target) if target.suffix == ".tar" else FolderBackup(target)
    storage = open_storage(settings)
    standing = await asyncio.to_thread(revision.current, settings.database_url)
    revision.require_known(standing)
    if standing is None:
        raise Conflict("There is no database yet, so there is nothing to back up.")
    with own_scratch(settings.data_dir) as scratch, _discarding(backup):
        await asyncio.to_thread(backup.begin)
        copy = scratch / DATABASE
        await snapshot(settings.database_url, copy, lambda *_: None)
        lines = await copy_files(storage, backup, scratch, tell)
        expected = [Expected(key=key, sha256=sha256) for key, sha256 in used_files(copy)]
        # Last, so that one in a folder that is broken off leaves the earlier one as it was.
        last = await asyncio.to_thread(backup.add, DATABASE, copy)
        about = about_of(
            made_at=datetime.now(UTC), made_by=f"boards {__version__}", revision=standing
        )
        await asyncio.to_thread(backup.end, (*lines, last), about)
    return BackedUp(path=target, files=len(lines), missing=unlike(lines, expected))


async def restore(
    settings: Settings, source: Path, tell: Tell, *, into: Path | None = None
) -> Restored:
    """Verify a backup and put it back, where the settings say, or into a folder of its own.

    Nothing runs on what was restored until somebody resumes it: what waited when the backup was
    made may have been run, and paid, since. Conflict when there is a database already, or when a
    process has the data directory; InvalidInput when the backup is not whole, and nothing is
    restored then.
    """
    if into is not None:
        at = {"data_dir": into, "database_url": f"sqlite:///{into / DATABASE}"}
        settings = settings.model_copy(update=at)
    url = settings.database_url
    with hold_data_dir(settings.data_dir), open_backup(source) as backup:
        if await asyncio.to_thread(revision.current, url) is not None and _is_file(url):
            raise Conflict("There is a database already; restore into a folder without one.")
        await require_empty(url)
        about, lines = await asyncio.to_thread(verified, backup, tell)
        revision.require_known(about.revision)
        storage = open_storage(settings) if into is None else _plain_storage(into)
        with own_scratch(settings.data_dir) as scratch:
            # The files first: a database never names what is not there yet.
            files = await put_back(backup, lines, storage, scratch, tell)
            copy = scratch / DATABASE
            await asyncio.to_thread(extract, backup, DATABASE, copy)
            if about.revision != revision.head():
                await upgrade_database(f"sqlite:///{copy}")
            if _is_file(url):
                target = Path(str(read_url(url).database))
                target.parent.mkdir(parents=True, exist_ok=True)
                await asyncio.to_thread(copy.replace, target)
            else:
                await move(f"sqlite:///{copy}", url, lambda *_: None)
        await upgrade_database(url)
        await _pause(url)
        ledgers = await _examined(url)
    return Restored(about=about, database=_named(url), files=files, ledgers=ledgers)


async def migrate_to(settings: Settings, url: str, tell: Progress) -> Moved:
    """Copy all tables of the settings' database to another one, which is empty.

    Conflict while a process has the data directory; else as `move`.
    """
    with hold_data_dir(settings.data_dir):
        tables = await move(settings.database_url, url, tell)
    await upgrade_database(url)
    return Moved(tables=tables, ledgers=await _examined(url))


async def _pause(url: str) -> None:
    database = await connect(url)
    try:
        now = SystemClock().now()
        await database.write(
            lambda tx: tx.providers.pause(EVERYTHING, now=now, by=None), scope=SYSTEM
        )
    finally:
        await database.close()


async def _examined(url: str) -> tuple[Verified, ...]:
    """Hold every tenant's ledger against what is shown and counted."""
    database = await connect(url)
    try:
        ledger = LedgerService(database=database, clock=SystemClock())
        tenants = await database.read(lambda tx: tx.people.tenants(), scope=SYSTEM)
        return tuple([await ledger.examine(Scope(tenant_id=each.id)) for each in tenants])
    finally:
        await database.close()


def _plain_storage(folder: Path) -> Storage:
    """All files in one folder, wherever they were before."""
    return ObjectStorage.local(folder / "files")


def _is_file(url: str) -> bool:
    return read_url(url).drivername == "sqlite"


def _named(url: str) -> str:
    found = read_url(url)
    return str(found.database) if _is_file(url) else found.render_as_string(hide_password=True)


@contextmanager
def _discarding(backup: FolderBackup | TarBackup) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if isinstance(backup, TarBackup):
            backup.discard()
        raise
