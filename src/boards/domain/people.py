"""Tenants, their members, and what members act by: tokens and sessions."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from boards.domain.access import Actor, Origin, TenantRole, TokenScope
from boards.errors import InvalidInput, Problem

__all__ = [
    "API_TOKENS_BEGIN",
    "ApiToken",
    "LinkPurpose",
    "Member",
    "Secret",
    "Session",
    "SignInLink",
    "Tenant",
    "check_name",
    "check_scopes",
    "expiry",
    "fingerprint",
    "is_api_token",
    "new_secret",
]

API_TOKENS_BEGIN = "boards_"
NAME_LENGTH = 100
HINT_LENGTH = 4


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """An organisation; nothing is shared between two.

    One that is not approved yet, or is deleted, lets nobody in.
    """

    id: UUID
    slug: str
    name: str
    created_at: datetime
    approved_at: datetime | None
    deleted_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.approved_at is not None and self.deleted_at is None


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person within one tenant."""

    tenant: Tenant
    identity_id: UUID
    user_id: UUID
    role: TenantRole
    platform_admin: bool
    email: str | None
    display_name: str | None
    avatar_url: str | None
    created_at: datetime
    provider: str = ""
    email_verified: bool = False
    disabled_at: datetime | None = None

    def actor(
        self,
        *,
        token_id: UUID | None = None,
        scopes: frozenset[TokenScope] | None = None,
        origin: Origin | None = None,
    ) -> Actor:
        """Who acts when this person does, by a token or themselves."""
        return Actor(
            tenant_id=self.tenant.id,
            user_id=self.user_id,
            tenant_role=self.role,
            platform_admin=self.platform_admin,
            token_id=token_id,
            scopes=scopes,
            origin=origin or Origin(),
        )


@dataclass(frozen=True, kw_only=True)
class ApiToken:
    """What a program acts by in a member's name; the secret itself is not kept."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    name: str
    hint: str
    scopes: frozenset[TokenScope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody signed in by a browser."""

    id: UUID
    identity_id: UUID
    created_at: datetime
    expires_at: datetime
    seen_at: datetime
    agent: str | None = None

    def is_good(self, now: datetime) -> bool:
        return self.expires_at > now


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    SET_PASSWORD = "set_password"  # noqa: S105 - what a link is for
    """Its person chooses a password, and is signed in."""
    SET_UP = "set_up"
    """The same for the first administrator of the server, who also says who they are."""


@dataclass(frozen=True, kw_only=True)
class SignInLink:
    """A link that lets one person in, once."""

    id: UUID
    identity_id: UUID
    purpose: LinkPurpose
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A new secret: `text` is shown once, `fingerprint` is kept, `hint` tells it from others."""

    text: str
    fingerprint: str
    hint: str


def new_secret(prefix: str = "") -> Secret:
    """Make a secret of 256 random bits, so that a plain hash is enough to keep it by."""
    text = prefix + secrets.token_urlsafe(32)
    return Secret(text=text, fingerprint=fingerprint(text), hint=text[-HINT_LENGTH:])


def fingerprint(secret: str) -> str:
    """What is kept of a secret and looked up when it is shown."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_api_token(bearer: str) -> bool:
    """Tell our own tokens from an identity provider's."""
    return bearer.startswith(API_TOKENS_BEGIN)


def check_name(name: str, *, at: str = "name") -> str:
    """Give a name without surrounding space. InvalidInput when it is empty or too long."""
    text = " ".join(name.split())
    if not text or len(text) > NAME_LENGTH or not text.isprintable():
        message = f"A name has 1 to {NAME_LENGTH} printable characters; got {len(text)}."
        raise InvalidInput(message, problems=(Problem(at=at, message=message),))
    return text


def check_scopes(scopes: Collection[str]) -> frozenset[TokenScope]:
    """Read the scopes of a token. InvalidInput for none, or for one that is not known."""
    known = {scope.value for scope in TokenScope}
    strange = sorted(set(scopes) - known)
    if strange or not scopes:
        what = f"{strange[0]!r} is no scope" if strange else "A token needs at least one scope"
        message = f"{what}; there are {', '.join(sorted(known))}."
        raise InvalidInput(message, problems=(Problem(at="scopes", message=message),))
    return frozenset(TokenScope(scope) for scope in scopes)


def expiry(now: datetime, days: int | None, *, longest: int = 366) -> datetime | None:
    """When something ends that is good for so many days; None for ever."""
    if days is None:
        return None
    if not 1 <= days <= longest:
        message = f"It may be good for 1 to {longest} days; got {days}."
        raise InvalidInput(message, problems=(Problem(at="expires_days", message=message),))
    return now + timedelta(days=days)
