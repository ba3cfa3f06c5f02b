"""Sums over the ledger for reports, and each generation's account for its examination."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, case
from sqlalchemy.orm import aliased

from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import Board, Generation, OpenHold, User
from boards.adapters.db.tables import LedgerEntry as Table
from boards.domain.costs import ZERO, CostSource, Entry, LedgerKind
from boards.domain.generations import Phase
from boards.domain.ledger import Account
from boards.domain.spending import Figures, SpendBy, SpendRow

__all__ = ["SpendingRows"]

_SETTLED = (LedgerKind.SETTLE.value, LedgerKind.ADJUST.value)
_MEASURED = (CostSource.PROVIDER.value, CostSource.USAGE.value)


class SpendingRows:
    """Reports in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def rows(
        self, by: SpendBy, *, since: datetime, until: datetime, user_id: UUID | None
    ) -> tuple[SpendRow, ...]:
        values = _bounds(since, until, user_id)
        of_one = user_id is not None
        found: dict[str, Figures] = {}
        labels: dict[str, str] = {}
        for row in self._door.run(_settled, values, by, of_one):
            key = str(row.key or "")
            found[key], labels[key] = _figures(row), str(row.label or key)
        mine = {"user_id": user_id} if of_one else {}
        for row in self._door.run(_held, mine, by, of_one):
            key = str(row.key or "")
            labels.setdefault(key, str(row.label or key))
            found[key] = found.get(key, Figures()) + Figures(held=row.held or ZERO)
        return tuple(
            SpendRow(key=key, label=labels[key], figures=figures)
            for key, figures in sorted(found.items(), key=lambda one: (-one[1].spent, one[0]))
        )

    def figures(self, *, since: datetime, until: datetime, user_id: UUID | None) -> Figures:
        values = _bounds(since, until, user_id)
        return _figures(self._door.run(_settled, values, None, user_id is not None).one())

    def accounts(self, *, after: UUID | None, limit: int) -> tuple[Account, ...]:
        values: dict[str, Any] = {"limit": limit}
        if after is not None:
            values["after"] = after
        rows = self._door.run(_some, values, after is not None).all()
        ids = [row.id for row in rows]
        entries: dict[UUID, list[Entry]] = defaultdict(list)
        if ids:
            for row in self._door.run(_entries_of, {"ids": ids}):
                entries[row.generation_id].append(
                    Entry(
                        kind=LedgerKind(row.kind),
                        amount=row.amount,
                        cause=row.cause,
                        source=None if row.source is None else CostSource(row.source),
                    )
                )
        return tuple(_account(row, tuple(entries[row.id])) for row in rows)


def _bounds(since: datetime, until: datetime, user_id: UUID | None) -> dict[str, Any]:
    values: dict[str, Any] = {"since": since, "until": until}
    return values if user_id is None else {**values, "user_id": user_id}


def _figures(row: Row[Any]) -> Figures:
    return Figures(
        runs=row.runs,
        spent=_usd(row.spent),
        estimated=_usd(row.estimated),
        unpriced=row.unpriced,
        measured=row.measured,
        measured_spent=_usd(row.measured_spent),
        measured_estimated=_usd(row.measured_estimated),
    )


def _usd(value: Decimal | None) -> Decimal:
    return ZERO if value is None else value


def _account(row: Row[Any], entries: tuple[Entry, ...]) -> Account:
    return Account(
        generation_id=row.id,
        phase=Phase(row.phase),
        needs_attention=row.needs_attention,
        batch_index=row.batch_index,
        batch_size=row.batch_size,
        estimate=row.estimate_amount,
        cost=row.cost_amount,
        entries=entries,
        open_hold=row.held,
    )


