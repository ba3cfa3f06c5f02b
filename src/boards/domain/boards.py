"""Boards: where results are kept, who owns them and who is a member."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from boards.domain.access import Actor, Standing
from boards.errors import InvalidInput, Problem

__all__ = ["DEFAULT_TITLE", "Board", "BoardRole", "check_title", "standing_of"]

DEFAULT_TITLE = "My board"
TITLE_LENGTH = 200


class BoardRole(StrEnum):
    """A member's role; the owner is a column, not a role."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class Board:
    """One board as its rows tell."""

    id: UUID
    tenant_id: UUID
    owner_id: UUID
    title: str
    description: str | None
    is_public: bool
    created_at: datetime
    updated_at: datetime


def check_title(title: str) -> str:
    """Give the title without surrounding space. InvalidInput when it is empty or too long."""
    text = " ".join(title.split())
    if not text or len(text) > TITLE_LENGTH or not text.isprintable():
        message = f"A board's title has 1 to {TITLE_LENGTH} printable characters; got {len(text)}."
        raise InvalidInput(message, problems=(Problem(at="title", message=message),))
    return text


def standing_of(actor: Actor, board: Board, role: BoardRole | None) -> Standing:
    """Tell what `actor` is to `board`; `role` is their membership, if they have one."""
    if board.tenant_id == actor.tenant_id and actor.user_id is not None:
        if board.owner_id == actor.user_id:
            return Standing.OWNER
        if role is not None:
            return Standing(role.value)
    return Standing.PUBLIC if board.is_public else Standing.NONE
