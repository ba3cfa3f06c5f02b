"""Generations as people meet them: look, list, follow lineage, fetch bytes, cancel, delete."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from boards.domain.access import Action, Actor, Duty, Standing, may
from boards.domain.artifacts import ArtifactType, StoredFile
from boards.domain.costs import free
from boards.domain.generations import FINAL, Generation, Phase, Status
from boards.domain.search import Order
from boards.errors import Conflict, InvalidInput, NotFound, Problem
from boards.services.deliver import Money, end_hold
from boards.services.events import announce
from boards.services.lineage import MAX_DEPTH, LineageView, read_lineage
from boards.services.ports import Clock, Database, Dispatch, GenerationFilter, Page, Tx
from boards.services.rights import (
    board_for,
    generation_for,
    require_person,
    scope_of,
    shown_to,
    visible_among,
)

__all__ = [
    "MAX_DEPTH",
    "MOST_AT_ONCE",
    "GenerationQuery",
    "GenerationService",
    "LineageView",
    "sought",
    "stop",
]

MOST_AT_ONCE = 200
"""So many generations are given by their ids at once."""


@dataclass(frozen=True, kw_only=True)
class GenerationQuery:
    """What to list; without a board, the generations of all the actor's boards.

    `since` and `until` bound when it was created, the second exclusively. `tag` is a slug, and
    `is_favourite` says that it is one of the actor's own; `made_from` is one of its inputs;
    `min_cost` is in USD.
    """

    board_id: UUID | None = None
    status: Status | None = None
    artifact_type: ArtifactType | None = None
    generator_name: str | None = None
    needs_attention: bool | None = None
    batch_id: UUID | None = None
    tag_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    tag: str | None = None
    provider: str | None = None
    user_id: UUID | None = None
    is_favourite: bool = False
    made_from: UUID | None = None
    min_cost: Decimal | None = None
    order: Order = Order.NEWEST

    @property
    def tells_recipes(self) -> bool:
        """Whether what fits says more of a generation than its picture, title and type."""
        tags = (self.tag, self.tag_id)
        asked = (*tags, self.provider, self.user_id, self.made_from, self.min_cost)
        is_told = any(one is not None for one in asked)
        return is_told or self.is_favourite or self.order is Order.COST


@dataclass(frozen=True, kw_only=True)
class GenerationService:
    """Reads generations and ends them."""

    database: Database
    dispatch: Dispatch
    clock: Clock

    async def get(self, actor: Actor, generation_id: UUID) -> Generation:
        """Give one generation. NotFound when there is none that the actor may see."""
        return await self.database.read(
            lambda tx: generation_for(tx, actor, generation_id, Action.VIEW),
            scope=scope_of(actor),
        )

    async def list(
        self, actor: Actor, which: GenerationQuery, *, limit: int, cursor: str | None
    ) -> Page[Generation]:
        """List generations, newest first unless another order is asked for."""

        def look(tx: Tx) -> Page[Generation]:
            wanted, standing = sought(tx, actor, which)
            page = tx.generations.list(wanted, limit=limit, cursor=cursor, order=which.order)
            return replace(page, items=tuple(shown_to(one, standing) for one in page.items))

        return await self.database.read(look, scope=scope_of(actor))

    async def count(self, actor: Actor, which: GenerationQuery) -> int:
        """Count what such a list has; errors as `list`."""
        return await self.database.read(
            lambda tx: tx.generations.count(sought(tx, actor, which)[0]), scope=scope_of(actor)
        )

    async def content(self, actor: Actor, generation_id: UUID) -> tuple[Generation, StoredFile]:
        """Give the file of a generation's primary output. NotFound while it has none."""
        generation = await self.get(actor, generation_id)
        if generation.file is None:
            raise NotFound(
                f"Generation {generation_id} has no file (status: {generation.status.value})"
            )
        return generation, generation.file

    async def extra_file(
        self, actor: Actor, generation_id: UUID, index: int
    ) -> tuple[Generation, StoredFile]:
        """Give one extra file, counted from 0."""
        generation = await self.get(actor, generation_id)
        if not 0 <= index < len(generation.extra_files):
            raise NotFound(f"Generation {generation_id} has no extra file {index}")
        return generation, generation.extra_files[index].file

    async def cancel(self, actor: Actor, generation_id: UUID) -> Generation:
        """Stop a generation. Before its submit nothing is spent; after it the provider is told.

        Conflict when it has ended. What runs may take a moment to stop; what waits stops at once.
        """

        def work(tx: Tx) -> Generation:
            generation = generation_for(tx, actor, generation_id, Action.CANCEL)
            if generation.phase in FINAL:
                raise Conflict(
                    f"Generation {generation_id} has ended already "
                    f"(status: {generation.status.value}); there is nothing to cancel."
                )
            return stop(tx, generation, now=self.clock.now())

        generation = await self.database.write(work, scope=scope_of(actor))
        if generation.phase not in FINAL:
            await self.dispatch.cancel(generation_id)
        return generation

    async def delete(self, actor: Actor, generation_id: UUID) -> None:
        """Put a generation that has ended into the trash, from which it can be had back for 30
        days. Its ledger rows stay for ever."""

        def work(tx: Tx) -> None:
            generation = generation_for(tx, actor, generation_id, Action.DELETE_GENERATION)
            if generation.phase not in FINAL:
                raise Conflict(f"Generation {generation_id} is still running; cancel it first.")
            if generation.needs_attention:
                raise Conflict(
                    f"Nobody has decided yet what generation {generation_id} cost; see to it on "
                    "the attention list first."
                )
            tx.generations.delete(generation_id, now=self.clock.now())

        await self.database.write(work, scope=scope_of(actor))

    async def lineage(
        self, actor: Actor, generation_id: UUID, *, max_depth: int = 25
    ) -> LineageView:
        """Give both trees; see `read_lineage`."""
        return await self.database.read(
            lambda tx: read_lineage(tx, actor, generation_id, max_depth=max_depth),
            scope=scope_of(actor),
        )

    async def some(self, actor: Actor, ids: Collection[UUID]) -> tuple[Generation, ...]:
        """Give generations by their ids, in that order. What the actor may not see, and what is not
        there, is left out: nobody is told which of the two it is."""
        wanted = list(dict.fromkeys(ids))
        if len(wanted) > MOST_AT_ONCE:
            message = f"These are {len(wanted)} ids; ask for at most {MOST_AT_ONCE} at once."
            raise InvalidInput(message, problems=(Problem(at="ids", message=message),))

        def look(tx: Tx) -> tuple[Generation, ...]:
            seen = visible_among(tx, actor, wanted)
            return tuple(seen[one] for one in wanted if one in seen)

        return await self.database.read(look, scope=scope_of(actor))


