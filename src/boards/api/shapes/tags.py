"""Tags and notes as answers show them, and the requests that make and change them."""

from datetime import datetime
from typing import cast
from uuid import UUID

from pydantic import Field

from boards.api.shapes.base import Answer, JsonObject, Sent, Text
from boards.domain.tags import Note, Tag
from boards.services.tags import TagChanges

__all__ = [
    "NoteListShape",
    "NoteRequest",
    "NoteShape",
    "TagChange",
    "TagListShape",
    "TagRequest",
    "TagShape",
    "note_shape",
    "tag_shape",
]

_NAME = "1 to 100 printable characters, in any script."
_SLUG = "Small letters and digits of any script, and hyphens between them; unique in the tenant."
_METADATA = "What clients keep with it for themselves, as JSON of at most 16 KiB."


class TagRequest(Sent):
    """A tag to be made."""

    name: Text = Field(max_length=500, description=_NAME)
    slug: Text | None = Field(
        default=None, max_length=200, description=f"{_SLUG} Made of the name where it is left out."
    )
    description: Text | None = Field(default=None, max_length=10_000, description="What it means.")
    metadata: JsonObject = Field(default={}, description=_METADATA)


class TagChange(Sent):
    """What is to change about a tag; what is left out stays."""

    name: Text = Field(default="", max_length=500, description=_NAME)
    slug: Text = Field(
        default="", max_length=200, description=f"{_SLUG} With a new name and no slug it follows."
    )
    description: Text | None = Field(default=None, max_length=10_000, description="What it means.")
    metadata: JsonObject = Field(default={}, description=_METADATA)

    def changes(self) -> TagChanges:
        """What was sent."""
        return cast(TagChanges, self.model_dump(include=self.model_fields_set))


class TagShape(Answer):
    """A word that the tenant sorts generations by."""

    id: UUID = Field(description="The id of this tag.")
    name: str = Field(description="The word.")
    slug: str = Field(description=_SLUG)
    description: str | None = Field(description="What it means.")
    metadata: JsonObject = Field(description=_METADATA)
    created_at: datetime = Field(description="When it was made.")
    updated_at: datetime = Field(description="When it last changed.")


class TagListShape(Answer):
    """Tags."""

    items: list[TagShape] = Field(description="By name.")


class NoteRequest(Sent):
    """A note to be written."""

    text: Text = Field(max_length=20_000, description="1 to 10,000 characters.")


class NoteShape(Answer):
    """What somebody wrote about a generation."""

    id: UUID = Field(description="The id of this note.")
    generation_id: UUID = Field(description="What it is about.")
    user_id: UUID = Field(description="Who wrote it.")
    text: str = Field(description="What they wrote.")
    created_at: datetime = Field(description="When they wrote it.")
    updated_at: datetime = Field(description="When they last changed it.")


class NoteListShape(Answer):
    """Notes."""

    items: list[NoteShape] = Field(description="The oldest first.")


def tag_shape(tag: Tag) -> TagShape:
    """Show a tag."""
    return TagShape(
        id=tag.id,
        name=tag.name,
        slug=tag.slug,
        description=tag.description,
        metadata=dict(tag.metadata),
        created_at=tag.created_at,
        updated_at=tag.updated_at,
    )


def note_shape(note: Note) -> NoteShape:
    """Show a note."""
    return NoteShape(
        id=note.id,
        generation_id=note.generation_id,
        user_id=note.user_id,
        text=note.text,
        created_at=note.created_at,
        updated_at=note.updated_at,
    )
