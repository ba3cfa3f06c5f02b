"""How tenants, identities and users are stored."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, bindparam

from boards.adapters.db.door import Door
from boards.adapters.db.tables import Base, Identity, Tenant, User
from boards.domain.access import Actor, TenantRole
from boards.ids import new_id

__all__ = ["LOCAL_PROVIDER", "LOCAL_SUBJECT", "AccountRows"]

LOCAL_PROVIDER = "none"
LOCAL_SUBJECT = "local"
"""Who uses an installation without authentication: whoever sits at the machine."""


class AccountRows:
    """The rows of tenants, identities and users in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def seed_default(self, *, slug: str, name: str, now: datetime) -> Actor:
        """The one user of an installation without authentication, who may do everything there.

        Several processes may do this at once; all get the same actor. Needs the SYSTEM scope.
        """
        tenant_id = self._ensure(
            Tenant,
            {"slug": slug},
            {"name": name, "created_at": now, "approved_at": now},
            _tenant_by_slug,
        )
        identity_id = self._ensure(
            Identity,
            {"provider": LOCAL_PROVIDER, "subject": LOCAL_SUBJECT},
            {"platform_admin": True, "created_at": now},
            _identity_by_subject,
        )
        user_id = self._ensure(
            User,
            {"tenant_id": tenant_id, "identity_id": identity_id},
            {"role": TenantRole.ADMIN.value, "created_at": now},
            _user_by_identity,
        )
        return Actor(
            tenant_id=tenant_id,
            user_id=user_id,
            tenant_role=TenantRole.ADMIN,
            platform_admin=True,
        )

    def add_user(
        self, *, tenant_id: UUID, user_id: UUID, provider: str, subject: str, now: datetime
    ) -> Actor:
        """Conflict when the tenant has the user already. Needs the SYSTEM scope."""
        identity_id = self._ensure(
            Identity,
            {"provider": provider, "subject": subject},
            {"platform_admin": False, "created_at": now},
            _identity_by_subject,
        )
        values = {
            "id": user_id,
            "tenant_id": tenant_id,
            "identity_id": identity_id,
            "role": TenantRole.MEMBER.value,
            "created_at": now,
        }
        self._door.insert(User, [values])
        return Actor(tenant_id=tenant_id, user_id=user_id)

    def _ensure(
        self, table: type[Base], key: dict[str, Any], rest: dict[str, Any], by_key: Any
    ) -> UUID:
        found: UUID | None = self._door.run(by_key, key).scalar()
        if found is None:
            self._door.insert(table, [{"id": new_id(), **key, **rest}], if_absent=True)
            return cast(UUID, self._door.run(by_key, key).scalar_one())
        return found


def _tenant_by_slug(door: Door) -> Select[Any]:
    return door.select_shared(Tenant, Tenant.id).where(Tenant.slug == bindparam("slug"))


def _identity_by_subject(door: Door) -> Select[Any]:
    return door.select_shared(Identity, Identity.id).where(
        Identity.provider == bindparam("provider"), Identity.subject == bindparam("subject")
    )


def _user_by_identity(door: Door) -> Select[Any]:
    return door.select(User, User.id).where(
        User.tenant_id == bindparam("tenant_id"), User.identity_id == bindparam("identity_id")
    )
