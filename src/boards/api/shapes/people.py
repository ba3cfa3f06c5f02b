"""People, tenants, tokens and the audit log as answers show them, and the requests about them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from boards.api.shapes.base import Answer, JsonObject, Name, PageShape, Sent, Text
from boards.domain.access import TenantRole, TokenScope
from boards.domain.people import ApiToken, Member, Tenant
from boards.services.accounts import NewLink
from boards.services.ports import AuditRecord

__all__ = [
    "AddRequest",
    "AddedShape",
    "AuditPage",
    "AuditShape",
    "LinkShape",
    "MeShape",
    "MemberChange",
    "MemberListShape",
    "MemberShape",
    "NewTokenShape",
    "TenantChange",
    "TenantListShape",
    "TenantRequest",
    "TenantShape",
    "TokenListShape",
    "TokenRequest",
    "TokenShape",
    "audit_shape",
    "link_shape",
    "member_shape",
    "tenant_shape",
    "token_shape",
]


class TenantShape(Answer):
    """An organisation; nothing is shared between two."""

    id: UUID = Field(description="Its id.")
    slug: str = Field(description="Its short name, as `X-Tenant` takes it.")
    name: str = Field(description="Its name.")
    created_at: datetime = Field(description="When it was made.")
    is_open: bool = Field(description="Whether it lets its people in.")
    deleted_at: datetime | None = Field(description="When it was deleted; 30 days to restore it.")


class TenantListShape(Answer):
    """Tenants."""

    items: list[TenantShape] = Field(description="By slug.")


class TenantRequest(Sent):
    """A tenant to be made."""

    slug: Text = Field(max_length=50, description="Small letters, digits and hyphens.")
    name: Text = Field(max_length=100, description="1 to 100 printable characters.")


class TenantChange(Sent):
    """What is to change."""

    name: Text = Field(max_length=100, description="1 to 100 printable characters.")


class MemberShape(Answer):
    """A person in a tenant."""

    user_id: UUID = Field(description="Their id in this tenant.")
    role: TenantRole = Field(description="Their role in this tenant.")
    email: str | None = Field(description="Their address.")
    display_name: str | None = Field(description="What they are called.")
    avatar_url: str | None = Field(description="Their picture.")
    joined_at: datetime = Field(description="When they came in first.")
    is_disabled: bool = Field(description="Whether they are let in no more.")
    platform_admin: bool = Field(description="Whether they administer this server.")
    provider: str = Field(description="Who signs them in.")


class LinkShape(Answer):
    """A one-time link, to be handed on; no mail is sent."""

    url: str = Field(description="Its address, shown this once.")
    expires_at: datetime = Field(description="When it ends.")


class AddedShape(Answer):
    """A new member."""

    member: MemberShape = Field(description="The member.")
    link: LinkShape | None = Field(
        description="By which they set a password; null for who has one already."
    )


class AddRequest(Sent):
    """Somebody to let in."""

    email: Text = Field(max_length=254, description="Their address, by which they sign in.")
    role: Annotated[TenantRole, Field(strict=False)] = Field(
        default=TenantRole.MEMBER, description="Their role in the tenant."
    )


class MemberListShape(Answer):
    """Everybody in a tenant."""

    items: list[MemberShape] = Field(description="The longest standing first.")


class MemberChange(Sent):
    """What is to change; what is left out stays."""

    role: Annotated[TenantRole, Field(strict=False)] | None = Field(
        default=None, description="Another role."
    )
    is_disabled: bool | None = Field(default=None, description="Whether they are kept out.")
    platform_admin: bool | None = Field(
        default=None,
        description="Whether they administer this server; only its administrators change that.",
    )


class MeShape(Answer):
    """Who you are here."""

    user_id: UUID | None = Field(description="Your id; null for a visitor.")
    tenant: TenantShape | None = Field(description="The tenant you act in.")
    role: TenantRole = Field(description="Your role in it.")
    platform_admin: bool = Field(description="Whether you administer this server.")
    email: str | None = Field(description="Your address.")
    display_name: str | None = Field(description="What you are called.")
    avatar_url: str | None = Field(description="Your picture.")
    token_id: UUID | None = Field(description="The API token you act by, if you do.")
    scopes: list[TokenScope] | None = Field(description="What that token reaches; null: all.")


class TokenShape(Answer):
    """An API token; its text is not kept."""

    id: UUID = Field(description="Its id.")
    user_id: UUID = Field(description="Whose it is.")
    name: str = Field(description="What it is for.")
    hint: str = Field(description="The last characters of its text.")
    scopes: list[TokenScope] = Field(description="What it may be used for.")
    created_at: datetime = Field(description="When it was made.")
    expires_at: datetime | None = Field(description="When it ends; null: never.")
    revoked_at: datetime | None = Field(description="When it was revoked.")
    last_used_at: datetime | None = Field(description="When it was used last, to the minute.")


class TokenListShape(Answer):
    """API tokens."""

    items: list[TokenShape] = Field(description="The newest first.")


class TokenRequest(Sent):
    """A token to be made."""

    name: Text = Field(max_length=100, description="What it is for.")
    scopes: list[Name] = Field(
        max_length=10, description="Some of `read`, `generate`, `manage` and `admin`."
    )
    expires_days: int | None = Field(
        default=90, ge=1, le=366, description="How long it is good; null: until it is revoked."
    )


class NewTokenShape(Answer):
    """A new token."""

    token: TokenShape = Field(description="The token.")
    text: str = Field(description="Its text, shown this once.")


class AuditShape(Answer):
    """One thing that somebody did."""

    id: int = Field(description="Counts up.")
    at: datetime = Field(description="When.")
    user_id: UUID | None = Field(description="Who.")
    token_id: UUID | None = Field(description="By which API token, if by one.")
    action: str = Field(description="What, such as `token.create`.")
    target_kind: str = Field(description="To what kind of thing.")
    target_id: str | None = Field(description="To which one.")
    address: str | None = Field(description="From which address.")
    request_id: str | None = Field(description="In which request.")
    details: JsonObject = Field(description="What else there is to know.")


class AuditPage(PageShape[AuditShape]):
    """A part of the audit log."""


def tenant_shape(tenant: Tenant) -> TenantShape:
    return TenantShape(
        id=tenant.id,
        slug=tenant.slug,
        name=tenant.name,
        created_at=tenant.created_at,
        is_open=tenant.is_open,
        deleted_at=tenant.deleted_at,
    )


def member_shape(member: Member) -> MemberShape:
    return MemberShape(
        user_id=member.user_id,
        role=member.role,
        email=member.email,
        display_name=member.display_name,
        avatar_url=member.avatar_url,
        joined_at=member.created_at,
        is_disabled=member.disabled_at is not None,
        platform_admin=member.platform_admin,
        provider=member.provider,
    )


def link_shape(link: NewLink, base: str) -> LinkShape:
    # After the `#`, which no browser sends and no log holds.
    return LinkShape(url=f"{base}/#link={link.text}", expires_at=link.expires_at)


def token_shape(token: ApiToken) -> TokenShape:
    return TokenShape(
        id=token.id,
        user_id=token.user_id,
        name=token.name,
        hint=token.hint,
        scopes=sorted(token.scopes),
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        last_used_at=token.last_used_at,
    )


def audit_shape(record: AuditRecord) -> AuditShape:
    return AuditShape(
        id=record.id or 0,
        at=record.created_at,
        user_id=record.user_id,
        token_id=record.token_id,
        action=record.action,
        target_kind=record.target_kind,
        target_id=record.target_id,
        address=record.address,
        request_id=record.request_id,
        details=dict(record.details),
    )
