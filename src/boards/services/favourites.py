"""Favourites: what somebody marked for themselves, on any board that they may see."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from boards.domain.access import Action, Actor, Duty
from boards.domain.generations import Generation
from boards.services.ports import Clock, Database, Page, Tx
from boards.services.rights import generation_for, require_person, scope_of, visible_among

__all__ = ["FavouriteService"]


@dataclass(frozen=True, kw_only=True)
class FavouriteService:
    """Marks generations, and finds those that are marked. Nobody sees anybody else's marks."""

    database: Database
    clock: Clock

    async def mark(self, actor: Actor, generation_id: UUID) -> None:
        """Mark a generation that the actor may see, which may be marked already."""
        now = self.clock.now()

        def work(tx: Tx) -> None:
            generation_for(tx, actor, generation_id, Action.FAVOURITE)
            user_id = require_person(actor, Duty.SEE_OWN)
            tx.favourites.add(user_id, [generation_id], tenant_id=actor.tenant_id, now=now)

        await self.database.write(work, scope=scope_of(actor))

    async def unmark(self, actor: Actor, generation_id: UUID) -> None:
        """Take the mark away, if there is one."""

        def work(tx: Tx) -> None:
            generation_for(tx, actor, generation_id, Action.FAVOURITE)
            tx.favourites.remove(require_person(actor, Duty.SEE_OWN), [generation_id])

        await self.database.write(work, scope=scope_of(actor))

    async def list(self, actor: Actor, *, limit: int, cursor: str | None) -> Page[Generation]:
        """List what the actor marked and may still see, the last marked first. A page may have
        fewer than `limit`: what they may see no more is left out."""
        user_id = require_person(actor, Duty.SEE_OWN)

        def look(tx: Tx) -> Page[Generation]:
            page = tx.favourites.list(user_id, limit=limit, cursor=cursor)
            seen = visible_among(tx, actor, page.items)
            return Page(items=tuple(seen[one] for one in page.items if one in seen), next=page.next)

        return await self.database.read(look, scope=scope_of(actor))

    async def among(self, actor: Actor, ids: Collection[UUID]) -> frozenset[UUID]:
        """Tell which of these the actor has marked; none of a visitor's."""
        user_id = actor.user_id
        if user_id is None:
            return frozenset()
        return await self.database.read(
            lambda tx: tx.favourites.among(user_id, ids), scope=scope_of(actor)
        )
