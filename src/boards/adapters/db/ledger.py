"""How money is stored: rows that are only ever added, with sums that are exact.

Beside the ledger stand the holds that are open, which follow from it: a row for each run under way,
so that what is held is a sum over few rows. Both are written here and nowhere else.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam

from boards.adapters.db.cursors import number_at, page_by_number
from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import SPENT, OpenHold
from boards.adapters.db.tables import LedgerEntry as Table
from boards.domain.costs import ZERO, Balance, CostSource, Entry, LedgerKind
from boards.domain.generations import Generation
from boards.services.ports import LedgerFilter, LedgerLine, NewGeneration, Page

__all__ = ["LedgerRows"]

_ENDS = (LedgerKind.SETTLE, LedgerKind.RELEASE)


class LedgerRows:
    """The rows of the ledger in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def hold(
        self,
        new: Sequence[NewGeneration],
        *,
        token_id: UUID | None,
        session_id: UUID | None,
        now: datetime,
    ) -> None:
        by = {"token_id": token_id, "session_id": session_id}
        rows = []
        for one in new:
            entry = Entry(kind=LedgerKind.HOLD, amount=one.estimate.amount or ZERO)
            rows.append({**_values(one, entry, now), **by})
        self._door.insert(Table, rows)
        self._open([one for one in new if one.estimate.amount != ZERO], by)

    def add(self, generation: Generation | NewGeneration, entry: Entry, *, now: datetime) -> bool:
        by = self._by_whom(generation, entry)
        values = {**_values(generation, entry, now), **by}
        added = self._door.insert(Table, [values], if_absent=True) == 1
        opens = added and entry.kind is LedgerKind.HOLD and entry.amount != ZERO
        if opens and not any(one.kind in _ENDS for one in self.entries(generation.id)):
            self._open([generation], by, amount=entry.amount)
        return added

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

    def list(self, which: LedgerFilter, *, limit: int, cursor: str | None) -> Page[LedgerLine]:
        after = number_at(cursor)
        values: dict[str, Any] = {
            name: value
            for name, value in (
                ("user_id", which.user_id),
                ("board_id", which.board_id),
                ("generation_id", which.generation_id),
                ("kind", None if which.kind is None else which.kind.value),
                ("cursor_number", after),
            )
            if value is not None
        }
        rows = self._door.run(_listed, {**values, "limit": limit + 1}, tuple(values)).all()
        return page_by_number(rows, limit, _line, lambda line: line.number)

    def _by_whom(
        self, generation: Generation | NewGeneration, entry: Entry
    ) -> dict[str, UUID | None]:
        """The credentials that the hold was put down to; an end closes it."""
        found = None
        if entry.kind in _ENDS and generation.estimate.amount != ZERO:
            closed = self._door.run(_closed, {"generation_id": generation.id})
            found = closed.first()
        elif entry.kind is LedgerKind.ADJUST:
            found = self._door.run(_hold_of, {"generation_id": generation.id}).first()
        return {
            "token_id": None if found is None else found.token_id,
            "session_id": None if found is None else found.session_id,
        }

    def _open(
        self,
        held: Sequence[Generation | NewGeneration],
        by: dict[str, UUID | None],
        *,
        amount: Decimal | None = None,
    ) -> None:
        rows = [
            {
                "generation_id": one.id,
                "tenant_id": one.tenant_id,
                "board_id": one.board_id,
                "user_id": one.user_id,
                "amount": (one.estimate.amount or ZERO) if amount is None else amount,
                **by,
            }
            for one in held
        ]
        self._door.insert(OpenHold, rows, if_absent=True)


def _values(generation: Generation | NewGeneration, entry: Entry, now: datetime) -> dict[str, Any]:
    return {
        "tenant_id": generation.tenant_id,
        "board_id": generation.board_id,
        "user_id": generation.user_id,
        "job_id": generation.job_id,
        "generation_id": generation.id,
        "kind": entry.kind.value,
        "amount": entry.amount,
        "cause": entry.cause,
        "source": None if entry.source is None else entry.source.value,
        "created_at": now,
    }


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        kind=LedgerKind(row.kind),
        amount=row.amount,
        cause=row.cause,
        source=None if row.source is None else CostSource(row.source),
    )


def _line(row: Row[Any]) -> LedgerLine:
    return LedgerLine(
        number=row.id,
        entry=_entry(row),
        generation_id=row.generation_id,
        job_id=row.job_id,
        board_id=row.board_id,
        user_id=row.user_id,
        token_id=row.token_id,
        session_id=row.session_id,
        created_at=row.created_at,
    )


def _amount(found: Decimal | None) -> Decimal:
    return ZERO if found is None else found


def _of_generation(door: Door) -> Select[Any]:
    return (
        door.select(Table, Table.kind, Table.amount, Table.cause, Table.source)
        .where(Table.generation_id == bindparam("generation_id"))
        .order_by(Table.id)
    )


def _hold_of(door: Door) -> Select[Any]:
    return door.select(Table, Table.token_id, Table.session_id).where(
        Table.generation_id == bindparam("generation_id"), Table.kind == LedgerKind.HOLD.value
    )


def _closed(door: Door) -> Any:
    return (
        door.delete(OpenHold)
        .where(OpenHold.generation_id == bindparam("generation_id"))
        .returning(OpenHold.token_id, OpenHold.session_id)
    )


def _spent(door: Door, bounded: bool) -> Select[Any]:
    total = door.select(Table, func.sum(Table.amount)).where(SPENT)
    return total.where(Table.created_at >= bindparam("since")) if bounded else total


def _held(door: Door) -> Select[Any]:
    return door.select(OpenHold, func.sum(OpenHold.amount))


def _listed(door: Door, names: tuple[str, ...]) -> Select[Any]:
    chosen = door.select(Table)
    for name in ("user_id", "board_id", "generation_id", "kind"):
        if name in names:
            chosen = chosen.where(getattr(Table, name) == bindparam(name))
    if "cursor_number" in names:
        chosen = chosen.where(Table.id < bindparam("cursor_number"))
    return chosen.order_by(Table.id.desc()).limit(bindparam("limit"))
