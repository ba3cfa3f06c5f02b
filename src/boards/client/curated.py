"""What a server answers about what people do with boards, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from boards.client.answers import Board, Json

__all__ = [
    "BoardInvitation",
    "BoardMember",
    "BoardPeople",
    "BulkAction",
    "BulkOutcome",
    "Changed",
    "ChangedItem",
    "DeletedBoard",
    "Invited",
    "NewShareLink",
    "Note",
    "RefusedItem",
    "Role",
    "ShareLink",
    "Tag",
    "Undo",
]

Role: TypeAlias = Literal["viewer", "editor", "admin"]
BulkAction: TypeAlias = Literal[
    "tag", "untag", "favourite", "unfavourite", "move", "copy", "delete", "restore"
]
BulkOutcome: TypeAlias = Literal["done", "unchanged", "refused"]


@dataclass(frozen=True, kw_only=True)
class DeletedBoard:
    """A board in the trash, and since when; it can be had back for 30 days."""

    board: Board
    deleted_at: datetime


@dataclass(frozen=True, kw_only=True)
class BoardMember:
    """Somebody's role on a board that is not theirs."""

    board_id: UUID
    user_id: UUID
    role: Role
    joined_at: datetime
    invited_by: UUID | None


@dataclass(frozen=True, kw_only=True)
class BoardInvitation:
    """A place on a board for whoever has an address."""

    id: UUID
    email: str
    role: Role
    invited_by: UUID
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class BoardPeople:
    """Everybody who works on a board; invitations are for those who may invite."""

    owner_id: UUID
    members: tuple[BoardMember, ...]
    invitations: tuple[BoardInvitation, ...]


@dataclass(frozen=True, kw_only=True)
class Invited:
    """What came of it: a member at once, or an invitation with its one-time link to hand on."""

    member: BoardMember | None
    invitation: BoardInvitation | None
    link: str | None


@dataclass(frozen=True, kw_only=True)
class ShareLink:
    """A link by which anybody may look at a board; `hint` is how its text ends."""

    id: UUID
    hint: str
    created_by: UUID
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class NewShareLink:
    """A new link, and where it leads: both are shown this once."""

    link: ShareLink
    url: str
    token: str


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A word that the tenant sorts generations by."""

    id: UUID
    name: str
    slug: str
    description: str | None
    metadata: Mapping[str, Json]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Note:
    """What somebody wrote about a generation."""

    id: UUID
    generation_id: UUID
    user_id: UUID
    text: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class RefusedItem:
    """Why something was not done."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class ChangedItem:
    """What became of one generation; `copy_id` is the copy that was made of it."""

    id: UUID
    outcome: BulkOutcome
    copy_id: UUID | None
    error: RefusedItem | None


@dataclass(frozen=True, kw_only=True)
class Undo:
    """Takes back what was done, once, until it expires."""

    id: UUID
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What became of each, in the order asked; no undo where nothing was changed."""

    items: tuple[ChangedItem, ...]
    undo: Undo | None
