"""Looks many things up at once, for answers that are graphs: one statement each, however many.

What an actor may see of many things follows from what they are to the boards of those things; so
the boards come first, by `boards`, and the other look-ups are handed what it has found.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from boards.domain.access import Action, Actor, Duty, Standing, may
from boards.domain.boards import Board, BoardMember, standing_of
from boards.domain.generations import Generation
from boards.domain.lineage import Edge
from boards.domain.tags import Tag
from boards.services.ports import (
    BoardFilter,
    BoardOrder,
    BoardSeen,
    Database,
    Page,
    Profile,
    Tx,
    Whose,
)
from boards.services.rights import Seen, board_shown_to, require, require_person, scope_of, shown_to

__all__ = ["Input", "LookupService", "shown_profile"]


@dataclass(frozen=True, kw_only=True)
class Input:
    """An input of a generation; None in `generation` where the actor may not see it, or it is
    gone."""

    edge: Edge
    generation: Generation | None


@dataclass(frozen=True, kw_only=True)
class LookupService:
    """Gives what the actor may see of many things; what they may not is left out."""

    database: Database

    async def boards(self, actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Seen]:
        """Give the boards among `ids` that the actor may see, each with what they are to it."""

        def look(tx: Tx) -> Mapping[UUID, Seen]:
            found = tx.lookups.boards(ids, user_id=actor.user_id)
            seen = {key: _seen(actor, one) for key, one in found.items()}
            return {key: one for key, one in seen.items() if may(actor, Action.VIEW, one.standing)}

        return await self.database.read(look, scope=scope_of(actor))

    async def profiles(self, actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Profile]:
        """Give the people among `ids`, of whom the actor knows by something that they may see. How
        much of a person is theirs to see is for `shown_profile`."""
        return await self.database.read(lambda tx: tx.lookups.profiles(ids), scope=scope_of(actor))

    async def profile(self, actor: Actor, user_id: UUID) -> Profile | None:
        """Give somebody: oneself, who is on a board with the actor, and to administrators of the
        tenant everybody of it. None for everybody else."""

        def look(tx: Tx) -> Profile | None:
            if actor.user_id is None:
                return None
            known = actor.user_id == user_id or actor.is_tenant_admin
            if not known and not tx.lookups.share_a_board(actor.user_id, user_id):
                return None
            return tx.lookups.profiles([user_id]).get(user_id)

        return await self.database.read(look, scope=scope_of(actor))

    async def members(
        self, actor: Actor, of: Mapping[UUID, Standing]
    ) -> Mapping[UUID, tuple[BoardMember, ...]]:
        """Give the members of boards by what the actor is to these; visitors see none."""
        ids = _readable(actor, of)
        return await self.database.read(lambda tx: tx.lookups.members(ids), scope=scope_of(actor))

    async def inputs(
        self, actor: Actor, of: Mapping[UUID, Standing]
    ) -> Mapping[UUID, tuple[Input, ...]]:
        """Give the inputs of generations, by what the actor is to the board of each, in the order
        of role and position; visitors see none."""
        ids = _readable(actor, of)

        def look(tx: Tx) -> Mapping[UUID, tuple[Input, ...]]:
            found = tx.lookups.inputs(ids, user_id=actor.user_id)
            return {
                key: tuple(
                    Input(edge=one.edge, generation=_shown(actor, one.generation, one.board))
                    for one in some
                )
                for key, some in found.items()
            }

        return await self.database.read(look, scope=scope_of(actor))

    async def tags(
        self, actor: Actor, of: Mapping[UUID, Standing]
    ) -> Mapping[UUID, tuple[Tag, ...]]:
        """Give the tags of generations, by what the actor is to the board of each; visitors see
        none."""
        ids = _readable(actor, of)
        return await self.database.read(
            lambda tx: tx.tags.of_generations(ids), scope=scope_of(actor)
        )

    async def counts(self, actor: Actor, of: Mapping[UUID, Standing]) -> Mapping[UUID, int]:
        """Count the generations on boards, by what the actor is to these."""
        ids = [key for key, standing in of.items() if may(actor, Action.VIEW, standing)]
        return await self.database.read(lambda tx: tx.lookups.counts(ids), scope=scope_of(actor))

    async def newest(
        self, actor: Actor, of: Mapping[UUID, Standing], *, limit: int, offset: int
    ) -> Mapping[UUID, tuple[Generation, ...]]:
        """Give of each board `limit` generations after the first `offset`, newest first."""
        seen = {key: one for key, one in of.items() if may(actor, Action.VIEW, one)}

        def look(tx: Tx) -> Mapping[UUID, tuple[Generation, ...]]:
            found = tx.lookups.newest(list(seen), limit=limit, offset=offset)
            return {
                key: tuple(shown_to(one, seen[key]) for one in some) for key, some in found.items()
            }

        return await self.database.read(look, scope=scope_of(actor))

    async def list_boards(
        self,
        actor: Actor,
        whose: Whose,
        *,
        limit: int,
        order: BoardOrder = BoardOrder.UPDATED_DESC,
        offset: int = 0,
        cursor: str | None = None,
        text: str | None = None,
    ) -> Page[Board]:
        """List boards of the tenant. Unauthenticated for a visitor who asks for their own."""
        which = _sought(actor, whose, text)

        def look(tx: Tx) -> Page[Board]:
            page = tx.lookups.list_boards(which, order, limit=limit, offset=offset, cursor=cursor)
            if which.whose not in (Whose.PUBLIC, Whose.SEEN):
                return page
            ids = [one.id for one in page.items]
            found = tx.lookups.boards(ids, user_id=actor.user_id) if ids else {}
            return replace(page, items=tuple(_seen(actor, found[one]).board for one in ids))

        return await self.database.read(look, scope=scope_of(actor))

    async def count_boards(self, actor: Actor, whose: Whose, *, text: str | None = None) -> int:
        """Count the boards that such a list has."""
        which = _sought(actor, whose, text)
        return await self.database.read(
            lambda tx: tx.lookups.count_boards(which), scope=scope_of(actor)
        )

    async def boards_of(
        self, actor: Actor, user_id: UUID, whose: Whose, *, limit: int
    ) -> tuple[Board, ...]:
        """Give what of somebody's boards the actor may see: all of their own; of others' those that
        both are on, and the public ones."""
        mine = actor.user_id == user_id

        def look(tx: Tx) -> tuple[Board, ...]:
            which = BoardFilter(whose=whose, user_id=user_id)
            page = tx.lookups.list_boards(
                which, BoardOrder.UPDATED_DESC, limit=limit, offset=0, cursor=None
            )
            if mine:
                return page.items
            ids = [one.id for one in page.items]
            found = tx.lookups.boards(ids, user_id=actor.user_id)
            seen = [_seen(actor, found[one]) for one in ids if one in found]
            return tuple(one.board for one in seen if may(actor, Action.VIEW, one.standing))

        return await self.database.read(look, scope=scope_of(actor))


def shown_profile(actor: Actor, profile: Profile, standing: Standing) -> Profile:
    """What of somebody may be shown, by what the actor is to the board on which they were met.

    Everything only to themselves and to administrators of the tenant; to those who work on the same
    board the name and the picture; to visitors that there is somebody.
    """
    if actor.is_tenant_admin or (actor.user_id is not None and actor.user_id == profile.id):
        return profile
    known = replace(profile, provider="", subject="", email=None)
    if may(actor, Action.VIEW_RECIPES, standing):
        return known
    return replace(known, display_name=None, avatar_url=None)


def _sought(actor: Actor, whose: Whose, text: str | None) -> BoardFilter:
    if whose in (Whose.PUBLIC, Whose.SEEN):
        require(actor, Duty.SEE_SELF)
    else:
        require_person(actor, Duty.SEE_OWN)
    if whose is Whose.SEEN and actor.user_id is None:
        whose = Whose.PUBLIC
    return BoardFilter(whose=whose, user_id=actor.user_id, text=text)


def _readable(actor: Actor, of: Mapping[UUID, Standing]) -> list[UUID]:
    """Of what the actor may also see how it came about, and who works there."""
    return [key for key, standing in of.items() if may(actor, Action.VIEW_RECIPES, standing)]


def _seen(actor: Actor, found: BoardSeen) -> Seen:
    standing = standing_of(actor, found.board, found.role)
    return Seen(board=board_shown_to(found.board, standing), standing=standing)


def _shown(
    actor: Actor, generation: Generation | None, board: BoardSeen | None
) -> Generation | None:
    if generation is None or board is None:
        return None
    standing = _seen(actor, board).standing
    return shown_to(generation, standing) if may(actor, Action.VIEW, standing) else None
