"""Idempotency keys, as the database keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

__all__ = ["Replay", "Replays"]


@dataclass(frozen=True, kw_only=True)
class Replay:
    """Whose key stands for which request, and for the job that the request made.

    An upload makes no job: then `job_id` is the id of the generation or of the upload itself.
    """

    tenant_id: UUID
    user_id: UUID
    key: str
    fingerprint: str
    job_id: UUID
    created_at: datetime


class Replays(Protocol):
    """Rows of idempotency keys."""

    def find(self, user_id: UUID, key: str) -> Replay | None: ...
    def claim(self, replay: Replay, *, forget_before: datetime) -> Replay | None:
        """Write it, in place of one that is older than `forget_before`. None when it was written;
        else the one that is there, after waiting for whoever was writing it."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete what is older; give how many."""
        ...
