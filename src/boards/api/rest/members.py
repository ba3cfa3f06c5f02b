"""Who works on a board: members, invitations, and whose board it is."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from boards.api.routing import Caller, answered, errors, lay
from boards.api.shapes.base import Id
from boards.api.shapes.boards import BoardShape, board_shape
from boards.api.shapes.members import (
    AcceptRequest,
    BoardMemberChange,
    BoardMemberRequest,
    BoardMemberShape,
    BoardPeopleShape,
    InvitedShape,
    InviteRequest,
    TransferRequest,
    board_member_shape,
    invited_shape,
    people_shape,
)

__all__ = ["router"]

router = APIRouter(tags=["members"])

BoardId = Annotated[Id, Path(description="The id of the board.")]
UserId = Annotated[Id, Path(description="The user's id.")]
CHANGED = (404, 409, 413, 415)


@router.get(
    "/boards/{board_id}/members",
    operation_id="list_board_members",
    summary="List who works on a board",
    responses=answered(BoardPeopleShape, "Everybody.", also=(404,)),
)
async def list_board_members(call: Caller, board_id: BoardId) -> Response:
    return lay(people_shape(await call.services.curation.members.list(call.actor, board_id)))


@router.post(
    "/boards/{board_id}/members",
    operation_id="add_board_member",
    summary="Let somebody of the tenant onto a board",
    status_code=201,
    responses=answered(BoardMemberShape, "The new member.", status=201, also=CHANGED),
)
async def add_board_member(call: Caller, board_id: BoardId, body: BoardMemberRequest) -> Response:
    member = await call.services.curation.members.add(call.actor, board_id, body.user_id, body.role)
    return lay(board_member_shape(member), status=201)


@router.patch(
    "/boards/{board_id}/members/{user_id}",
    operation_id="change_board_member",
    summary="Give a member another role",
    responses=answered(BoardMemberShape, "The member as they are now.", also=CHANGED),
)
async def change_board_member(
    call: Caller, board_id: BoardId, user_id: UserId, body: BoardMemberChange
) -> Response:
    member = await call.services.curation.members.change_role(
        call.actor, board_id, user_id, body.role
    )
    return lay(board_member_shape(member))


@router.delete(
    "/boards/{board_id}/members/{user_id}",
    operation_id="remove_board_member",
    summary="See a member off, or leave a board yourself",
    status_code=204,
    responses={204: {"description": "They work there no more."}, **errors(404, 409)},
)
async def remove_board_member(call: Caller, board_id: BoardId, user_id: UserId) -> Response:
    await call.services.curation.members.remove(call.actor, board_id, user_id)
    return Response(status_code=204)


@router.post(
    "/boards/{board_id}/transfer",
    operation_id="transfer_board",
    summary="Pass your board on to one of its members; you stay as an admin",
    responses=answered(BoardShape, "The board as it is now.", also=CHANGED),
)
async def transfer_board(call: Caller, board_id: BoardId, body: TransferRequest) -> Response:
    board = await call.services.curation.members.transfer(call.actor, board_id, body.user_id)
    return lay(board_shape(board))


@router.post(
    "/boards/{board_id}/invitations",
    operation_id="invite_to_board",
    summary="Let whoever has an address onto a board, now or when they come into the tenant",
    status_code=201,
    responses=answered(InvitedShape, "What came of it.", status=201, also=CHANGED),
)
async def invite_to_board(call: Caller, board_id: BoardId, body: InviteRequest) -> Response:
    invited = await call.services.curation.members.invite(
        call.actor, board_id, body.email, body.role
    )
    return lay(invited_shape(invited), status=201)


@router.delete(
    "/boards/{board_id}/invitations/{invitation_id}",
    operation_id="withdraw_invitation",
    summary="Take an invitation back",
    status_code=204,
    responses={204: {"description": "It is good no more."}, **errors(404)},
)
async def withdraw_invitation(
    call: Caller,
    board_id: BoardId,
    invitation_id: Annotated[Id, Path(description="The id of the invitation.")],
) -> Response:
    await call.services.curation.members.withdraw(call.actor, board_id, invitation_id)
    return Response(status_code=204)


@router.post(
    "/invitations/accept",
    operation_id="accept_invitation",
    summary="Take an invitation by its one-time link",
    responses=answered(BoardShape, "The board that you may work on.", also=(404, 413, 415)),
)
async def accept_invitation(call: Caller, body: AcceptRequest) -> Response:
    return lay(board_shape(await call.services.curation.members.accept(call.actor, body.link)))
