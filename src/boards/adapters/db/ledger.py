"""How money is stored: rows that are only ever added, with sums that are exact."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam
from sqlalchemy.orm import aliased

from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import LedgerEntry as Table
from boards.domain.costs import ZERO, Balance, Entry, LedgerKind
from boards.domain.generations import Generation
from boards.services.ports import NewGeneration

__all__ = ["LedgerRows"]

_SPENT = (LedgerKind.SETTLE.value, LedgerKind.ADJUST.value)
_ENDS = (LedgerKind.SETTLE.value, LedgerKind.RELEASE.value)


class LedgerRows:
    """The rows of the ledger in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(self, generation: Generation | NewGeneration, entry: Entry, *, now: datetime) -> bool:
        values = {
            "tenant_id": generation.tenant_id,
            "board_id": generation.board_id,
            "user_id": generation.user_id,
            "job_id": generation.job_id,
            "generation_id": generation.id,
            "kind": entry.kind.value,
            "amount": entry.amount,
            "cause": entry.cause,
            "created_at": now,
        }
        return self._door.insert(Table, [values], if_absent=True) == 1

    def entries(self, generation_id: UUID) -> tuple[Entry, ...]:
        rows = self._door.run(_of_generation, {"generation_id": generation_id})
        return tuple(_entry(row) for row in rows)

    def balance(self, generation_id: UUID) -> Balance:
        return Balance.of(self.entries(generation_id))

    def totals(self, *, since: datetime | None = None) -> Balance:
        """`since` bounds what is spent; what is held is held now, however long ago it began."""
        spent = self._door.run(_spent, {} if since is None else {"since": since}, since is not None)
        held = self._door.run(_held)
        return Balance(held=_amount(held.scalar()), spent=_amount(spent.scalar()))


def _entry(row: Row[Any]) -> Entry:
    return Entry(kind=LedgerKind(row.kind), amount=row.amount, cause=row.cause)


def _amount(found: Decimal | None) -> Decimal:
    return ZERO if found is None else found


def _of_generation(door: Door) -> Select[Any]:
    return (
        door.select(Table, Table.kind, Table.amount, Table.cause)
        .where(Table.generation_id == bindparam("generation_id"))
        .order_by(Table.id)
    )


def _spent(door: Door, bounded: bool) -> Select[Any]:
    total = door.select(Table, func.sum(Table.amount)).where(Table.kind.in_(_SPENT))
    return total.where(Table.created_at >= bindparam("since")) if bounded else total


def _held(door: Door) -> Select[Any]:
    end = aliased(Table)
    ended = door.select(end, end.id).where(
        end.generation_id == Table.generation_id, end.kind.in_(_ENDS)
    )
    return door.select(Table, func.sum(Table.amount)).where(
        Table.kind == LedgerKind.HOLD.value, ~ended.exists()
    )
