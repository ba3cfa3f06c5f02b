"""The append-only ledger of money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from boards.domain.costs import Balance, Entry, LedgerKind
from boards.domain.generations import Generation
from boards.services.ports.generations import NewGeneration
from boards.services.ports.scope import Page

__all__ = ["Ledger", "LedgerFilter", "LedgerLine"]


@dataclass(frozen=True, kw_only=True)
class LedgerFilter:
    """Which rows to list; the newest first."""

    user_id: UUID | None = None
    board_id: UUID | None = None
    generation_id: UUID | None = None
    kind: LedgerKind | None = None


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """One row with what it belongs to. `number` counts up over all rows."""

    number: int
    entry: Entry
    generation_id: UUID
    job_id: UUID | None
    board_id: UUID
    user_id: UUID
    token_id: UUID | None
    session_id: UUID | None
    created_at: datetime


class Ledger(Protocol):
    """The append-only ledger."""

    def hold(
        self,
        new: Sequence[NewGeneration],
        *,
        token_id: UUID | None,
        session_id: UUID | None,
        now: datetime,
    ) -> None:
        """Hold the estimates of generations that have just been inserted, and put them down to the
        credentials. What is settled later is put down to the same."""
        ...

    def add(self, generation: Generation | NewGeneration, entry: Entry, *, now: datetime) -> bool:
        """Append one row; False when the row's unique key is there already (nothing changes)."""
        ...

    def entries(self, generation_id: UUID) -> tuple[Entry, ...]: ...
    def balance(self, generation_id: UUID) -> Balance: ...
    def totals(self, *, since: datetime | None = None) -> Balance:
        """What the scope's tenant holds and has spent."""
        ...

    def list(self, which: LedgerFilter, *, limit: int, cursor: str | None) -> Page[LedgerLine]: ...
