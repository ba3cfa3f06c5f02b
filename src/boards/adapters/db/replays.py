"""How idempotency keys are stored."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Row, Select, bindparam

from boards.adapters.db.door import Door
from boards.adapters.db.tables import IdempotencyKey as Table
from boards.services.ports import Replay

__all__ = ["ReplayRows"]


class ReplayRows:
    """The rows of idempotency keys in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def find(self, user_id: UUID, key: str) -> Replay | None:
        row = self._door.run(_by_key, {"user": user_id, "sent": key}).first()
        return None if row is None else _replay(row)

    def claim(self, replay: Replay, *, forget_before: datetime) -> Replay | None:
        row = asdict(replay)
        if self._door.insert(Table, [row], if_absent=True) == 1:
            return None
        found = self.find(replay.user_id, replay.key)
        if found is not None and found.created_at > forget_before:
            return found
        self._door.run(_too_old, {"user": replay.user_id, "sent": replay.key, "at": forget_before})
        if self._door.insert(Table, [row], if_absent=True) == 1:
            return None
        return self.find(replay.user_id, replay.key)

    def forget(self, *, before: datetime) -> int:
        return self._door.run(_older, {"before": before}).rowcount


def _replay(row: Row[Any]) -> Replay:
    return Replay(
        tenant_id=row.tenant_id,
        user_id=row.user_id,
        key=row.key,
        fingerprint=row.fingerprint,
        job_id=row.job_id,
        created_at=row.created_at,
    )


def _by_key(door: Door) -> Select[Any]:
    return door.select(
        Table,
        Table.tenant_id,
        Table.user_id,
        Table.key,
        Table.fingerprint,
        Table.job_id,
        Table.created_at,
    ).where(Table.user_id == bindparam("user"), Table.key == bindparam("sent"))


def _too_old(door: Door) -> Delete:
    return door.delete(Table).where(
        Table.user_id == bindparam("user"),
        Table.key == bindparam("sent"),
        Table.created_at <= bindparam("at"),
    )


def _older(door: Door) -> Delete:
    return door.delete(Table).where(Table.created_at < bindparam("before"))
