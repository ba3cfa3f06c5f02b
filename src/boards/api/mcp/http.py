"""The MCP server at `/mcp`, over streamable HTTP, under the same guard and sign-in as REST.

Nothing is kept between two requests, so any process may answer any of them.
"""

import asyncio
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boards.api.credentials import AGENT_HEADER, TENANT_HEADER
from boards.api.errors import STATUSES, answer
from boards.api.services import Services
from boards.errors import Unauthenticated

if TYPE_CHECKING:
    from boards.api.mcp.sessions import Session

__all__ = ["PATH", "router"]

PATH = "/mcp"
PASSED_ON = ("host", "authorization", TENANT_HEADER, AGENT_HEADER, "user-agent")
"""What of a caller's headers goes with what the tools ask. No cookie: agents come with a token."""


def router(version: str) -> APIRouter:
    """The route of the MCP server, whose tools ask the application that it is a part of."""
    routes = APIRouter()
    routes.routes.append(Route(PATH, endpoint=_Endpoint(version)))
    return routes


class _Endpoint:
    """Lets in who may come in, and hands the request to the SDK."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._served: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        services: Services = request.app.state.services
        try:
            actor = await services.actor_for(request)
            if actor.user_id is None:
                raise Unauthenticated("Agents come with an API token: Authorization: Bearer …")
        except Unauthenticated as error:
            await _unauthenticated(request, error)(scope, receive, send)
            return
        if self._served is None:
            self._served = await asyncio.to_thread(_serve, self.version)
        await self._served(scope, receive, send)


def _serve(version: str) -> ASGIApp:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from mcp.server.transport_security import TransportSecuritySettings

    from boards.api.mcp.server import mcp_server

    server = mcp_server(lambda ctx: _session_of(ctx.request_context.request), version=version)
    # The guard before us has checked the Host and the Origin.
    settings = TransportSecuritySettings(enable_dns_rebinding_protection=False)

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        manager = StreamableHTTPSessionManager(
            app=server._lowlevel_server,  # noqa: SLF001 - it has no other name
            stateless=True,
            # A stream only for who wants to hear of progress: clients bound what comes in one
            # event to less than a picture has.
            json_response=b'"progressToken"' not in body,
            security_settings=settings,
        )
        # One for each request: whoever holds the application open need not know of it.
        async with manager.run():
            await manager.handle_request(scope, _again(body, receive), send)

    return served


def _again(body: bytes, receive: Receive) -> Receive:
    """Give a body that has been read once more, and then what comes after it."""
    is_given = False

    async def given() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return given


def _session_of(request: object) -> "Session":
    from boards.api.mcp.inside import inside
    from boards.api.mcp.rest import Rest
    from boards.api.mcp.sessions import Session, going_on

    if not isinstance(request, Request):
        raise TypeError("This server is reached over HTTP only.")
    sent = {name: value for name in PASSED_ON if (value := request.headers.get(name)) is not None}
    client = None if request.client is None else (request.client.host, request.client.port)
    send = inside(request.app, client=client, scheme=request.url.scheme)
    return Session(rest=Rest(send=send, headers=sent), current=going_on)


def _unauthenticated(request: Request, error: Unauthenticated) -> Response:
    said = STATUSES["unauthenticated"]
    return answer(
        status=said.status,
        code="unauthenticated",
        title=said.title,
        detail=error.message,
        request_id=request.scope.get("request_id"),
        headers={"WWW-Authenticate": "Bearer"},
    )
