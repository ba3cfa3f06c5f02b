"""The table of agents' sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, within_tenant

__all__ = ["AgentSession"]


class AgentSession(Base):
    """What an agent does in one go, for somebody. What it may spend is a budget of its own, whose
    subject is this row's id. The token is not referred to: the session outlives it."""

    __tablename__ = "agent_sessions"
    __table_args__ = (
        within_tenant("user_id", "users"),
        Index("ix_agent_sessions_user", "tenant_id", "user_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID]
    token_id: Mapped[UUID | None]
    name: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
