"""How much of everything there is just now, read from the indexes of what is open."""

from typing import Any

from sqlalchemy import Select

from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import Generation, OpenHold
from boards.domain.costs import ZERO
from boards.services.ports.gauges import Depth, Figures

__all__ = ["GaugeRows"]


class GaugeRows:
    """Counts over the rows of all tenants."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def figures(self) -> Figures:
        self._door.require_system("what is counted for whoever watches the server")
        under_way: dict[tuple[str, str], int] = {}
        for row in self._door.run(_under_way):
            under_way[row.provider, row.phase] = row.count
        holds = self._door.run(_holds).one()
        return Figures(
            waiting={
                row.provider: Depth(waiting=row.count, oldest=row.oldest)
                for row in self._door.run(_waiting)
            },
            under_way=under_way,
            attention={row.provider: row.count for row in self._door.run(_attention)},
            oldest_lease=self._door.run(_oldest_lease).scalar(),
            holds=holds.count,
            held=holds.amount or ZERO,
        )


def _waiting(door: Door) -> Select[Any]:
    return (
        door.select(
            Generation,
            Generation.provider,
            func.count().label("count"),
            func.min(Generation.created_at).label("oldest"),
        )
        .where(Generation.available_at.is_not(None))
        .group_by(Generation.provider)
    )


def _under_way(door: Door) -> Select[Any]:
    return (
        door.select(Generation, Generation.provider, Generation.phase, func.count().label("count"))
        .where(Generation.admitted_at.is_not(None), Generation.needs_attention.is_(False))
        .group_by(Generation.provider, Generation.phase)
    )


def _attention(door: Door) -> Select[Any]:
    return (
        door.select(Generation, Generation.provider, func.count().label("count"))
        .where(Generation.needs_attention.is_(True))
        .group_by(Generation.provider)
    )


def _oldest_lease(door: Door) -> Select[Any]:
    return door.select(Generation, func.min(Generation.lease_until)).where(
        Generation.lease_until.is_not(None)
    )


def _holds(door: Door) -> Select[Any]:
    return door.select(
        OpenHold, func.count().label("count"), func.sum(OpenHold.amount).label("amount")
    )
