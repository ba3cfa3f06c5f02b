"""Who you are, API tokens, tenants and their members, and the audit log."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from boards.api.credentials import credentials_of
from boards.api.links import API
from boards.api.people import PeopleServices, people_of
from boards.api.routing import Caller, Listing, answered, errors, lay
from boards.api.shapes.base import Asked, Id, Text
from boards.api.shapes.people import (
    AddedShape,
    AddRequest,
    AuditPage,
    LinkShape,
    MemberChange,
    MemberListShape,
    MemberShape,
    MeShape,
    NewTokenShape,
    TenantChange,
    TenantListShape,
    TenantRequest,
    TenantShape,
    TokenListShape,
    TokenRequest,
    audit_shape,
    link_shape,
    member_shape,
    tenant_shape,
    token_shape,
)
from boards.domain.access import Actor

__all__ = ["me_shape", "router"]

router = APIRouter(prefix=API)

People = Annotated[PeopleServices, Depends(people_of)]
UserId = Annotated[Id, Path(description="The user's id.")]
TenantId = Annotated[Id, Path(description="The id of the tenant.")]


@router.get(
    "/me",
    tags=["people"],
    operation_id="get_me",
    summary="Tell who you are here",
    responses=answered(MeShape, "You."),
)
async def get_me(call: Caller, people: People) -> Response:
    return lay(await me_shape(people, call.actor))


async def me_shape(people: PeopleServices, actor: Actor) -> MeShape:
    """Tell who acts."""
    member = None if actor.user_id is None else await people.sign_in.member_for(actor)
    return MeShape(
        user_id=actor.user_id,
        tenant=None if member is None else tenant_shape(member.tenant),
        role=actor.tenant_role,
        platform_admin=actor.platform_admin,
        email=member.email if member else None,
        display_name=member.display_name if member else None,
        avatar_url=member.avatar_url if member else None,
        token_id=actor.token_id,
        scopes=None if actor.scopes is None else sorted(actor.scopes),
    )


class TokenListing(Asked):
    """Whose tokens are asked for."""

    everybodys: bool = Field(default=False, description="The whole tenant's; administrators only.")


@router.get(
    "/tokens",
    tags=["tokens"],
    operation_id="list_tokens",
    summary="List your API tokens",
    responses=answered(TokenListShape, "The tokens, without their texts."),
)
async def list_tokens(
    call: Caller, people: People, asked: Annotated[TokenListing, Query()]
) -> Response:
    found = await people.tokens.list(call.actor, everybodys=asked.everybodys)
    return lay(TokenListShape(items=[token_shape(one) for one in found]))


@router.post(
    "/tokens",
    tags=["tokens"],
    operation_id="create_token",
    summary="Make an API token",
    status_code=201,
    responses=answered(NewTokenShape, "The token and its text.", status=201, also=(413, 415)),
)
async def create_token(call: Caller, people: People, body: TokenRequest) -> Response:
    made = await people.tokens.create(
        call.actor, name=body.name, scopes=body.scopes, expires_days=body.expires_days
    )
    return lay(NewTokenShape(token=token_shape(made.token), text=made.text), status=201)


@router.delete(
    "/tokens/{token_id}",
    tags=["tokens"],
    operation_id="revoke_token",
    summary="Revoke an API token, at once",
    status_code=204,
    responses={**errors(404), 204: {"description": "It is good no more."}},
)
async def revoke_token(
    call: Caller, people: People, token_id: Annotated[Id, Path(description="The token's id.")]
) -> Response:
    await people.tokens.revoke(call.actor, token_id)
    return Response(status_code=204)


@router.get(
    "/tenants",
    tags=["tenants"],
    operation_id="list_tenants",
    summary="List the tenants that you may see",
    responses=answered(TenantListShape, "All for administrators of the server, else yours."),
)
async def list_tenants(call: Caller, people: People) -> Response:
    found = await people.tenants.list(call.actor)
    return lay(TenantListShape(items=[tenant_shape(one) for one in found]))


@router.post(
    "/tenants",
    tags=["tenants"],
    operation_id="create_tenant",
    summary="Make a tenant",
    status_code=201,
    responses=answered(TenantShape, "The new tenant.", status=201, also=(409, 413, 415)),
)
async def create_tenant(call: Caller, people: People, body: TenantRequest) -> Response:
    tenant = await people.tenants.create(call.actor, slug=body.slug, name=body.name)
    return lay(tenant_shape(tenant), status=201)


@router.post(
    "/tenants/register",
    tags=["tenants"],
    operation_id="register_tenant",
    summary="Make a tenant of your own, where that is open to everybody",
    status_code=201,
    responses=answered(
        TenantShape, "The new tenant; it may wait for approval.", status=201, also=(409, 413, 415)
    ),
)
async def register_tenant(request: Request, people: People, body: TenantRequest) -> Response:
    # Not by `Caller`: who registers may belong to no tenant yet.
    credentials = credentials_of(request)
    principal = await people.sign_in.person_for(credentials)
    tenant = await people.tenants.register(
        principal, slug=body.slug, name=body.name, origin=credentials.origin
    )
    return lay(tenant_shape(tenant), status=201)


@router.get(
    "/tenants/{tenant_id}",
    tags=["tenants"],
    operation_id="get_tenant",
    summary="Get one tenant",
    responses=answered(TenantShape, "The tenant.", also=(404,)),
)
async def get_tenant(call: Caller, people: People, tenant_id: TenantId) -> Response:
    return lay(tenant_shape(await people.tenants.get(call.actor, tenant_id)))


@router.patch(
    "/tenants/{tenant_id}",
    tags=["tenants"],
    operation_id="rename_tenant",
    summary="Give a tenant another name",
    responses=answered(TenantShape, "The tenant.", also=(404, 413, 415)),
)
async def rename_tenant(
    call: Caller, people: People, tenant_id: TenantId, body: TenantChange
) -> Response:
    return lay(tenant_shape(await people.tenants.rename(call.actor, tenant_id, body.name)))


@router.post(
    "/tenants/{tenant_id}/approve",
    tags=["tenants"],
    operation_id="approve_tenant",
    summary="Let the people of a registered tenant in",
    responses=answered(TenantShape, "The tenant.", also=(404, 415)),
)
async def approve_tenant(call: Caller, people: People, tenant_id: TenantId) -> Response:
    return lay(tenant_shape(await people.tenants.approve(call.actor, tenant_id)))


@router.delete(
    "/tenants/{tenant_id}",
    tags=["tenants"],
    operation_id="delete_tenant",
    summary="Close a tenant; nothing of it is lost for 30 days",
    responses=answered(TenantShape, "The tenant.", also=(404, 409)),
)
async def delete_tenant(call: Caller, people: People, tenant_id: TenantId) -> Response:
    return lay(tenant_shape(await people.tenants.delete(call.actor, tenant_id)))


@router.post(
    "/tenants/{tenant_id}/restore",
    tags=["tenants"],
    operation_id="restore_tenant",
    summary="Open a deleted tenant again",
    responses=answered(TenantShape, "The tenant.", also=(404, 415)),
)
async def restore_tenant(call: Caller, people: People, tenant_id: TenantId) -> Response:
    return lay(tenant_shape(await people.tenants.restore(call.actor, tenant_id)))


@router.get(
    "/tenants/{tenant_id}/members",
    tags=["tenants"],
    operation_id="list_tenant_members",
    summary="List everybody in a tenant",
    responses=answered(MemberListShape, "For administrators.", also=(404,)),
)
async def list_tenant_members(call: Caller, people: People, tenant_id: TenantId) -> Response:
    found = await people.tenants.members(call.actor, tenant_id)
    return lay(MemberListShape(items=[member_shape(one) for one in found]))


@router.post(
    "/tenants/{tenant_id}/members",
    tags=["tenants"],
    operation_id="add_tenant_member",
    summary="Let somebody in, with an account of this server; no mail is sent",
    status_code=201,
    responses=answered(
        AddedShape, "They, and their one-time link.", status=201, also=(404, 409, 413, 415)
    ),
)
async def add_tenant_member(
    call: Caller, people: People, tenant_id: TenantId, body: AddRequest
) -> Response:
    added = await people.accounts.add(call.actor, tenant_id, body.email, body.role)
    link = None if added.link is None else link_shape(added.link, call.links.base)
    return lay(AddedShape(member=member_shape(added.member), link=link), status=201)


@router.post(
    "/users/{user_id}/link",
    tags=["tenants"],
    operation_id="renew_user_link",
    summary="Make a new one-time link for a member who cannot sign in",
    status_code=201,
    responses=answered(LinkShape, "Older links end.", status=201, also=(404, 409, 415)),
)
async def renew_user_link(call: Caller, people: People, user_id: UserId) -> Response:
    link = await people.accounts.renew_link(call.actor, user_id)
    return lay(link_shape(link, call.links.base), status=201)


@router.patch(
    "/users/{user_id}",
    tags=["tenants"],
    operation_id="change_user",
    summary="Give a member of a tenant another role, or keep them out",
    responses=answered(MemberShape, "The member.", also=(404, 409, 413, 415)),
)
async def change_user(
    call: Caller, people: People, user_id: UserId, body: MemberChange
) -> Response:
    if body.platform_admin is not None:
        await people.setup.set_platform_admin(call.actor, user_id, is_admin=body.platform_admin)
    member = await people.tenants.change_member(
        call.actor, user_id, role=body.role, is_disabled=body.is_disabled
    )
    return lay(member_shape(member))


class AuditListing(Listing):
    """Which entries are asked for."""

    user_id: Id | None = Field(default=None, description="Only what this user did.")
    action: Text | None = Field(default=None, max_length=100, description="Only this action.")


@router.get(
    "/audit",
    tags=["audit"],
    operation_id="list_audit",
    summary="List what was done in your tenant, the newest first",
    responses=answered(AuditPage, "For administrators of the tenant."),
)
async def list_audit(
    call: Caller, people: People, asked: Annotated[AuditListing, Query()]
) -> Response:
    page = await people.audit.list(
        call.actor,
        limit=asked.limit,
        cursor=asked.cursor or None,
        user_id=asked.user_id,
        action=asked.action,
    )
    return lay(AuditPage(items=[audit_shape(one) for one in page.items], next=page.next))
