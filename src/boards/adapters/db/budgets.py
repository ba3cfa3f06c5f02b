"""How budgets are stored, and what counts against them: sums over the ledger, at one moment."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, bindparam, null

from boards.adapters.db.budget_counts import budget_of, count, count_anew, keep
from boards.adapters.db.door import Door
from boards.adapters.db.tables import Budget as Table
from boards.adapters.db.tables import Tenant, User
from boards.domain.budgets import (
    DEFAULT_ZONE,
    Budget,
    BudgetScope,
    Period,
    Spender,
    Standing,
    Strictness,
)
from boards.errors import Conflict, Forbidden

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


class BudgetRows:
    """The rows of budgets in one transaction of one tenant."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def insert(self, budget: Budget) -> None:
        self._door.insert(Table, [{column.key: getattr(budget, column.key) for column in _COLUMNS}])

    def get(self, budget_id: UUID) -> Budget | None:
        row = self._door.run(_by_id, {"id": budget_id}).first()
        return None if row is None else budget_of(row)

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
        return None if row is None else budget_of(row)

    def list(self) -> tuple[Budget, ...]:
        return tuple(budget_of(row) for row in self._door.run(_all))

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
        counts = count(self._door, rows, now)
        if lock:
            keep(self._door, counts, now)
        return tuple(one.standing for one in counts)

    def standing(self, budget: Budget, *, now: datetime) -> Standing:
        return count(self._door, [self._with_zone(budget.id)], now)[0].standing

    def miscounted(self, *, now: datetime) -> tuple[UUID, ...]:
        counts = count(self._door, self._door.run(_all_with_zone).all(), now)
        spent = {one.standing.budget.id: one.standing.spent for one in counts}
        return tuple(
            one.standing.budget.id
            for one in count_anew(self._door, counts)
            if one.standing.spent != spent[one.standing.budget.id]
        )

    def has_user(self, user_id: UUID) -> bool:
        return self._door.run(_user, {"user_id": user_id}).first() is not None

    def time_zone(self) -> str:
        door = self._door.unscoped("a tenant's own row, by its id", shared_only=True)
        return door.run(_zone, {"tenant": self._tenant_id}).scalar() or DEFAULT_ZONE

    def set_time_zone(self, name: str) -> None:
        door = self._door.unscoped("a tenant's own row, by its id", shared_only=True)
        door.run(_zone_set, {"tenant": self._tenant_id, "new_zone": name})

    @property
    def _tenant_id(self) -> UUID:
        if self._door.scope.tenant_id is None:
            raise Forbidden("Budgets belong to one tenant; ask in its scope.")
        return self._door.scope.tenant_id

    def _with_zone(self, budget_id: UUID) -> Row[Any]:
        found: Row[Any] | None = self._door.run(_one_with_zone, {"id": budget_id}).first()
        if found is None:
            raise Conflict(f"Budget {budget_id} is gone; read the list again.")
        return found


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
            # Whoever doubts the count has it made anew by this.
            counted_until=null(),
        )
    )


def _deleted(door: Door) -> Delete:
    return door.delete(Table).where(Table.id == bindparam("budget_id"))


def _zoned(door: Door) -> Select[Any]:
    everywhere = door.unscoped("the time zone of the tenant whose budgets these are")
    zone = (
        everywhere.select_shared(Tenant, Tenant.time_zone)
        .where(Tenant.id == Table.tenant_id)
        .correlate(Table)
        .scalar_subquery()
    )
    counted = (Table.counted, Table.counted_from, Table.counted_until)
    return door.select(Table, *_COLUMNS, *counted, zone.label("time_zone"))


def _applying(door: Door, lock: bool) -> Select[Any]:
    found = (
        _zoned(door)
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


def _all_with_zone(door: Door) -> Select[Any]:
    return _zoned(door)


def _one_with_zone(door: Door) -> Select[Any]:
    return _zoned(door).where(Table.id == bindparam("id"))
