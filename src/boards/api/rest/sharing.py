"""Links that share a board, and what a visitor gets by one.

A visitor's routes ask nobody who they are: whoever has the link may look, signed in or not, and as
somebody else's session or token says nothing there, none can be used there.
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from boards.api.links import API, Links, links_for
from boards.api.rest.generations import (
    BYTES,
    Bytes,
    GenerationId,
    get_content,
    get_extra_file,
)
from boards.api.rest.previews import PictureAsked, get_thumbnail
from boards.api.routing import Call, Caller, Listing, answered, errors, lay
from boards.api.services import Services
from boards.api.shapes.base import Id, Text
from boards.api.shapes.sharing import (
    NewShareLinkShape,
    SharedBoardShape,
    SharedGenerationPage,
    ShareLinkListShape,
    ShareLinkRequest,
    share_link_shape,
    shared_board_shape,
    shared_generation_shape,
)
from boards.domain.boards import Board
from boards.domain.generations import Status
from boards.errors import NotFound
from boards.services.generations import GenerationQuery

__all__ = ["router"]

router = APIRouter(tags=["sharing"])

BoardId = Annotated[Id, Path(description="The id of the board.")]
LinkText = Annotated[Text, Path(max_length=200, description="What names the link.")]
SHARED = f"{API}/shared"


@router.get(
    "/boards/{board_id}/links",
    operation_id="list_share_links",
    summary="List the links that share a board",
    responses=answered(ShareLinkListShape, "Those that are not revoked.", also=(404,)),
)
async def list_share_links(call: Caller, board_id: BoardId) -> Response:
    links = await call.services.curation.sharing.list(call.actor, board_id)
    return lay(ShareLinkListShape(items=[share_link_shape(one) for one in links]))


@router.post(
    "/boards/{board_id}/links",
    operation_id="create_share_link",
    summary="Make a link by which anybody may look at a board",
    status_code=201,
    responses=answered(NewShareLinkShape, "The link.", status=201, also=(404, 409, 413, 415)),
)
async def create_share_link(call: Caller, board_id: BoardId, body: ShareLinkRequest) -> Response:
    new = await call.services.curation.sharing.create(
        call.actor, board_id, expires_days=body.expires_days
    )
    shape = NewShareLinkShape(
        link=share_link_shape(new.link),
        url=f"{call.links.base}{SHARED}/{new.text}",
        token=new.text,
    )
    return lay(shape, status=201)


@router.delete(
    "/boards/{board_id}/links/{link_id}",
    operation_id="revoke_share_link",
    summary="End a link",
    status_code=204,
    responses={204: {"description": "It leads nowhere any more."}, **errors(404)},
)
async def revoke_share_link(
    call: Caller,
    board_id: BoardId,
    link_id: Annotated[Id, Path(description="The id of the link.")],
) -> Response:
    await call.services.curation.sharing.revoke(call.actor, board_id, link_id)
    return Response(status_code=204)


@dataclass(frozen=True, kw_only=True)
class LinksByLink(Links):
    """Addresses by which a visitor gets what is on a shared board."""

    token: str

    def generation(self, generation_id: UUID) -> str:
        return f"{self.base}{SHARED}/{self.token}/generations/{generation_id}"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visitor's request, and the board that their link leads to."""

    call: Call
    board: Board


async def _visit(request: Request, token: LinkText) -> Visit:
    services: Services = request.app.state.services
    actor = await services.curation.sharing.visitor(token)
    board_id = actor.linked_board_id
    if board_id is None:
        raise NotFound
    base = links_for(request, request.app.state.public_url).base
    call = Call(services=services, actor=actor, links=LinksByLink(base=base, token=token))
    return Visit(call=call, board=await services.boards.get(actor, board_id))


Visited = Annotated[Visit, Depends(_visit)]


@router.get(
    "/shared/{token}",
    operation_id="get_shared_board",
    summary="Look at a board by a link",
    responses=answered(SharedBoardShape, "The board.", also=(404,)),
)
async def get_shared_board(visit: Visited) -> Response:
    return lay(shared_board_shape(visit.board))


@router.get(
    "/shared/{token}/generations",
    operation_id="list_shared_generations",
    summary="List what is on a board that was shared by a link, newest first",
    responses=answered(SharedGenerationPage, "A part of the list.", also=(404,)),
)
async def list_shared_generations(visit: Visited, asked: Annotated[Listing, Query()]) -> Response:
    call, board = visit.call, visit.board
    page = await call.services.generations.list(
        call.actor,
        GenerationQuery(board_id=board.id, status=Status.COMPLETED),
        limit=asked.limit,
        cursor=asked.cursor or None,
    )
    items = [shared_generation_shape(one, board, call.links) for one in page.items]
    return lay(SharedGenerationPage(items=items, next=page.next))


@router.get(
    "/shared/{token}/generations/{generation_id}/content",
    operation_id="get_shared_content",
    summary="Get the bytes of something on a shared board, or a range of them",
    response_class=Response,
    responses=BYTES,
)
async def get_shared_content(
    visit: Visited, request: Request, generation_id: GenerationId, asked: Bytes
) -> Response:
    return await get_content(visit.call, request, generation_id, asked)


@router.get(
    "/shared/{token}/generations/{generation_id}/files/{index}",
    operation_id="get_shared_extra_file",
    summary="Get the bytes of an extra file on a shared board, or a range of them",
    response_class=Response,
    responses=BYTES,
)
async def get_shared_extra_file(
    visit: Visited,
    request: Request,
    generation_id: GenerationId,
    index: Annotated[int, Path(ge=0, le=10_000, description="Its place among the extra files.")],
    asked: Bytes,
) -> Response:
    return await get_extra_file(visit.call, request, generation_id, index, asked)


@router.get(
    "/shared/{token}/generations/{generation_id}/thumbnail",
    operation_id="get_shared_thumbnail",
    summary="Get a small picture of something on a shared board",
    response_class=Response,
    responses=BYTES,
)
async def get_shared_thumbnail(
    visit: Visited,
    request: Request,
    generation_id: GenerationId,
    asked: Annotated[PictureAsked, Query()],
) -> Response:
    return await get_thumbnail(visit.call, request, generation_id, asked)
