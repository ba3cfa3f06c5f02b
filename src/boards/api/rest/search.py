"""Search by words, and the ordered ids of a whole board for its gallery."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from boards.api.conditions import etag_of, is_unchanged
from boards.api.links import API
from boards.api.routing import Caller, answered, lay
from boards.api.shapes.base import Id
from boards.api.shapes.finding import (
    GalleryAsked,
    GenerationIds,
    SearchAsked,
    ids_as_json,
    tag_of,
)
from boards.api.shapes.generations import GenerationPage, generation_shape
from boards.services.search import SearchService

__all__ = ["router"]


def router(service: SearchService) -> APIRouter:
    """Give the routes over this service."""
    routes = APIRouter(prefix=API, tags=["search"])

    @routes.get(
        "/search",
        operation_id="search_generations",
        summary="Search prompts, names, tags and notes",
        responses=answered(GenerationPage, "A part of what was found.", also=(404,)),
    )
    async def search_generations(call: Caller, asked: Annotated[SearchAsked, Query()]) -> Response:
        page = await service.find(
            call.actor,
            asked.q,
            asked.query(asked.board_id, asked.order),
            limit=asked.limit,
            cursor=asked.cursor or None,
        )
        return lay(
            GenerationPage(
                items=[generation_shape(one, call.links) for one in page.items], next=page.next
            )
        )

    @routes.get(
        "/boards/{board_id}/generation-ids",
        operation_id="list_generation_ids",
        summary="Get the ids of all that is on a board, in order",
        responses={
            **answered(GenerationIds, "All of them at once.", also=(404,)),
            304: {"description": "They are those that you have."},
        },
    )
    async def list_generation_ids(
        call: Caller,
        request: Request,
        board_id: Annotated[Id, Path(description="The id of the board.")],
        asked: Annotated[GalleryAsked, Query()],
    ) -> Response:
        ids = await service.ids(call.actor, board_id, asked.query(board_id, asked.order))
        etag = etag_of(tag_of(ids))
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if is_unchanged(request.headers, etag):
            return Response(status_code=304, headers=headers)
        return Response(ids_as_json(ids), media_type="application/json", headers=headers)

    return routes
