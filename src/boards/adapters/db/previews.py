"""How previews are stored: one row for each generation that has a result."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Update, bindparam, null

from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import Generation
from boards.adapters.db.tables import Preview as Table
from boards.services.ports import Preview, Wanted

__all__ = ["PreviewRows"]

_KEYS = ("small_key", "medium_key", "large_key", "waveform_key", "recipe_key")
_NAMES = ("generation_id", "tenant_id", *_KEYS, "note", "made_at")


class PreviewRows:
    """The rows of previews in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def want(self, generation_id: UUID, *, tenant_id: UUID, now: datetime) -> None:
        row = {
            "generation_id": generation_id,
            "tenant_id": tenant_id,
            "due_at": now,
            "starts": 0,
        }
        if not self._door.insert(Table, [row], if_absent=True):
            self._door.run(_wanted_again, {"of": generation_id, "now": now})

    def get(self, generation_id: UUID) -> Preview | None:
        row = self._door.run(_by_id, {"of": generation_id}).first()
        return None if row is None else _preview(row)

    def take(self, *, now: datetime, until: datetime, limit: int) -> tuple[Wanted, ...]:
        self._door.require_system("previews.take")
        taken = []
        for row in self._door.run(_due, {"now": now, "limit": limit}).all():
            values = {"of": row.generation_id, "now": now, "until": until}
            if self._door.run(_taken, values).rowcount == 1:
                taken.append(
                    Wanted(
                        generation_id=row.generation_id,
                        tenant_id=row.tenant_id,
                        starts=row.starts + 1,
                    )
                )
        return tuple(taken)

    def keep(self, preview: Preview, *, blurhash: str | None, now: datetime) -> bool:
        shown = {
            "of": preview.generation_id,
            "new_thumbnail_key": preview.medium_key,
            "new_blurhash": blurhash,
        }
        is_there = self._door.run(_shown, shown).rowcount == 1
        named = asdict(preview)
        values = {f"new_{name}": named[name] if is_there else None for name in (*_KEYS, "note")}
        self._door.run(_kept, {**values, "of": preview.generation_id, "now": now})
        return is_there

    def put_off(self, generation_id: UUID, *, until: datetime) -> None:
        self._door.run(_put_off, {"of": generation_id, "until": until})

    def waiting(self) -> int:
        self._door.require_system("previews.waiting")
        return int(self._door.run(_counted).scalar_one())


def _columns() -> tuple[Any, ...]:
    return tuple(getattr(Table, name) for name in _NAMES)


def _preview(row: Row[Any]) -> Preview:
    return Preview(**{name: getattr(row, name) for name in _NAMES})


def _by_id(door: Door) -> Select[Any]:
    return door.select(Table, *_columns()).where(Table.generation_id == bindparam("of"))


def _wanted_again(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.generation_id == bindparam("of"))
        .values(
            due_at=bindparam("now", type_=Table.due_at.type),
            starts=0,
            made_at=null(),
        )
    )


def _due(door: Door) -> Select[Any]:
    return (
        door.select(Table, Table.generation_id, Table.tenant_id, Table.starts)
        .where(Table.due_at <= bindparam("now"))
        .order_by(Table.due_at)
        .limit(bindparam("limit"))
    )


def _taken(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.generation_id == bindparam("of"), Table.due_at <= bindparam("now"))
        .values(
            due_at=bindparam("until", type_=Table.due_at.type),
            starts=Table.starts + 1,
        )
    )


def _kept(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.generation_id == bindparam("of"))
        .values(
            due_at=null(),
            made_at=bindparam("now", type_=Table.made_at.type),
            **{
                name: bindparam(f"new_{name}", type_=getattr(Table, name).type)
                for name in (*_KEYS, "note")
            },
        )
    )


def _shown(door: Door) -> Update:
    return (
        door.update(Generation)
        .where(Generation.id == bindparam("of"), Generation.deleted_at.is_(None))
        .values(
            thumbnail_key=bindparam("new_thumbnail_key", type_=Generation.thumbnail_key.type),
            blurhash=bindparam("new_blurhash", type_=Generation.blurhash.type),
        )
    )


def _put_off(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.generation_id == bindparam("of"), Table.due_at.is_not(None))
        .values(due_at=bindparam("until", type_=Table.due_at.type))
    )


def _counted(door: Door) -> Select[Any]:
    return door.select(Table, func.count()).where(Table.due_at.is_not(None))
