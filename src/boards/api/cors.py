"""Which other pages may call this server from a browser: none, unless they were named.

A page that was named calls with a token, as any program does. Cookies count on our own pages only.
"""

from collections.abc import Collection

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from boards.api.envelope import REQUEST_ID

__all__ = ["cors"]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SENT = (
    *(
        "authorization",
        "content-type",
        "idempotency-key",
        "last-event-id",
        "range",
        "if-none-match",
    ),
    *("x-tenant", "x-request-id"),
)
TOLD = (
    *(REQUEST_ID, "Location", "Retry-After", "ETag", "Content-Range", "Content-Disposition"),
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
)
KEPT_SECONDS = 600


def cors(app: ASGIApp, *, origins: Collection[str]) -> CORSMiddleware:
    """Let the pages of these origins read what they are answered."""
    return CORSMiddleware(
        app,
        allow_origins=list(origins),
        allow_methods=METHODS,
        allow_headers=SENT,
        expose_headers=TOLD,
        allow_credentials=False,
        max_age=KEPT_SECONDS,
    )
