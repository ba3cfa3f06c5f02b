"""Stories as answers show them: workspaces, storyboards, takes and jobs; and what is asked."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from boards.api.shapes.base import Answer, Id, JsonObject, Sent, Text, Whole
from boards.api.shapes.takes import place_of
from boards.domain.storyboards.edits import media_of
from boards.domain.storyboards.prompts import current_theme
from boards.domain.storyboards.scripts import MOST_CHARACTERS
from boards.domain.storyboards.storyboard import (
    Fault,
    Storyboard,
    StoryType,
)
from boards.domain.storyboards.takes import Slot, SlotKind
from boards.domain.storyboards.themes import Shelf, Theme, ThemeUse
from boards.services.ports.stories import Workspace, WorkspaceForm
from boards.services.stories.workspaces import NewStory, Story

__all__ = [
    "DuplicateRequest",
    "NewWorkspace",
    "OpenRequest",
    "OrderRequest",
    "RenameRequest",
    "SaveRequest",
    "StoryShape",
    "ThemeList",
    "ThemeRequest",
    "WorkspaceList",
    "WorkspaceShape",
    "story_shape",
    "theme_list",
    "workspace_shape",
]

SLUG = Field(
    min_length=1,
    max_length=64,
    description="What it is called in addresses: small letters, digits and hyphens.",
)


class NewWorkspace(Sent):
    """A new workspace."""

    slug: Text = SLUG
    title: Text = Field(default="", max_length=200, description="The story's title.")
    type: StoryType = Field(default=StoryType.REEL, strict=False, description="What it becomes.")
    board_id: Id | None = Field(
        default=None, description="The board it belongs to; null is your default board."
    )
    form: WorkspaceForm | None = Field(
        default=None,
        strict=False,
        description="Where it is kept; null is as this server does. `memory` ends with the server.",
    )
    git: bool = Field(default=True, description="Make a folder a git repository.")
    storyboard: JsonObject | None = Field(
        default=None, description="A whole storyboard to begin with."
    )
    script: Text | None = Field(
        default=None,
        max_length=MOST_CHARACTERS,
        description="A script that gives it its cards: each heading, or slugline, begins one.",
    )

    def asked(self) -> NewStory:
        return NewStory(
            slug=self.slug,
            title=self.title,
            type=self.type,
            board_id=self.board_id,
            form=self.form,
            git=self.git,
            storyboard=self.storyboard,
            script=self.script,
        )


class OpenRequest(Sent):
    """Where a folder that somebody has put there belongs."""

    board_id: Id | None = Field(
        default=None, description="The board it belongs to; null is your default board."
    )


class SaveRequest(Sent):
    """A whole storyboard, and the revision that it is based on."""

    revision: Text = Field(max_length=64, description="The revision as it was read.")
    storyboard: JsonObject = Field(description="The storyboard; see docs/storyboard-json.md.")


class RenameRequest(Sent):
    """Another name for a workspace."""

    slug: Text = SLUG


class DuplicateRequest(Sent):
    """The name of a copy."""

    slug: Text = SLUG


class OrderRequest(Sent):
    """Another order of the cards."""

    ids: list[Whole] = Field(max_length=500, description="The ids of all cards, in order.")
    revision: Text | None = Field(
        default=None, max_length=64, description="The revision as it was read; null for any."
    )


class ThemeRequest(Sent):
    """A theme of the story's own."""

    style: Text = Field(min_length=1, max_length=5000, description="What ends every prompt.")
    aspect: Text = Field(
        max_length=9,
        pattern=r"^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$",
        description="Such as 9:16.",
    )
    use: ThemeUse = Field(default=ThemeUse.REEL, strict=False, description="What it is for.")
    title: Text = Field(default="", max_length=200, description="Its name for people.")

    def theme(self) -> Theme:
        return Theme(style=self.style, aspect=self.aspect, use=self.use, title=self.title)


class WorkspaceShape(Answer):
    """One story project."""

    slug: str = Field(description="What it is called in addresses.")
    board_id: UUID = Field(description="The board it belongs to; rights on it are those there.")
    form: WorkspaceForm = Field(description="Where it is kept.")
    created_at: datetime = Field(description="When it was made.")
    updated_at: datetime = Field(description="When it was last changed through the studio.")


class WorkspaceList(Answer):
    """Workspaces, the last changed first."""

    items: list[WorkspaceShape] = Field(description="The workspaces.")


class FaultShape(Answer):
    """A rule that the storyboard breaks."""

    line: int = Field(description="The line of storyboard.json.")
    at: str = Field(description="Where, as a dotted path such as `cards.0`.")
    message: str = Field(description="What is wrong and what to do.")


