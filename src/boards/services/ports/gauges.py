"""How much of everything there is just now, over all tenants, as the database keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

__all__ = ["Depth", "Figures", "Gauges"]


@dataclass(frozen=True, kw_only=True)
class Depth:
    """What of one provider waits to start: how much, and since when the oldest."""

    waiting: int
    oldest: datetime


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How things stand. `under_way` counts by provider and phase, what needs attention left out."""

    waiting: Mapping[str, Depth] = field(default_factory=dict)
    under_way: Mapping[tuple[str, str], int] = field(default_factory=dict)
    attention: Mapping[str, int] = field(default_factory=dict)
    oldest_lease: datetime | None = None
    holds: int = 0
    held: Decimal = Decimal(0)


class Gauges(Protocol):
    """Counts over rows of all tenants; needs SYSTEM scope. Each reads an index of what is open, so
    that it takes as long however much was ever made."""

    def figures(self) -> Figures: ...
