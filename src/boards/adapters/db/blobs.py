"""How account is kept of the objects in storage: what there is, who uses it, what may go."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, and_, bindparam, exists, null, or_, tuple_
from sqlalchemy.sql.elements import ColumnElement

from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import Blob as Table
from boards.adapters.db.tables import BlobUse as UseTable
from boards.adapters.db.tables import Generation, ResumableUpload, StorageQuota
from boards.domain.artifacts import StoredFile
from boards.errors import Conflict
from boards.services.ports import Blob, BlobTotals, BlobUse

__all__ = ["BlobRows"]

_COLUMNS = (
    *(Table.tenant_id, Table.key, Table.size, Table.sha256, Table.created_at),
    *(Table.tombstoned_at, Table.doomed_at, Table.same_as),
)
_GOING = "The bytes of {!r} are being removed, because nobody used them; store them anew."


class BlobRows:
    """The rows of objects in one transaction; the port's docstrings say what each does."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def place(self, tenant_id: UUID, file: StoredFile) -> StoredFile:
        values = {
            "tenant": tenant_id,
            "sought": file.key,
            "hash": file.sha256,
            "bytes": file.size,
        }
        found = self._door.run(_same, values).all()
        own = next((row for row in found if row.key == file.key), None)
        if own is not None:
            if own.doomed_at is not None:
                raise Conflict(_GOING.format(file.key))
            return file
        return replace(file, key=found[0].key) if found else file

    def claim(self, tenant_id: UUID, uses: Sequence[BlobUse], *, now: datetime) -> None:
        for use in uses:
            row = {
                "tenant_id": tenant_id,
                "key": use.key,
                "sha256": use.sha256,
                "size": use.size,
                "created_at": now,
            }
            if self._door.insert(Table, [row], if_absent=True) == 0:
                self._revive(tenant_id, use.key)
            claimed = {
                "tenant_id": tenant_id,
                "key": use.key,
                "owner_id": use.owner_id,
                "role": use.role,
            }
            self._door.insert(UseTable, [claimed], if_absent=True)

    def shelve(self, tenant_id: UUID, file: StoredFile, same_as: str, *, now: datetime) -> None:
        row = {
            "tenant_id": tenant_id,
            "key": file.key,
            "sha256": file.sha256,
            "size": file.size,
            "created_at": now,
            "tombstoned_at": now,
            "same_as": same_as,
        }
        self._door.insert(Table, [row], if_absent=True)

    def release(
        self, owner_ids: Sequence[UUID], *, now: datetime, roles: Sequence[str] = ()
    ) -> int:
        if not owner_ids:
            return 0
        values: dict[str, Any] = {"owners": list(owner_ids)}
        if roles:
            values["roles"] = list(roles)
        dropped = {
            (row.tenant_id, row.key) for row in self._door.run(_claims_of, values, bool(roles))
        }
        self._door.run(_released, values, bool(roles))
        return sum(
            self._door.run(_tombstoned, {"tenant": tenant_id, "sought": key, "now": now}).rowcount
            for tenant_id, key in sorted(dropped)
        )

    def doom(self, *, before: datetime, now: datetime, limit: int) -> tuple[Blob, ...]:
        rows = self._door.run(_to_doom, {"before": before, "limit": limit}).all()
        taken = []
        for row in rows:
            values = {"tenant": row.tenant_id, "sought": row.key, "before": before, "now": now}
            if self._door.run(_doomed, values).rowcount == 1:
                taken.append(_blob(row))
        return tuple(taken)

    def tombstone(self, tenant_id: UUID, key: str, *, now: datetime) -> bool:
        values = {"tenant": tenant_id, "sought": key, "now": now}
        return self._door.run(_tombstoned, values).rowcount == 1

    def spare(self, tenant_id: UUID, key: str) -> None:
        self._door.run(_spared, {"tenant": tenant_id, "sought": key})

    def forget(self, tenant_id: UUID, key: str) -> None:
        self._door.run(_forgotten, {"tenant": tenant_id, "sought": key})

    def adopt(self, tenant_id: UUID, key: str, *, size: int, sha256: str, now: datetime) -> bool:
        row = {
            "tenant_id": tenant_id,
            "key": key,
            "sha256": sha256,
            "size": size,
            "created_at": now,
            "tombstoned_at": now,
        }
        return self._door.insert(Table, [row], if_absent=True) == 1

    def find(self, tenant_id: UUID, keys: Sequence[str]) -> tuple[Blob, ...]:
        if not keys:
            return ()
        rows = self._door.run(_by_keys, {"tenant": tenant_id, "keys": list(keys)})
        return tuple(_blob(row) for row in rows)

    def list(self, *, after: tuple[UUID, str] | None, limit: int) -> tuple[Blob, ...]:
        values: dict[str, Any] = {"limit": limit}
        if after is not None:
            values |= {"tenant": after[0], "sought": after[1]}
        return tuple(_blob(row) for row in self._door.run(_listed, values, after is not None))

    def copies(self, tenant_id: UUID, blob: Blob) -> tuple[Blob, ...]:
        values = {
            "tenant": tenant_id,
            "sought": blob.key,
            "hash": blob.sha256,
            "bytes": blob.size,
        }
        return tuple(_blob(row) for row in self._door.run(_copies, values))

    def owners(self, tenant_id: UUID, key: str) -> tuple[UUID, ...]:
        found = self._door.run(_owners, {"tenant": tenant_id, "sought": key})
        return tuple(dict.fromkeys(found.scalars()))

    def held_elsewhere(self, tenant_id: UUID) -> tuple[str, ...]:
        of = {"tenant": tenant_id}
        manifests = self._door.run(_undelivered, of).scalars()
        parts = self._door.run(_coming_in, of).scalars()
        return tuple(key for each in (*manifests, *parts) for key in _keys_in(each))

    def totals(self) -> tuple[BlobTotals, ...]:
        claimed = {row.tenant_id: int(row.bytes) for row in self._door.run(_claimed_bytes)}
        quotas = {row.tenant_id: row.max_bytes for row in self._door.run(_quotas)}
        found: dict[UUID, BlobTotals] = {}
        for row in self._door.run(_sums):
            one = found.get(row.tenant_id) or BlobTotals(
                tenant_id=row.tenant_id,
                claimed=claimed.get(row.tenant_id, 0),
                quota=quotas.get(row.tenant_id),
            )
            count, size = row.objects, int(row.bytes)
            found[row.tenant_id] = (
                replace(one, waiting_objects=count, waiting_bytes=size)
                if row.waits
                else replace(one, objects=count, bytes=size)
            )
        return tuple(found[key] for key in sorted(found))

    def used(self, tenant_id: UUID) -> int:
        return int(self._door.run(_used, {"tenant": tenant_id}).scalar() or 0)

    def quota(self, tenant_id: UUID) -> int | None:
        found: int | None = self._door.run(_quota, {"tenant": tenant_id}).scalar()
        return found

    def set_quota(self, tenant_id: UUID, max_bytes: int | None, *, now: datetime) -> None:
        self._door.run(_quota_dropped, {"tenant": tenant_id})
        if max_bytes is not None:
            row = {"tenant_id": tenant_id, "max_bytes": max_bytes, "set_at": now}
            self._door.insert(StorageQuota, [row])

    def _revive(self, tenant_id: UUID, key: str) -> None:
        values = {"tenant": tenant_id, "sought": key}
        row = self._door.run(_locked, values).one()
        if row.doomed_at is not None:
            raise Conflict(_GOING.format(key))
        if row.tombstoned_at is not None:
            self._door.run(_revived, values)


