"""What counts against budgets: sums over the ledger at one moment, which go on from earlier ones.

A row of the ledger never changes and is written with the time of its transaction, so what was spent
up to an hour ago is the same for ever. Each budget keeps the sum of that, and a submit adds up what
came since: the effort goes with the last hours, not with the year.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Update, and_, bindparam, case, literal_column
from sqlalchemy.sql.elements import ColumnElement

from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import SPENT, LedgerEntry, OpenHold
from boards.adapters.db.tables import Budget as Table
from boards.domain.budgets import (
    DEFAULT_ZONE,
    Budget,
    BudgetScope,
    Period,
    Standing,
    Strictness,
    Window,
    window_of,
    zone_named,
)
from boards.domain.costs import ZERO
from boards.errors import ConfigError

__all__ = ["Count", "budget_of", "count", "count_anew", "keep"]

_SPENT, _HELD = 0, 1
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_SETTLED_AFTER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Count:
    """A budget being counted: `base` was added up before, what came from `since` on is to be."""

    standing: Standing
    window: Window
    since: datetime
    base: Decimal


def count(door: Door, rows: Sequence[Row[Any]], now: datetime) -> list[Count]:
    """What counts against each budget: what was added up before, and what came since."""
    if not rows:
        return []
    name = rows[0].time_zone or DEFAULT_ZONE
    zone = zone_named(name)
    if zone is None:
        raise ConfigError(
            f"This machine does not know the time zone {name!r}, by which budgets are "
            "counted. Install the package tzdata, or set another with `boards budget zone`."
        )
    windows = {period: window_of(period, now, zone) for period in Period}
    return _sums(door, [_begun(row, windows[Period(row.period)]) for row in rows])


def count_anew(door: Door, counts: Sequence[Count]) -> list[Count]:
    """Add everything up again, whatever was kept."""
    fresh = [replace(one, since=one.window.start or _BEGINNING, base=ZERO) for one in counts]
    return _sums(door, fresh) if fresh else []


def keep(door: Door, counts: Sequence[Count], now: datetime) -> None:
    """Keep what has been added up of the time before the last hour, now and then.

    Rows are written with the time of their transaction: none come into that time any more.
    """
    late = [one for one in counts if one.since < now - 2 * _SETTLED_AFTER]
    if not late:
        return
    until = now - _SETTLED_AFTER
    for one in _sums(door, late, until):
        values = {
            "budget_id": one.standing.budget.id,
            "new_counted": one.standing.spent,
            "new_from": one.window.start,
            "new_until": max(until, one.since),
        }
        door.run(_count_kept, values)


def _sums(door: Door, counts: Sequence[Count], until: datetime | None = None) -> list[Count]:
    """One statement for all, so that nothing moves from held to spent in between."""
    # In the order of the scopes, so that few forms of the statement serve all sets of budgets.
    counts = sorted(counts, key=lambda one: (one.standing.budget.scope, one.since))
    values: dict[str, Any] = {"earliest": min(one.since for one in counts)}
    for number, one in enumerate(counts):
        values[f"since_{number}"] = one.since
        if one.standing.budget.scope is not BudgetScope.TENANT:
            values[f"of_{number}"] = one.standing.budget.subject_id
    if until is not None:
        values["until"] = until
    scopes = tuple(one.standing.budget.scope for one in counts)
    found = {row[0]: row[1:] for row in door.run(_summed, values, scopes, bool(until))}
    return [
        replace(
            one,
            standing=replace(one.standing, spent=one.base + (spent or ZERO), held=held or ZERO),
        )
        for one, spent, held in zip(counts, found[_SPENT], found[_HELD], strict=True)
    ]


def _begun(row: Row[Any], window: Window) -> Count:
    """Begin at what was counted, if that was of the same time; else at the window's start."""
    start = window.start or _BEGINNING
    is_kept = row.counted_until is not None and row.counted_from == window.start
    since = max(start, row.counted_until) if is_kept else start
    nothing = Standing(budget=budget_of(row), spent=ZERO, held=ZERO, resets_at=window.end)
    return Count(
        standing=nothing, window=window, since=since, base=row.counted if is_kept else ZERO
    )


def budget_of(row: Row[Any]) -> Budget:
    return Budget(
        id=row.id,
        tenant_id=row.tenant_id,
        scope=BudgetScope(row.scope),
        subject_id=row.subject_id,
        period=Period(row.period),
        strictness=Strictness(row.strictness),
        amount=row.amount,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _count_kept(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.id == bindparam("budget_id"))
        .values(
            counted=bindparam("new_counted", type_=Table.counted.type),
            counted_from=bindparam("new_from", type_=Table.counted_from.type),
            counted_until=bindparam("new_until", type_=Table.counted_until.type),
        )
    )


def _summed(door: Door, scopes: tuple[BudgetScope, ...], bounded: bool) -> Any:
    def total(table: Any, number: int, scope: BudgetScope) -> ColumnElement[Any]:
        conditions = []
        if scope is not BudgetScope.TENANT:
            conditions.append(getattr(table, f"{scope}_id") == bindparam(f"of_{number}"))
        if table is LedgerEntry:
            conditions.append(table.created_at >= bindparam(f"since_{number}"))
        amount = table.amount
        found = func.sum(case((and_(*conditions), amount))) if conditions else func.sum(amount)
        return found.label(f"sum_{number}")

    numbered = list(enumerate(scopes))
    spent = door.select(
        LedgerEntry,
        literal_column(str(_SPENT)).label("part"),
        *(total(LedgerEntry, number, scope) for number, scope in numbered),
    ).where(SPENT, LedgerEntry.created_at >= bindparam("earliest"))
    if bounded:
        spent = spent.where(LedgerEntry.created_at < bindparam("until"))
    held = door.select(
        OpenHold,
        literal_column(str(_HELD)).label("part"),
        *(total(OpenHold, number, scope) for number, scope in numbered),
    )
    return spent.union_all(held)
