"""How lineage is stored: one row per edge, walked by one recursive query in either direction."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam

from boards.adapters.db.door import Door
from boards.adapters.db.tables import GenerationInput as Table
from boards.domain.artifacts import ArtifactType
from boards.domain.lineage import Edge
from boards.errors import Conflict
from boards.services.ports import MOST_WALKED

__all__ = ["LineageRows"]


class LineageRows:
    """The rows of lineage edges in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def insert(self, edges: Sequence[Edge], *, tenant_id: UUID) -> None:
        """Conflict when an end of an edge is not a generation of this tenant, or both are one."""
        if any(edge.output_id == edge.input_id for edge in edges):
            raise Conflict("A generation is not made from itself.")
        self._door.insert(
            Table,
            [
                {
                    "output_id": edge.output_id,
                    "role": edge.role,
                    "position": edge.position,
                    "input_id": edge.input_id,
                    "tenant_id": tenant_id,
                    "artifact_type": edge.artifact_type.value,
                }
                for edge in edges
            ],
        )

    def inputs_of(self, ids: Sequence[UUID]) -> tuple[Edge, ...]:
        return tuple(_edge(row) for row in self._door.run(_inputs_of, {"ids": list(ids)}))

    def ancestors(
        self, generation_id: UUID, *, max_depth: int, most: int = MOST_WALKED
    ) -> tuple[Edge, ...]:
        return self._walk(generation_id, max_depth, most, "output_id", "input_id")

    def descendants(
        self, generation_id: UUID, *, max_depth: int, most: int = MOST_WALKED
    ) -> tuple[Edge, ...]:
        return self._walk(generation_id, max_depth, most, "input_id", "output_id")

    def _walk(
        self, generation_id: UUID, max_depth: int, most: int, near: str, far: str
    ) -> tuple[Edge, ...]:
        # Both databases meet the nearest generations first, so the limit leaves out the farthest.
        values = {"from_id": generation_id, "most": min(most, MOST_WALKED)}
        found: dict[UUID, list[Edge]] = {}
        for row in self._door.run(_walked, values, near, far):
            found.setdefault(getattr(row, near), []).append(_edge(row))
        return _within(found, generation_id, max_depth, far)


def _within(
    found: Mapping[UUID, Sequence[Edge]], start: UUID, max_depth: int, far: str
) -> tuple[Edge, ...]:
    """The edges at most `max_depth` steps from the start, the nearest first.

    Counted here, because a recursive query that carried the depth would visit a generation once
    for each of its depths.
    """
    edges: list[Edge] = []
    seen, level = {start}, [start]
    for _ in range(max_depth):
        of_level = [edge for one in level for edge in found.get(one, ())]
        edges += of_level
        reached = dict.fromkeys(getattr(edge, far) for edge in of_level)
        level = [one for one in reached if one not in seen]
        seen.update(level)
    return tuple(edges)


def _edge(row: Row[Any]) -> Edge:
    return Edge(
        output_id=row.output_id,
        input_id=row.input_id,
        role=row.role,
        position=row.position,
        artifact_type=ArtifactType(row.artifact_type),
    )


def _inputs_of(door: Door) -> Select[Any]:
    return (
        door.select(Table)
        .where(Table.output_id.in_(bindparam("ids", expanding=True)))
        .order_by(Table.output_id, Table.role, Table.position)
    )


def _walked(door: Door, near: str, far: str) -> Select[Any]:
    start = bindparam("from_id", type_=Table.output_id.type)
    # UNION, not UNION ALL: a generation that was met before is not walked from again.
    met = door.derive(start.label("id")).cte("met", recursive=True)
    met = met.union(
        door.select(Table, getattr(Table, far)).join(met, getattr(Table, near) == met.c.id)
    )
    nearest = door.derive(met.c.id).limit(bindparam("most"))
    return (
        door.select(Table)
        .where(getattr(Table, near).in_(nearest))
        .order_by(Table.output_id, Table.role, Table.position)
    )
