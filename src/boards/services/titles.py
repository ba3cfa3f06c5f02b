"""Titles: what people call a generation."""

from dataclasses import dataclass
from uuid import UUID

from boards.domain.access import Action, Actor
from boards.domain.boards import check_title
from boards.domain.generations import Generation
from boards.services.ports import Clock, Database, Tx
from boards.services.rights import generation_for, scope_of

__all__ = ["TitleService"]


@dataclass(frozen=True, kw_only=True)
class TitleService:
    """Gives titles to generations."""

    database: Database
    clock: Clock

    async def entitle(self, actor: Actor, generation_id: UUID, title: str | None) -> Generation:
        """Call a generation something, or with None nothing. For editors and better. InvalidInput
        for an empty or over-long title."""
        text = None if title is None else check_title(title, of="generation")

        def work(tx: Tx) -> Generation:
            generation = generation_for(tx, actor, generation_id, Action.ARRANGE)
            tx.shelf.entitle(generation_id, text, now=self.clock.now())
            return tx.generations.get(generation_id) or generation

        return await self.database.write(work, scope=scope_of(actor))
