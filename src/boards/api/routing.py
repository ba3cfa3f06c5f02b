"""What routes share: who is calling, the documented errors, and answers made without detours."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from boards.api.errors import PROBLEM_JSON
from boards.api.links import Links, links_for
from boards.api.services import Services
from boards.api.shapes.base import Asked, Text
from boards.domain.access import Actor

__all__ = ["Call", "Caller", "Listing", "answered", "errors", "lay"]

PAGE_SIZE = 50
LARGEST_PAGE = 200

_ERRORS = {
    400: "The request is malformed.",
    401: "Who asks is not proven.",
    402: "This would exceed a budget.",
    403: "You may not do this, or a foreign page asks.",
    404: "There is no such thing, or you may not see it.",
    409: "The thing is in another state than this request assumes.",
    412: "The version of the protocol is not spoken here.",
    413: "The body or the file is larger than the limit.",
    415: "The body is of a type that is not taken here.",
    416: "The range asked for is not among the file's bytes.",
    421: "The Host is not one of this server's.",
    429: "This was tried too often; `Retry-After` says when to try again.",
    422: "What was sent is not valid; `problems` says where.",
    460: "The piece does not come to its checksum.",
    500: "Something went wrong here.",
    502: "The provider failed.",
    503: "A provider is busy or not configured.",
    504: "There was no answer in time.",
    507: "The file could not be stored or read.",
}
ALWAYS = (400, 401, 403, 421, 422, 429, 500)
"""What any route may answer, because of the guard, of who asks, or of what was sent."""
PROBLEM_REF = "#/components/schemas/Problem"


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document these errors of a route, and those that any route has."""
    return {
        status: {
            "description": _ERRORS[status],
            "content": {PROBLEM_JSON: {"schema": {"$ref": PROBLEM_REF}}},
        }
        for status in sorted({*ALWAYS, *statuses})
    }


def answered(
    shape: Any, description: str, *, status: int = 200, also: Iterable[int] = ()
) -> dict[int | str, dict[str, Any]]:
    """Document what a route answers, and its errors.

    The route itself returns a ready Response, so that nothing is validated a second time.
    """
    return {status: {"model": shape, "description": description}, **errors(*also)}


def lay(shape: BaseModel, *, status: int = 200, location: str | None = None) -> Response:
    """Lay an answer out as JSON."""
    return Response(
        shape.model_dump_json(),
        status_code=status,
        headers=None if location is None else {"Location": location},
        media_type="application/json",
    )


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request as a route sees it: the services, who asks, and how to address things."""

    services: Services
    actor: Actor
    links: Links


async def _call(request: Request) -> Call:
    services: Services = request.app.state.services
    return Call(
        services=services,
        actor=await services.actor_for(request),
        links=links_for(request, request.app.state.public_url),
    )


Caller = Annotated[Call, Depends(_call)]


class Listing(Asked):
    """Which part of a list is asked for."""

    limit: int = Field(default=PAGE_SIZE, ge=1, le=LARGEST_PAGE, description="How many at most.")
    cursor: Text | None = Field(
        default=None, max_length=500, description="`next` of the part before; none at first."
    )
