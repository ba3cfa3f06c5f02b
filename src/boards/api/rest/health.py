"""Whether the server is up."""

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from boards.api.routing import answered, lay
from boards.api.shapes.base import Answer

__all__ = ["Health", "router"]

router = APIRouter(tags=["health"])


class Health(Answer):
    """The server answers."""

    status: str = Field(description="`ok`.")
    version: str = Field(description="The version of Boards.")


@router.get(
    "/health",
    operation_id="get_health",
    summary="Tell whether the server is up",
    responses=answered(Health, "It is."),
)
async def get_health(request: Request) -> Response:
    return lay(Health(status="ok", version=request.app.version))
