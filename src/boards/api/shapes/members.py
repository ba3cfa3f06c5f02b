"""Who works on a board, as answers show it, and the requests about it."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from boards.api.shapes.base import Answer, Id, Sent, Text
from boards.domain.boards import BoardMember, BoardRole, Invitation
from boards.services.members import Invited, People

__all__ = [
    "AcceptRequest",
    "BoardInvitationShape",
    "BoardMemberChange",
    "BoardMemberRequest",
    "BoardMemberShape",
    "BoardPeopleShape",
    "InviteRequest",
    "InvitedShape",
    "TransferRequest",
    "board_member_shape",
    "invited_shape",
    "people_shape",
]

_ROLE = "What they are to be on the board."


class BoardMemberRequest(Sent):
    """Somebody of the tenant who is to work on a board."""

    user_id: Id = Field(description="Who.")
    role: BoardRole = Field(default=BoardRole.VIEWER, strict=False, description=_ROLE)


class InviteRequest(Sent):
    """Whoever has an address, and is to work on a board."""

    email: Text = Field(max_length=254, description="Their e-mail address.")
    role: BoardRole = Field(default=BoardRole.VIEWER, strict=False, description=_ROLE)


class BoardMemberChange(Sent):
    """Another role."""

    role: BoardRole = Field(strict=False, description=_ROLE)


class TransferRequest(Sent):
    """Who is to own a board."""

    user_id: Id = Field(description="One of its members.")


class AcceptRequest(Sent):
    """An invitation's one-time link."""

    link: Text = Field(max_length=200, description="The text of the link.")


class BoardMemberShape(Answer):
    """Somebody's role on a board that is not theirs."""

    board_id: UUID = Field(description="The board.")
    user_id: UUID = Field(description="Who.")
    role: BoardRole = Field(description="What they are there.")
    joined_at: datetime = Field(description="Since when.")
    invited_by: UUID | None = Field(description="Who let them on.")


class BoardInvitationShape(Answer):
    """A place on a board for whoever has an address."""

    id: UUID = Field(description="Its id.")
    email: str = Field(description="Whose place it is.")
    role: BoardRole = Field(description="What they will be there.")
    invited_by: UUID = Field(description="Who invited them.")
    created_at: datetime = Field(description="When.")
    expires_at: datetime = Field(description="Until when it can be accepted.")


class BoardPeopleShape(Answer):
    """Everybody who works on a board."""

    owner_id: UUID = Field(description="Whose board it is.")
    members: list[BoardMemberShape] = Field(description="The others, the longest standing first.")
    invitations: list[BoardInvitationShape] = Field(
        description="Who was invited and has not come yet; empty for those who may not invite."
    )


class InvitedShape(Answer):
    """What came of an invitation: a member at once, or an invitation with its one-time link."""

    member: BoardMemberShape | None = Field(description="Who was in the tenant already.")
    invitation: BoardInvitationShape | None = Field(description="For who is not.")
    link: str | None = Field(
        description="Hand it on: it lets one person of the tenant on, once. Shown this once."
    )


def board_member_shape(member: BoardMember) -> BoardMemberShape:
    """Show a member."""
    return BoardMemberShape(
        board_id=member.board_id,
        user_id=member.user_id,
        role=member.role,
        joined_at=member.joined_at,
        invited_by=member.invited_by,
    )


def _invitation_shape(invitation: Invitation) -> BoardInvitationShape:
    return BoardInvitationShape(
        id=invitation.id,
        email=invitation.email,
        role=invitation.role,
        invited_by=invitation.invited_by,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )


def people_shape(people: People) -> BoardPeopleShape:
    """Show everybody."""
    return BoardPeopleShape(
        owner_id=people.owner_id,
        members=[board_member_shape(one) for one in people.members],
        invitations=[_invitation_shape(one) for one in people.invitations],
    )


def invited_shape(invited: Invited) -> InvitedShape:
    """Show what came of it."""
    return InvitedShape(
        member=None if invited.member is None else board_member_shape(invited.member),
        invitation=None if invited.invitation is None else _invitation_shape(invited.invitation),
        link=invited.link,
    )
