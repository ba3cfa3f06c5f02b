"""How budgets are stored, and what counts against them: sums over the ledger, at one moment."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, bindparam, case, literal_column
from sqlalchemy.sql.elements import ColumnElement

from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import SPENT, LedgerEntry, OpenHold, Tenant, User
from boards.adapters.db.tables import Budget as Table
from boards.domain.budgets import (
    DEFAULT_ZONE,
    Budget,
    BudgetScope,
    Period,
    Spender,
    Standing,
    Strictness,
    Window,
    window_of,
    zone_named,
)
from boards.domain.costs import ZERO
from boards.errors import ConfigError, Forbidden

__all__ = ["BudgetRows"]

_COLUMNS = (
    Table.id,
    Table.tenant_id,
    Table.scope,
    Table.subject_id,
    Table.period,
    Table.strictness,
    Table.amount,
    Table.created_at,
    Table.updated_at,
)
_Asked: TypeAlias = tuple[BudgetScope, Period]
_SPENT, _HELD = 0, 1


class BudgetRows:
    """The rows of budgets in one transaction of one tenant."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def insert(self, budget: Budget) -> None:
        self._door.insert(Table, [{column.key: getattr(budget, column.key) for column in _COLUMNS}])

    def get(self, budget_id: UUID) -> Budget | None:
        row = self._door.run(_by_id, {"id": budget_id}).first()
        return None if row is None else _budget(row)

    def find(
        self, scope: BudgetScope, subject_id: UUID, period: Period, strictness: Strictness
    ) -> Budget | None:
        values = {
            "scope": scope.value,
            "subject_id": subject_id,
            "period": period.value,
            "strictness": strictness.value,
        }
        row = self._door.run(_by_key, values).first()
        return None if row is None else _budget(row)

    def list(self) -> tuple[Budget, ...]:
        return tuple(_budget(row) for row in self._door.run(_all))

    def change(self, budget_id: UUID, amount: Decimal, *, now: datetime) -> bool:
        values = {"budget_id": budget_id, "new_amount": amount, "now": now}
        return self._door.run(_changed, values).rowcount == 1

    def delete(self, budget_id: UUID) -> bool:
        return self._door.run(_deleted, {"budget_id": budget_id}).rowcount == 1

    def standings(self, spender: Spender, *, now: datetime, lock: bool) -> tuple[Standing, ...]:
        subjects = {
            scope: subject
            for scope in BudgetScope
            if (subject := spender.subject(scope)) is not None
        }
        rows = self._door.run(_applying, {"subjects": list(subjects.values())}, lock).all()
        # Of two kinds of things none have the same id; whoever sets a budget could write one.
        rows = [row for row in rows if subjects.get(BudgetScope(row.scope)) == row.subject_id]
        if not rows:
            return ()
        budgets = [_budget(row) for row in rows]
        return self._summed(budgets, subjects, rows[0].time_zone, now)

    def standing(self, budget: Budget, *, now: datetime) -> Standing:
        subjects = {budget.scope: budget.subject_id}
        return self._summed([budget], subjects, self.time_zone(), now)[0]

    def has_user(self, user_id: UUID) -> bool:
        return self._door.run(_user, {"user_id": user_id}).first() is not None

    def time_zone(self) -> str:
        door = self._door.unscoped("a tenant's own row, by its id")
        return door.run(_zone, {"tenant": self._tenant_id}).scalar() or DEFAULT_ZONE

    def set_time_zone(self, name: str) -> None:
        door = self._door.unscoped("a tenant's own row, by its id")
        door.run(_zone_set, {"tenant": self._tenant_id, "new_zone": name})

    @property
    def _tenant_id(self) -> UUID:
        if self._door.scope.tenant_id is None:
            raise Forbidden("Budgets belong to one tenant; ask in its scope.")
        return self._door.scope.tenant_id

    def _summed(
        self,
        budgets: Iterable[Budget],
        subjects: dict[BudgetScope, UUID],
        time_zone: str | None,
        now: datetime,
    ) -> tuple[Standing, ...]:
        zone = zone_named(time_zone or DEFAULT_ZONE)
        if zone is None:
            raise ConfigError(
                f"This machine does not know the time zone {time_zone!r}, by which budgets are "
                "counted. Install the package tzdata, or set another with `boards budget zone`."
            )
        windows = {period: window_of(period, now, zone) for period in Period}
        asked: tuple[_Asked, ...] = tuple(
            sorted({(budget.scope, budget.period) for budget in budgets})
        )
        spent, held = self._sums(asked, subjects, windows)
        return tuple(
            Standing(
                budget=budget,
                spent=spent[budget.scope, budget.period],
                held=held[budget.scope, budget.period],
                resets_at=windows[budget.period].end,
            )
            for budget in budgets
        )

    def _sums(
        self,
        asked: tuple[_Asked, ...],
        subjects: dict[BudgetScope, UUID],
        windows: dict[Period, Window],
    ) -> tuple[dict[_Asked, Decimal], dict[_Asked, Decimal]]:
        """One statement for all, so that nothing moves from held to spent in between."""
        values: dict[str, Any] = {
            f"of_{scope.value}": subject
            for scope, subject in subjects.items()
            if scope is not BudgetScope.TENANT and any(scope is one for one, _ in asked)
        }
        starts = {period: windows[period].start for _, period in asked}
        values |= {f"since_{period.value}": start for period, start in starts.items() if start}
        found = {row[0]: row[1:] for row in self._door.run(_summed, values, asked)}

        def part(number: int) -> dict[_Asked, Decimal]:
            amounts: Sequence[Decimal | None] = found[number]
            return {
                one: ZERO if amount is None else amount
                for one, amount in zip(asked, amounts, strict=True)
            }

        return part(_SPENT), part(_HELD)


