"""Links that share boards, and what a visitor sees by one."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import Field, JsonValue

from boards.api.links import Links
from boards.api.shapes.base import Answer, Days, PageShape, Sent
from boards.api.shapes.files import ExtraFileShape, FileShape, extra_file_shapes, file_shape
from boards.domain.artifacts import ArtifactType
from boards.domain.boards import Board, ShareLink
from boards.domain.generations import Generation

__all__ = [
    "NewShareLinkShape",
    "ShareLinkListShape",
    "ShareLinkRequest",
    "ShareLinkShape",
    "SharedBoardShape",
    "SharedGenerationPage",
    "SharedGenerationShape",
    "share_link_shape",
    "shared_board_shape",
    "shared_generation_shape",
]


class ShareLinkRequest(Sent):
    """A link to be made."""

    expires_days: Days | None = Field(
        default=None, description="How long it is good for; null until revoked."
    )


class ShareLinkShape(Answer):
    """A link by which anybody may look at a board."""

    id: UUID = Field(description="Its id.")
    hint: str = Field(description="The last characters of its text.")
    created_by: UUID = Field(description="Who made it.")
    created_at: datetime = Field(description="When.")
    expires_at: datetime | None = Field(description="When it ends by itself; null for never.")


class ShareLinkListShape(Answer):
    """The links of a board."""

    items: list[ShareLinkShape] = Field(description="The oldest first.")


class NewShareLinkShape(Answer):
    """A new link."""

    link: ShareLinkShape = Field(description="The link.")
    url: str = Field(description="Where it leads. Shown this once.")
    token: str = Field(description="What names it there. Shown this once.")


class SharedBoardShape(Answer):
    """A board as a visitor sees it."""

    id: UUID = Field(description="The id of this board.")
    title: str = Field(description="Its title.")
    shares_recipes: bool = Field(description="Whether prompts and inputs are shown, too.")


class SharedGenerationShape(Answer):
    """A generation as a visitor sees it."""

    id: UUID = Field(description="The id of this generation.")
    title: str | None = Field(description="What it is called.")
    artifact_type: ArtifactType = Field(description="What it is.")
    file: FileShape | None = Field(description="Its file.")
    content: str | None = Field(description="The output itself, for text.")
    extra_files: list[ExtraFileShape] = Field(description="Files kept beside it.")
    thumbnail_url: str | None = Field(description="Where a small picture of it is served.")
    created_at: datetime = Field(description="When it was made.")
    generator: str | None = Field(description="By what; null where recipes are not shared.")
    inputs: Mapping[str, JsonValue] = Field(description="Of what; empty, too, where they are not.")


class SharedGenerationPage(PageShape[SharedGenerationShape]):
    """A part of a list of generations as a visitor sees them."""


def share_link_shape(link: ShareLink) -> ShareLinkShape:
    """Show a link, without what it takes to use it."""
    return ShareLinkShape(
        id=link.id,
        hint=link.hint,
        created_by=link.created_by,
        created_at=link.created_at,
        expires_at=link.expires_at,
    )


def shared_board_shape(board: Board) -> SharedBoardShape:
    """Show a board to a visitor."""
    return SharedBoardShape(id=board.id, title=board.title, shares_recipes=board.share_recipes)


def shared_generation_shape(
    generation: Generation, board: Board, links: Links
) -> SharedGenerationShape:
    """Show a generation to a visitor of its board."""
    recipes = board.share_recipes
    return SharedGenerationShape(
        id=generation.id,
        title=generation.title,
        artifact_type=generation.artifact_type,
        file=file_shape(generation, links),
        content=generation.content,
        extra_files=extra_file_shapes(generation, links),
        thumbnail_url=links.thumbnail(generation.id) if generation.thumbnail_key else None,
        created_at=generation.created_at,
        generator=generation.generator_name if recipes else None,
        inputs=generation.input_params if recipes else {},
    )
