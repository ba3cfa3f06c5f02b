"""Boards: where results are kept."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from boards.api.links import API
from boards.api.routing import Caller, Listing, answered, lay
from boards.api.shapes.base import Id
from boards.api.shapes.boards import BoardPage, BoardRequest, BoardShape, board_shape

__all__ = ["router"]

router = APIRouter(prefix="/boards", tags=["boards"])


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
        call.actor, body.title, description=body.description, is_public=body.is_public
    )
    return lay(board_shape(board), status=201, location=f"{call.links.path}{API}/boards/{board.id}")


@router.get(
    "/{board_id}",
    operation_id="get_board",
    summary="Get one board",
    responses=answered(BoardShape, "The board.", also=(404,)),
)
async def get_board(
    call: Caller, board_id: Annotated[Id, Path(description="The id of the board.")]
) -> Response:
    return lay(board_shape(await call.services.boards.get(call.actor, board_id)))
