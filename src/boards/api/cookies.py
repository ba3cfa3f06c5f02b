"""The cookies of this server: one for a session, one for who is away at an identity provider.

No script can read them, no other site's page sends them along with a change, and behind https they
go over https alone.
"""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from boards.api.credentials import SESSION_COOKIE
from boards.api.links import API, links_for

__all__ = ["KEEPSAKE_COOKIE", "clear_keepsake", "clear_session", "keep", "set_session"]

KEEPSAKE_COOKIE = "boards_sign_in"
REDIRECT = f"{API}/session/oidc"


def set_session(response: Response, request: Request, text: str, *, lasts: timedelta) -> None:
    """Have the browser hold a session."""
    response.set_cookie(
        SESSION_COOKIE,
        text,
        max_age=int(lasts.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )


def clear_session(response: Response, request: Request) -> None:
    """Have the browser forget its session."""
    response.delete_cookie(
        SESSION_COOKIE, path="/", httponly=True, samesite="lax", secure=_is_secure(request)
    )


def keep(response: Response, request: Request, text: str, *, seconds: int) -> None:
    """Have the browser keep what is needed when it comes back from the identity provider. That is a
    navigation from another site, with which a `strict` cookie would not come."""
    response.set_cookie(
        KEEPSAKE_COOKIE,
        text,
        max_age=seconds,
        path=_redirect_path(request),
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )


def clear_keepsake(response: Response, request: Request) -> None:
    """Have the browser forget it: a sign-in is finished once."""
    response.delete_cookie(
        KEEPSAKE_COOKIE,
        path=_redirect_path(request),
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )


def _redirect_path(request: Request) -> str:
    return f"{links_for(request, request.app.state.public_url).path}{REDIRECT}"


def _is_secure(request: Request) -> bool:
    return links_for(request, request.app.state.public_url).base.startswith("https://")
