"""People, tenants, and what people act by, as the database keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import TenantRole
from boards.domain.identities import Principal
from boards.domain.people import ApiToken, LinkPurpose, Member, Session, SignInLink, Tenant
from boards.services.ports.scope import Page

__all__ = ["Audit", "AuditRecord", "People", "Tokens"]


class People(Protocol):
    """Rows of tenants, identities, users, passwords, sessions and links; needs the SYSTEM scope."""

    def tenant(self, tenant_id: UUID) -> Tenant | None: ...
    def tenant_named(self, slug: str) -> Tenant | None: ...
    def tenants(self) -> tuple[Tenant, ...]:
        """All that are not deleted, by slug."""
        ...

    def add_tenant(self, tenant: Tenant) -> None:
        """Conflict when the slug is taken."""
        ...

    def rename_tenant(self, tenant_id: UUID, name: str) -> None: ...
    def approve_tenant(self, tenant_id: UUID, *, now: datetime) -> None: ...
    def tenants_deleted(self, *, before: datetime) -> tuple[UUID, ...]:
        """The ids of tenants that were deleted before. Needs SYSTEM scope."""
        ...

    def delete_tenant(self, tenant_id: UUID, *, at: datetime | None) -> None:
        """Mark it deleted; with None take the mark away."""
        ...

    def tenants_of(self, identity_id: UUID) -> int:
        """How many tenants the identity administers."""
        ...

    def identity(self, provider: str, subject: str) -> UUID | None: ...
    def ensure_identity(self, provider: str, subject: str, *, now: datetime) -> UUID:
        """Make the identity unless it exists; several may do so at once and get the same one."""
        ...

    def principal(self, identity_id: UUID) -> Principal:
        """What is known of a person, without the claims of their token."""
        ...

    def update_identity(self, identity_id: UUID, principal: Principal) -> None:
        """Keep what the identity provider says of the person now."""
        ...

    def account(self, email: str) -> UUID | None:
        """The identity of an account of this server, by its address in small letters."""
        ...

    def set_platform_admin(self, identity_id: UUID, *, is_admin: bool) -> None: ...
    def has_platform_admin(self) -> bool:
        """Whether anybody can administer the installation by signing in."""
        ...

    def memberships(self, identity_id: UUID) -> tuple[Member, ...]:
        """What the identity is in each tenant that exists, the longest standing first."""
        ...

    def belongs_to(self, identity_id: UUID) -> frozenset[UUID]:
        """The tenants that the identity is in, those that are deleted as well."""
        ...

    def member(self, user_id: UUID) -> Member | None: ...
    def members(self, tenant_id: UUID) -> tuple[Member, ...]: ...
    def admit(
        self,
        tenant: Tenant,
        identity_id: UUID,
        principal: Principal,
        role: TenantRole,
        *,
        now: datetime,
    ) -> Member:
        """Make the identity a user of the tenant unless it is one; several may do so at once."""
        ...

    def update_profile(self, user_id: UUID, principal: Principal) -> None:
        """Keep what the identity provider says of the person now."""
        ...

    def set_role(self, user_id: UUID, role: TenantRole) -> None: ...
    def disable(self, user_id: UUID, *, at: datetime | None) -> None:
        """Let the person in no more; with None let them in again."""
        ...

    def password_of(self, identity_id: UUID) -> str | None: ...
    def set_password(self, identity_id: UUID, hashed: str, *, now: datetime) -> None: ...
    def add_session(self, session: Session, fingerprint: str) -> None: ...
    def session(self, fingerprint: str) -> Session | None: ...
    def end_session(self, session_id: UUID) -> None: ...
    def end_sessions(self, identity_id: UUID, *, but: UUID | None = None) -> None:
        """End all of a person's sessions, `but` one."""
        ...

    def forget_sessions(self, *, before: datetime) -> int:
        """Delete sessions and links that ended before; give how many."""
        ...

    def add_link(self, link: SignInLink, fingerprint: str) -> None: ...
    def link(self, fingerprint: str, *, now: datetime) -> SignInLink | None:
        """Look at a link that can still be taken."""
        ...

    def end_links(self, identity_id: UUID) -> None:
        """Have no link of a person be good any more."""
        ...

    def use_link(
        self, fingerprint: str, purpose: LinkPurpose, *, now: datetime
    ) -> SignInLink | None:
        """Take a link, once: None when it is unknown, used, too old, or for something else."""
        ...


class Tokens(Protocol):
    """Rows of API tokens."""

    def add(self, token: ApiToken, fingerprint: str) -> None: ...
    def by_fingerprint(self, fingerprint: str) -> ApiToken | None:
        """Needs the SYSTEM scope: a token says itself whose it is."""
        ...

    def get(self, token_id: UUID) -> ApiToken | None: ...
    def of_user(self, user_id: UUID) -> tuple[ApiToken, ...]:
        """All of a user's, the newest first."""
        ...

    def of_tenant(self) -> tuple[ApiToken, ...]: ...
    def revoke(self, token_id: UUID, *, now: datetime) -> None: ...
    def used(self, token_id: UUID, *, now: datetime) -> None: ...


@dataclass(frozen=True, kw_only=True)
class AuditRecord:
    """Who did what, to what, when and from where; `id` is given by the database."""

    tenant_id: UUID
    user_id: UUID | None
    token_id: UUID | None
    action: str
    target_kind: str
    target_id: str | None
    address: str | None
    request_id: str | None
    created_at: datetime
    details: Mapping[str, JsonValue] = field(default_factory=dict)
    id: int | None = None


class Audit(Protocol):
    """Rows of the audit log, which are only ever added."""

    def add(self, record: AuditRecord) -> None: ...
    def list(
        self,
        *,
        limit: int,
        cursor: str | None,
        user_id: UUID | None = None,
        action: str | None = None,
    ) -> Page[AuditRecord]:
        """The newest first."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete what is older; give how many. Needs the SYSTEM scope."""
        ...
