"""Counts and traces every request, by the name of its operation: never by what was asked for."""

import time
from typing import Final, Protocol

from opentelemetry.propagate import extract
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boards.services.tracing import SpanKind, span

__all__ = ["RequestMeter", "Watched"]

_NOWHERE: Final = "none"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestMeter(Protocol):
    """Where requests are counted."""

    def request(self, *, operation: str, status: int, seconds: float) -> None: ...


class Watched:
    """The time up to the first byte of an answer is counted: a stream stays open for hours."""

    def __init__(self, app: ASGIApp, *, meter: RequestMeter) -> None:
        self.app = app
        self.meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        # What a caller makes up as a method must not become a label of its own.
        method = scope["method"] if scope["method"] in _METHODS else "other"
        with span(
            method,
            {"http.request.method": method},
            kind=SpanKind.SERVER,
            within=extract(Headers(scope=scope)),
        ) as recorded:

            async def send_counted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    operation = _operation(scope)
                    status = message["status"]
                    seconds = time.perf_counter() - began
                    self.meter.request(operation=operation, status=status, seconds=seconds)
                    recorded.update_name(f"{method} {operation}")
                    recorded.set_attribute("http.response.status_code", status)
                await send(message)

            await self.app(scope, receive, send_counted)


def _operation(scope: Scope) -> str:
    """The operation's id in the contract, or the name of another route."""
    route = scope.get("route")
    name = getattr(route, "operation_id", None) or getattr(route, "name", None)
    return str(name or _NOWHERE)
