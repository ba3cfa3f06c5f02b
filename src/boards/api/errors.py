"""One table from error codes to HTTP, and the one shape of errors: RFC 9457 problem details."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import Scope

from boards.api.links import API
from boards.api.shapes.base import FORM
from boards.api.shapes.budgets import RefusalShape, refusal_shape
from boards.errors import BoardsError, Busy, InvalidInput, OverBudget, Problem, Throttled

__all__ = [
    "PROBLEM_JSON",
    "STATUSES",
    "HttpRefusal",
    "ProblemAt",
    "ProblemShape",
    "Said",
    "add_error_handlers",
    "answer",
    "http_problem",
    "said_of",
]

log = structlog.get_logger(__name__)

PROBLEM_JSON = "application/problem+json"
BUSY_SECONDS = 5
"""What `Retry-After` says when a busy provider did not say."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """How HTTP says one kind of error."""

    status: int
    title: str


STATUSES: Mapping[str, Said] = {
    "error": Said(status=500, title="Something went wrong"),
    "refused": Said(status=400, title="Refused"),
    "not_found": Said(status=404, title="Not found"),
    "unauthenticated": Said(status=401, title="Sign in first"),
    "forbidden": Said(status=403, title="Forbidden"),
    "conflict": Said(status=409, title="Conflict"),
    "invalid_input": Said(status=422, title="Invalid input"),
    "too_large": Said(status=413, title="Too large"),
    "unsupported": Said(status=415, title="Unsupported"),
    "throttled": Said(status=429, title="Too often"),
    "over_budget": Said(status=402, title="Over budget"),
    "provider_error": Said(status=502, title="The provider failed"),
    "not_configured": Said(status=503, title="Not configured"),
    "content_refused": Said(status=422, title="Content refused"),
    "busy": Said(status=503, title="Busy"),
    "rejected": Said(status=422, title="Rejected by the provider"),
    "provider_broken": Said(status=502, title="The provider is broken"),
    "timed_out": Said(status=504, title="Timed out"),
    "storage_error": Said(status=507, title="Storage failed"),
    "plugin_error": Said(status=500, title="The generator failed"),
    "config_error": Said(status=500, title="Wrong configuration"),
}
"""Every code of the error tree. A subclass without its own entry is said as its parent."""


class HttpRefusal(HTTPException):
    """A refusal that only HTTP knows, with its own code."""

    def __init__(
        self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, detail, headers)
        self.code = code


_HTTP_CODES = {
    400: "invalid_input",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported",
    416: "range_not_satisfiable",
    421: "misdirected",
    422: "invalid_input",
    429: "throttled",
}


class ProblemAt(BaseModel):
    """One fault in what was sent."""

    at: str = Field(description="Where, as a dotted path such as `inputs.image_source`.")
    message: str = Field(description="What is wrong and what to do.")


class ProblemShape(BaseModel):
    """An error, as RFC 9457 shapes it."""

    type: str = Field(description="`urn:boards:error:` and the code.")
    title: str = Field(description="What kind of error this is, for people.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What went wrong here and what to do next.")
    code: str = Field(description="A stable code to decide by.")
    problems: list[ProblemAt] = Field(default=[], description="Each fault in what was sent.")
    request_id: str | None = Field(default=None, description="As in the X-Request-ID header.")
    error_id: str | None = Field(
        default=None, description="Finds the private details of a 500 in the server's log."
    )
    limit: str | None = Field(default=None, description="over_budget: the limit, USD.")
    spent: str | None = Field(default=None, description="over_budget: spent so far, USD.")
    held: str | None = Field(default=None, description="over_budget: held for runs under way, USD.")
    asked: str | None = Field(
        default=None, description="over_budget: what this would have cost, USD; null if unpriced."
    )
    scope: str | None = Field(
        default=None,
        description="over_budget: whose budget it is: tenant, user, board, token or session.",
    )
    period: str | None = Field(default=None, description="over_budget: day, month or total.")
    resets_at: str | None = Field(
        default=None, description="over_budget: when it begins anew; null for never."
    )
    reason: str | None = Field(
        default=None, description="over_budget: `exceeded`, or `unpriced`, which can be allowed."
    )


def said_of(error: BoardsError) -> tuple[str, Said]:
    """Give the code and how HTTP says it, by the nearest class that the table knows."""
    for kind in type(error).__mro__:
        said = STATUSES.get(getattr(kind, "code", ""))
        if said is not None:
            return kind.code, said  # type: ignore[attr-defined]
    return "error", STATUSES["error"]


def answer(
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    request_id: str | None,
    problems: Iterable[Problem] = (),
    headers: Mapping[str, str] | None = None,
    **more: str | None,
) -> Response:
    """Make the answer that tells of an error."""
    body = ProblemShape(
        type=f"urn:boards:error:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        problems=[ProblemAt(at=one.at, message=one.message) for one in problems],
        request_id=request_id,
    )
    if more:
        body = body.model_copy(update=more)
    # Amounts may be null and are then said to be; other members are left out where they are not.
    unset = {"error_id", *RefusalShape.model_fields} - {"message"} - more.keys()
    return Response(
        body.model_dump_json(exclude=unset),
        status_code=status,
        headers=headers,
        media_type=PROBLEM_JSON,
    )


async def _say_boards_error(request: Request, error: BoardsError) -> Response:
    code, said = said_of(error)
    if said.status >= 500:
        log.warning("request_failed", code=code, said=error.message, detail=error.detail)
    elif error.detail:
        log.info("request_refused", code=code, said=error.message, detail=error.detail)
    headers = {}
    more: dict[str, str | None] = {}
    problems: tuple[Problem, ...] = ()
    if isinstance(error, Busy):
        wait = BUSY_SECONDS if error.retry_after is None else math.ceil(error.retry_after)
        headers["Retry-After"] = str(max(wait, 0))
    if isinstance(error, Throttled):
        headers["Retry-After"] = str(max(math.ceil(error.retry_after), 1))
    if isinstance(error, InvalidInput):
        problems = error.problems
    if isinstance(error, OverBudget):
        more = refusal_shape(error).model_dump(mode="json", exclude={"message"})
    return answer(
        status=said.status,
        code=code,
        title=said.title,
        detail=error.message,
        request_id=request.scope.get("request_id"),
        problems=problems,
        headers=headers,
        **more,
    )


async def _say_invalid_request(request: Request, error: RequestValidationError) -> Response:
    faults = error.errors()
    problems = [Problem(at=_path(fault["loc"]), message=str(fault["msg"])) for fault in faults]
    malformed = any(fault["type"] == "json_invalid" for fault in faults)
    return answer(
        status=400 if malformed else 422,
        code="invalid_input",
        title=STATUSES["invalid_input"].title,
        detail="; ".join(f"{one.at}: {one.message}" for one in problems),
        request_id=request.scope.get("request_id"),
        problems=problems,
    )


def _path(location: Iterable[object]) -> str:
    """Name a place in a request; where it stood (`query`, `path`) matters only for the whole, and
    which of several forms it was taken for matters to nobody."""
    parts = [str(part) for part in location]
    where, *path = [part for part in parts if not part.startswith(FORM)] or ["request"]
    return ".".join(path) or where


def http_problem(error: HTTPException, scope: Scope) -> Response:
    """Answer an error that HTTP itself knows, from the router or from the guard."""
    phrase = _phrase_of(error.status_code)
    detail = error.detail
    if detail == phrase:
        # Raised by the router, which says no more than the status does.
        if error.status_code == 404:
            detail = f"There is nothing at {scope['path']!r}; {API}/openapi.json lists what is."
        elif error.status_code == 405:
            detail = f"{scope['method']} does not go with {scope['path']!r}."
    own_code = error.code if isinstance(error, HttpRefusal) else None
    return answer(
        status=error.status_code,
        code=own_code or _HTTP_CODES.get(error.status_code, "refused"),
        title=phrase,
        detail=detail,
        request_id=scope.get("request_id"),
        headers=error.headers,
    )


def _phrase_of(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Refused"  # one that a protocol on top of HTTP has made up


async def _say_http_error(request: Request, error: HTTPException) -> Response:
    if error.status_code == 405:
        # The router names the methods of the first route with this path, not of all of them.
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if methods := _methods_at(request.app, path):
            error.headers = {**(error.headers or {}), "Allow": ", ".join(methods)}
    return http_problem(error, request.scope)


def _methods_at(app: FastAPI, path: str) -> list[str]:
    """List the methods that the contract has at a path; none where the path is not in it."""
    paths = app.openapi()["paths"]
    if path in paths:
        # A word where others have an id: those are no methods of this one.
        return sorted(method.upper() for method in paths[path])
    found: set[str] = set()
    for template, operations in paths.items():
        if compile_path(template)[0].fullmatch(path):
            found |= {method.upper() for method in operations}
    return sorted(found)


async def _say_nothing(request: Request, error: Exception) -> Response:  # noqa: ARG001
    # Nobody is left to read it.
    return Response(status_code=400)


def add_error_handlers(app: FastAPI) -> None:
    """Have every expected error answered as a problem; `Envelope` answers the unexpected."""
    app.exception_handler(BoardsError)(_say_boards_error)
    app.exception_handler(RequestValidationError)(_say_invalid_request)
    app.exception_handler(HTTPException)(_say_http_error)
    app.exception_handler(ClientDisconnect)(_say_nothing)
