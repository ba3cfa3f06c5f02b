"""What this process has counted, for a scraper."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from boards.api.routing import Caller, errors
from boards.errors import Forbidden

__all__ = ["router"]


def router(render: Callable[[], bytes], content_type: str) -> APIRouter:
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
        if not call.actor.is_platform_admin:
            raise Forbidden(
                "Only administrators of this server may read its counts; a scraper uses an API "
                "token of one, with the scope `admin`."
            )
        return Response(render(), media_type=content_type)

    return routes
