"""The table of previews: what was, or is still to be, made to show a result."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, only_where, within_tenant

__all__ = ["Preview"]


class Preview(Base):
    """The small pictures, the waveform and the recipe beside a generation's file.

    `due_at` is set while something is still to be made, and says from when it may be tried;
    whoever makes it moves it on first, so that one process at a time does. `note` says why there is
    no picture.
    """

    __tablename__ = "previews"

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    due_at: Mapped[datetime | None] = mapped_column()
    starts: Mapped[int]
    small_key: Mapped[str | None]
    medium_key: Mapped[str | None]
    large_key: Mapped[str | None]
    waveform_key: Mapped[str | None]
    recipe_key: Mapped[str | None]
    note: Mapped[str | None]
    made_at: Mapped[datetime | None]

    __table_args__ = (
        within_tenant("generation_id", "generations"),
        CheckConstraint("(due_at IS NULL) = (made_at IS NOT NULL)", name="made"),
        Index("ix_previews_due", "due_at", **only_where(due_at.is_not(None))),
    )
