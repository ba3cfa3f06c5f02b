"""Workspaces in memory, in the process that made them, until it ends or their time is over."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from boards.domain.artifacts import StoredFile
from boards.domain.storyboards.storyboard import is_safe_path
from boards.errors import Conflict, InvalidInput, NotFound, TooLarge
from boards.services.ports import Clock, Storage
from boards.services.ports.stories import Document, FileFacts, Opened, Saved, Workspace

__all__ = ["MemoryWorkspaces"]

MOST_FILE_BYTES = 100 * 2**20


@dataclass(kw_only=True)
class _Held:
    text: str
    used_at: datetime
    files: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MemoryWorkspaces:
    """Workspaces of this process. Those unused for `keep` are forgotten."""

    storage: Storage
    clock: Clock
    keep: timedelta = timedelta(hours=24)
    _held: dict[UUID, _Held] = field(default_factory=dict)

    async def create(self, workspace: Workspace, text: str, *, git: bool) -> Saved:
        if workspace.id in self._held:
            raise Conflict(f"The workspace {workspace.slug!r} is in memory already.")
        self._held[workspace.id] = _Held(text=text, used_at=self.clock.now())
        note = "In memory there is no git repository." if git else None
        return Saved(revision=_revision(text), note=note)

    async def is_there(self, workspace: Workspace) -> bool:
        return workspace.id in self._held

    async def read(self, workspace: Workspace) -> Document:
        text = self._of(workspace).text
        return Document(text=text, revision=_revision(text))

    async def save(
        self,
        workspace: Workspace,
        text: str,
        *,
        expected: str,
        message: str,  # noqa: ARG002 - for forms that commit
        files: Sequence[str] = (),  # noqa: ARG002 - as above
    ) -> Saved:
        held = self._of(workspace)
        if _revision(held.text) != expected:
            raise Conflict(
                f"The storyboard {workspace.slug!r} was changed meanwhile; read it again. "
                "Nothing was overwritten."
            )
        held.text = text
        return Saved(revision=_revision(text))

    async def list(self, workspace: Workspace, folder: str) -> tuple[FileFacts, ...]:
        return tuple(
            FileFacts(path=path, size=len(data), modified_at=at)
            for path, (data, at) in sorted(self._of(workspace).files.items())
            if path.rpartition("/")[0] == folder
        )

    async def put(self, workspace: Workspace, path: str, source: StoredFile | bytes) -> FileFacts:
        if not is_safe_path(path):
            raise InvalidInput(f"{path!r:.80} is no path in a workspace.")
        if isinstance(source, StoredFile):
            if source.size > MOST_FILE_BYTES:
                raise TooLarge(f"{path!r} is too large for a workspace in memory.")
            source = await self.storage.read(source.key, max_bytes=MOST_FILE_BYTES)
        now = self.clock.now()
        self._of(workspace).files[path] = (source, now)
        return FileFacts(path=path, size=len(source), modified_at=now)

    async def facts(self, workspace: Workspace, path: str) -> FileFacts | None:
        found = self._of(workspace).files.get(path)
        if found is None:
            return None
        return FileFacts(path=path, size=len(found[0]), modified_at=found[1])

    async def open(self, workspace: Workspace, path: str) -> Opened:
        found = self._of(workspace).files.get(path)
        if found is None:
            raise NotFound(f"There is no file {path!r} in the workspace {workspace.slug!r}.")
        facts = FileFacts(path=path, size=len(found[0]), modified_at=found[1])
        return Opened(facts=facts, data=found[0])

    async def copy(self, source: Workspace, path: str, target: Workspace) -> None:
        self._of(target).files[path] = self._of(source).files[path]

    async def remove(self, workspace: Workspace, path: str) -> None:
        self._of(workspace).files.pop(path, None)

    async def rename(self, workspace: Workspace, slug: str) -> None:
        """Nothing here has the slug."""

    async def discard(self, workspace: Workspace) -> None:
        self._held.pop(workspace.id, None)

    def where(self, workspace: Workspace) -> str | None:  # noqa: ARG002 - nowhere to go
        return None

    def held(self) -> tuple[UUID, ...]:
        """The workspaces of this process."""
        return tuple(self._held)

    def forget_unused(self) -> tuple[UUID, ...]:
        """Forget what nobody has used for long, and say which."""
        before = self.clock.now() - self.keep
        gone = tuple(key for key, held in self._held.items() if held.used_at < before)
        for key in gone:
            del self._held[key]
        return gone

    def _of(self, workspace: Workspace) -> _Held:
        held = self._held.get(workspace.id)
        if held is None:
            raise NotFound(
                f"The workspace {workspace.slug!r} was in the memory of a process that has ended. "
                "What was made for it is on its board."
            )
        held.used_at = self.clock.now()
        return held


def _revision(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
