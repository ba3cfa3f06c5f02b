"""Notes: what those who work on a board write about a generation."""

from datetime import datetime
from uuid import UUID

import strawberry

from boards.api.graphql.context import Info
from boards.api.graphql.fields import resolved
from boards.api.graphql.people import User, met
from boards.domain import tags

__all__ = ["Note", "NoteMutations", "note_of"]


@strawberry.type(description="What somebody wrote about a generation.")
class Note:
    id: UUID
    generation_id: UUID
    user_id: UUID
    text: str
    created_at: datetime
    updated_at: datetime
    board_id: strawberry.Private[UUID]

    @resolved("Who wrote it.")
    async def user(self, info: Info) -> User:
        return await met(info, self.user_id, self.board_id)


@strawberry.type
class NoteMutations:
    """The mutations of this noun."""

    @resolved("Write a note about a generation.")
    async def add_note(self, info: Info, generation_id: UUID, text: str) -> Note:
        service = info.context.services.curation.notes
        return await _shown(info, await service.add(info.context.actor, generation_id, text))

    @resolved("Write a note of yours anew.")
    async def change_note(self, info: Info, id: UUID, text: str) -> Note:
        service = info.context.services.curation.notes
        return await _shown(info, await service.change(info.context.actor, id, text))

    @resolved("Remove a note: yours, or as the board's owner or admin anybody's.")
    async def delete_note(self, info: Info, id: UUID) -> bool:
        await info.context.services.curation.notes.delete(info.context.actor, id)
        return True


async def _shown(info: Info, note: tags.Note) -> Note:
    context = info.context
    generation = await context.services.generations.get(context.actor, note.generation_id)
    return note_of(note, generation.board_id)


def note_of(note: tags.Note, board_id: UUID) -> Note:
    """Show a note about something on a board."""
    return Note(
        id=note.id,
        generation_id=note.generation_id,
        user_id=note.user_id,
        text=note.text,
        created_at=note.created_at,
        updated_at=note.updated_at,
        board_id=board_id,
    )
