"""Agents' sessions as answers show them, and the requests that change them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from boards.api.shapes.base import Answer, Sent, Text
from boards.api.shapes.budgets import Amount, BudgetShape, budget_shape
from boards.services.agents import SessionView

__all__ = [
    "AgentSessionChange",
    "AgentSessionListShape",
    "AgentSessionRequest",
    "AgentSessionShape",
    "agent_session_shape",
]


class AgentSessionRequest(Sent):
    """A session that is to be opened."""

    name: Text = Field(
        default="agent", max_length=100, description="What to call it, such as the agent's name."
    )
    budget: Amount | None = Field(
        default=None, description="What may be spent in it; null is `BOARDS_AGENT_BUDGET`."
    )
    anew: bool = Field(
        default=True,
        description="False takes up the newest session of this name and this token, where there is "
        "one of the last day; its budget stays what it is.",
    )


class AgentSessionChange(Sent):
    """Another budget of a session."""

    budget: Amount


class AgentSessionShape(Answer):
    """What an agent does in one go, and what it may spend in it."""

    id: UUID = Field(description="Send it as the header `Boards-Session` to act in it.")
    name: str = Field(description="What it is called.")
    token_id: UUID | None = Field(description="By which API token it was opened, if by one.")
    budget: BudgetShape = Field(description="What may be spent in it, and what is left.")
    created_at: datetime = Field(description="When it was opened.")
    ended_at: datetime | None = Field(description="When it was ended; null while it goes on.")


class AgentSessionListShape(Answer):
    """Your sessions."""

    items: list[AgentSessionShape] = Field(description="The newest hundred, the newest first.")


def agent_session_shape(view: SessionView) -> AgentSessionShape:
    """Show a session."""
    session = view.session
    return AgentSessionShape(
        id=session.id,
        name=session.name,
        token_id=session.token_id,
        budget=budget_shape(view.standing),
        created_at=session.created_at,
        ended_at=session.ended_at,
    )
