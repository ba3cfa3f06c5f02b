"""Boards as answers show them, and the request that makes one."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from boards.api.shapes.base import Answer, PageShape, Sent, Text
from boards.domain.boards import Board

__all__ = ["BoardPage", "BoardRequest", "BoardShape", "board_shape"]

DESCRIPTION_LENGTH = 10_000


class BoardRequest(Sent):
    """A board to be made."""

    title: Text = Field(max_length=1000, description="1 to 200 printable characters.")
    description: Text | None = Field(
        default=None, max_length=DESCRIPTION_LENGTH, description="What the board is for."
    )
    is_public: bool = Field(default=False, description="Whether everybody may see its media.")


class BoardShape(Answer):
    """A board: where results are kept."""

    id: UUID = Field(description="The id of this board.")
    title: str = Field(description="Its title.")
    description: str | None = Field(description="What it is for.")
    is_public: bool = Field(description="Whether everybody may see its media.")
    owner_id: UUID = Field(description="The user who owns it.")
    created_at: datetime = Field(description="When it was made.")
    updated_at: datetime = Field(description="When it or its content last changed.")


class BoardPage(PageShape[BoardShape]):
    """A part of a list of boards."""


def board_shape(board: Board) -> BoardShape:
    """Show a board."""
    return BoardShape(
        id=board.id,
        title=board.title,
        description=board.description,
        is_public=board.is_public,
        owner_id=board.owner_id,
        created_at=board.created_at,
        updated_at=board.updated_at,
    )
