"""The tables of how people come in, and of what administrators did."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, within_tenant
from boards.adapters.db.columns import Json, Serial, one_of
from boards.domain.people import LinkPurpose

__all__ = ["ApiToken", "AuditEntry", "Password", "Session", "SignInLink"]


class ApiToken(Base):
    """What a program acts by; of the secret only its fingerprint is kept."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        UniqueConstraint("fingerprint"),
        UniqueConstraint("tenant_id", "id"),
        within_tenant("user_id", "users"),
        Index("ix_api_tokens_user", "user_id", "created_at", "id"),
        Index("ix_api_tokens_tenant", "tenant_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID]
    name: Mapped[str]
    fingerprint: Mapped[str]
    hint: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(Json, nullable=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class Password(Base):
    """The hash of a password, of somebody who has one here."""

    __tablename__ = "passwords"

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id"), primary_key=True)
    hash: Mapped[str]
    updated_at: Mapped[datetime]


class Session(Base):
    """Somebody signed in by a browser, into every tenant that they belong to."""

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("fingerprint"),
        Index("ix_sessions_identity", "identity_id"),
        Index("ix_sessions_expires", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id"))
    fingerprint: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    agent: Mapped[str | None]


class SignInLink(Base):
    """A link that lets one person in, once."""

    __tablename__ = "sign_in_links"
    __table_args__ = (
        UniqueConstraint("fingerprint"),
        one_of("purpose", LinkPurpose),
        Index("ix_sign_in_links_expires", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id"))
    purpose: Mapped[str]
    fingerprint: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what, when and from where; rows are never changed."""

    __tablename__ = "audit_entries"
    __table_args__: Any = (
        Index("ix_audit_entries_tenant", "tenant_id", "id"),
        Index("ix_audit_entries_at", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    user_id: Mapped[UUID | None]
    token_id: Mapped[UUID | None]
    action: Mapped[str]
    target_kind: Mapped[str]
    target_id: Mapped[str | None]
    address: Mapped[str | None]
    request_id: Mapped[str | None]
    details: Mapped[JsonValue] = mapped_column(Json, nullable=False)
    created_at: Mapped[datetime]