def _key(by: SpendBy, table: Any) -> tuple[Any, Any]:
    """What a report's rows stand for, and what people call that."""
    match by:
        case SpendBy.GENERATOR:
            return Generation.generator_name, Generation.generator_name
        case SpendBy.PROVIDER:
            return Generation.provider, Generation.provider
        case SpendBy.BOARD:
            return table.board_id, Board.title
        case SpendBy.USER:
            return table.user_id, func.coalesce(User.display_name, User.email)
        case SpendBy.TOKEN:
            return table.token_id, table.token_id
        case SpendBy.SESSION:
            return table.session_id, table.session_id
        case SpendBy.DAY:
            raise ValueError("The days of a tenant are no column; ask for each by its bounds.")


def _joined(chosen: Select[Any], by: SpendBy | None, table: Any) -> Select[Any]:
    match by:
        case SpendBy.GENERATOR | SpendBy.PROVIDER:
            return chosen.join(Generation, Generation.id == table.generation_id)
        case SpendBy.BOARD:
            return chosen.join(Board, Board.id == table.board_id)
        case SpendBy.USER:
            return chosen.join(User, User.id == table.user_id)
        case _:
            return chosen


def _grouped(by: SpendBy | None, table: Any) -> tuple[list[Any], list[Any]]:
    if by is None:
        return [], []
    key, label = _key(by, table)
    shown = [key.label("key"), label.label("label")]
    return shown, [key] if key is label else [key, label]


def _settled(door: Door, by: SpendBy | None, of_one: bool) -> Select[Any]:
    hold = aliased(Table)
    is_settle = Table.kind == LedgerKind.SETTLE.value
    is_measured = is_settle & Table.source.in_(_MEASURED)
    # What is put right later belongs to the settlement that it puts right.
    shown, groups = _grouped(by, Table)
    chosen = door.select(
        Table,
        *shown,
        func.count(case((is_settle, 1))).label("runs"),
        func.sum(Table.amount).label("spent"),
        func.sum(case((is_settle, hold.amount))).label("estimated"),
        func.count(case((is_settle & (Table.cause == "unpriced"), 1))).label("unpriced"),
        func.count(case((is_measured, 1))).label("measured"),
        func.sum(case((is_measured, Table.amount))).label("measured_spent"),
        func.sum(case((is_measured, hold.amount))).label("measured_estimated"),
    )
    chosen = chosen.outerjoin(
        hold,
        (hold.generation_id == Table.generation_id) & (hold.kind == LedgerKind.HOLD.value),
    )
    chosen = _joined(chosen, by, Table).where(
        Table.kind.in_(_SETTLED),
        Table.created_at >= bindparam("since"),
        Table.created_at < bindparam("until"),
    )
    if of_one:
        chosen = chosen.where(Table.user_id == bindparam("user_id"))
    return chosen.group_by(*groups) if groups else chosen


def _held(door: Door, by: SpendBy, of_one: bool) -> Select[Any]:
    shown, groups = _grouped(by, OpenHold)
    chosen = door.select(OpenHold, *shown, func.sum(OpenHold.amount).label("held"))
    chosen = _joined(chosen, by, OpenHold)
    if of_one:
        chosen = chosen.where(OpenHold.user_id == bindparam("user_id"))
    return chosen.group_by(*groups)


def _some(door: Door, goes_on: bool) -> Select[Any]:
    columns = [
        getattr(Generation, name)
        for name in (
            *("id", "phase", "needs_attention", "batch_index", "batch_size"),
            *("estimate_amount", "cost_amount"),
        )
    ]
    chosen = door.select(Generation, *columns, OpenHold.amount.label("held")).outerjoin(
        OpenHold, OpenHold.generation_id == Generation.id
    )
    if goes_on:
        chosen = chosen.where(Generation.id > bindparam("after"))
    return chosen.order_by(Generation.id).limit(bindparam("limit"))


def _entries_of(door: Door) -> Select[Any]:
    return (
        door.select(Table, Table.generation_id, Table.kind, Table.amount, Table.cause, Table.source)
        .where(Table.generation_id.in_(bindparam("ids", expanding=True)))
        .order_by(Table.id)
    )
