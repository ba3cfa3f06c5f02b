"""What this process has counted, and how the whole installation stands, for a scraper."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.responses import Response

from boards.api.routing import Caller, errors
from boards.domain.access import Duty
from boards.services.rights import require

__all__ = ["router"]


def router(render: Callable[[], Awaitable[bytes]], content_type: str) -> APIRouter:
    """The route of the counts that `render` gives."""
    routes = APIRouter(tags=["health"])

    @routes.get(
        "/metrics",
        operation_id="get_metrics",
        summary="Give what this process has counted, as Prometheus reads it",
        responses={
            **errors(),
            200: {"description": "The counts.", "content": {"text/plain": {}}},
        },
        response_class=Response,
    )
    async def get_metrics(call: Caller) -> Response:
        require(call.actor, Duty.SEE_COUNTS)
        return Response(await render(), media_type=content_type)

    return routes
