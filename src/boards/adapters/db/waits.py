"""How generations are held back until their inputs are made: admitted is who may start by now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Delete, Select, Update, bindparam, null

from boards.adapters.db.door import Door
from boards.adapters.db.lineage import LineageRows
from boards.adapters.db.tables import Generation, GenerationInput
from boards.adapters.db.tables import InputWait as Table
from boards.domain.generations import Phase
from boards.domain.lineage import Edge
from boards.services.ports import InputWait

__all__ = ["NEVER", "InputWaitRows"]

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""From when a generation may be admitted that waits for its inputs."""


class InputWaitRows:
    """The rows of waits in one transaction; the port's docstrings say what each does."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def hold_back(
        self,
        generation_id: UUID,
        *,
        tenant_id: UUID,
        inputs: Mapping[str, JsonValue],
        edges: Sequence[Edge],
    ) -> None:
        values = {"of_id": generation_id, "new_inputs": dict(inputs), "never": NEVER}
        if not self._door.run(_held_back, values).rowcount:
            return
        self._door.run(_untied, {"output_id": generation_id})
        LineageRows(self._door).insert(edges, tenant_id=tenant_id)
        self._door.insert(Table, [{"generation_id": generation_id, "tenant_id": tenant_id}])

    def list(self, *, limit: int) -> tuple[InputWait, ...]:
        self._door.require_system("waits")
        found = {row.generation_id: row for row in self._door.run(_waiting, {"limit": limit})}
        phases: dict[UUID, list[Phase | None]] = defaultdict(list)
        if found:
            for row in self._door.run(_inputs_of, {"ids": list(found)}):
                is_there = row.phase is not None and row.deleted_at is None
                phases[row.output_id].append(Phase(row.phase) if is_there else None)
        return tuple(
            InputWait(generation_id=key, tenant_id=row.tenant_id, inputs=tuple(phases[key]))
            for key, row in found.items()
        )

    def let_go(self, generation_id: UUID, *, now: datetime) -> bool:
        self._door.run(_ended, {"of_id": generation_id})
        values = {"of_id": generation_id, "never": NEVER, "now": now}
        return self._door.run(_let_go, values).rowcount == 1


def _held_back(door: Door) -> Update:
    return (
        door.update(Generation)
        .where(
            Generation.id == bindparam("of_id"),
            Generation.phase == Phase.PENDING.value,
            Generation.admitted_at.is_(None),
        )
        .values(
            input_params=bindparam("new_inputs", type_=Generation.input_params.type),
            available_at=bindparam("never", type_=Generation.available_at.type),
            cache_key=null(),
        )
    )


def _untied(door: Door) -> Delete:
    return door.delete(GenerationInput).where(GenerationInput.output_id == bindparam("output_id"))


def _waiting(door: Door) -> Select[Any]:
    # Ids of ours sort by time.
    return (
        door.select(Table, Table.generation_id, Table.tenant_id)
        .order_by(Table.generation_id)
        .limit(bindparam("limit"))
    )


def _inputs_of(door: Door) -> Select[Any]:
    return (
        door.select(
            GenerationInput, GenerationInput.output_id, Generation.phase, Generation.deleted_at
        )
        .join(Generation, Generation.id == GenerationInput.input_id)
        .where(GenerationInput.output_id.in_(bindparam("ids", expanding=True)))
    )


def _ended(door: Door) -> Delete:
    return door.delete(Table).where(Table.generation_id == bindparam("of_id"))


def _let_go(door: Door) -> Update:
    return (
        door.update(Generation)
        .where(
            Generation.id == bindparam("of_id"),
            Generation.phase == Phase.PENDING.value,
            Generation.available_at == bindparam("never", type_=Generation.available_at.type),
        )
        .values(
            available_at=bindparam("now", type_=Generation.available_at.type),
            updated_at=bindparam("now", type_=Generation.updated_at.type),
        )
    )
