"""The append-only ledger of money."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from boards.domain.costs import Balance, Entry
from boards.domain.generations import Generation
from boards.services.ports.generations import NewGeneration

__all__ = ["Ledger"]


class Ledger(Protocol):
    """The append-only ledger."""

    def add(self, generation: Generation | NewGeneration, entry: Entry, *, now: datetime) -> bool:
        """Append one row; False when the row's unique key is there already (nothing changes)."""
        ...

    def entries(self, generation_id: UUID) -> tuple[Entry, ...]: ...
    def balance(self, generation_id: UUID) -> Balance: ...
    def totals(self, *, since: datetime | None = None) -> Balance:
        """What the scope's tenant holds and has spent."""
        ...
