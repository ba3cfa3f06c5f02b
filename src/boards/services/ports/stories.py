"""Story projects, as the database and their own stores keep them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from uuid import UUID

from boards.domain.artifacts import StoredFile
from boards.domain.storyboards.storyboard import MediaKind
from boards.domain.storyboards.takes import Made, Slot

__all__ = [
    "Document",
    "FileFacts",
    "NewTake",
    "PlannedTake",
    "Saved",
    "Stories",
    "StoryJob",
    "StoryJobKind",
    "Workspace",
    "WorkspaceFiles",
    "WorkspaceForm",
]


class WorkspaceForm(StrEnum):
    """Where a workspace is kept."""

    FOLDER = "folder"
    """A folder of this machine, which may be a git repository."""
    STORAGE = "storage"
    """Rows and stored files, which every machine sees."""
    MEMORY = "memory"
    """The process that made it, until that ends."""


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """One story project. `slug` names it in its tenant; rights on it are those on its board."""

    id: UUID
    tenant_id: UUID
    board_id: UUID
    created_by: UUID
    slug: str
    form: WorkspaceForm
    created_at: datetime
    updated_at: datetime


class StoryJobKind(StrEnum):
    """What a job of a story makes."""

    TAKES = "takes"
    BATCH = "batch"
    COVER = "cover"
    PORTRAIT = "portrait"


@dataclass(frozen=True, kw_only=True)
class StoryJob:
    """What somebody had made for a story at once. Where something is run for it, the job that runs
    it has the same id."""

    id: UUID
    tenant_id: UUID
    workspace_id: UUID
    user_id: UUID
    kind: StoryJobKind
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewTake:
    """A take about to be written down. `generation_id` None means that it is there already, as
    `file`; with `is_shared` an earlier job pays for its generation."""

    id: UUID
    tenant_id: UUID
    workspace_id: UUID
    job_id: UUID
    slot: Slot
    number: int
    recipe: str
    round: int
    ordinal: int
    theme: str
    prompt: str
    aspect: str
    kind: MediaKind
    generator: str
    created_at: datetime
    generation_id: UUID | None = None
    is_shared: bool = False
    file: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PlannedTake(NewTake):
    """A take as its row tells. It has ended with a `file`, or without one when it failed."""

    @property
    def made(self) -> Made:
        """What tells the same take again."""
        return Made(recipe=self.recipe, round=self.round, ordinal=self.ordinal)


class Stories(Protocol):
    """Rows of workspaces, their documents and files, their jobs and the takes of those."""

    def insert(self, workspace: Workspace) -> None:
        """Conflict when the tenant has one of that slug."""
        ...

    def get(self, workspace_id: UUID) -> Workspace | None: ...
    def named(self, slug: str) -> Workspace | None: ...
    def list(self, board_ids: Iterable[UUID]) -> tuple[Workspace, ...]:
        """Those on the boards, the last changed first."""
        ...

    def rename(self, workspace_id: UUID, slug: str, *, now: datetime) -> None: ...
    def touch(self, workspace_id: UUID, *, now: datetime) -> None:
        """Note that it was changed, and let one transaction at a time number its takes."""
        ...

    def delete(self, workspace_id: UUID, *, now: datetime) -> None: ...

    def orphans(self, *, limit: int) -> tuple[Workspace, ...]:
        """Those of every tenant whose board is gone for good. Needs SYSTEM scope."""
        ...

    def document(self, workspace_id: UUID) -> str | None: ...
    def replace_document(
        self, workspace_id: UUID, text: str, *, revision: str, expected: str | None
    ) -> bool:
        """Write the text; False when what is there has another revision than `expected`."""
        ...

    def files(self, workspace_id: UUID) -> Sequence["KeptFile"]: ...
    def put_file(self, file: "KeptFile") -> str | None:
        """Write where a file's bytes are; gives the key of those that it takes the place of."""
        ...

    def remove_file(self, workspace_id: UUID, path: str) -> str | None:
        """Forget a file; gives the key of its bytes."""
        ...

    def insert_job(self, job: StoryJob, takes: Sequence[NewTake]) -> None: ...
    def job(self, job_id: UUID) -> StoryJob | None: ...
    def jobs_of(self, workspace_id: UUID) -> tuple[UUID, ...]:
        """The jobs of a workspace, the newest first."""
        ...

    def takes_of(self, job_id: UUID) -> tuple[PlannedTake, ...]: ...
    def open_takes(self, workspace_id: UUID) -> tuple[PlannedTake, ...]:
        """Those of a workspace that have not ended, each generation once."""
        ...

    def made_since(self, workspace_id: UUID, since: datetime) -> tuple[PlannedTake, ...]:
        """Those asked for since then that are paid for and have not failed."""
        ...

    def waiting(self, *, limit: int) -> tuple[PlannedTake, ...]:
        """Takes of every tenant that have not ended, the oldest first. Needs SYSTEM scope."""
        ...

    def last_numbers(self, workspace_id: UUID) -> Mapping[str, int]:
        """The highest number of a take ever given, by the name of its slot."""
        ...

    def end_take(self, generation_id: UUID, *, file: str | None, now: datetime) -> int:
        """Note, for every job that waits for it, what became of a take; gives for how many."""
        ...

    def forget_jobs(self, *, before: datetime) -> int:
        """Delete jobs from before, once all of their takes have ended. Needs SYSTEM scope."""
        ...


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file of a workspace whose bytes are in the storage."""

    workspace_id: UUID
    tenant_id: UUID
    path: str
    key: str
    size: int
    sha256: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Document:
    """The text of `storyboard.json`, and what tells it from every other text."""

    text: str
    revision: str


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What came of a save. `commit` is the git commit; `note` says why there is none, where there
    should be one: the save itself holds."""

    revision: str
    commit: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """A file of a workspace; `path` is within it, with slashes."""

    path: str
    size: int
    modified_at: datetime


