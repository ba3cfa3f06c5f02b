"""Lineage as somebody may see it: two trees around a generation, what is not theirs unknown.

One recursive statement for each direction gives the edges, one the generations, one what the actor
is to their boards; however many paths lead to a generation, it is visited once.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from boards.domain.access import Action, Actor
from boards.domain.generations import Generation
from boards.domain.lineage import Edge, Node
from boards.services.ports import Tx
from boards.services.rights import generation_for, recipes_among, visible_among

__all__ = ["MAX_DEPTH", "MAX_NODES", "LineageView", "read_lineage"]

MAX_DEPTH = 100
MAX_NODES = 1000
"""So many generations are shown in each direction, the nearest first. What was made from one that
went into more is a list with pages: `made_from` among the filters of generations."""


@dataclass(frozen=True, kw_only=True)
class LineageView:
    """A generation's two trees: what it was made from, and what was made from it. `is_whole` is
    False where there are more generations, or more steps, than were asked for."""

    ancestors: Node
    descendants: Node
    is_whole: bool = True


def read_lineage(
    tx: Tx, actor: Actor, generation_id: UUID, *, max_depth: int, max_nodes: int = MAX_NODES
) -> LineageView:
    """Read both trees. What the actor may not see stands in them as unknown, under an id that
    stands for it here alone; what that was made from, or went into, is left out, because it is no
    more theirs to see. Errors as for how the generation itself was made.
    """
    depth = min(max(max_depth, 1), MAX_DEPTH)
    most = min(max(max_nodes, 1), MAX_NODES)
    root = generation_for(tx, actor, generation_id, Action.VIEW_RECIPES)
    up = tx.lineage.ancestors(root.id, max_depth=depth + 1, most=most + 1)
    down = tx.lineage.descendants(root.id, max_depth=depth + 1, most=most + 1)
    ids = {edge.input_id for edge in up} | {edge.output_id for edge in down}
    seen = {**visible_among(tx, actor, ids), root.id: root}
    open_to = recipes_among(tx, actor, seen.values())
    trees = [
        _Growing(root.id, edges, seen, open_to, depth, most, upwards=upwards)
        for edges, upwards in ((up, True), (down, False))
    ]
    ancestors, descendants = (tree.grown() for tree in trees)
    return LineageView(
        ancestors=ancestors,
        descendants=descendants,
        is_whole=not any(tree.is_cut for tree in trees),
    )


@dataclass(kw_only=True)
class _Place:
    """A node in the making."""

    key: UUID
    edge: Edge | None
    depth: int
    is_repeated: bool
    branches: list[int]


class _Growing:
    """Grows a tree breadth first; a generation that is met again is shown without its branch, and
    so is one that is not among `open_to`."""

    def __init__(
        self,
        root: UUID,
        edges: Collection[Edge],
        seen: Mapping[UUID, Generation],
        open_to: Collection[UUID],
        max_depth: int,
        max_nodes: int,
        *,
        upwards: bool,
    ) -> None:
        self._root = root
        self._seen = seen
        self._open_to = open_to
        self._max_depth = max_depth
        self._max_nodes = max_nodes
        self._following: dict[UUID, list[tuple[UUID, Edge]]] = {}
        for edge in edges:
            near, far = edge.output_id, edge.input_id
            if not upwards:
                near, far = far, near
            self._following.setdefault(near, []).append((far, edge))
        self.is_cut = False

    def grown(self) -> Node:
        places = [_Place(key=self._root, edge=None, depth=0, is_repeated=False, branches=[])]
        met = {self._root}
        for place in places:
            following = self._following.get(place.key, [])
            if place.is_repeated or not following or place.key not in self._open_to:
                continue
            if place.depth >= self._max_depth:
                self.is_cut = True
                continue
            for far, edge in following:
                if len(places) > self._max_nodes:
                    self.is_cut = True
                    break
                place.branches.append(len(places))
                places.append(
                    _Place(
                        key=far,
                        edge=edge,
                        depth=place.depth + 1,
                        is_repeated=far in met,
                        branches=[],
                    )
                )
                met.add(far)
        nodes: dict[int, Node] = {}
        for index in range(len(places) - 1, -1, -1):
            nodes[index] = self._node(places[index], nodes)
        return nodes[0]

    def _node(self, place: _Place, nodes: Mapping[int, Node]) -> Node:
        generation = self._seen.get(place.key)
        return Node(
            generation_id=uuid5(self._root, str(place.key)) if generation is None else place.key,
            generation=generation,
            role=None if place.edge is None else place.edge.role,
            position=None if place.edge is None else place.edge.position,
            depth=place.depth,
            branches=tuple(nodes[branch] for branch in place.branches),
            repeated=place.is_repeated,
        )
