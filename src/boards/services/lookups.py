"""Looks many things up at once, for answers that are graphs: one transaction each, however many."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from boards.domain.access import Action, Actor, may
from boards.domain.boards import Board
from boards.domain.generations import Generation
from boards.domain.lineage import Edge
from boards.services.ports import Database, Tx
from boards.services.rights import scope_of, standing_on, visible_among

__all__ = ["Input", "LookupService"]


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

    async def boards(self, actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Board]:
        """Give the boards among `ids` that the actor may see."""

        def look(tx: Tx) -> Mapping[UUID, Board]:
            return _boards(tx, actor, ids, Action.VIEW)

        return await self.database.read(look, scope=scope_of(actor))

    async def inputs(self, actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, tuple[Input, ...]]:
        """Give the inputs of the generations among `ids` of which the actor may see how they were
        made, by role and position."""

        def look(tx: Tx) -> Mapping[UUID, tuple[Input, ...]]:
            outputs = visible_among(tx, actor, ids)
            readable = _boards(
                tx, actor, {one.board_id for one in outputs.values()}, Action.VIEW_RECIPES
            )
            shown = [key for key, one in outputs.items() if one.board_id in readable]
            edges = tx.lineage.inputs_of(shown) if shown else ()
            seen = visible_among(tx, actor, {edge.input_id for edge in edges})
            found: dict[UUID, list[Input]] = defaultdict(list)
            for edge in edges:
                found[edge.output_id].append(Input(edge=edge, generation=seen.get(edge.input_id)))
            return {key: tuple(inputs) for key, inputs in found.items()}

        return await self.database.read(look, scope=scope_of(actor))


def _boards(tx: Tx, actor: Actor, ids: Collection[UUID], action: Action) -> dict[UUID, Board]:
    """The boards among `ids` on which the actor may do `action`."""
    boards = (tx.boards.get(board_id) for board_id in set(ids))
    return {
        board.id: board
        for board in boards
        if board is not None and may(actor, action, standing_on(tx, actor, board))
    }