class WorkspaceFiles(Protocol):
    """Where workspaces of one form are kept. Paths are those of the workspace and checked to stay
    in it. NotFound for what is not there, StorageError when it cannot be reached."""

    async def create(self, workspace: Workspace, text: str, *, git: bool) -> Saved:
        """Begin one. Conflict when there is one already."""
        ...

    async def is_there(self, workspace: Workspace) -> bool: ...
    async def read(self, workspace: Workspace) -> Document: ...
    async def save(
        self,
        workspace: Workspace,
        text: str,
        *,
        expected: str,
        message: str,
        files: Sequence[str] = (),
    ) -> Saved:
        """Write the document, and commit it with the named files where there is a repository.
        Conflict when what is there has another revision than `expected`; nothing is lost then."""
        ...

    async def list(self, workspace: Workspace, folder: str) -> tuple[FileFacts, ...]:
        """The files in a folder, by name; none where there is no folder."""
        ...

    async def put(self, workspace: Workspace, path: str, source: StoredFile | bytes) -> FileFacts:
        """Write a file, whole or not at all: bytes, or what is in the storage already."""
        ...

    async def facts(self, workspace: Workspace, path: str) -> FileFacts | None: ...
    async def open(self, workspace: Workspace, path: str) -> "Opened": ...
    async def copy(self, source: Workspace, path: str, target: Workspace) -> None:
        """Copy a file to the same path of another workspace of this form."""
        ...

    async def remove(self, workspace: Workspace, path: str) -> None:
        """Remove a file, if it is there."""
        ...

    async def rename(self, workspace: Workspace, slug: str) -> None: ...
    async def discard(self, workspace: Workspace) -> None:
        """Take it out of sight; where it can be kept for a while, it is."""
        ...

    def where(self, workspace: Workspace) -> str | None:
        """The folder, where it is one that somebody can open."""
        ...


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file to be read: at a path of this machine, by a key of the storage, or as bytes."""

    facts: FileFacts
    path: Path | None = None
    key: str | None = None
    data: bytes | None = None
