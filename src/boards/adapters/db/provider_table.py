"""The table of how providers stand: whether they are paused, and how many runs began lately."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base

__all__ = ["ProviderState"]


class ProviderState(Base):
    """One provider, for all tenants; `*` stands for all of them.

    `paused` None follows `*`. `recent` counts the runs that were admitted in each of the last
    seconds, for providers that have a rate: `1789000000:3 1789000004:1`.
    """

    __tablename__ = "provider_states"

    provider: Mapped[str] = mapped_column(primary_key=True)
    paused: Mapped[bool | None]
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[UUID | None]
    recent: Mapped[str]
