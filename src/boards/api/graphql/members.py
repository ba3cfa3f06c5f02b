"""Who works on a board and who may look at it: members, invitations, links."""

from datetime import datetime
from uuid import UUID

import strawberry

from boards.api.graphql.context import Info
from boards.api.graphql.enums import BoardRole
from boards.api.graphql.fields import resolved
from boards.api.graphql.types import Board, BoardMember, board_of, member_of
from boards.domain import boards

__all__ = ["MemberMutations", "MemberQueries"]


@strawberry.type(description="A place on a board for whoever has an address.")
class BoardInvitation:
    id: UUID
    board_id: UUID
    email: str
    role: BoardRole
    invited_by: UUID
    created_at: datetime
    expires_at: datetime


@strawberry.type(description="What came of an invitation: a member at once, or an invitation.")
class Invited:
    member: BoardMember | None
    invitation: BoardInvitation | None
    link: str | None = strawberry.field(
        description="The secret of the one-time link, for `acceptInvitation`; shown this once."
    )


@strawberry.type(description="A link by which anybody may look at a board.")
class ShareLink:
    id: UUID
    board_id: UUID
    hint: str = strawberry.field(description="The end of its secret, to tell it by.")
    created_by: UUID
    created_at: datetime
    expires_at: datetime | None


@strawberry.type(description="A new link.")
class NewShareLink:
    link: ShareLink
    secret: str = strawberry.field(description="What visitors show; shown this once.")


@strawberry.input(description="Somebody of the tenant who is to be let onto a board.")
class AddBoardMemberInput:
    board_id: UUID
    user_id: UUID
    role: BoardRole = BoardRole.VIEWER


@strawberry.type
class MemberQueries:
    """The queries of this noun."""

    @resolved("Invitations that wait, for those who may invite; to others none.")
    async def board_invitations(self, info: Info, board_id: UUID) -> list[BoardInvitation]:
        context = info.context
        people = await context.services.curation.members.list(context.actor, board_id)
        context.spend(len(people.invitations))
        return [_invitation(one) for one in people.invitations]

    @resolved("A board's links that are not revoked, for those who may make some.")
    async def share_links(self, info: Info, board_id: UUID) -> list[ShareLink]:
        context = info.context
        found = await context.services.curation.sharing.list(context.actor, board_id)
        context.spend(len(found))
        return [_link(one) for one in found]


@strawberry.type
class MemberMutations:
    """The mutations of this noun."""

    @resolved("Let somebody of the tenant onto a board.")
    async def add_board_member(self, info: Info, input: AddBoardMemberInput) -> Board:  # noqa: A002
        context = info.context
        await context.services.curation.members.add(
            context.actor, input.board_id, input.user_id, input.role
        )
        return board_of(await context.services.boards.get(context.actor, input.board_id))

    @resolved("See a member off, or leave a board.")
    async def remove_board_member(self, info: Info, board_id: UUID, user_id: UUID) -> Board:
        context = info.context
        # Read before: whoever leaves may see it no more.
        board = await context.services.boards.get(context.actor, board_id)
        await context.services.curation.members.remove(context.actor, board_id, user_id)
        return board_of(board)

    @resolved("Give a member another role.")
    async def update_board_member_role(
        self, info: Info, board_id: UUID, user_id: UUID, role: BoardRole
    ) -> Board:
        context = info.context
        service = context.services.curation.members
        await service.change_role(context.actor, board_id, user_id, role)
        return board_of(await context.services.boards.get(context.actor, board_id))

    @resolved(
        "Let onto a board whoever has an address: at once when they are in the tenant, else as "
        "soon as they are, or by the one-time link."
    )
    async def invite_board_member(
        self, info: Info, board_id: UUID, email: str, role: BoardRole = BoardRole.VIEWER
    ) -> Invited:
        context = info.context
        service = context.services.curation.members
        came = await service.invite(context.actor, board_id, email, role)
        return Invited(
            member=None if came.member is None else member_of(came.member),
            invitation=None if came.invitation is None else _invitation(came.invitation),
            link=came.link,
        )

    @resolved("Take an invitation back.")
    async def withdraw_invitation(self, info: Info, board_id: UUID, id: UUID) -> bool:
        context = info.context
        await context.services.curation.members.withdraw(context.actor, board_id, id)
        return True

    @resolved("Take an invitation by the secret of its one-time link.")
    async def accept_invitation(self, info: Info, link: str) -> Board:
        context = info.context
        return board_of(await context.services.curation.members.accept(context.actor, link))

    @resolved("Pass a board on to one of its members; who owned it stays as an admin.")
    async def transfer_board(self, info: Info, board_id: UUID, user_id: UUID) -> Board:
        context = info.context
        service = context.services.curation.members
        return board_of(await service.transfer(context.actor, board_id, user_id))

    @resolved("Make a link by which anybody may look at a board.")
    async def create_share_link(
        self, info: Info, board_id: UUID, expires_days: int | None = None
    ) -> NewShareLink:
        context = info.context
        made = await context.services.curation.sharing.create(
            context.actor, board_id, expires_days=expires_days
        )
        return NewShareLink(link=_link(made.link), secret=made.text)

    @resolved("End a link.")
    async def revoke_share_link(self, info: Info, board_id: UUID, id: UUID) -> bool:
        context = info.context
        await context.services.curation.sharing.revoke(context.actor, board_id, id)
        return True


def _invitation(invitation: boards.Invitation) -> BoardInvitation:
    return BoardInvitation(
        id=invitation.id,
        board_id=invitation.board_id,
        email=invitation.email,
        role=invitation.role,
        invited_by=invitation.invited_by,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )


def _link(link: boards.ShareLink) -> ShareLink:
    return ShareLink(
        id=link.id,
        board_id=link.board_id,
        hint=link.hint,
        created_by=link.created_by,
        created_at=link.created_at,
        expires_at=link.expires_at,
    )
