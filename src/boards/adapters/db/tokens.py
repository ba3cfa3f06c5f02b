"""How API tokens are stored."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Update, bindparam

from boards.adapters.db.door import Door
from boards.adapters.db.tables import ApiToken as Table
from boards.domain.access import TokenScope
from boards.domain.people import ApiToken

__all__ = ["TokenRows"]

_COLUMNS = (
    Table.id,
    Table.tenant_id,
    Table.user_id,
    Table.name,
    Table.hint,
    Table.scopes,
    Table.created_at,
    Table.expires_at,
    Table.revoked_at,
    Table.last_used_at,
)


class TokenRows:
    """The rows of API tokens in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(self, token: ApiToken, fingerprint: str) -> None:
        row = {
            **asdict(token),
            "scopes": sorted(scope.value for scope in token.scopes),
            "fingerprint": fingerprint,
        }
        self._door.insert(Table, [row])

    def by_fingerprint(self, fingerprint: str) -> ApiToken | None:
        self._door.require_system("api_tokens")
        row = self._door.run(_by_fingerprint, {"fingerprint": fingerprint}).first()
        return None if row is None else _token(row)

    def get(self, token_id: UUID) -> ApiToken | None:
        row = self._door.run(_by_id, {"id": token_id}).first()
        return None if row is None else _token(row)

    def of_user(self, user_id: UUID) -> tuple[ApiToken, ...]:
        return tuple(_token(row) for row in self._door.run(_of_user, {"user": user_id}))

    def of_tenant(self) -> tuple[ApiToken, ...]:
        return tuple(_token(row) for row in self._door.run(_all))

    def revoke(self, token_id: UUID, *, now: datetime) -> None:
        self._door.run(_revoke, {"token": token_id, "now": now})

    def used(self, token_id: UUID, *, now: datetime) -> None:
        self._door.run(_used, {"token": token_id, "now": now})


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        tenant_id=row.tenant_id,
        user_id=row.user_id,
        name=row.name,
        hint=row.hint,
        scopes=frozenset(TokenScope(scope) for scope in row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )


def _all(door: Door) -> Select[Any]:
    return door.select(Table, *_COLUMNS).order_by(Table.created_at.desc(), Table.id.desc())


def _by_fingerprint(door: Door) -> Select[Any]:
    return door.select(Table, *_COLUMNS).where(Table.fingerprint == bindparam("fingerprint"))


def _by_id(door: Door) -> Select[Any]:
    return door.select(Table, *_COLUMNS).where(Table.id == bindparam("id"))


def _of_user(door: Door) -> Select[Any]:
    return _all(door).where(Table.user_id == bindparam("user"))


def _revoke(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.id == bindparam("token"), Table.revoked_at.is_(None))
        .values(revoked_at=bindparam("now"))
    )


def _used(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.id == bindparam("token"))
        .values(last_used_at=bindparam("now"))
    )