def stop(tx: Tx, generation: Generation, *, now: datetime) -> Generation:
    """Stop what has not ended, for somebody who may: at once while it waits, else by asking whoever
    runs it, whom the dispatcher is to tell. Gives it as it stands then."""
    waits = generation.phase is Phase.PENDING
    cost = free(generation.estimate.basis)
    if waits and tx.generations.move(
        generation.id, Phase.CANCELLED, now=now, completed_at=now, cost=cost
    ):
        end_hold(tx, generation, Money.RELEASE, now=now)
        announce(tx, generation, "phase", phase=Phase.CANCELLED, now=now)
    else:
        tx.generations.request_cancel(generation.id, now=now)
    return tx.generations.get(generation.id) or generation


def sought(tx: Tx, actor: Actor, which: GenerationQuery) -> tuple[GenerationFilter, Standing]:
    """What to list among that which the actor may see, and what they are to its boards."""
    standing = Standing.OWNER
    if which.board_id is not None:
        standing = board_for(tx, actor, which.board_id, Action.VIEW).standing
        boards = frozenset({which.board_id})
    else:
        user_id = require_person(actor, Duty.SEE_OWN)
        boards = tx.boards.ids_visible_to(user_id)
    tag_id = which.tag_id
    if which.tag is not None:
        tag = tx.tags.by_slug(which.tag)
        # What nobody has made is on nothing.
        boards, tag_id = (frozenset(), None) if tag is None else (boards, tag.id)
    if which.tells_recipes and not may(actor, Action.VIEW_RECIPES, standing):
        # Visitors see no tags, costs and so on, so nothing that they see has them.
        boards = frozenset()
    wanted = GenerationFilter(
        board_ids=boards,
        status=which.status,
        artifact_type=which.artifact_type,
        generator_name=which.generator_name,
        needs_attention=which.needs_attention,
        batch_id=which.batch_id,
        tag_id=tag_id,
        since=which.since,
        until=which.until,
        provider=which.provider,
        user_id=which.user_id,
        favourite_of=require_person(actor, Duty.SEE_OWN) if which.is_favourite else None,
        made_from=which.made_from,
        min_cost=which.min_cost,
    )
    return wanted, standing
