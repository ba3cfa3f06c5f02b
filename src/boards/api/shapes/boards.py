"""Boards as answers show them, and the requests that make and change one."""

from datetime import datetime
from typing import cast
from uuid import UUID

from pydantic import Field

from boards.api.shapes.base import Answer, Id, JsonObject, PageShape, Sent, Text
from boards.domain.boards import Board, BoardChanges
from boards.services.ports import TrashedBoard

__all__ = [
    "BoardChange",
    "BoardPage",
    "BoardRequest",
    "BoardShape",
    "TrashedBoardPage",
    "TrashedBoardShape",
    "board_shape",
    "trashed_board_shape",
]

DESCRIPTION_LENGTH = 10_000
_SETTINGS = "What clients keep with it for themselves, as JSON of at most 16 KiB."


class BoardRequest(Sent):
    """A board to be made."""

    title: Text = Field(max_length=1000, description="1 to 200 printable characters.")
    description: Text | None = Field(
        default=None, max_length=DESCRIPTION_LENGTH, description="What the board is for."
    )
    is_public: bool = Field(default=False, description="Whether everybody may see its media.")
    settings: JsonObject = Field(default={}, description=_SETTINGS)
    metadata: JsonObject = Field(default={}, description=_SETTINGS)


class BoardChange(Sent):
    """What is to change about a board; what is left out stays."""

    title: Text = Field(default="", max_length=1000, description="1 to 200 printable characters.")
    description: Text | None = Field(
        default=None, max_length=DESCRIPTION_LENGTH, description="What it is for; null for nothing."
    )
    is_public: bool = Field(default=False, description="Whether everybody may see its media.")
    cover_id: Id | None = Field(
        default=None,
        description="The generation on it that stands for it; null for its newest picture.",
    )
    share_recipes: bool = Field(
        default=False,
        description="Whether visitors also see prompts and inputs. For its owner to say.",
    )
    settings: JsonObject = Field(default={}, description=_SETTINGS)
    metadata: JsonObject = Field(default={}, description=_SETTINGS)

    def changes(self) -> BoardChanges:
        """What was sent."""
        return cast(BoardChanges, self.model_dump(include=self.model_fields_set))


class BoardShape(Answer):
    """A board: where results are kept."""

    id: UUID = Field(description="The id of this board.")
    title: str = Field(description="Its title.")
    description: str | None = Field(description="What it is for.")
    is_public: bool = Field(description="Whether everybody may see its media.")
    share_recipes: bool = Field(description="Whether visitors also see prompts and inputs.")
    owner_id: UUID = Field(description="The user who owns it.")
    cover_id: UUID | None = Field(description="The generation that was chosen to stand for it.")
    settings: JsonObject = Field(description=_SETTINGS)
    metadata: JsonObject = Field(description=_SETTINGS)
    created_at: datetime = Field(description="When it was made.")
    updated_at: datetime = Field(description="When it or its content last changed.")


class BoardPage(PageShape[BoardShape]):
    """A part of a list of boards."""


class TrashedBoardShape(Answer):
    """A board in the trash."""

    board: BoardShape = Field(description="The board as it was.")
    deleted_at: datetime = Field(description="Since when; it can be had back for 30 days.")


class TrashedBoardPage(PageShape[TrashedBoardShape]):
    """A part of a list of boards in the trash."""


def board_shape(board: Board) -> BoardShape:
    """Show a board."""
    return BoardShape(
        id=board.id,
        title=board.title,
        description=board.description,
        is_public=board.is_public,
        share_recipes=board.share_recipes,
        owner_id=board.owner_id,
        cover_id=board.cover_id,
        settings=dict(board.settings),
        metadata=dict(board.metadata),
        created_at=board.created_at,
        updated_at=board.updated_at,
    )


def trashed_board_shape(found: TrashedBoard) -> TrashedBoardShape:
    """Show a board in the trash."""
    return TrashedBoardShape(board=board_shape(found.board), deleted_at=found.deleted_at)
