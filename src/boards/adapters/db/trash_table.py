"""The table of what can be taken back."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, within_tenant
from boards.adapters.db.columns import Json

__all__ = ["Undo"]


class Undo(Base):
    """What somebody did to many things at once; `items` say how each was before."""

    __tablename__ = "undos"
    __table_args__ = (
        within_tenant("user_id", "users"),
        Index("ix_undos_expires", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID]
    action: Mapped[str]
    items: Mapped[JsonValue] = mapped_column(Json, nullable=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
