"""A job is what a caller submitted and polls: one or more generations, and one state over them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

__all__ = ["MAX_TAKES", "Job", "JobState", "state_of"]

MAX_TAKES = 50


class JobState(StrEnum):
    """The states of a job; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a caller submitted at once, and by which API token or agent's session, if any."""

    id: UUID
    tenant_id: UUID
    board_id: UUID
    user_id: UUID
    generator_name: str
    takes: int
    created_at: datetime
    token_id: UUID | None = None
    session_id: UUID | None = None


def state_of(statuses: Iterable[str]) -> tuple[JobState, bool]:
    """Derive a job's state from its generations' statuses, and whether it is partial.

    A job with at least one output is done, and partial where others gave none; it is failed only
    with none.
    """
    seen = list(statuses)
    if not seen or all(status == "pending" for status in seen):
        return JobState.QUEUED, False
    if any(status in ("pending", "processing") for status in seen):
        return JobState.RUNNING, False
    completed = sum(status == "completed" for status in seen)
    if completed:
        return JobState.DONE, completed < len(seen)
    if all(status == "cancelled" for status in seen):
        return JobState.CANCELLED, False
    return JobState.FAILED, False
