"""Where uploaded files came from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

__all__ = ["UploadRecord", "Uploads"]


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


class Uploads(Protocol):
    """Rows of uploads."""

    def insert(self, upload: UploadRecord) -> None: ...
