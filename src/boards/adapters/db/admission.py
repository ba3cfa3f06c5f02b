"""Admission: which pending generations may start now.

A *lane* is the queue of one tenant at one provider. One query finds the lanes and how many runs
each has under way; a second looks at the head of each lane that may go on; `choose` picks from
those; a last one marks what was picked. However many rows wait, only the lanes' heads are read.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    CTE,
    Integer,
    Select,
    String,
    Update,
    and_,
    bindparam,
    literal,
    null,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from boards.adapters.db import standing
from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import Generation as Table
from boards.domain.generations import Phase
from boards.services.ports import Limits

__all__ = ["Candidate", "admit", "choose", "unclaimed"]

Lane: TypeAlias = tuple[str, UUID]

_ONE_AT_A_TIME = 7_227_001
"""Processes that admit at the same moment would each fill the same free places."""
_HEADS_AT_ONCE = 2000
_LEAST_PER_LANE = 4


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A generation near the head of its lane."""

    id: UUID
    provider: str
    tenant_id: UUID
    priority: int
    created_at: datetime


def choose(
    candidates: Sequence[Candidate], active: Mapping[Lane, int], limits: Limits, *, at_most: int
) -> tuple[UUID, ...]:
    """Pick what may start: fewest under way first, then priority, then age, within the limits.

    The candidates of a lane come in the order of the lane. A tenant with many waiting so gets its
    second place only when every other tenant at that provider has its first.
    """
    seen: Counter[Lane] = Counter()
    levelled = []
    for one in candidates:
        lane = (one.provider, one.tenant_id)
        levelled.append((active.get(lane, 0) + seen[lane], -one.priority, one.created_at, one))
        seen[lane] += 1
    levelled.sort(key=lambda each: (*each[:3], each[3].id))

    in_lane = Counter(active)
    in_provider = _by_provider(active)
    room = limits.total - sum(active.values())
    chosen: list[UUID] = []
    for *_, one in levelled:
        lane = (one.provider, one.tenant_id)
        if len(chosen) >= min(room, at_most):
            break
        if in_provider[one.provider] >= limits.of(one.provider) or _is_full(
            lane, in_lane[lane], limits
        ):
            continue
        chosen.append(one.id)
        in_lane[lane] += 1
        in_provider[one.provider] += 1
    return tuple(chosen)


@dataclass(frozen=True, kw_only=True)
class _Survey:
    """What is under way and what may go on: `waiting` are all lanes, `ready` those with room.
    `limits` have in them what is paused, and what a rate leaves room for."""

    limits: Limits
    states: Mapping[str, standing.State]
    active: Mapping[Lane, int]
    waiting: Sequence[Lane]
    ready: Sequence[Lane]
    room: int


def admit(
    door: Door, limits: Limits, *, now: datetime, at_most: int, provider: str | None = None
) -> tuple[UUID, ...]:
    """Choose among the lanes' heads, of one provider or of all, and mark what was chosen."""
    door.require_system("admit")
    if provider is None and limits.paused:
        door.run(_withdrawn, {"now": now, "paused": sorted(limits.paused)}, "*" in limits.paused)
    if provider is not None:
        if not door.try_lock(_ONE_AT_A_TIME):
            # Whoever is in there, or comes next, admits what a submit leaves waiting.
            return ()
    elif door.is_postgres:
        # A sweep that finds nothing to do must not keep a submit from admitting.
        if not _look(door, limits, provider, now=now).ready:
            return ()
        door.lock(_ONE_AT_A_TIME)
    seen = _look(door, limits, provider, now=now)
    if not seen.ready:
        return ()
    if len(seen.ready) == 1:
        admitted = _admit_from(door, seen.ready[0], seen, now=now, at_most=at_most)
        started = Counter({seen.ready[0][0]: len(admitted)})
    else:
        candidates = _candidates(door, seen, provider, now=now, at_most=at_most)
        chosen = choose(candidates, seen.active, seen.limits, at_most=at_most)
        if not chosen:
            return ()
        marked = set(door.run(_admitted, {"ids": chosen, "now": now}).scalars())
        admitted = tuple(one for one in chosen if one in marked)
        started = Counter(one.provider for one in candidates if one.id in marked)
    standing.note_starts(door, limits, seen.states, started, now=now)
    return admitted


