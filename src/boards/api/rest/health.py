"""Whether the server is up, and whether it can do its work."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from boards.api.errors import HttpRefusal
from boards.api.routing import answered, lay
from boards.api.services import Services
from boards.api.shapes.base import Answer

__all__ = ["Health", "PartShape", "router"]

router = APIRouter(tags=["health"])


class PartShape(Answer):
    """One part that the server stands on."""

    name: str = Field(description="`database`, `storage` or `dispatch`.")
    ok: bool = Field(description="Whether it does its work.")
    message: str = Field(description="What is wrong with it; empty when nothing is.")


class Health(Answer):
    """The server answers."""

    status: Literal["ok", "failing"] = Field(description="`failing` when one of its parts does.")
    version: str = Field(description="The version of Boards.")
    parts: list[PartShape] = Field(description="What it stands on.")


async def _health(request: Request) -> Health:
    services: Services = request.app.state.services
    parts = await services.health.check() if services.health is not None else ()
    return Health(
        status="ok" if all(part.ok for part in parts) else "failing",
        version=request.app.version,
        parts=[PartShape(name=part.name, ok=part.ok, message=part.message) for part in parts],
    )


@router.get(
    "/health",
    operation_id="get_health",
    summary="Tell whether the server is up, and how its parts are",
    responses=answered(Health, "It is up; `status` says whether all of its parts work."),
)
async def get_health(request: Request) -> Response:
    return lay(await _health(request))


@router.get(
    "/ready",
    operation_id="get_ready",
    summary="Tell whether the server can do its work now",
    responses=answered(Health, "All parts work; 503 says which does not.", also=(503,)),
)
async def get_ready(request: Request) -> Response:
    health = await _health(request)
    failing = [f"{part.name}: {part.message}" for part in health.parts if not part.ok]
    if failing:
        raise HttpRefusal(503, "not_ready", " ".join(failing), {"Retry-After": "5"})
    return lay(health)
