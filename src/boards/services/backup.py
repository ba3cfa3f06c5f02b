"""Backups: a copy of the database and of every file, in a folder or in one file, with checksums.

A backup holds `boards.db`, an SQLite file whichever database it was made of; `files/` with every
file under its key; `SHA256SUMS`, which `sha256sum -c` reads as well; and `backup.json`, which is
written last: without it a backup was broken off. The database comes first and the files after it.
Files are written once and never changed, so whatever the database names is there.
"""

import asyncio
import hashlib
import json
import os
import re
import shutil
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Protocol

from boards.domain.artifacts import check_key
from boards.errors import BoardsError, Conflict, InvalidInput, NotFound, StorageError
from boards.outbound.files import PartFile, in_thread, write_errors
from boards.services.ports import Storage

__all__ = [
    "DATABASE",
    "BackupAbout",
    "Expected",
    "FolderBackup",
    "Line",
    "OpenBackup",
    "TarBackup",
    "Tell",
    "about_of",
    "copy_files",
    "extract",
    "open_backup",
    "put_back",
    "unlike",
    "verified",
]

FORMAT, VERSION = "boards-backup", 1
DATABASE, FILES, SUMS, ABOUT = "boards.db", "files", "SHA256SUMS", "backup.json"
BLOCK = 2**20
MAX_ABOUT_BYTES = 64 * 1024
_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")

