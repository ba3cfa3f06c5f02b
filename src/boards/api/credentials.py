"""Which credential came with a request, whatever it was carried by."""

from uuid import UUID

from starlette.requests import HTTPConnection

from boards.api.envelope import origin_of
from boards.errors import Forbidden, InvalidInput, Unauthenticated
from boards.services.sign_in import Credentials

__all__ = ["AGENT_HEADER", "SESSION_COOKIE", "TENANT_HEADER", "agent_session_of", "credentials_of"]

SESSION_COOKIE = "boards_session"
TENANT_HEADER = "x-tenant"
AGENT_HEADER = "boards-session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def credentials_of(connection: HTTPConnection) -> Credentials:
    """Read the credential: a bearer token or a session's cookie, never both.

    A cookie comes with every request that a browser makes, whoever caused it; so what changes state
    and has only a cookie must say which page it comes from, which the guard has checked then.
    Raises Unauthenticated for an Authorization header that is of another kind, Forbidden for a
    change by cookie that does not say where it comes from.
    """
    headers = connection.headers
    sent = headers.getlist("authorization")
    tenant = headers.get(TENANT_HEADER) or None
    origin = origin_of(connection.scope)
    if sent:
        scheme, _, token = sent[0].partition(" ")
        if len(sent) > 1 or scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("Send one header `Authorization: Bearer` with one token.")
        return Credentials(bearer=token.strip(), tenant=tenant, origin=origin)
    session = connection.cookies.get(SESSION_COOKIE)
    is_change = connection.scope.get("method", "GET") not in SAFE_METHODS
    if session and is_change and "origin" not in headers and "sec-fetch-site" not in headers:
        raise Forbidden(
            "A change by a session's cookie must say which page it comes from; programs use an "
            "API token."
        )
    return Credentials(session=session or None, tenant=tenant, origin=origin)


def agent_session_of(connection: HTTPConnection) -> UUID | None:
    """In which session of an agent a request is made, if it says one. InvalidInput for no id."""
    sent = connection.headers.get(AGENT_HEADER)
    if sent is None:
        return None
    try:
        return UUID(sent)
    except ValueError:
        message = "The header Boards-Session is the id of an agent session."
        raise InvalidInput(message) from None