def _blob(row: Row[Any]) -> Blob:
    return Blob(
        tenant_id=row.tenant_id,
        key=row.key,
        size=row.size,
        sha256=row.sha256,
        created_at=row.created_at,
        tombstoned_at=row.tombstoned_at,
        doomed_at=row.doomed_at,
        same_as=row.same_as,
    )


def _keys_in(value: Any) -> list[str]:
    """Every storage key in a manifest, whatever its shape: they stand under `key`."""
    if isinstance(value, dict):
        own = [value["key"]] if isinstance(value.get("key"), str) else []
        return own + [key for each in value.values() for key in _keys_in(each)]
    if isinstance(value, list):
        return [key for each in value for key in _keys_in(each)]
    return []


def _one() -> ColumnElement[bool]:
    return and_(Table.tenant_id == bindparam("tenant"), Table.key == bindparam("sought"))


def _same_bytes() -> ColumnElement[bool]:
    return and_(
        Table.tenant_id == bindparam("tenant"),
        Table.sha256 == bindparam("hash"),
        Table.size == bindparam("bytes"),
    )


def _is_used() -> ColumnElement[bool]:
    return exists().where(UseTable.tenant_id == Table.tenant_id, UseTable.key == Table.key)


def _same(door: Door) -> Select[Any]:
    return (
        door.select(Table, Table.key, Table.doomed_at)
        .where(or_(_one(), and_(_same_bytes(), Table.tombstoned_at.is_(None))))
        .order_by(Table.created_at, Table.key)
        .with_for_update()
    )


def _locked(door: Door) -> Select[Any]:
    chosen = door.select(Table, Table.tombstoned_at, Table.doomed_at)
    return chosen.where(_one()).with_for_update()


