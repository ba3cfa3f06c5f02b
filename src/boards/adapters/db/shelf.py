"""How generations are put on another board, and given titles."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Update, bindparam

from boards.adapters.db.door import Door
from boards.adapters.db.search import SearchRows
from boards.adapters.db.tables import Generation as Table
from boards.domain.generations import FINAL

__all__ = ["ShelfRows"]

_FINAL = tuple(phase.value for phase in sorted(FINAL))


class ShelfRows:
    """Changes what generations are called and where they stand, in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def move(self, ids: Collection[UUID], to: UUID, *, now: datetime) -> frozenset[UUID]:
        if not ids:
            return frozenset()
        rows = self._door.run(_moved, {"ids": list(ids), "to": to, "now": now})
        return frozenset(row.id for row in rows)

    def entitle(self, generation_id: UUID, title: str | None, *, now: datetime) -> bool:
        values = {"of_id": generation_id, "title_": title, "now": now}
        entitled = self._door.run(_entitled, values).rowcount == 1
        SearchRows(self._door).refresh([generation_id])
        return entitled


def _living(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.deleted_at.is_(None))
        .values(updated_at=bindparam("now", type_=Table.updated_at.type))
    )


def _moved(door: Door) -> Update:
    # Holds are held by board: what runs stays until its money is settled.
    return (
        _living(door)
        .where(
            Table.id.in_(bindparam("ids", expanding=True)),
            Table.phase.in_(_FINAL),
            Table.needs_attention.is_(False),
            Table.board_id != bindparam("to"),
        )
        .values(board_id=bindparam("to", type_=Table.board_id.type))
        .returning(Table.id)
    )


def _entitled(door: Door) -> Update:
    values: dict[str, Any] = {"title": bindparam("title_", type_=Table.title.type)}
    return _living(door).where(Table.id == bindparam("of_id")).values(**values)
