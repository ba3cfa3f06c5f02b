"""Notes: what those who work on a board write about a generation."""

from dataclasses import dataclass, replace
from uuid import UUID

from boards.domain.access import Action, Actor, Duty, may
from boards.domain.tags import Note, check_note
from boards.errors import Conflict, Forbidden, NotFound
from boards.ids import new_id
from boards.services.ports import Clock, Database, Tx
from boards.services.rights import board_for, generation_for, require_person, scope_of

__all__ = ["MOST_NOTES", "NoteService"]

MOST_NOTES = 500
"""How many a generation may have."""


@dataclass(frozen=True, kw_only=True)
class NoteService:
    """Keeps notes. Everybody with a role on the board reads and writes them."""

    database: Database
    clock: Clock

    async def list(self, actor: Actor, generation_id: UUID) -> tuple[Note, ...]:
        """Give the notes about a generation, the oldest first. Not for visitors."""

        def look(tx: Tx) -> tuple[Note, ...]:
            generation_for(tx, actor, generation_id, Action.VIEW_RECIPES)
            return tx.notes.of_generation(generation_id)

        return await self.database.read(look, scope=scope_of(actor))

    async def add(self, actor: Actor, generation_id: UUID, text: str) -> Note:
        """Write a note. InvalidInput for an empty or over-long one, Conflict when there are too
        many."""
        now, checked = self.clock.now(), check_note(text)

        def work(tx: Tx) -> Note:
            generation_for(tx, actor, generation_id, Action.WRITE_NOTES)
            if len(tx.notes.of_generation(generation_id)) >= MOST_NOTES:
                raise Conflict(f"A generation has at most {MOST_NOTES} notes; delete some first.")
            note = Note(
                id=new_id(),
                tenant_id=actor.tenant_id,
                generation_id=generation_id,
                user_id=require_person(actor, Duty.SEE_OWN),
                text=checked,
                created_at=now,
                updated_at=now,
            )
            tx.notes.add(note)
            return note

        return await self.database.write(work, scope=scope_of(actor))

    async def change(self, actor: Actor, note_id: UUID, text: str) -> Note:
        """Write one's own note anew. Forbidden for somebody else's."""
        now, checked = self.clock.now(), check_note(text)

        def work(tx: Tx) -> Note:
            note = _note(tx, actor, note_id)
            if note.user_id != actor.user_id:
                raise Forbidden("This note is somebody else's; write one of your own.")
            tx.notes.change(note_id, checked, now=now)
            return replace(note, text=checked, updated_at=now)

        return await self.database.write(work, scope=scope_of(actor))

    async def delete(self, actor: Actor, note_id: UUID) -> None:
        """Remove a note: one's own, or as the board's owner or admin anybody's."""

        def work(tx: Tx) -> None:
            note = _note(tx, actor, note_id)
            if note.user_id != actor.user_id:
                generation = generation_for(tx, actor, note.generation_id, Action.WRITE_NOTES)
                seen = board_for(tx, actor, generation.board_id, Action.VIEW)
                if not may(actor, Action.UPDATE_BOARD, seen.standing):
                    raise Forbidden("This note is somebody else's; ask them, or the board's owner.")
            tx.notes.delete(note_id)

        await self.database.write(work, scope=scope_of(actor))


def _note(tx: Tx, actor: Actor, note_id: UUID) -> Note:
    """Give a note about something that the actor may write notes about. NotFound for any other."""
    note = tx.notes.get(note_id)
    if note is None:
        raise NotFound(f"Note {note_id} not found")
    try:
        generation_for(tx, actor, note.generation_id, Action.VIEW)
    except NotFound:
        raise NotFound(f"Note {note_id} not found") from None
    generation_for(tx, actor, note.generation_id, Action.WRITE_NOTES)
    return note
