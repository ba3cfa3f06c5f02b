"""Budgets, and what counts against them."""

from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from boards.domain.budgets import Budget, BudgetScope, Period, Spender, Standing, Strictness

__all__ = ["Budgets"]


class Budgets(Protocol):
    """Rows of budgets, with sums over the ledger."""

    def insert(self, budget: Budget) -> None:
        """Conflict when there is one of this scope, subject, period and strictness."""
        ...

    def get(self, budget_id: UUID) -> Budget | None: ...
    def find(
        self, scope: BudgetScope, subject_id: UUID, period: Period, strictness: Strictness
    ) -> Budget | None: ...
    def list(self) -> tuple[Budget, ...]:
        """All of the tenant's, by scope, subject, period and strictness."""
        ...

    def change(self, budget_id: UUID, amount: Decimal, *, now: datetime) -> bool: ...
    def delete(self, budget_id: UUID) -> bool: ...
    def standings(self, spender: Spender, *, now: datetime, lock: bool) -> tuple[Standing, ...]:
        """The budgets that apply to a spender, with what is spent and held.

        With `lock` nobody else who asks so goes on before this transaction has ended: what is held
        in it counts for the next. The sums are those of one moment after that.
        """
        ...

    def standing(self, budget: Budget, *, now: datetime) -> Standing:
        """One budget with what counts against it."""
        ...

    def miscounted(self, *, now: datetime) -> tuple[UUID, ...]:
        """The budgets of the tenant whose kept count is not what the ledger comes to."""
        ...

    def has_user(self, user_id: UUID) -> bool:
        """Tell whether the tenant has this user."""
        ...

    def time_zone(self) -> str:
        """The name of the tenant's time zone."""
        ...

    def set_time_zone(self, name: str) -> None: ...
