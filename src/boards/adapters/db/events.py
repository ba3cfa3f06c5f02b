"""How events are stored: numbered per generation, and over all in the order of commits.

Clients resume after an id, so an event must not become visible after one with a higher id. Events
are therefore collected while the unit of work runs and written at its end: on PostgreSQL under a
lock that is held for no longer than this and the commit take.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Delete, Insert, Row, Select, bindparam

from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import Event as Table
from boards.adapters.db.tables import WebhookEndpoint
from boards.domain.generations import Generation
from boards.services.notices import CHANNEL, Notice, ends_something
from boards.services.ports import Event, NewGeneration

__all__ = ["EventRows"]

_IN_ORDER_OF_COMMITS = 7_227_002


class EventRows:
    """The rows of events in one transaction. `to_tell` are those that webhook endpoints of their
    tenants are told: whether there are any, the insert of an end says by the way."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.to_tell: list[Event] = []
        self._collected: list[dict[str, Any]] = []
        self.written: list[Event] = []

    def append(
        self,
        generation: Generation | NewGeneration,
        type: str,
        data: Mapping[str, JsonValue],
        *,
        now: datetime,
    ) -> None:
        self._collected.append(
            {
                "tenant_id": generation.tenant_id,
                "board_id": generation.board_id,
                "user_id": generation.user_id,
                "job_id": generation.job_id,
                "generation_id": generation.id,
                "type": type,
                "data": dict(data),
                "created_at": now,
            }
        )

    def write(self) -> None:
        """Number and write what was collected; the last thing before the commit."""
        rows, self._collected = self._collected, []
        if not rows:
            return
        if self._door.is_postgres:
            # A statement of its own: what the next ones see is then younger than the turn, and no
            # two writers count the same number.
            self._door.lock_and_notify(_IN_ORDER_OF_COMMITS, CHANNEL, str(_notice(rows)))
        if len(rows) == 1:
            self._write_one(rows[0])
        else:
            self._write_many(rows)

    def _write_one(self, row: dict[str, Any]) -> None:
        values = {**row, "of_generation": row["generation_id"]}
        asks = ends_something(row["data"])
        if asks:
            values["of_tenant"] = row["tenant_id"]
        numbers = self._door.run(_inserted, values, asks).one()
        event = Event(**row, id=numbers.id, sequence=numbers.sequence)
        self.written.append(event)
        if asks and numbers.is_told:
            self.to_tell.append(event)

    def _write_many(self, rows: list[dict[str, Any]]) -> None:
        ids = list({row["generation_id"] for row in rows})
        last = Counter(
            {one.generation_id: one.last for one in self._door.run(_last_of, {"ids": ids})}
        )
        for row in rows:
            last[row["generation_id"]] += 1
            row["sequence"] = last[row["generation_id"]]
        new = self._door.insert_returning(Table, rows, "id", "generation_id", "sequence")
        numbers = {(row.generation_id, row.sequence): row.id for row in new}
        for row in rows:
            number = numbers[row["generation_id"], row["sequence"]]
            self.written.append(Event(id=number, **row))
        ends = [one for one in self.written[-len(rows) :] if ends_something(one.data)]
        if ends:
            tenants = list({one.tenant_id for one in ends})
            told = set(self._door.run(_told, {"tenant_ids": tenants}).scalars())
            self.to_tell += [one for one in ends if one.tenant_id in told]

    def after(
        self,
        *,
        last_id: int,
        job_id: UUID | None = None,
        board_id: UUID | None = None,
        board_ids: frozenset[UUID] | None = None,
        limit: int = 500,
    ) -> tuple[Event, ...]:
        self.write()
        values = {
            name: value
            for name, value in (
                ("job_id", job_id),
                ("board_id", board_id),
                ("board_ids", None if board_ids is None else sorted(board_ids)),
            )
            if value is not None
        }
        bound = {**values, "last_id": last_id, "limit": limit}
        return tuple(_event(row) for row in self._door.run(_after, bound, tuple(values)))

    def forget(self, *, before: datetime, limit: int) -> int:
        self._door.require_system("forget")
        return self._door.run(_forgotten, {"before": before, "limit": limit}).rowcount

    def last_id(self) -> int:
        self.write()
        door = self._door.unscoped("the highest number of all tells nothing of another's row")
        return door.run(_newest).scalar() or 0


def _notice(rows: Sequence[Mapping[str, Any]]) -> Notice:
    about = {row[name] for row in rows for name in ("job_id", "board_id", "user_id")}
    ended = {row["job_id"] for row in rows if ends_something(row["data"])}
    return Notice(about=frozenset(about - {None}), ended=frozenset(ended - {None}))


def _event(row: Row[Any]) -> Event:
    return Event(**row._asdict())


def _inserted(door: Door, asks: bool) -> Insert:
    last = door.select(Table, func.coalesce(func.max(Table.sequence), 0)).where(
        Table.generation_id == bindparam("of_generation")
    )
    statement = door.insert_into(Table).values(sequence=last.scalar_subquery() + 1)
    if not asks:
        return statement.returning(Table.id, Table.sequence)
    endpoint = door.select(WebhookEndpoint, WebhookEndpoint.id).where(
        WebhookEndpoint.tenant_id == bindparam("of_tenant"), WebhookEndpoint.disabled_at.is_(None)
    )
    return statement.returning(Table.id, Table.sequence, endpoint.exists().label("is_told"))


def _told(door: Door) -> Select[Any]:
    return (
        door.select(WebhookEndpoint, WebhookEndpoint.tenant_id)
        .where(
            WebhookEndpoint.tenant_id.in_(bindparam("tenant_ids", expanding=True)),
            WebhookEndpoint.disabled_at.is_(None),
        )
        .distinct()
    )


def _last_of(door: Door) -> Select[Any]:
    return (
        door.select(Table, Table.generation_id, func.max(Table.sequence).label("last"))
        .where(Table.generation_id.in_(bindparam("ids", expanding=True)))
        .group_by(Table.generation_id)
    )


def _after(door: Door, names: tuple[str, ...]) -> Select[Any]:
    chosen = door.select(Table).where(Table.id > bindparam("last_id"))
    for name in ("job_id", "board_id"):
        if name in names:
            chosen = chosen.where(getattr(Table, name) == bindparam(name))
    if "board_ids" in names:
        chosen = chosen.where(Table.board_id.in_(bindparam("board_ids", expanding=True)))
    return chosen.order_by(Table.id).limit(bindparam("limit"))


def _newest(door: Door) -> Select[Any]:
    return door.select(Table, func.max(Table.id))


def _forgotten(door: Door) -> Delete:
    # Ids grow with time, so the oldest are found without an index of their own.
    oldest = door.select(Table, Table.id).order_by(Table.id).limit(bindparam("limit"))
    return door.delete(Table).where(Table.id.in_(oldest), Table.created_at < bindparam("before"))
