"""How it is stored what can be undone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Update, bindparam

from boards.adapters.db.door import Door
from boards.adapters.db.tables import Undo as Table
from boards.services.ports import UndoRecord

__all__ = ["UndoRows"]

_PLAIN = ("id", "tenant_id", "user_id", "action", "created_at", "expires_at")


class UndoRows:
    """The rows of what can be undone, in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(self, record: UndoRecord) -> None:
        items = {
            "tag_id": _text(record.tag_id),
            "changed": [[str(one), _text(other)] for one, other in record.changed],
        }
        row = {name: getattr(record, name) for name in _PLAIN}
        self._door.insert(Table, [row | {"items": items}])

    def use(self, undo_id: UUID, user_id: UUID, *, now: datetime) -> UndoRecord | None:
        values: dict[str, Any] = {"of_id": undo_id, "of_user": user_id, "now": now}
        row = self._door.run(_used, values).first()
        if row is None:
            return None
        return UndoRecord(
            **{name: getattr(row, name) for name in _PLAIN},
            tag_id=_id(row.items["tag_id"]),
            changed=tuple((UUID(one), _id(other)) for one, other in row.items["changed"]),
        )

    def forget(self, *, before: datetime) -> int:
        self._door.require_system("undos")
        return self._door.run(_forgotten, {"before": before}).rowcount


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _id(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)


def _used(door: Door) -> Update:
    return (
        door.update(Table)
        .where(
            Table.id == bindparam("of_id"),
            Table.user_id == bindparam("of_user"),
            Table.used_at.is_(None),
            Table.expires_at > bindparam("now", type_=Table.expires_at.type),
        )
        .values(used_at=bindparam("now", type_=Table.used_at.type))
        .returning(*(getattr(Table, name) for name in _PLAIN), Table.items)
    )


def _forgotten(door: Door) -> Delete:
    return door.delete(Table).where(Table.expires_at < bindparam("before"))
