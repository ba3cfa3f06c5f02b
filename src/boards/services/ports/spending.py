"""Reports over the ledger, and the accounts that `ledger verify` looks at."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from boards.domain.ledger import Account
from boards.domain.spending import Figures, SpendBy, SpendRow

__all__ = ["Spending"]


class Spending(Protocol):
    """Sums over the ledger."""

    def rows(
        self, by: SpendBy, *, since: datetime, until: datetime, user_id: UUID | None
    ) -> tuple[SpendRow, ...]:
        """What was settled in [since, until), by anything but the day, with what is held now;
        `user_id` looks at one user's alone."""
        ...

    def figures(self, *, since: datetime, until: datetime, user_id: UUID | None) -> Figures:
        """The same, all in one; `held` is left out."""
        ...

    def accounts(self, *, after: UUID | None, limit: int) -> tuple[Account, ...]:
        """The accounts of generations by id, from behind `after` on."""
        ...
