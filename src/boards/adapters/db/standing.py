"""How providers stand just now, for admission: what is paused, and what a rate leaves room for.

Admission reads it with the statement that it runs anyway, and writes only for providers that have
a rate. A rate is exact over any sixty seconds, in whole seconds: of the runs that were admitted in
each of them a count is kept.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, Update, bindparam, case, literal, or_

from boards.adapters.db.door import Door
from boards.adapters.db.tables import Generation
from boards.adapters.db.tables import ProviderState as Table
from boards.services.ports import Limits
from boards.services.ports.providers import EVERYTHING

__all__ = ["State", "limits_now", "note_starts", "read_state", "states"]

WINDOW = 60
"""Seconds over which a rate is counted."""
_FOLLOWS = -1
"""What stands for `paused` when a provider follows `*`."""


@dataclass(frozen=True, kw_only=True)
class State:
    """One row, as admission reads it."""

    paused: bool | None
    recent: str


def states(door: Door, of_one: bool) -> Select[Any]:
    """The states as admission's survey has its rows: provider, no tenant, pause, recent starts."""
    paused = case(
        (Table.paused.is_(True), 1), (Table.paused.is_(False), 0), else_=literal(_FOLLOWS, Integer)
    )
    nobody = literal(None, Generation.tenant_id.type).label("tenant_id")
    rows = door.select_shared(
        Table, Table.provider, nobody, paused.label("under_way"), Table.recent
    )
    if not of_one:
        return rows
    return rows.where(or_(Table.provider == bindparam("provider"), Table.provider == EVERYTHING))


def read_state(row: Any) -> State:
    """Read one such row."""
    paused = None if row.under_way == _FOLLOWS else bool(row.under_way)
    return State(paused=paused, recent=row.recent)


def limits_now(
    limits: Limits,
    found: Mapping[str, State],
    in_provider: Counter[str],
    waiting: frozenset[str],
    *,
    now: datetime,
) -> Limits:
    """The limits for the providers that something waits for, with pauses and rates in them."""
    if not found and not limits.per_minute:
        return limits
    caps = {}
    for provider in waiting:
        state = found.get(provider)
        cap = limits.of(provider)
        if _is_paused(state, found.get(EVERYTHING)):
            cap = 0
        rate = limits.per_minute.get(provider)
        if rate is not None:
            begun = sum(_recent(state, now).values())
            cap = min(cap, in_provider[provider] + max(rate - begun, 0))
        caps[provider] = cap
    return replace(limits, providers={**limits.providers, **caps}, paused=frozenset())


def note_starts(
    door: Door,
    limits: Limits,
    found: Mapping[str, State],
    started: Mapping[str, int],
    *,
    now: datetime,
) -> None:
    """Count the runs that were admitted, for the providers that have a rate."""
    for provider, count in started.items():
        if provider not in limits.per_minute or not count:
            continue
        recent = _recent(found.get(provider), now)
        recent[int(now.timestamp())] += count
        text = " ".join(f"{second}:{many}" for second, many in sorted(recent.items()))
        row = {"provider": provider, "recent": text}
        # Somebody may pause it just now, and so make the row.
        if provider in found or not door.insert(Table, [row], if_absent=True):
            door.run(_counted, {"of_provider": provider, "new_recent": text})


def _is_paused(own: State | None, everything: State | None) -> bool:
    if own is not None and own.paused is not None:
        return own.paused
    return everything is not None and everything.paused is True


def _recent(state: State | None, now: datetime) -> Counter[int]:
    """The starts of the last minute, by second. A clock that was set back forgets what is ahead."""
    count: Counter[int] = Counter()
    this = int(now.timestamp())
    for part in state.recent.split() if state else ():
        second, _, many = part.partition(":")
        if this - WINDOW < int(second) <= this:
            count[int(second)] += int(many)
    return count


def _counted(door: Door) -> Update:
    return (
        door.update_shared(Table)
        .where(Table.provider == bindparam("of_provider"))
        .values(recent=bindparam("new_recent", type_=Table.recent.type))
    )
