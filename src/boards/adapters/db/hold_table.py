"""The table of holds that are open now."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, within_tenant

__all__ = ["OpenHold"]


class OpenHold(Base):
    """A hold that nothing has ended yet: a view of the ledger, kept so that sums over what is held
    read a row for each run under way and not one for each that ever was.

    Written with the rows of the ledger and by nothing else; `boards ledger verify` derives it anew.
    Free runs have none.
    """

    __tablename__ = "open_holds"
    __table_args__ = (
        within_tenant("generation_id", "generations"),
        Index("ix_open_holds_tenant", "tenant_id"),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    board_id: Mapped[UUID]
    user_id: Mapped[UUID]
    token_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    amount: Mapped[Decimal]
