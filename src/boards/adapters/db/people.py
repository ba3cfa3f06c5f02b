"""How tenants, identities, users and what lets them in are stored."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, bindparam

from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import (
    Identity,
    Password,
    SignInLink,
    User,
)
from boards.adapters.db.tables import Session as SessionTable
from boards.adapters.db.tables import Tenant as TenantTable
from boards.domain.access import TenantRole
from boards.domain.identities import LOCAL, Principal
from boards.domain.people import LinkPurpose, Member, Session, Tenant
from boards.domain.people import SignInLink as Link
from boards.ids import new_id

__all__ = ["PeopleRows"]

_TENANT = (
    TenantTable.id,
    TenantTable.slug,
    TenantTable.name,
    TenantTable.created_at,
    TenantTable.approved_at,
    TenantTable.deleted_at,
)


class PeopleRows:
    """The rows of people in one transaction. Forbidden outside the SYSTEM scope: who somebody is
    comes before which tenant they are in."""

    def __init__(self, door: Door) -> None:
        door.require_system("people")
        self._door = door

    # Tenants

    def tenant(self, tenant_id: UUID) -> Tenant | None:
        row = self._door.run(_tenant_by_id, {"id": tenant_id}).first()
        return None if row is None else _tenant(row)

    def tenant_named(self, slug: str) -> Tenant | None:
        row = self._door.run(_tenant_by_slug, {"slug": slug}).first()
        return None if row is None else _tenant(row)

    def tenants(self) -> tuple[Tenant, ...]:
        return tuple(_tenant(row) for row in self._door.run(_all_tenants))

    def add_tenant(self, tenant: Tenant) -> None:
        self._door.insert(TenantTable, [asdict(tenant)])

    def rename_tenant(self, tenant_id: UUID, name: str) -> None:
        self._door.run(_rename_tenant, {"tenant": tenant_id, "new_name": name})

    def approve_tenant(self, tenant_id: UUID, *, now: datetime) -> None:
        self._door.run(_approve_tenant, {"tenant": tenant_id, "now": now})

    def tenants_deleted(self, *, before: datetime) -> tuple[UUID, ...]:
        return tuple(self._door.run(_deleted_tenants, {"before": before}).scalars())

    def delete_tenant(self, tenant_id: UUID, *, at: datetime | None) -> None:
        self._door.run(_delete_tenant, {"tenant": tenant_id, "at": at})

    def tenants_of(self, identity_id: UUID) -> int:
        return cast(int, self._door.run(_count_tenants, {"identity": identity_id}).scalar_one())

    # Identities and users

    def identity(self, provider: str, subject: str) -> UUID | None:
        key = {"provider": provider, "subject": subject}
        return cast(UUID | None, self._door.run(_identity, key).scalar())

    def ensure_identity(self, provider: str, subject: str, *, now: datetime) -> UUID:
        found = self.identity(provider, subject)
        if found is not None:
            return found
        row = {
            "id": new_id(),
            "provider": provider,
            "subject": subject,
            "platform_admin": False,
            "email_verified": False,
            "created_at": now,
        }
        self._door.insert(Identity, [row], if_absent=True)
        key = {"provider": provider, "subject": subject}
        return cast(UUID, self._door.run(_identity, key).scalar_one())

    def principal(self, identity_id: UUID) -> Principal:
        row = self._door.run(_identity_by_id, {"identity": identity_id}).one()
        return Principal(
            provider=row.provider,
            subject=row.subject,
            email=row.email,
            email_verified=row.email_verified,
            display_name=row.display_name,
            avatar_url=row.avatar_url,
        )

    def update_identity(self, identity_id: UUID, principal: Principal) -> None:
        values = {
            "identity": identity_id,
            "new_email": principal.email,
            "verified": principal.email_verified,
            "new_name": principal.display_name,
            "new_avatar": principal.avatar_url,
        }
        self._door.run(_update_identity, values)

    def account(self, email: str) -> UUID | None:
        return cast(UUID | None, self._door.run(_account, {"email": email}).scalar())

    def set_platform_admin(self, identity_id: UUID, *, is_admin: bool) -> None:
        self._door.run(_set_platform_admin, {"identity": identity_id, "is_admin": is_admin})

    def has_platform_admin(self) -> bool:
        return self._door.run(_platform_admins).first() is not None

    def memberships(self, identity_id: UUID) -> tuple[Member, ...]:
        rows = self._door.run(_memberships, {"identity": identity_id})
        return tuple(_member(row) for row in rows)

    def belongs_to(self, identity_id: UUID) -> frozenset[UUID]:
        rows = self._door.run(_belongs_to, {"identity": identity_id})
        return frozenset(row.tenant_id for row in rows)

    def member(self, user_id: UUID) -> Member | None:
        row = self._door.run(_member_by_id, {"user": user_id}).first()
        return None if row is None else _member(row)

    def members(self, tenant_id: UUID) -> tuple[Member, ...]:
        rows = self._door.run(_members, {"tenant": tenant_id})
        return tuple(_member(row) for row in rows)

    def admit(
        self,
        tenant: Tenant,
        identity_id: UUID,
        principal: Principal,
        role: TenantRole,
        *,
        now: datetime,
    ) -> Member:
        row = {
            "id": new_id(),
            "tenant_id": tenant.id,
            "identity_id": identity_id,
            "role": role.value,
            "email": principal.email,
            "display_name": principal.display_name,
            "avatar_url": principal.avatar_url,
            "created_at": now,
        }
        self._door.insert(User, [row], if_absent=True)
        key = {"tenant": tenant.id, "identity": identity_id}
        return _member(self._door.run(_member_in, key).one())

    def update_profile(self, user_id: UUID, principal: Principal) -> None:
        values = {
            "user": user_id,
            "new_email": principal.email,
            "new_name": principal.display_name,
            "new_avatar": principal.avatar_url,
        }
        self._door.run(_update_profile, values)

    def set_role(self, user_id: UUID, role: TenantRole) -> None:
        self._door.run(_set_role, {"user": user_id, "new_role": role.value})

    def disable(self, user_id: UUID, *, at: datetime | None) -> None:
        self._door.run(_disable, {"user": user_id, "at": at})

    # Passwords, sessions, links

    def password_of(self, identity_id: UUID) -> str | None:
        return cast(str | None, self._door.run(_password, {"identity": identity_id}).scalar())

    def set_password(self, identity_id: UUID, hashed: str, *, now: datetime) -> None:
        self._door.run(_forget_password, {"identity": identity_id})
        row = {"identity_id": identity_id, "hash": hashed, "updated_at": now}
        self._door.insert(Password, [row])

    def add_session(self, session: Session, fingerprint: str) -> None:
        self._door.insert(SessionTable, [{**asdict(session), "fingerprint": fingerprint}])

    def session(self, fingerprint: str) -> Session | None:
        row = self._door.run(_session, {"fingerprint": fingerprint}).first()
        if row is None:
            return None
        return Session(
            id=row.id,
            identity_id=row.identity_id,
            created_at=row.created_at,
            expires_at=row.expires_at,
            seen_at=row.seen_at,
            agent=row.agent,
        )

    def end_session(self, session_id: UUID) -> None:
        self._door.run(_end_session, {"session": session_id})

    def end_sessions(self, identity_id: UUID, *, but: UUID | None = None) -> None:
        if but is None:
            self._door.run(_end_sessions, {"identity": identity_id})
        else:
            self._door.run(_end_other_sessions, {"identity": identity_id, "session": but})

    def forget_sessions(self, *, before: datetime) -> int:
        values = {"before": before}
        sessions = self._door.run(_old_sessions, values).rowcount
        return sessions + self._door.run(_old_links, values).rowcount

    def add_link(self, link: Link, fingerprint: str) -> None:
        row = {**asdict(link), "purpose": link.purpose.value, "fingerprint": fingerprint}
        self._door.insert(SignInLink, [row])

    def use_link(self, fingerprint: str, purpose: LinkPurpose, *, now: datetime) -> Link | None:
        values = {"mark": fingerprint, "its_purpose": purpose.value, "now": now}
        row = self._door.run(_use_link, values).first()
        return None if row is None else _link_of(row)

    def link(self, fingerprint: str, *, now: datetime) -> Link | None:
        row = self._door.run(_link, {"fingerprint": fingerprint, "now": now}).first()
        return None if row is None else _link_of(row)

    def end_links(self, identity_id: UUID) -> None:
        self._door.run(_end_links, {"identity": identity_id})


def _link_of(row: Row[Any]) -> Link:
    return Link(
        id=row.id,
        identity_id=row.identity_id,
        purpose=LinkPurpose(row.purpose),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _tenant(row: Row[Any]) -> Tenant:
    return Tenant(
        id=row.id,
        slug=row.slug,
        name=row.name,
        created_at=row.created_at,
        approved_at=row.approved_at,
        deleted_at=row.deleted_at,
    )


def _member(row: Row[Any]) -> Member:
    return Member(
        tenant=_tenant(row),
        identity_id=row.identity_id,
        user_id=row.user_id,
        role=TenantRole(row.role),
        platform_admin=row.platform_admin,
        email=row.email,
        display_name=row.display_name,
        avatar_url=row.avatar_url,
        created_at=row.joined_at,
        provider=row.provider,
        email_verified=row.email_verified,
        disabled_at=row.disabled_at,
    )


def _tenant_by_id(door: Door) -> Select[Any]:
    return door.select_shared(TenantTable, *_TENANT).where(TenantTable.id == bindparam("id"))


def _tenant_by_slug(door: Door) -> Select[Any]:
    return door.select_shared(TenantTable, *_TENANT).where(TenantTable.slug == bindparam("slug"))


def _all_tenants(door: Door) -> Select[Any]:
    return (
        door.select_shared(TenantTable, *_TENANT)
        .where(TenantTable.deleted_at.is_(None))
        .order_by(TenantTable.slug)
    )


def _rename_tenant(door: Door) -> Update:
    return (
        door.update_shared(TenantTable)
        .where(TenantTable.id == bindparam("tenant"))
        .values(name=bindparam("new_name"))
    )


def _approve_tenant(door: Door) -> Update:
    return (
        door.update_shared(TenantTable)
        .where(TenantTable.id == bindparam("tenant"), TenantTable.approved_at.is_(None))
        .values(approved_at=bindparam("now"))
    )


def _delete_tenant(door: Door) -> Update:
    return (
        door.update_shared(TenantTable)
        .where(TenantTable.id == bindparam("tenant"))
        .values(deleted_at=bindparam("at"))
    )


def _deleted_tenants(door: Door) -> Select[Any]:
    return door.select_shared(TenantTable, TenantTable.id).where(
        TenantTable.deleted_at < bindparam("before")
    )


def _count_tenants(door: Door) -> Select[Any]:
    return (
        door.select(User, func.count())
        .join(TenantTable, TenantTable.id == User.tenant_id)
        .where(
            User.identity_id == bindparam("identity"),
            User.role == TenantRole.ADMIN.value,
            TenantTable.deleted_at.is_(None),
        )
    )


def _identity(door: Door) -> Select[Any]:
    return door.select_shared(Identity, Identity.id).where(
        Identity.provider == bindparam("provider"), Identity.subject == bindparam("subject")
    )


def _identity_by_id(door: Door) -> Select[Any]:
    return door.select_shared(
        Identity,
        Identity.provider,
        Identity.subject,
        Identity.email,
        Identity.email_verified,
        Identity.display_name,
        Identity.avatar_url,
    ).where(Identity.id == bindparam("identity"))


def _update_identity(door: Door) -> Update:
    return (
        door.update_shared(Identity)
        .where(Identity.id == bindparam("identity"))
        .values(
            email=func.coalesce(bindparam("new_email"), Identity.email),
            email_verified=bindparam("verified"),
            display_name=func.coalesce(bindparam("new_name"), Identity.display_name),
            avatar_url=func.coalesce(bindparam("new_avatar"), Identity.avatar_url),
        )
    )


def _account(door: Door) -> Select[Any]:
    return door.select_shared(Identity, Identity.id).where(
        Identity.provider == LOCAL, Identity.email == bindparam("email")
    )


def _set_platform_admin(door: Door) -> Update:
    return (
        door.update_shared(Identity)
        .where(Identity.id == bindparam("identity"))
        .values(platform_admin=bindparam("is_admin"))
    )


def _platform_admins(door: Door) -> Select[Any]:
    # The identity of an installation without authentication cannot sign in, and neither can an
    # account that has no password yet.
    return (
        door.select_shared(Identity, Identity.id)
        .outerjoin(Password, Password.identity_id == Identity.id)
        .where(
            Identity.platform_admin.is_(True),
            Identity.provider != "none",
            (Identity.provider != LOCAL) | Password.identity_id.is_not(None),
        )
        .limit(1)
    )


def _people(door: Door) -> Select[Any]:
    return (
        door.select(
            User,
            *_TENANT,
            User.id.label("user_id"),
            User.identity_id,
            User.role,
            User.email,
            User.display_name,
            User.avatar_url,
            User.created_at.label("joined_at"),
            User.disabled_at,
            Identity.platform_admin,
            Identity.provider,
            Identity.email_verified,
        )
        .join(TenantTable, TenantTable.id == User.tenant_id)
        .join(Identity, Identity.id == User.identity_id)
        .where(TenantTable.deleted_at.is_(None))
        .order_by(User.created_at, User.id)
    )


def _memberships(door: Door) -> Select[Any]:
    return _people(door).where(User.identity_id == bindparam("identity"))


def _belongs_to(door: Door) -> Select[Any]:
    return door.select(User, User.tenant_id).where(User.identity_id == bindparam("identity"))


def _member_by_id(door: Door) -> Select[Any]:
    return _people(door).where(User.id == bindparam("user"))


def _members(door: Door) -> Select[Any]:
    return _people(door).where(User.tenant_id == bindparam("tenant"))


def _member_in(door: Door) -> Select[Any]:
    return _members(door).where(User.identity_id == bindparam("identity"))


def _update_profile(door: Door) -> Update:
    return (
        door.update(User)
        .where(User.id == bindparam("user"))
        .values(
            email=func.coalesce(bindparam("new_email"), User.email),
            display_name=func.coalesce(bindparam("new_name"), User.display_name),
            avatar_url=func.coalesce(bindparam("new_avatar"), User.avatar_url),
        )
    )


def _set_role(door: Door) -> Update:
    return door.update(User).where(User.id == bindparam("user")).values(role=bindparam("new_role"))


def _disable(door: Door) -> Update:
    return door.update(User).where(User.id == bindparam("user")).values(disabled_at=bindparam("at"))


def _password(door: Door) -> Select[Any]:
    return door.select_shared(Password, Password.hash).where(
        Password.identity_id == bindparam("identity")
    )


def _forget_password(door: Door) -> Delete:
    return door.delete_shared(Password).where(Password.identity_id == bindparam("identity"))


def _session(door: Door) -> Select[Any]:
    return door.select_shared(
        SessionTable,
        SessionTable.id,
        SessionTable.identity_id,
        SessionTable.created_at,
        SessionTable.expires_at,
        SessionTable.seen_at,
        SessionTable.agent,
    ).where(SessionTable.fingerprint == bindparam("fingerprint"))


def _end_session(door: Door) -> Delete:
    return door.delete_shared(SessionTable).where(SessionTable.id == bindparam("session"))


def _end_sessions(door: Door) -> Delete:
    return door.delete_shared(SessionTable).where(SessionTable.identity_id == bindparam("identity"))


def _end_other_sessions(door: Door) -> Delete:
    return _end_sessions(door).where(SessionTable.id != bindparam("session"))


def _old_sessions(door: Door) -> Delete:
    return door.delete_shared(SessionTable).where(SessionTable.expires_at < bindparam("before"))


def _old_links(door: Door) -> Delete:
    return door.delete_shared(SignInLink).where(SignInLink.expires_at < bindparam("before"))


def _end_links(door: Door) -> Delete:
    return door.delete_shared(SignInLink).where(SignInLink.identity_id == bindparam("identity"))


_LINK = (
    SignInLink.id,
    SignInLink.identity_id,
    SignInLink.purpose,
    SignInLink.created_at,
    SignInLink.expires_at,
)


def _link(door: Door) -> Select[Any]:
    return door.select_shared(SignInLink, *_LINK).where(
        SignInLink.fingerprint == bindparam("fingerprint"),
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > bindparam("now"),
    )


def _use_link(door: Door) -> Update:
    return (
        door.update_shared(SignInLink)
        .where(
            SignInLink.fingerprint == bindparam("mark"),
            SignInLink.purpose == bindparam("its_purpose"),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > bindparam("now"),
        )
        .values(used_at=bindparam("now"))
        .returning(*_LINK)
    )
