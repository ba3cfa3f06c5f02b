"""Leases: until when which process runs a generation, and what happens when it dies.

A claimed row carries a run token and a lease. The worker renews its leases; a row whose lease has
lapsed may be claimed by anybody, under a new token, and from then on the old one changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Update, and_, bindparam, or_
from sqlalchemy.sql.elements import ColumnElement

from boards.adapters.db.door import Door
from boards.adapters.db.generation_rows import to_generation
from boards.adapters.db.tables import RUNNING
from boards.adapters.db.tables import Generation as Table
from boards.domain.generations import Phase
from boards.services.ports import Claim, Renewal

__all__ = ["COLUMNS", "free", "lapsed", "release", "renew", "to_claim"]

COLUMNS = (
    Table.run_token,
    Table.starts,
    Table.repeatable,
    Table.submit_started_at,
    Table.cancel_requested_at,
    Table.deadline_at,
    Table.other_ids,
    Table.manifest,
)
"""What a claim has beside its generation."""

_RUNS_AT_ONCE = 1000


def free(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """A row that may be claimed: admitted and still pending, or running with a lapsed lease."""
    return or_(
        and_(Table.phase == Phase.PENDING.value, Table.admitted_at.is_not(None)),
        and_(Table.lease_until <= now, or_(*(Table.phase == one.value for one in RUNNING))),
    )


def to_claim(row: Row[Any]) -> Claim:
    """Read a row that was just claimed."""
    return Claim(
        generation=to_generation(row),
        run_token=row.run_token,
        starts=row.starts,
        repeatable=row.repeatable,
        submit_started_at=row.submit_started_at,
        cancel_requested=row.cancel_requested_at is not None,
        other_ids=tuple(row.other_ids or ()),
        deadline_at=row.deadline_at,
        manifest=row.manifest,
    )


def lapsed(door: Door, *, now: datetime, limit: int) -> tuple[UUID, ...]:
    """The ids of running rows whose lease has run out, the longest first."""
    return tuple(door.run(_lapsed, {"now": now, "limit": limit}).scalars())


def release(door: Door, *, now: datetime) -> int:
    """Let every lease end now, and count them."""
    door.require_system("release_leases")
    return door.run(_released, {"now": now}).rowcount


def renew(
    door: Door, tokens: Mapping[UUID, UUID], *, lease_until: datetime
) -> Mapping[UUID, Renewal]:
    """Renew the leases of runs by generation id and run token, in one statement per thousand."""
    found: dict[UUID, Renewal] = {}
    wanted = list(tokens.items())
    for at in range(0, len(wanted), _RUNS_AT_ONCE):
        part = wanted[at : at + _RUNS_AT_ONCE]
        values = {
            "ids": [one for one, _ in part],
            "tokens": [token for _, token in part],
            "lease_until": lease_until,
        }
        for row in door.run(_renewed, values):
            requested = row.cancel_requested_at is not None
            found[row.id] = Renewal(held=True, cancel_requested=requested)
    lost = Renewal(held=False, cancel_requested=False)
    return {one: found.get(one, lost) for one in tokens}


def _lapsed(door: Door) -> Select[Any]:
    return (
        door.select(Table, Table.id)
        .where(Table.lease_until <= bindparam("now"))
        .order_by(Table.lease_until)
        .limit(bindparam("limit"))
    )


def _released(door: Door) -> Update:
    now = bindparam("now", type_=Table.lease_until.type)
    return door.update(Table).where(Table.lease_until > now).values(lease_until=now)


def _renewed(door: Door) -> Update:
    # A token is one row's alone, so the two lists need not be matched pair by pair.
    return (
        door.update(Table)
        .where(
            Table.id.in_(bindparam("ids", expanding=True)),
            Table.run_token.in_(bindparam("tokens", expanding=True)),
        )
        .values(lease_until=bindparam("lease_until", type_=Table.lease_until.type))
        .returning(Table.id, Table.cancel_requested_at)
    )
