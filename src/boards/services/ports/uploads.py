"""Where uploaded files came from, and those that are still coming in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from boards.domain.artifacts import ArtifactType

__all__ = ["Part", "Resumable", "UploadRecord", "Uploads"]


@dataclass(frozen=True, kw_only=True)
class UploadRecord:
    """Where an uploaded generation came from."""

    generation_id: UUID
    tenant_id: UUID
    user_id: UUID
    source: str
    filename: str | None
    size: int
    sha256: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a file in the storage; `size` in bytes."""

    key: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Resumable:
    """A file that comes in pieces: `received` of its `size` bytes are there, in `parts`.

    `generation_id` is what it became. After `expires_at` it is forgotten.
    """

    id: UUID
    tenant_id: UUID
    user_id: UUID
    board_id: UUID | None
    parent_id: UUID | None
    filename: str | None
    artifact_type: ArtifactType | None
    size: int
    received: int
    parts: tuple[Part, ...]
    generation_id: UUID | None
    created_at: datetime
    expires_at: datetime


class Uploads(Protocol):
    """Rows of uploads."""

    def insert(self, upload: UploadRecord) -> None: ...
    def begin(self, upload: Resumable) -> None: ...
    def resumable(self, upload_id: UUID) -> Resumable | None: ...
    def count_unfinished(self, user_id: UUID) -> int:
        """How many files of a user are coming in."""
        ...

    def add_part(self, upload: Resumable, part: Part, *, expires_at: datetime) -> bool:
        """Put a piece behind those that `upload` had; False when another one came meanwhile."""
        ...

    def finish(self, upload: Resumable, generation_id: UUID) -> bool:
        """Say what it became; False when it has ended, or another piece came meanwhile."""
        ...

    def drop(self, upload_id: UUID) -> bool:
        """Forget it; False when it is gone. Its parts are the caller's to remove."""
        ...

    def expired(self, *, before: datetime, limit: int) -> tuple[Resumable, ...]:
        """Those of all tenants that have expired, for whoever tidies up; needs SYSTEM scope."""
        ...
