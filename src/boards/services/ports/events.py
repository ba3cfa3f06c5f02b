"""What happened to generations, as the database keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from pydantic import JsonValue

from boards.domain.generations import Generation
from boards.services.ports.generations import NewGeneration

__all__ = ["Event", "Events"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a generation: numbered per generation, from 1.

    `type` is created, phase, progress, attention, late_result or previews; `data` is what surfaces
    show.
    """

    id: int
    tenant_id: UUID
    board_id: UUID
    user_id: UUID
    job_id: UUID | None
    generation_id: UUID
    sequence: int
    type: str
    data: Mapping[str, JsonValue]
    created_at: datetime


class Events(Protocol):
    """Rows of events, written in the transaction that changes what they tell of."""

    def append(
        self,
        generation: Generation | NewGeneration,
        type: str,
        data: Mapping[str, JsonValue],
        *,
        now: datetime,
    ) -> None:
        """Have an event written at the end of the transaction, which numbers it."""
        ...

    def after(
        self,
        *,
        last_id: int,
        job_id: UUID | None = None,
        board_id: UUID | None = None,
        board_ids: frozenset[UUID] | None = None,
        limit: int = 500,
    ) -> tuple[Event, ...]: ...
    def last_id(self) -> int: ...
    def forget(self, *, before: datetime, limit: int) -> int:
        """Remove events that were written before then, the oldest first, and count them. Needs
        SYSTEM scope."""
        ...
