"""How the pauses of providers are stored, and how many of their generations run and wait."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, Update, bindparam, case, literal, null
from sqlalchemy.sql.elements import ColumnElement

from boards.adapters.db.door import Door, func
from boards.adapters.db.generations import put_back
from boards.adapters.db.tables import Generation
from boards.adapters.db.tables import ProviderState as Table
from boards.services.ports.providers import EVERYTHING, Pause, Queue

__all__ = ["ProviderRows"]


class ProviderRows:
    """The rows of how providers stand in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def pauses(self) -> Mapping[str, Pause]:
        return {
            row.provider: Pause(
                provider=row.provider, paused=row.paused, at=row.paused_at, by=row.paused_by
            )
            for row in self._door.run(_pauses)
        }

    def pause(self, provider: str, *, now: datetime, by: UUID | None) -> None:
        self._set(provider, True, now=now, by=by)
        put_back(self._door, provider, now=now)

    def resume(self, provider: str, *, now: datetime, by: UUID | None) -> None:
        self._set(provider, False, now=now, by=by)

    def is_paused(self, provider: str) -> bool:
        pauses = self.pauses()
        own, everything = pauses.get(provider), pauses.get(EVERYTHING)
        if own is not None and own.paused is not None:
            return own.paused
        return everything is not None and everything.paused is True

    def queues(self) -> Mapping[str, Queue]:
        counts: dict[str, dict[str, int]] = {}
        for row in self._door.run(_queues):
            of_one = counts.setdefault(row.provider, {"running": 0, "parked": 0, "waiting": 0})
            of_one["running"] += row.running
            of_one["parked"] += row.parked
            of_one["waiting"] += row.waiting
        return {provider: Queue(**of_one) for provider, of_one in counts.items()}

    def _set(self, provider: str, paused: bool, *, now: datetime, by: UUID | None) -> None:
        if provider == EVERYTHING:
            # Whatever was said about single ones before is said anew by this.
            self._door.run(_forget)
        values = {"of_provider": provider, "new_paused": paused, "now": now, "by": by}
        if self._door.run(_said, values).rowcount:
            return
        row = {
            "provider": provider,
            "paused": paused,
            "paused_at": now,
            "paused_by": by,
            "recent": "",
        }
        if not self._door.insert(Table, [row], if_absent=True):
            self._door.run(_said, values)


def _pauses(door: Door) -> Select[Any]:
    return door.select_shared(
        Table, Table.provider, Table.paused, Table.paused_at, Table.paused_by
    ).where(Table.paused.is_not(None))


def _forget(door: Door) -> Update:
    return (
        door.update_shared(Table)
        .where(Table.paused.is_not(None))
        .values(paused=null(), paused_at=null(), paused_by=null())
    )


def _said(door: Door) -> Update:
    return (
        door.update_shared(Table)
        .where(Table.provider == bindparam("of_provider"))
        .values(
            paused=bindparam("new_paused", type_=Table.paused.type),
            paused_at=bindparam("now", type_=Table.paused_at.type),
            paused_by=bindparam("by", type_=Table.paused_by.type),
        )
    )


def _queues(door: Door) -> Any:
    nothing = literal(0, Integer)

    def count(condition: ColumnElement[bool] | None = None) -> ColumnElement[int]:
        return func.count() if condition is None else func.sum(case((condition, 1), else_=0))

    is_parked = Generation.needs_attention.is_(True)
    under_way = (
        door.select(
            Generation,
            Generation.provider,
            count(~is_parked).label("running"),
            count(is_parked).label("parked"),
            nothing.label("waiting"),
        )
        .where(Generation.admitted_at.is_not(None))
        .group_by(Generation.provider)
    )
    waiting = (
        door.select(
            Generation,
            Generation.provider,
            nothing.label("running"),
            nothing.label("parked"),
            count().label("waiting"),
        )
        .where(Generation.available_at.is_not(None))
        .group_by(Generation.provider)
    )
    return under_way.union_all(waiting)
