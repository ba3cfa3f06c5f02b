"""Agents' sessions: what an agent may spend in one go."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from boards.api.links import API
from boards.api.routing import Caller, answered, lay
from boards.api.shapes.agents import (
    AgentSessionChange,
    AgentSessionListShape,
    AgentSessionRequest,
    AgentSessionShape,
    agent_session_shape,
)
from boards.api.shapes.base import Id
from boards.services.agents import AgentService

__all__ = ["router"]

SessionId = Annotated[Id, Path(description="The session's id.")]


def router(agents: AgentService) -> APIRouter:
    """The routes of agents' sessions."""
    routes = APIRouter(prefix=f"{API}/agent-sessions", tags=["agents"])

    @routes.get(
        "",
        operation_id="list_agent_sessions",
        summary="List your agents' sessions",
        responses=answered(AgentSessionListShape, "The sessions."),
    )
    async def list_agent_sessions(call: Caller) -> Response:
        found = await agents.list(call.actor)
        return lay(AgentSessionListShape(items=[agent_session_shape(one) for one in found]))

    @routes.post(
        "",
        operation_id="open_agent_session",
        summary="Open a session with a budget of its own",
        status_code=201,
        responses=answered(AgentSessionShape, "The session.", status=201, also=(413, 415)),
    )
    async def open_agent_session(call: Caller, body: AgentSessionRequest) -> Response:
        view = await agents.open(
            call.actor,
            name=body.name,
            budget=None if body.budget is None else Decimal(body.budget),
            anew=body.anew,
        )
        return lay(agent_session_shape(view), status=201)

    @routes.get(
        "/{session_id}",
        operation_id="get_agent_session",
        summary="Get one session",
        responses=answered(AgentSessionShape, "The session.", also=(404, 409)),
    )
    async def get_agent_session(call: Caller, session_id: SessionId) -> Response:
        return lay(agent_session_shape(await agents.get(call.actor, session_id)))

    @routes.patch(
        "/{session_id}",
        operation_id="change_agent_session",
        summary="Set another budget; tokens cannot",
        responses=answered(AgentSessionShape, "The session.", also=(404, 409, 413, 415)),
    )
    async def change_agent_session(
        call: Caller, session_id: SessionId, body: AgentSessionChange
    ) -> Response:
        view = await agents.change(call.actor, session_id, Decimal(body.budget))
        return lay(agent_session_shape(view))

    @routes.delete(
        "/{session_id}",
        operation_id="end_agent_session",
        summary="End a session; nothing more is spent in it",
        responses=answered(AgentSessionShape, "The session as it ended.", also=(404, 409)),
    )
    async def end_agent_session(call: Caller, session_id: SessionId) -> Response:
        return lay(agent_session_shape(await agents.end(call.actor, session_id)))

    return routes