Tell = Callable[[int, int], None]
"""Told how many files are done, and of how many bytes."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One file of a backup: its name in it, and the hash of its bytes in hex."""

    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A file that the database names: its key, and the hash that it should have."""

    key: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class BackupAbout:
    """What a backup says of itself. `sums_sha256` is the hash of its list of hashes."""

    made_at: str
    made_by: str
    revision: str
    files: int
    sums_sha256: str
    format: str = FORMAT
    version: int = VERSION


class OpenBackup(Protocol):
    """A backup that is there to be read."""

    def names(self) -> Iterator[str]:
        """Every file in it."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """Read one of them. InvalidInput when it is not there."""
        ...


class FolderBackup:
    """A backup in a folder. One that is there already is brought up to date: files that it has are
    not copied again, and none is removed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: Mapping[str, str] = {}

    def begin(self) -> None:
        """Make the folder, or look at what it has. Conflict when that is no backup."""
        with write_errors(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (self.folder / SUMS).is_file() and any(self.folder.iterdir()):
                raise Conflict(f"{str(self.folder)!r} is not empty and no backup; name another.")
        if (self.folder / SUMS).is_file():
            self._known = {one.name: one.sha256 for one in _lines((self.folder / SUMS).read_text())}

    def has(self, name: str, size: int) -> Line | None:
        """What it knows of a file that it has."""
        path = self.folder / name
        if name in self._known and path.is_file() and path.stat().st_size == size:
            return Line(name=name, sha256=self._known[name])
        return None

    def add(self, name: str, source: Path) -> Line:
        """Copy a file in."""
        target = self.folder / name
        with write_errors(target):
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = PartFile(target)
            try:
                with source.open("rb") as file:
                    while block := file.read(BLOCK):
                        part.write(block)
                part.finish()
            except BaseException:
                part.discard()
                raise
        return Line(name=name, sha256=part.sha256)

    def end(self, lines: Iterable[Line], about: Callable[[str, int], BackupAbout]) -> None:
        """Write what it has, and that it is whole."""
        merged = {**self._known, **{one.name: one.sha256 for one in lines}}
        sums = _sums(merged)
        said = _dump(about(_sha256(sums), len(merged) - 1))
        with write_errors(self.folder):
            for name, data in ((SUMS, sums), (ABOUT, said)):
                part = PartFile(self.folder / name)
                part.write(data)
                part.finish()

    def names(self) -> Iterator[str]:
        for folder, _, files in os.walk(self.folder):
            for name in files:
                yield (Path(folder) / name).relative_to(self.folder).as_posix()

    def open(self, name: str) -> IO[bytes]:
        path = self.folder / name
        if path.is_symlink() or not path.is_file():
            raise _missing(name)
        return path.open("rb")


class TarBackup:
    """A backup in one file, a plain tar. It gets its name when it is whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(f".{path.name}.part")
        self._tar: tarfile.TarFile | None = None
        self._members: dict[str, tarfile.TarInfo] = {}

    def begin(self) -> None:
        """Begin a new file. Conflict when there is one."""
        if self.path.exists():
            raise Conflict(f"There is a file {str(self.path)!r} already; name another.")
        with write_errors(self.path):
            self._part.unlink(missing_ok=True)
            file = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            os.close(file)
            self._tar = tarfile.open(self._part, "w", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def has(self, name: str, size: int) -> Line | None:  # noqa: ARG002 - as the other one
        """It is new."""
        return None

    def add(self, name: str, source: Path) -> Line:
        """Copy a file in."""
        info = tarfile.TarInfo(name)
        with write_errors(self.path), source.open("rb") as file:
            info.size = os.fstat(file.fileno()).st_size
            info.mode = 0o600
            hashing = _Hashing(file)
            self._opened.addfile(info, hashing)
        return Line(name=name, sha256=hashing.digest.hexdigest())

    def end(self, lines: Iterable[Line], about: Callable[[str, int], BackupAbout]) -> None:
        """Write what it has, and give it its name."""
        known = {one.name: one.sha256 for one in lines}
        sums = _sums(known)
        said = _dump(about(_sha256(sums), len(known) - 1))
        with write_errors(self.path):
            for name, data in ((SUMS, sums), (ABOUT, said)):
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(data), 0o600
                self._opened.addfile(info, BytesIO(data))
            self._opened.close()
            self._part.replace(self.path)

    def discard(self) -> None:
        """Leave nothing of one that was not ended."""
        self.close()
        self._part.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file."""
        if self._tar is not None:
            self._tar.close()

    def read(self) -> None:
        """Open one that is there. InvalidInput when it is none."""
        try:
            self._tar = tarfile.open(self.path, "r:")  # noqa: SIM115
            for member in self._tar:
                if not member.isreg() or member.name in self._members:
                    raise InvalidInput(
                        f"{member.name[:200]!r} in the backup is no plain file, or comes twice."
                    )
                self._members[member.name] = member
        except (tarfile.TarError, OSError, EOFError) as error:
            raise InvalidInput(
                f"{str(self.path)!r} is no backup, or it is cut off.", detail=str(error)
            ) from error

    def names(self) -> Iterator[str]:
        yield from self._members

    def open(self, name: str) -> IO[bytes]:
        member = self._members.get(name)
        file = None if member is None else self._opened.extractfile(member)
        if file is None:
            raise _missing(name)
        return file

    @property
    def _opened(self) -> tarfile.TarFile:
        if self._tar is None:
            raise TypeError("Begin or read it first.")
        return self._tar


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.digest.update(block)
        return block


async def copy_files(
    storage: Storage,
    backup: FolderBackup | TarBackup,
    scratch: Path,
    tell: Tell,
) -> tuple[Line, ...]:
    """Copy every file that the storage has, once the database has been copied.

    A file that is removed meanwhile is left out: no row of the copied database needs it.
    """
    lines: dict[str, Line] = {}
    count = size = 0
    async for found in storage.list():
        name = f"{FILES}/{check_key(found.key)}"
        if name in lines:
            continue
        line = await in_thread(backup.has, name, found.size)
        if line is None:
            try:
                line = await _copied(storage, backup, found.key, name, scratch)
            except NotFound:
                continue
        lines[name] = line
        count, size = count + 1, size + found.size
        tell(count, size)
    return tuple(lines.values())


async def _copied(
    storage: Storage, backup: FolderBackup | TarBackup, key: str, name: str, scratch: Path
) -> Line:
    path = storage.local_path(key)
    if path is not None:
        try:
            return await in_thread(backup.add, name, path)
        except StorageError:
            if await asyncio.to_thread(path.exists):
                raise
            raise NotFound(f"There is no file {key!r} in storage.") from None
    path = scratch / "copied"
    try:
        await storage.copy_to(key, path)
        return await in_thread(backup.add, name, path)
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


def unlike(lines: Iterable[Line], expected: Iterable[Expected]) -> tuple[str, ...]:
    """The keys that the database names and that the backup has not, or not with these bytes."""
    found = {one.name: one.sha256 for one in lines}
    return tuple(
        one.key for one in expected if found.get(f"{FILES}/{one.key}") != one.sha256.lower()
    )


@contextmanager
def open_backup(path: Path) -> Iterator[OpenBackup]:
    """Open a backup to be read. InvalidInput when there is none."""
    if path.is_dir():
        yield FolderBackup(path)
        return
    backup = TarBackup(path)
    try:
        backup.read()
        yield backup
    finally:
        backup.close()


def verified(backup: OpenBackup, tell: Tell) -> tuple[BackupAbout, tuple[Line, ...]]:
    """Read all of a backup and give what it has. InvalidInput when it is not whole, or when a byte
    of it is not what was written."""
    about = _read_about(backup)
    with backup.open(SUMS) as file:
        sums = file.read()
    if _sha256(sums) != about.sums_sha256:
        raise InvalidInput(
            f"{SUMS!r} is not the list of this backup; it was changed or broken off."
        )
    lines = tuple(_lines(sums.decode()))
    wrong = []
    size = 0
    for count, line in enumerate(lines, 1):
        digest = hashlib.sha256()
        with backup.open(line.name) as file:
            while block := file.read(BLOCK):
                digest.update(block)
                size += len(block)
        if digest.hexdigest() != line.sha256:
            wrong.append(line.name)
        tell(count, size)
    if wrong:
        raise InvalidInput(
            f"{len(wrong)} files of the backup are damaged, {wrong[0]!r} among them; nothing was "
            "restored."
        )
    if DATABASE not in {line.name for line in lines}:
        raise _missing(DATABASE)
    return about, lines


async def put_back(
    backup: OpenBackup, lines: Iterable[Line], storage: Storage, scratch: Path, tell: Tell
) -> int:
    """Put every file of a backup back under its key, and count them; those that are there with the
    same bytes stay. Conflict for one with other bytes."""
    count = size = 0
    for line in lines:
        folder, _, key = line.name.partition("/")
        if folder != FILES:
            continue
        path = scratch / "restored"
        try:
            size += await in_thread(extract, backup, line.name, path)
            try:
                await storage.put(check_key(key), path)
            except Conflict:
                if not await storage.verify(key, line.sha256):
                    raise
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        count += 1
        tell(count, size)
    return count


def extract(backup: OpenBackup, name: str, path: Path) -> int:
    """Write one file of a backup to a path, and count its bytes."""
    with write_errors(path), backup.open(name) as read, path.open("wb") as written:
        shutil.copyfileobj(read, written, BLOCK)
        return written.tell()


def about_of(
    *, made_at: datetime, made_by: str, revision: str
) -> Callable[[str, int], BackupAbout]:
    """What a backup says of itself, but for what is known at its end."""
    return lambda sums, files: BackupAbout(
        made_at=made_at.isoformat(),
        made_by=made_by,
        revision=revision,
        files=files,
        sums_sha256=sums,
    )


def _read_about(backup: OpenBackup) -> BackupAbout:
    with backup.open(ABOUT) as file:
        text = file.read(MAX_ABOUT_BYTES)
    try:
        about = BackupAbout(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"{ABOUT!r} cannot be read; this is no backup.") from error
    if (about.format, about.version) != (FORMAT, VERSION):
        raise InvalidInput(
            f"The backup is of the form {about.format!r}, version {about.version!r}; this Boards "
            f"reads version {VERSION} of {FORMAT!r}."
        )
    return about


def _lines(text: str) -> Iterator[Line]:
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            raise InvalidInput(f"{SUMS!r} has a line that is none: {line[:100]!r}.")
        name = found[2]
        if name != DATABASE:
            folder, _, key = name.partition("/")
            if folder != FILES:
                raise InvalidInput(f"{SUMS!r} names {name[:100]!r}, which is no file of a backup.")
            try:
                check_key(key)
            except BoardsError:
                raise InvalidInput(f"{SUMS!r} names {name[:100]!r}, which is no key.") from None
        yield Line(name=name, sha256=found[1])


def _sums(known: Mapping[str, str]) -> bytes:
    return "".join(f"{known[name]}  {name}\n" for name in sorted(known)).encode()


def _dump(about: BackupAbout) -> bytes:
    return (json.dumps(asdict(about), indent=2) + "\n").encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _missing(name: str) -> InvalidInput:
    return InvalidInput(f"{name!r} is not in the backup: it is none, or it was broken off.")