def _revived(door: Door) -> Update:
    return door.update(Table).where(_one()).values(tombstoned_at=null(), same_as=null())


def _claims_of(door: Door, of_roles: bool) -> Select[Any]:
    chosen = door.select(UseTable, UseTable.tenant_id, UseTable.key)
    return chosen.where(*_of_owners(of_roles))


def _released(door: Door, of_roles: bool) -> Delete:
    return door.delete(UseTable).where(*_of_owners(of_roles))


def _of_owners(of_roles: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        UseTable.owner_id.in_(bindparam("owners", expanding=True))
    ]
    if of_roles:
        conditions.append(UseTable.role.in_(bindparam("roles", expanding=True)))
    return conditions


def _tombstoned(door: Door) -> Update:
    now = bindparam("now", type_=Table.tombstoned_at.type)
    return (
        door.update(Table)
        .where(_one(), Table.tombstoned_at.is_(None), ~_is_used())
        .values(tombstoned_at=now)
    )


def _may_go() -> ColumnElement[bool]:
    return and_(Table.tombstoned_at < bindparam("before"), ~_is_used())


def _to_doom(door: Door) -> Select[Any]:
    return (
        door.select(Table, *_COLUMNS)
        .where(_may_go())
        .order_by(Table.tombstoned_at)
        .limit(bindparam("limit"))
    )


def _doomed(door: Door) -> Update:
    now = bindparam("now", type_=Table.doomed_at.type)
    return door.update(Table).where(_one(), _may_go()).values(doomed_at=now)


def _spared(door: Door) -> Update:
    return (
        door.update(Table)
        .where(_one())
        .values(doomed_at=null(), tombstoned_at=null(), same_as=null())
    )


def _forgotten(door: Door) -> Delete:
    return door.delete(Table).where(_one(), Table.doomed_at.is_not(None))


def _by_keys(door: Door) -> Select[Any]:
    return door.select(Table, *_COLUMNS).where(
        Table.tenant_id == bindparam("tenant"), Table.key.in_(bindparam("keys", expanding=True))
    )


def _listed(door: Door, goes_on: bool) -> Select[Any]:
    chosen = door.select(Table, *_COLUMNS)
    if goes_on:
        after = tuple_(bindparam("tenant", type_=Table.tenant_id.type), bindparam("sought"))
        chosen = chosen.where(tuple_(Table.tenant_id, Table.key) > after)
    return chosen.order_by(Table.tenant_id, Table.key).limit(bindparam("limit"))


def _copies(door: Door) -> Select[Any]:
    return (
        door.select(Table, *_COLUMNS)
        .where(_same_bytes(), Table.key != bindparam("sought"), Table.doomed_at.is_(None))
        .order_by(Table.created_at, Table.key)
    )


def _owners(door: Door) -> Select[Any]:
    return (
        door.select(UseTable, UseTable.owner_id)
        .where(UseTable.tenant_id == bindparam("tenant"), UseTable.key == bindparam("sought"))
        .order_by(UseTable.owner_id)
    )


def _undelivered(door: Door) -> Select[Any]:
    return door.select(Generation, Generation.manifest).where(
        Generation.tenant_id == bindparam("tenant"), Generation.manifest.is_not(None)
    )


def _coming_in(door: Door) -> Select[Any]:
    return door.select(ResumableUpload, ResumableUpload.parts).where(
        ResumableUpload.tenant_id == bindparam("tenant")
    )


def _sums(door: Door) -> Select[Any]:
    waits = Table.tombstoned_at.is_not(None)
    return door.select(
        Table,
        Table.tenant_id,
        waits.label("waits"),
        func.count().label("objects"),
        func.sum(Table.size).label("bytes"),
    ).group_by(Table.tenant_id, waits)


def _claimed_bytes(door: Door) -> Select[Any]:
    return (
        door.select(Table, Table.tenant_id, func.sum(Table.size).label("bytes"))
        .join(UseTable, and_(UseTable.tenant_id == Table.tenant_id, UseTable.key == Table.key))
        .group_by(Table.tenant_id)
    )


def _used(door: Door) -> Select[Any]:
    return door.select(Table, func.sum(Table.size)).where(
        Table.tenant_id == bindparam("tenant"), Table.tombstoned_at.is_(None)
    )


def _quota(door: Door) -> Select[Any]:
    return door.select(StorageQuota, StorageQuota.max_bytes).where(
        StorageQuota.tenant_id == bindparam("tenant")
    )


def _quotas(door: Door) -> Select[Any]:
    return door.select(StorageQuota, StorageQuota.tenant_id, StorageQuota.max_bytes)


def _quota_dropped(door: Door) -> Delete:
    return door.delete(StorageQuota).where(StorageQuota.tenant_id == bindparam("tenant"))