def _look(door: Door, limits: Limits, provider: str | None, *, now: datetime) -> _Survey:
    waiting: list[Lane] = []
    active: dict[Lane, int] = {}
    states: dict[str, standing.State] = {}
    values = {} if provider is None else {"provider": provider}
    for row in door.run(_survey, values, provider is not None):
        if row.tenant_id is None:
            states[row.provider] = standing.read_state(row)
        elif row.under_way is None:
            waiting.append((row.provider, row.tenant_id))
        else:
            active[row.provider, row.tenant_id] = row.under_way
    room = limits.total - sum(active.values())
    in_provider = _by_provider(active)
    asked = frozenset(name for name, _ in waiting)
    limits = standing.limits_now(limits, states, in_provider, asked, now=now)
    ready = [
        lane
        for lane in waiting
        if room > 0
        and in_provider[lane[0]] < limits.of(lane[0])
        and not _is_full(lane, active.get(lane, 0), limits)
    ]
    return _Survey(
        limits=limits, states=states, active=active, waiting=waiting, ready=ready, room=room
    )


def _candidates(
    door: Door, seen: _Survey, provider: str | None, *, now: datetime, at_most: int
) -> list[Candidate]:
    """The heads of the lanes with room, fewer of each the more lanes there are."""
    depth = min(at_most, max(_LEAST_PER_LANE, _HEADS_AT_ONCE // len(seen.ready)))
    values: dict[str, object] = {"now": now, "depth": depth}
    if provider is not None:
        values["provider"] = provider
    if len(seen.ready) < len(seen.waiting):
        values["lanes"] = seen.ready
    rows = door.run(_heads, values, provider is not None, "lanes" in values)
    return [Candidate(**row._asdict()) for row in rows]


def _admit_from(
    door: Door, lane: Lane, seen: _Survey, *, now: datetime, at_most: int
) -> tuple[UUID, ...]:
    """With one lane there is nothing to choose: its head is admitted by one statement."""
    provider, tenant_id = lane
    limits = seen.limits
    room = min(seen.room, limits.of(provider) - _by_provider(seen.active)[provider])
    if provider in limits.tenant_share:
        room = min(room, limits.tenant_share[provider] - seen.active.get(lane, 0))
    values = {
        "provider_name": provider,
        "of_tenant": tenant_id,
        "now": now,
        "depth": min(at_most, room),
    }
    rows = door.run(_head_admitted, values).all()
    return tuple(
        row.id for row in sorted(rows, key=lambda row: (-row.priority, row.created_at, row.id))
    )


def unclaimed(door: Door, *, admitted_before: datetime, now: datetime) -> tuple[UUID, ...]:
    """Mark anew, and list, what was admitted and then claimed by nobody."""
    door.require_system("unclaimed")
    values = {"before": admitted_before, "now": now}
    return tuple(door.run(_admitted_anew, values).scalars())


def _is_full(lane: Lane, under_way: int, limits: Limits) -> bool:
    share = limits.tenant_share.get(lane[0])
    return share is not None and under_way >= share


def _by_provider(active: Mapping[Lane, int]) -> Counter[str]:
    count: Counter[str] = Counter()
    for (provider, _), under_way in active.items():
        count[provider] += under_way
    return count


def _lanes(door: Door, of_one: bool) -> CTE:
    """The lanes in which something waits: from each one jump to the next in the index.

    DISTINCT would read every waiting row.
    """

    def waits(row: Any) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = row.available_at.is_not(None)
        return and_(condition, row.provider == bindparam("provider")) if of_one else condition

    first = (
        door.select(Table, Table.provider, Table.tenant_id)
        .where(waits(Table))
        .order_by(Table.provider, Table.tenant_id)
        .limit(1)
        .subquery()
    )
    lanes = door.derive(first.c.provider, first.c.tenant_id).cte("lanes", recursive=True)
    same, other, following = aliased(Table), aliased(Table), aliased(Table)
    next_tenant = (
        door.select(same, same.id)
        .where(waits(same), same.provider == lanes.c.provider, same.tenant_id > lanes.c.tenant_id)
        .order_by(same.tenant_id)
        .limit(1)
        .correlate(lanes)
        .scalar_subquery()
    )
    next_provider = (
        door.select(other, other.id)
        .where(waits(other), other.provider > lanes.c.provider)
        .order_by(other.provider, other.tenant_id)
        .limit(1)
        .correlate(lanes)
        .scalar_subquery()
    )
    # One comparison of pairs would say the same, and SQLite would read the whole lane for it.
    next_id = func.coalesce(next_tenant, next_provider)
    step = door.select(following, following.provider, following.tenant_id).join(
        lanes, following.id == next_id
    )
    return lanes.union_all(step)


def _survey(door: Door, of_one: bool) -> Any:
    lanes = _lanes(door, of_one)
    none = literal(None, Integer).label("under_way")
    no_state = literal(None, String).label("recent")
    waiting = door.derive(lanes.c.provider, lanes.c.tenant_id, none, no_state)
    count = func.count().label("under_way")
    active = (
        door.select(Table, Table.provider, Table.tenant_id, count, no_state)
        # What is parked makes no call that costs anything: it keeps no place from a new run.
        .where(Table.admitted_at.is_not(None), Table.needs_attention.is_(False))
        .group_by(Table.provider, Table.tenant_id)
    )
    return active.union_all(waiting, standing.states(door, of_one))


def _heads(door: Door, of_one: bool, of_some: bool) -> Select[Any]:
    lanes = _lanes(door, of_one)
    head = aliased(Table)
    columns = [
        getattr(head, name) for name in ("id", "provider", "tenant_id", "priority", "created_at")
    ]
    top = (
        door.select(head, *columns)
        .where(
            head.provider == lanes.c.provider,
            head.tenant_id == lanes.c.tenant_id,
            head.available_at <= bindparam("now"),
        )
        .order_by(head.priority.desc(), head.created_at, head.id)
        .limit(bindparam("depth"))
        .correlate(lanes)
    )
    if door.is_postgres:
        each = top.lateral("heads")
        found = door.derive(*each.c).select_from(lanes.join(each, true()))
        in_order = found.order_by(each.c.priority.desc(), each.c.created_at, each.c.id)
    else:
        # SQLite has no LATERAL, and sees through a correlated IN; PostgreSQL the other way round.
        row = aliased(Table)
        columns = [getattr(row, column.key) for column in columns]
        ids = top.with_only_columns(head.id)
        found = door.select(row, *columns).join(lanes, row.id.in_(ids))
        in_order = found.order_by(row.priority.desc(), row.created_at, row.id)
    if not of_some:
        return in_order
    lane = tuple_(lanes.c.provider, lanes.c.tenant_id)
    return in_order.where(lane.in_(bindparam("lanes", expanding=True)))


def _head_admitted(door: Door) -> Update:
    head = (
        door.select(Table, Table.id)
        .where(
            Table.provider == bindparam("provider_name"),
            Table.tenant_id == bindparam("of_tenant"),
            Table.available_at <= _now(),
        )
        .order_by(Table.priority.desc(), Table.created_at, Table.id)
        .limit(bindparam("depth"))
    )
    return _marked(door, head).returning(Table.id, Table.priority, Table.created_at)


def _admitted(door: Door) -> Update:
    return _marked(door, bindparam("ids", expanding=True)).returning(Table.id)


def _marked(door: Door, ids: Any) -> Update:
    return (
        door.update(Table)
        .where(Table.id.in_(ids), Table.available_at.is_not(None))
        .values(admitted_at=_now(), available_at=null(), updated_at=_now())
    )


def _now() -> ColumnElement[datetime]:
    return bindparam("now", type_=Table.admitted_at.type)


def _withdrawn(door: Door, of_all: bool) -> Update:
    """Back into the queue: what was admitted at a paused provider, and claimed by nobody."""
    waits = and_(Table.phase == Phase.PENDING.value, Table.admitted_at.is_not(None))
    theirs = true() if of_all else Table.provider.in_(bindparam("paused", expanding=True))
    return (
        door.update(Table)
        .where(waits, theirs)
        .values(admitted_at=null(), available_at=_now(), updated_at=_now())
    )


def _admitted_anew(door: Door) -> Update:
    lost = door.select(Table, Table.id).where(
        Table.admitted_at < bindparam("before"), Table.phase == Phase.PENDING.value
    )
    return (
        door.update(Table)
        .where(
            Table.id.in_(lost.with_for_update(skip_locked=True)),
            Table.phase == Phase.PENDING.value,
            Table.admitted_at.is_not(None),
        )
        .values(admitted_at=_now())
        .returning(Table.id)
    )
