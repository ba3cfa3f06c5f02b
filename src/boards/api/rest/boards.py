"""Boards: where results are kept, and the trash that they go to."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from boards.api.links import API
from boards.api.rest.generations import BYTES
from boards.api.rest.previews import PictureAsked, get_thumbnail
from boards.api.routing import Caller, Listing, answered, errors, lay
from boards.api.shapes.base import Id
from boards.api.shapes.boards import (
    BoardChange,
    BoardPage,
    BoardRequest,
    BoardShape,
    TrashedBoardPage,
    board_shape,
    trashed_board_shape,
)
from boards.api.shapes.bulk import TrashedGenerationPage, trashed_generation_shape
from boards.errors import NotFound

__all__ = ["router", "trash"]

router = APIRouter(prefix="/boards", tags=["boards"])
trash = APIRouter(prefix="/trash", tags=["boards"])

BoardId = Annotated[Id, Path(description="The id of the board.")]
CHANGED = (404, 413, 415)


@router.get(
    "",
    operation_id="list_boards",
    summary="List your boards, the last changed first",
    responses=answered(BoardPage, "A part of the list."),
)
async def list_boards(call: Caller, asked: Annotated[Listing, Query()]) -> Response:
    page = await call.services.boards.list(
        call.actor, limit=asked.limit, cursor=asked.cursor or None
    )
    return lay(BoardPage(items=[board_shape(one) for one in page.items], next=page.next))


@router.post(
    "",
    operation_id="create_board",
    summary="Make a board",
    status_code=201,
    responses=answered(BoardShape, "The new board.", status=201, also=(413, 415)),
)
async def create_board(call: Caller, body: BoardRequest) -> Response:
    board = await call.services.boards.create(
        call.actor,
        body.title,
        description=body.description,
        is_public=body.is_public,
        settings=body.settings,
        metadata=body.metadata,
    )
    return lay(board_shape(board), status=201, location=f"{call.links.path}{API}/boards/{board.id}")


@router.get(
    "/{board_id}",
    operation_id="get_board",
    summary="Get one board",
    responses=answered(BoardShape, "The board.", also=(404,)),
)
async def get_board(call: Caller, board_id: BoardId) -> Response:
    return lay(board_shape(await call.services.boards.get(call.actor, board_id)))


@router.get(
    "/{board_id}/cover",
    operation_id="get_board_cover",
    summary="Get a small picture of what stands for a board",
    response_class=Response,
    responses=BYTES,
)
async def get_board_cover(
    call: Caller, request: Request, board_id: BoardId, asked: Annotated[PictureAsked, Query()]
) -> Response:
    await call.services.boards.get(call.actor, board_id)
    cover_id = (await call.services.boards.covers(call.actor, [board_id])).get(board_id)
    if cover_id is None:
        raise NotFound(f"Board {board_id} has no picture yet.")
    return await get_thumbnail(call, request, cover_id, asked)


@router.patch(
    "/{board_id}",
    operation_id="update_board",
    summary="Change what a board says, what stands for it, and who may look",
    responses=answered(BoardShape, "The board as it is now.", also=CHANGED),
)
async def update_board(call: Caller, board_id: BoardId, body: BoardChange) -> Response:
    board = await call.services.boards.update(call.actor, board_id, **body.changes())
    return lay(board_shape(board))


@router.delete(
    "/{board_id}",
    operation_id="delete_board",
    summary="Put a board with all that is on it into the trash; what runs is cancelled",
    status_code=204,
    responses={204: {"description": "It is in the trash, for 30 days."}, **errors(404)},
)
async def delete_board(call: Caller, board_id: BoardId) -> Response:
    await call.services.curation.trash.delete_board(call.actor, board_id)
    return Response(status_code=204)


@router.post(
    "/{board_id}/restore",
    operation_id="restore_board",
    summary="Have a board back from the trash, with all that was on it",
    responses=answered(BoardShape, "The board.", also=CHANGED),
)
async def restore_board(call: Caller, board_id: BoardId) -> Response:
    board = await call.services.curation.trash.restore_board(call.actor, board_id)
    return lay(board_shape(board))


@router.get(
    "/{board_id}/trash",
    operation_id="list_deleted_generations",
    summary="List what was deleted from a board, the last deleted first",
    responses=answered(TrashedGenerationPage, "A part of the list.", also=(404,)),
)
async def list_deleted_generations(
    call: Caller, board_id: BoardId, asked: Annotated[Listing, Query()]
) -> Response:
    page = await call.services.curation.trash.generations(
        call.actor, board_id, limit=asked.limit, cursor=asked.cursor or None
    )
    items = [trashed_generation_shape(one, call.links) for one in page.items]
    return lay(TrashedGenerationPage(items=items, next=page.next))


@trash.get(
    "",
    operation_id="list_trash",
    summary="List the boards in the trash that you may have back, the last deleted first",
    responses=answered(TrashedBoardPage, "A part of the list."),
)
async def list_trash(call: Caller, asked: Annotated[Listing, Query()]) -> Response:
    page = await call.services.curation.trash.boards(
        call.actor, limit=asked.limit, cursor=asked.cursor or None
    )
    items = [trashed_board_shape(one) for one in page.items]
    return lay(TrashedBoardPage(items=items, next=page.next))