def _budget(row: Row[Any]) -> Budget:
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


def _by_id(door: Door) -> Select[Any]:
    return door.select(Table, *_COLUMNS).where(Table.id == bindparam("id"))


def _by_key(door: Door) -> Select[Any]:
    names = ("scope", "subject_id", "period", "strictness")
    conditions = [getattr(Table, name) == bindparam(name) for name in names]
    return door.select(Table, *_COLUMNS).where(*conditions)


def _all(door: Door) -> Select[Any]:
    return door.select(Table, *_COLUMNS).order_by(
        Table.scope, Table.subject_id, Table.period, Table.strictness
    )


def _changed(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.id == bindparam("budget_id"))
        .values(
            amount=bindparam("new_amount", type_=Table.amount.type),
            updated_at=bindparam("now", type_=Table.updated_at.type),
        )
    )


def _deleted(door: Door) -> Delete:
    return door.delete(Table).where(Table.id == bindparam("budget_id"))


def _applying(door: Door, lock: bool) -> Select[Any]:
    everywhere = door.unscoped("the time zone of the tenant whose budgets these are")
    zone = (
        everywhere.select_shared(Tenant, Tenant.time_zone)
        .where(Tenant.id == Table.tenant_id)
        .correlate(Table)
        .scalar_subquery()
    )
    found = (
        door.select(Table, *_COLUMNS, zone.label("time_zone"))
        .where(Table.subject_id.in_(bindparam("subjects", expanding=True)))
        # One order for all, so that no two transactions wait for each other.
        .order_by(Table.id)
    )
    return found.with_for_update(of=Table) if lock else found


def _user(door: Door) -> Select[Any]:
    return door.select(User, User.id).where(User.id == bindparam("user_id"))


def _zone(door: Door) -> Select[Any]:
    return door.select_shared(Tenant, Tenant.time_zone).where(Tenant.id == bindparam("tenant"))


def _zone_set(door: Door) -> Update:
    return (
        door.update_shared(Tenant)
        .where(Tenant.id == bindparam("tenant"))
        .values(time_zone=bindparam("new_zone"))
    )


def _summed(door: Door, asked: tuple[_Asked, ...]) -> Any:
    def total(table: Any, scope: BudgetScope, period: Period | None) -> ColumnElement[Any]:
        conditions = []
        if scope is not BudgetScope.TENANT:
            name = scope.value
            conditions.append(getattr(table, f"{name}_id") == bindparam(f"of_{name}"))
        if period not in (None, Period.TOTAL):
            conditions.append(table.created_at >= bindparam(f"since_{period}"))
        if not conditions:
            return func.sum(table.amount)
        everything = conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]
        return func.sum(case((everything, table.amount)))

    spent = door.select(
        LedgerEntry,
        literal_column(str(_SPENT)).label("part"),
        *(total(LedgerEntry, scope, period).label(f"{scope}_{period}") for scope, period in asked),
    ).where(SPENT)
    periods = {period for _, period in asked}
    if Period.TOTAL not in periods:
        longest = Period.MONTH if Period.MONTH in periods else Period.DAY
        spent = spent.where(LedgerEntry.created_at >= bindparam(f"since_{longest}"))
    held = door.select(
        OpenHold,
        literal_column(str(_HELD)).label("part"),
        *(total(OpenHold, scope, None).label(f"{scope}_{period}") for scope, period in asked),
    )
    return spent.union_all(held)
