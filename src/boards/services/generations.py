"""Generations as people meet them: look, list, follow lineage, fetch bytes, cancel, delete."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from boards.domain.access import Action, Actor, Duty, Standing, may
from boards.domain.artifacts import ArtifactType, StoredFile
from boards.domain.costs import free
from boards.domain.generations import FINAL, Generation, Phase, Status
from boards.domain.lineage import Edge, Node
from boards.errors import Conflict, NotFound
from boards.services.deliver import Money, end_hold
from boards.services.events import announce
from boards.services.ports import Clock, Database, Dispatch, GenerationFilter, Page, Tx
from boards.services.rights import (
    board_for,
    generation_for,
    recipes_among,
    require_person,
    scope_of,
    shown_to,
    visible_among,
)

__all__ = ["MAX_DEPTH", "GenerationQuery", "GenerationService", "LineageView", "stop"]

MAX_DEPTH = 100


@dataclass(frozen=True, kw_only=True)
class GenerationQuery:
    """What to list; without a board, the generations of all the actor's boards. `since` and
    `until` bound when it was created, the second exclusively."""

    board_id: UUID | None = None
    status: Status | None = None
    artifact_type: ArtifactType | None = None
    generator_name: str | None = None
    needs_attention: bool | None = None
    batch_id: UUID | None = None
    tag_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LineageView:
    """A generation's two trees: what it was made from, and what was made from it."""

    ancestors: Node
    descendants: Node


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
        """List generations, newest first."""

        def look(tx: Tx) -> Page[Generation]:
            wanted, standing = _sought(tx, actor, which)
            page = tx.generations.list(wanted, limit=limit, cursor=cursor)
            return replace(page, items=tuple(shown_to(one, standing) for one in page.items))

        return await self.database.read(look, scope=scope_of(actor))

    async def count(self, actor: Actor, which: GenerationQuery) -> int:
        """Count what such a list has; errors as `list`."""
        return await self.database.read(
            lambda tx: tx.generations.count(_sought(tx, actor, which)[0]), scope=scope_of(actor)
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
        """Give both trees. What the actor may not see stands in them as unknown, and what it was
        made from, or went into, is left out: that is no more theirs to see. Errors as for how the
        generation itself was made.
        """
        depth = min(max(max_depth, 1), MAX_DEPTH)

        def look(tx: Tx) -> LineageView:
            root = generation_for(tx, actor, generation_id, Action.VIEW_RECIPES)
            up = tx.lineage.ancestors(generation_id, max_depth=depth)
            down = tx.lineage.descendants(generation_id, max_depth=depth)
            ids = {edge.input_id for edge in up} | {edge.output_id for edge in down}
            seen = {**visible_among(tx, actor, ids), root.id: root}
            open_to = recipes_among(tx, actor, seen.values())
            return LineageView(
                ancestors=_tree(root.id, up, seen, depth, open_to, upwards=True),
                descendants=_tree(root.id, down, seen, depth, open_to, upwards=False),
            )

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


def _sought(tx: Tx, actor: Actor, which: GenerationQuery) -> tuple[GenerationFilter, Standing]:
    """What to list among that which the actor may see, and what they are to its boards."""
    standing = Standing.OWNER
    if which.board_id is not None:
        standing = board_for(tx, actor, which.board_id, Action.VIEW).standing
        boards = frozenset({which.board_id})
    else:
        user_id = require_person(actor, Duty.SEE_OWN)
        boards = tx.boards.ids_visible_to(user_id)
    if which.tag_id is not None and not may(actor, Action.VIEW_RECIPES, standing):
        # Visitors see no tags, so nothing that they see has one.
        boards = frozenset()
    wanted = GenerationFilter(
        board_ids=boards,
        status=which.status,
        artifact_type=which.artifact_type,
        generator_name=which.generator_name,
        needs_attention=which.needs_attention,
        batch_id=which.batch_id,
        tag_id=which.tag_id,
        since=which.since,
        until=which.until,
    )
    return wanted, standing


def _tree(
    root: UUID,
    edges: tuple[Edge, ...],
    seen: Mapping[UUID, Generation],
    max_depth: int,
    open_to: Collection[UUID],
    *,
    upwards: bool,
) -> Node:
    """Build the tree breadth first; a generation that is met again is shown without its branch,
    and so is one that is not among `open_to`."""
    following: dict[UUID, list[Edge]] = {}
    for edge in edges:
        following.setdefault(edge.output_id if upwards else edge.input_id, []).append(edge)
    order: list[tuple[UUID, str | None, int, list[int]]] = [(root, None, 0, [])]
    expanded = {root}
    repeated: set[int] = set()
    place = 0
    while place < len(order):
        key, _, depth, branches = order[place]
        if depth < max_depth and key in open_to:
            for edge in following.get(key, []):
                target = edge.input_id if upwards else edge.output_id
                branches.append(len(order))
                if target in expanded:
                    repeated.add(len(order))
                    order.append((target, edge.role, depth + 1, []))
                else:
                    expanded.add(target)
                    order.append((target, edge.role, depth + 1, []))
        place += 1
        while place < len(order) and place in repeated:
            place += 1
    nodes: dict[int, Node] = {}
    for index in range(len(order) - 1, -1, -1):
        key, role, depth, branches = order[index]
        nodes[index] = Node(
            generation_id=key,
            generation=seen.get(key),
            role=role,
            depth=depth,
            branches=tuple(nodes[branch] for branch in branches),
            repeated=index in repeated,
        )
    return nodes[0]
