"""Workspaces as folders: `<root>/<tenant id>/<slug>/storyboard.json` and the files around it.

The files are the truth: whatever an editor or git changes is seen at the next read. A save compares
the revision right before it takes the file's place, in one step.
"""

import asyncio
import fcntl
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from boards.adapters.workspaces.folder.git import CommitFailed, Repository
from boards.domain.artifacts import StoredFile
from boards.domain.storyboards.storyboard import FILE, is_safe_path
from boards.errors import Conflict, InvalidInput, NotFound, StorageError
from boards.ids import new_id
from boards.services.ports import Storage
from boards.services.ports.stories import Document, FileFacts, Opened, Saved, Workspace

__all__ = ["FolderWorkspaces"]

log = structlog.get_logger(__name__)

MOST_DOCUMENT_BYTES = 4 * 2**20
IGNORED = "# Takes are made anew; the picked ones are copied to cards/.\ncards/takes/\n"


@dataclass(frozen=True, kw_only=True)
class FolderWorkspaces:
    """Workspaces below `root`. `storage` holds what is copied into them."""

    root: Path
    storage: Storage

    async def create(self, workspace: Workspace, text: str, *, git: bool) -> Saved:
        return await asyncio.to_thread(self._create, workspace, text, git=git)

    async def is_there(self, workspace: Workspace) -> bool:
        return await asyncio.to_thread((self._folder(workspace) / FILE).is_file)

    async def read(self, workspace: Workspace) -> Document:
        return await asyncio.to_thread(self._read, workspace)

    async def save(
        self,
        workspace: Workspace,
        text: str,
        *,
        expected: str,
        message: str,
        files: Sequence[str] = (),
    ) -> Saved:
        return await asyncio.to_thread(self._save, workspace, text, expected, message, tuple(files))

    async def list(self, workspace: Workspace, folder: str) -> tuple[FileFacts, ...]:
        return await asyncio.to_thread(self._list, workspace, folder)

    async def put(self, workspace: Workspace, path: str, source: StoredFile | bytes) -> FileFacts:
        target = self._path(workspace, path)
        staged = target.with_name(f".{target.name}.{new_id()}.part")
        try:
            await asyncio.to_thread(self._make_folder, workspace, target.parent)
            if isinstance(source, bytes):
                await asyncio.to_thread(_write, staged, source)
            else:
                await self.storage.copy_to(source.key, staged)
            return await asyncio.to_thread(_publish, staged, target, path)
        except OSError as error:
            raise _unwritable(path, error) from error
        finally:
            await asyncio.to_thread(staged.unlink, missing_ok=True)

    async def facts(self, workspace: Workspace, path: str) -> FileFacts | None:
        return await asyncio.to_thread(self._facts, workspace, path)

    async def open(self, workspace: Workspace, path: str) -> Opened:
        facts = await self.facts(workspace, path)
        if facts is None:
            raise NotFound(f"There is no file {path!r} in the workspace {workspace.slug!r}.")
        return Opened(facts=facts, path=self._path(workspace, path))

    async def copy(self, source: Workspace, path: str, target: Workspace) -> None:
        opened = await self.open(source, path)
        to = self._path(target, path)
        await asyncio.to_thread(self._make_folder, target, to.parent)
        await asyncio.to_thread(shutil.copy2, self._path(source, opened.facts.path), to)

    async def remove(self, workspace: Workspace, path: str) -> None:
        if await self.facts(workspace, path) is not None:
            await asyncio.to_thread(self._path(workspace, path).unlink, missing_ok=True)

    async def rename(self, workspace: Workspace, slug: str) -> None:
        await asyncio.to_thread(self._rename, workspace, slug)

    async def discard(self, workspace: Workspace) -> None:
        await asyncio.to_thread(self._discard, workspace)

    def where(self, workspace: Workspace) -> str | None:
        return str(self._folder(workspace))

    def _folder(self, workspace: Workspace) -> Path:
        # By the tenant's id: a slug may be given to another tenant one day.
        return self.root / str(workspace.tenant_id) / workspace.slug

    def _path(self, workspace: Workspace, path: str) -> Path:
        if not is_safe_path(path):
            raise InvalidInput(f"{path!r:.80} is no path in a workspace.")
        return self._folder(workspace).joinpath(*path.split("/"))

    def _create(self, workspace: Workspace, text: str, *, git: bool) -> Saved:
        folder = self._folder(workspace)
        try:
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)
        except FileExistsError:
            raise Conflict(
                f"There is a folder {workspace.slug!r} already; open it, or choose another name."
            ) from None
        except OSError as error:
            raise _unwritable(workspace.slug, error) from error
        repository = Repository(folder=folder)
        note = None
        if git and repository.can_be_made():
            try:
                repository.init()
            except CommitFailed as error:
                note = _not_committed(workspace, error)
        _write(folder / ".gitignore", IGNORED.encode())
        _write(folder / FILE, text.encode())
        commit = None
        if note is None:
            commit, note = self._commit(workspace, (".gitignore", FILE), "Begin the story")
        return Saved(revision=_revision(text.encode()), commit=commit, note=note)

    def _read(self, workspace: Workspace) -> Document:
        data = self._bytes(workspace)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise Conflict(
                f"{FILE} of {workspace.slug!r} is not UTF-8, line {line}; mend it by hand. "
                "It was not touched."
            ) from None
        return Document(text=text, revision=_revision(data))

    def _bytes(self, workspace: Workspace) -> bytes:
        path = self._folder(workspace) / FILE
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as file:
                data = file.read(MOST_DOCUMENT_BYTES + 1)
        except FileNotFoundError:
            raise NotFound(
                f"The workspace {workspace.slug!r} has no {FILE} any more; put it back."
            ) from None
        except OSError as error:
            raise StorageError(f"{FILE} of {workspace.slug!r} cannot be read.") from error
        if len(data) > MOST_DOCUMENT_BYTES:
            raise Conflict(
                f"{FILE} of {workspace.slug!r} is larger than {MOST_DOCUMENT_BYTES} bytes; make "
                "it smaller."
            )
        return data

    def _save(
        self,
        workspace: Workspace,
        text: str,
        expected: str,
        message: str,
        files: tuple[str, ...],
    ) -> Saved:
        folder, data = self._folder(workspace), text.encode()
        staged = folder / f".{FILE}.{new_id()}.part"
        with self._locked(workspace):
            if _revision(self._bytes(workspace)) != expected:
                raise Conflict(
                    f"The storyboard {workspace.slug!r} was changed meanwhile; read it again. "
                    "Nothing was overwritten."
                )
            try:
                _write(staged, data)
                os.replace(staged, folder / FILE)  # noqa: PTH105 - one step, as rename(2) says
                _sync(folder)
            except OSError as error:
                raise _unwritable(FILE, error) from error
            finally:
                staged.unlink(missing_ok=True)
            commit, note = self._commit(workspace, (FILE, *files), message)
        return Saved(revision=_revision(data), commit=commit, note=note)

    def _commit(
        self, workspace: Workspace, files: tuple[str, ...], message: str
    ) -> tuple[str | None, str | None]:
        """Commit where there is a repository; what fails is told and undoes nothing."""
        repository = Repository(folder=self._folder(workspace))
        if not repository.is_there:
            return None, None
        try:
            return repository.commit(files, message), None
        except CommitFailed as error:
            log.warning("workspace_not_committed", slug=workspace.slug, reason=str(error))
            return None, _not_committed(workspace, error)

    @contextmanager
    def _locked(self, workspace: Workspace) -> Iterator[None]:
        """One save at a time, among all processes of this machine."""
        locks = self.root / ".locks"
        locks.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (locks / str(workspace.id)).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _list(self, workspace: Workspace, folder: str) -> tuple[FileFacts, ...]:
        path = self._folder(workspace) if not folder else self._path(workspace, folder)
        if not self._is_own(workspace, path) or not path.is_dir():
            return ()
        found = []
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
                    continue
                name = f"{folder}/{entry.name}" if folder else entry.name
                if is_safe_path(name):
                    found.append(_facts_of(name, entry.stat(follow_symlinks=False)))
        return tuple(sorted(found, key=lambda one: one.path))

    def _facts(self, workspace: Workspace, path: str) -> FileFacts | None:
        file = self._path(workspace, path)
        if not self._is_own(workspace, file.parent):
            return None
        try:
            found = os.lstat(file)
        except OSError:
            return None
        return _facts_of(path, found) if stat.S_ISREG(found.st_mode) else None

    def _is_own(self, workspace: Workspace, folder: Path) -> bool:
        """Whether no symbolic link leads out on the way to a folder of the workspace."""
        base = self._folder(workspace)
        for part in (folder, *folder.parents):
            if part == base.parent:
                return True
            if part.is_symlink():
                return False
        return False

    def _make_folder(self, workspace: Workspace, folder: Path) -> None:
        if not self._is_own(workspace, folder):
            raise Conflict(f"{folder.name!r} is a symbolic link; make it a folder.")
        folder.mkdir(parents=True, exist_ok=True)

    def _rename(self, workspace: Workspace, slug: str) -> None:
        source = self._folder(workspace)
        target = source.with_name(slug)
        if target.exists():
            raise Conflict(f"There is a folder {slug!r} already; choose another name.")
        source.rename(target)

    def _discard(self, workspace: Workspace) -> None:
        folder = self._folder(workspace)
        if not folder.exists():
            return
        trash = folder.parent / ".trash"
        trash.mkdir(mode=0o700, exist_ok=True)
        shutil.move(folder, trash / f"{workspace.slug}-{workspace.id}")


def _not_committed(workspace: Workspace, error: CommitFailed) -> str:
    return f"Saved, but not committed in the repository of {workspace.slug!r}: {error}"


def _revision(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _facts_of(path: str, found: os.stat_result) -> FileFacts:
    return FileFacts(
        path=path,
        size=found.st_size,
        modified_at=datetime.fromtimestamp(found.st_mtime, tz=UTC),
    )


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _publish(staged: Path, target: Path, path: str) -> FileFacts:
    os.replace(staged, target)  # noqa: PTH105 - one step, as rename(2) says
    return _facts_of(path, os.lstat(target))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(what: str, error: OSError) -> StorageError:
    return StorageError(f"{what!r} could not be written: {error.strerror}.", detail=str(error))
