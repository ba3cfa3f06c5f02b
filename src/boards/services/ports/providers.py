"""How providers stand, for all tenants, as the database keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

__all__ = ["EVERYTHING", "Pause", "Providers", "Queue"]

EVERYTHING = "*"
"""The name that stands for all providers."""


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Whether somebody has paused a provider; `paused` None follows `EVERYTHING`."""

    provider: str
    paused: bool | None
    at: datetime | None = None
    by: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Queue:
    """How many generations of a provider are under way, parked on the attention list, and waiting
    to start."""

    running: int = 0
    parked: int = 0
    waiting: int = 0


class Providers(Protocol):
    """Rows of how providers stand. Pauses are everybody's and need SYSTEM scope; the queues are
    those of the scope's tenant, or of all."""

    def pauses(self) -> Mapping[str, Pause]:
        """What was paused or resumed, by provider."""
        ...

    def pause(self, provider: str, *, now: datetime, by: UUID | None) -> None:
        """Start nothing more there, from the next admission and the next intent of any process on;
        what was admitted and has not begun goes back into the queue. EVERYTHING also forgets what
        was said of single ones."""
        ...

    def resume(self, provider: str, *, now: datetime, by: UUID | None) -> None:
        """Start again. EVERYTHING also forgets what was said of single ones."""
        ...

    def is_paused(self, provider: str) -> bool:
        """Tell whether it is paused, by its own name or with everything."""
        ...

    def queues(self) -> Mapping[str, Queue]:
        """Count what is under way and what waits, by provider."""
        ...
