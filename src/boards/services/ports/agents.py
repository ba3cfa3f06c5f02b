"""The sessions of agents, as the database keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

__all__ = ["AgentSession", "Agents"]


@dataclass(frozen=True, kw_only=True)
class AgentSession:
    """What an agent does in one go for a user, by a token or without one."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    token_id: UUID | None
    name: str
    created_at: datetime
    ended_at: datetime | None = None


class Agents(Protocol):
    """Rows of agents' sessions."""

    def add(self, session: AgentSession) -> None: ...
    def get(self, session_id: UUID) -> AgentSession | None: ...
    def of_user(self, user_id: UUID, *, at_most: int) -> tuple[AgentSession, ...]:
        """A user's sessions, newest first."""
        ...

    def end(self, session_id: UUID, *, now: datetime) -> None:
        """End it, unless it has ended already."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete those that were opened before, with their budgets; give how many. Needs SYSTEM
        scope."""
        ...
