"""What of a data directory Boards has made, and removing exactly that.

A data directory may be a folder in which other things are kept, too. So everything is known by its
whole name, such as the key of a stored file. No link is followed; only in the folders of runs,
where Boards makes links itself, they are removed.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from boards.adapters.datadir import LOCK_FILE, SCRATCH, holder_of
from boards.adapters.db.urls import read_url
from boards.adapters.storage.config import StorageKind, read_storage_config
from boards.cli.server_file import SERVER_FILE
from boards.errors import Conflict, StorageError
from boards.settings import Settings, environment

__all__ = ["Inventory", "Part", "remove", "take_stock"]

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEY = (
    rf"{_ID}/(?:at\.[a-z0-9_-]+/)?\d{{4}}/\d\d/[a-z]+/{_ID}\.[a-z0-9]+"
    rf"|{_ID}/receipts/{_ID}\.json|\.staging/[^/]+"
)
_FILES = "files"
# What was broken off leaves folders without a file.
_FOLDERS_OF_KEYS = rf"{_ID}(?:/at\.[a-z0-9_-]+)?(?:/\d{{4}}(?:/\d\d(?:/[a-z]+)?)?)?"
_STORIES = "workspaces"
_SLOT = r"(?:\d{2,5}|cover|portrait)"
# Whatever else lies in a story's folder is somebody's own.
_OF_STORIES = (
    rf"{_STORIES}/(?:\.locks/{_ID}|{_ID}/(?:\.trash/)?[a-z0-9-]+/(?:storyboard\.json|\.gitignore"
    rf"|\.git/.+|(?:cards/)?{_SLOT}\.[a-z0-9]+|cards/takes/{_SLOT}-\d+\.[a-z0-9]+"
    r"|portrait/refs/\d+\.[a-z0-9]+))"
)
_FOLDERS = (
    rf"{_FILES}(?:/\.staging|/{_FOLDERS_OF_KEYS})?|logs|{SCRATCH}(?:/[0-9a-f]{{32}}(?:/.+)?)?"
    rf"|{_STORIES}(?:/\.locks|/{_ID}(?:/.+)?)?"
)
_DATABASE = "boards.db"
_OF_SQLITE = "(?:-wal|-shm|-journal)?"
_BACKUP = r"\.\w+\.\d{8}T\d{6}\.backup"


@dataclass(kw_only=True)
class Part:
    """One kind of thing that Boards makes, known by its path from the data directory."""

    name: str
    purpose: str
    pattern: str = field(repr=False)
    has_links: bool = False
    paths: list[Path] = field(default_factory=list, repr=False)
    bytes_: int = 0

    def takes(self, name: str, *, is_link: bool) -> bool:
        return (self.has_links or not is_link) and re.fullmatch(self.pattern, name) is not None


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """What is in a data directory: parts of which there is something, our own folders, and by their
    paths from there `others`. `elsewhere` is what Boards keeps in other places.
    """

    parts: tuple[Part, ...]
    others: tuple[str, ...]
    elsewhere: tuple[str, ...]
    folders: frozenset[Path]


def take_stock(settings: Settings) -> Inventory:
    """Look through the data directory; nothing is changed. The lock, which stays, is no part.

    Raises StorageError when it cannot be looked through.
    """
    elsewhere: list[str] = []
    parts = _parts(settings, elsewhere)
    others: list[str] = []
    folders: set[Path] = set()
    for path in _walk(settings.data_dir):
        inside = path.relative_to(settings.data_dir)
        name = inside.as_posix()
        if path.is_dir() and not path.is_symlink():
            if re.fullmatch(_FOLDERS, name):
                folders.add(path)
            continue
        is_link = path.is_symlink()
        part = next((part for part in parts if part.takes(name, is_link=is_link)), None)
        if part is not None and (is_link or path.is_file()):
            part.paths.append(path)
            part.bytes_ += path.lstat().st_size
            folders |= {settings.data_dir / each for each in inside.parents if each != Path()}
        elif name != LOCK_FILE:
            others.append(name)
    return Inventory(
        parts=tuple(part for part in parts if part.paths),
        others=tuple(sorted(others)),
        elsewhere=tuple(elsewhere),
        folders=frozenset(folders),
    )


def remove(settings: Settings) -> Inventory:
    """Remove the parts, and the folders that are empty then; gives what was there.

    The caller holds the data directory. Conflict while a worker shares it; StorageError when
    something cannot be removed.
    """
    _refuse_workers(settings.data_dir / SCRATCH)
    inventory = take_stock(settings)
    for part in inventory.parts:
        for path in part.paths:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise StorageError(
                    f"{str(path)!r} cannot be removed: {error.strerror}. What was removed before "
                    "it is gone."
                ) from error
    for folder in sorted(inventory.folders, reverse=True):  # those within it come first
        try:
            folder.rmdir()
        except OSError:
            continue  # there is something of others in it
    return inventory


def _refuse_workers(scratch: Path) -> None:
    """Conflict while a process that shares the data directory works in a folder of its own."""
    for folder in scratch.iterdir() if scratch.is_dir() and not scratch.is_symlink() else ():
        holder = holder_of(folder)
        if holder is not None:
            raise Conflict(f"Process {holder.pid} works with this data directory; stop it first.")


def _walk(data_dir: Path) -> Iterator[Path]:
    """Give all that is there, without following links."""

    def fail(error: OSError) -> None:
        raise StorageError(
            f"{str(error.filename)!r} cannot be looked into: {error.strerror}."
        ) from error

    if data_dir.is_dir():
        for folder, folders, files in os.walk(data_dir, onerror=fail):
            yield from (Path(folder, name) for name in (*folders, *files))


def _parts(settings: Settings, elsewhere: list[str]) -> tuple[Part, ...]:
    files = rf"{_FILES}/(?:{_KEY})"
    kept, clouds = _places_of_files(settings)
    elsewhere.extend(f"the files at {name!r}" for name in clouds)
    for root in kept:
        inside = _inside(settings.data_dir, root)
        if inside is None:
            elsewhere.append(f"the files in {root}")
        else:
            files = rf"{files}|{_prefix(inside)}(?:{_KEY})"
    if settings.workspaces_dir is not None:
        elsewhere.append(f"the stories in {settings.workspaces_dir}")
    database = re.escape(_DATABASE)
    url = read_url(settings.database_url)
    if url.drivername != "sqlite":
        elsewhere.append("the database on its server")
    elif (inside := _inside(settings.data_dir, Path(str(url.database)))) is None:
        elsewhere.append(f"the database {url.database}")
    else:
        database = rf"(?:{database}|{re.escape(inside.as_posix())})"
    return (
        Part(name="files", purpose="what was made and uploaded", pattern=files),
        Part(
            name="database",
            purpose="boards, prompts, lineage and costs",
            pattern=database + _OF_SQLITE,
        ),
        Part(name="stories", purpose="storyboards, takes and picks", pattern=_OF_STORIES),
        Part(name="backups", purpose="copies of the database", pattern=database + _BACKUP),
        Part(name="logs", purpose="what servers said", pattern=r"logs/boards\.log(?:\.\d+)?"),
        Part(
            name="scratch",
            purpose="what runs left behind",
            pattern=rf"{SCRATCH}/[0-9a-f]{{32}}/.+",
            has_links=True,
        ),
        Part(
            name="notes",
            purpose="where a server was",
            pattern=rf"{re.escape(SERVER_FILE)}(?:\.\d+)?",
        ),
    )


def _places_of_files(settings: Settings) -> tuple[list[Path], list[str]]:
    """The folders that storage.yaml names for files, and the names of its clouds."""
    if settings.storage_config_path is None:
        return [], []
    found = read_storage_config(settings.storage_config_path, environment()).providers
    here = (StorageKind.LOCAL, StorageKind.MEMORY)
    return (
        [one.path for one in found if one.path is not None],
        [one.name for one in found if one.kind not in here],
    )


def _inside(data_dir: Path, path: Path) -> Path | None:
    """The path as seen from the data directory; None when it is outside."""
    whole, top = path.resolve(), data_dir.resolve()
    return whole.relative_to(top) if whole.is_relative_to(top) else None


def _prefix(folder: Path) -> str:
    return "" if folder == Path() else re.escape(f"{folder.as_posix()}/")