class FlagShape(Answer):
    """A picked medium that was made under another theme."""

    slot: SlotKind = Field(description="What it is in.")
    card: int | None = Field(description="The card, counted from 1; null for cover and portrait.")
    made_under: str | None = Field(description="The theme that it was made under.")
    theme: str = Field(description="The theme of now.")
    message: str = Field(description="What to show.")


class MemoryShape(Answer):
    """What a workspace in memory holds."""

    bytes: int = Field(description="How many bytes its takes have.")
    message: str = Field(description="What to show.")


class StoryShape(WorkspaceShape):
    """A workspace with its storyboard, as it was just read or saved."""

    revision: str = Field(description="Send it with a save.")
    storyboard: JsonObject = Field(description="The storyboard; see docs/storyboard-json.md.")
    problems: list[FaultShape] = Field(description="The rules that it breaks.")
    flagged: list[FlagShape] = Field(description="What was made under another theme.")
    commit: str | None = Field(description="The git commit of this save, if there is one.")
    note: str | None = Field(description="Why a save was not committed; the save itself holds.")
    where: str | None = Field(
        description="The folder, where there is one; told to administrators of the server."
    )
    unavailable: str | None = Field(
        description="Why nothing can be generated now, and what to do; null if it can."
    )
    memory: MemoryShape | None = Field(description="For a workspace in memory.")


class ThemeShape(Answer):
    """A theme."""

    name: str = Field(description="What it is called in a storyboard.")
    title: str = Field(description="Its name for people.")
    use: ThemeUse = Field(description="What it is for.")
    style: str = Field(description="What ends every prompt.")
    aspect: str = Field(description="The shape of the pictures.")
    own: bool = Field(description="Whether it is the story's own, and can be removed.")
    default: bool = Field(description="Whether it is the default for its use.")
    current: bool = Field(description="Whether cards are made under it now.")


class ThemeList(Answer):
    """The themes that a story can choose from."""

    items: list[ThemeShape] = Field(description="The themes, by name.")


def workspace_shape(workspace: Workspace) -> WorkspaceShape:
    """Show a workspace."""
    return WorkspaceShape(
        slug=workspace.slug,
        board_id=workspace.board_id,
        form=workspace.form,
        created_at=workspace.created_at,
        updated_at=workspace.updated_at,
    )


def story_shape(
    story: Story,
    shelf: Shelf,
    *,
    unavailable: str | None,
    where: str | None,
    held_bytes: int | None,
) -> StoryShape:
    """Show a workspace with its storyboard."""
    board, workspace = story.storyboard, story.workspace
    return StoryShape(
        **workspace_shape(workspace).model_dump(),
        revision=story.revision,
        storyboard=board.model_dump(mode="json", exclude_none=True),
        problems=[_fault(one) for one in story.problems],
        flagged=[_flag(board, shelf, slot) for slot in story.flagged],
        commit=story.saved.commit if story.saved else None,
        note=story.saved.note if story.saved else None,
        where=where,
        unavailable=unavailable,
        memory=None
        if held_bytes is None
        else MemoryShape(
            bytes=held_bytes,
            message=f"This story is kept in memory: its takes hold {held_bytes:,} bytes and are "
            f"freed {board.settings.prune_minutes:g} minutes after they were made unless picked. "
            "It is gone when the server ends.",
        ),
    )


def theme_list(story: Story, shelf: Shelf) -> ThemeList:
    """Show the themes that a story can choose from."""
    current = current_theme(story.storyboard, shelf, Slot(kind=SlotKind.CARD, card_id=0))
    return ThemeList(
        items=[
            ThemeShape(
                name=name,
                title=one.title or name,
                use=one.use,
                style=one.style,
                aspect=one.aspect,
                own=name in story.storyboard.themes,
                default=shelf.defaults.get(one.use) == name,
                current=name == current,
            )
            for name, one in sorted(shelf.themes.items())
        ]
    )


def _fault(fault: Fault) -> FaultShape:
    return FaultShape(line=fault.line, at=fault.at, message=fault.message)


def _flag(board: Storyboard, shelf: Shelf, slot: Slot) -> FlagShape:
    media = media_of(board, slot)
    under = media.theme if media else None
    return FlagShape(
        slot=slot.kind,
        card=place_of(board, slot),
        made_under=under,
        theme=current_theme(board, shelf, slot),
        message=f"Made under the old theme ({under or 'unknown'}): re-roll?",
    )
