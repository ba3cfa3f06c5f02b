"""How tenants' keys of providers are stored: sealed, and never more than that."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Select, Update, and_, bindparam, or_
from sqlalchemy.sql.elements import ColumnElement

from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import Generation, User
from boards.adapters.db.tables import ProviderKey as Table
from boards.services.ports.keys import KeyInfo, KeyUse, SealedKey

__all__ = ["KeyRows"]


class KeyRows:
    """The rows of keys in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def list(self) -> tuple[KeyInfo, ...]:
        return tuple(
            KeyInfo(
                provider=row.provider,
                ending=row.ending,
                set_at=row.set_at,
                set_by=row.set_by,
                set_by_name=row.set_by_name,
            )
            for row in self._door.run(_listed)
        )

    def sealed(self) -> tuple[SealedKey, ...]:
        return tuple(
            SealedKey(
                id=row.id,
                tenant_id=row.tenant_id,
                provider=row.provider,
                sealed=row.sealed,
                secret_id=row.secret_id,
                is_replaced=row.replaced_at is not None,
            )
            for row in self._door.run(_sealed)
        )

    def put(
        self,
        *,
        key_id: UUID,
        tenant_id: UUID,
        provider: str,
        sealed: str,
        secret_id: str,
        ending: str,
        set_by: UUID | None,
        now: datetime,
    ) -> None:
        """Conflict when another process sets one at the same moment."""
        self._door.run(_replaced, {"of_provider": provider, "now": now})
        row = {
            "id": key_id,
            "tenant_id": tenant_id,
            "provider": provider,
            "sealed": sealed,
            "secret_id": secret_id,
            "ending": ending,
            "set_by": set_by,
            "set_at": now,
        }
        self._door.insert(Table, [row])

    def remove(self, provider: str) -> bool:
        return self._door.run(_removed, {"of_provider": provider}).rowcount > 0

    def reseal(self, key: SealedKey, *, sealed: str, secret_id: str) -> bool:
        values = {
            "of_id": key.id,
            "old_secret_id": key.secret_id,
            "new_sealed": sealed,
            "new_secret_id": secret_id,
        }
        return self._door.run(_resealed, values).rowcount == 1

    def used_by(self, generation_id: UUID) -> KeyUse | None:
        row = self._door.run(_use, {"id": generation_id}).first()
        if row is None:
            return None
        return KeyUse(has_begun=row.submit_started_at is not None, key_id=row.key_id)

    def forget_unused(self) -> int:
        self._door.require_system("forget_unused")
        return self._door.run(_forgotten).rowcount


def _listed(door: Door) -> Select[Any]:
    name = func.coalesce(User.display_name, User.email).label("set_by_name")
    columns = (Table.provider, Table.ending, Table.set_at, Table.set_by, name)
    return (
        door.select(Table, *columns)
        .outerjoin(User, and_(User.id == Table.set_by, User.tenant_id == Table.tenant_id))
        .where(Table.replaced_at.is_(None))
        .order_by(Table.provider)
    )


def _sealed(door: Door) -> Select[Any]:
    columns = (
        *(Table.id, Table.tenant_id, Table.provider),
        *(Table.sealed, Table.secret_id, Table.replaced_at),
    )
    return door.select(Table, *columns).order_by(Table.provider, Table.set_at.desc(), Table.id)


def _is_current() -> ColumnElement[bool]:
    return and_(Table.provider == bindparam("of_provider"), Table.replaced_at.is_(None))


def _replaced(door: Door) -> Update:
    now = bindparam("now", type_=Table.replaced_at.type)
    return door.update(Table).where(_is_current()).values(replaced_at=now)


def _removed(door: Door) -> Delete:
    return door.delete(Table).where(Table.provider == bindparam("of_provider"))


def _resealed(door: Door) -> Update:
    # The guard: of two who rotate at once, the other finds the row changed.
    return (
        door.update(Table)
        .where(Table.id == bindparam("of_id"), Table.secret_id == bindparam("old_secret_id"))
        .values(
            sealed=bindparam("new_sealed", type_=Table.sealed.type),
            secret_id=bindparam("new_secret_id", type_=Table.secret_id.type),
        )
    )


def _use(door: Door) -> Select[Any]:
    return door.select(Generation, Generation.submit_started_at, Generation.key_id).where(
        Generation.id == bindparam("id")
    )


def _forgotten(door: Door) -> Delete:
    # A run that may still be asked about has a lease, or is on the attention list: both are small
    # indexes, however many runs there were.
    in_use = (
        door.select(Generation, Generation.id)
        .where(
            Generation.key_id == Table.id,
            or_(Generation.lease_until.is_not(None), Generation.needs_attention.is_(True)),
        )
        .correlate(Table)
        .exists()
    )
    return door.delete(Table).where(Table.replaced_at.is_not(None), ~in_use)
