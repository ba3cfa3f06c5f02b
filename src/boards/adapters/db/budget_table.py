"""The table of budgets."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base
from boards.adapters.db.columns import one_of
from boards.domain.budgets import BudgetScope, Period, Strictness

__all__ = ["Budget"]


class Budget(Base):
    """How much may be spent by whom, where and by when.

    `subject_id` is no reference, because what it names depends on the scope; for the tenant's own
    it is the tenant, so that the unique key holds.

    `counted` is what the ledger has as spent from `counted_from` (null: from the beginning) to
    `counted_until`, so that a submit adds up only what came later. It follows from the ledger,
    whose rows never change, and `boards ledger verify` adds it up anew.
    """

    __tablename__ = "budgets"
    __table_args__ = (
        UniqueConstraint("tenant_id", "scope", "subject_id", "period", "strictness"),
        one_of("scope", BudgetScope),
        one_of("period", Period),
        one_of("strictness", Strictness),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    scope: Mapped[str]
    subject_id: Mapped[UUID]
    period: Mapped[str]
    strictness: Mapped[str]
    amount: Mapped[Decimal]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    counted: Mapped[Decimal | None]
    counted_from: Mapped[datetime | None]
    counted_until: Mapped[datetime | None]
