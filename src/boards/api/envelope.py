"""What surrounds every request: its id, the security headers, and an answer to the unexpected."""

import re
from collections.abc import Iterable
from typing import Final
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boards.api.errors import STATUSES, answer
from boards.domain.access import Origin

__all__ = ["REQUEST_ID", "SECURITY_HEADERS", "Envelope", "origin_of"]

log = structlog.get_logger(__name__)

REQUEST_ID = "X-Request-ID"
_ACCEPTED_ID: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

SECURITY_HEADERS: tuple[tuple[str, str], ...] = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    # For answers that are data. A route that serves a page sets its own.
    (
        "Content-Security-Policy",
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("Cache-Control", "no-store"),
)
"""Set on every answer that does not set them itself."""


class Envelope:
    """The outermost layer of the app.

    A request id is taken from the caller when it is harmless, else made; it is on the answer, in
    `scope["request_id"]` and on every log line. An exception that nobody expected becomes a 500
    with an error id; what it was stands only in the log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope["headers"])
        scope["request_id"] = request_id
        started = False

        async def send_enveloped(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS:
                    headers.setdefault(name, value)
                headers[REQUEST_ID] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_enveloped)
            except Exception:
                error_id = uuid4().hex
                log.exception("request_failed", error_id=error_id, path=scope["path"])
                if started:
                    # Half an answer is out; breaking the connection tells so.
                    raise
                response = answer(
                    status=500,
                    code="error",
                    title=STATUSES["error"].title,
                    detail=f"Something went wrong here. The server's log tells what, at error id "
                    f"{error_id}.",
                    request_id=request_id,
                    error_id=error_id,
                )
                await response(scope, receive, send_enveloped)


def origin_of(scope: Scope) -> Origin:
    """Where a request came from, for the audit log."""
    client = scope.get("client")
    return Origin(address=client[0] if client else None, request_id=scope.get("request_id"))


def _request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == b"x-request-id" and _ACCEPTED_ID.fullmatch(value):
            return value.decode("ascii")
    return uuid4().hex
