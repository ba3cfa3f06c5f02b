"""Finds tenants and people by what people call them, and says where their links lead."""

from typing import TypedDict

from boards.cli.exits import Exit, Stop
from boards.cli.remote import Client
from boards.ids import parse_id
from boards.settings import Settings

__all__ = [
    "AddedJson",
    "LinkJson",
    "TenantJson",
    "UserJson",
    "address_of_link",
    "link_here",
    "members_of",
    "tenant_named",
    "tenants_of",
    "user_named",
]


class TenantJson(TypedDict):
    """A tenant."""

    id: str
    slug: str
    name: str
    created_at: str
    is_open: bool
    deleted_at: str | None


class UserJson(TypedDict):
    """A person in a tenant."""

    user_id: str
    role: str
    email: str | None
    display_name: str | None
    joined_at: str
    is_disabled: bool
    platform_admin: bool
    provider: str


class LinkJson(TypedDict):
    """A one-time link."""

    url: str
    expires_at: str


class AddedJson(TypedDict):
    """A new member and their link."""

    member: UserJson
    link: LinkJson | None


async def tenants_of(client: Client) -> list[TenantJson]:
    """The tenants that one may see."""
    found: list[TenantJson] = (await client.call("GET", "/tenants"))["items"]
    return found


async def tenant_named(client: Client, slug: str | None) -> TenantJson:
    """Find a tenant by its slug; one's own without one. Stop when there is none."""
    if slug is None:
        me = await client.call("GET", "/me")
        own: TenantJson | None = me["tenant"]
        if own is None:
            raise Stop(
                f"The server at {client.address} does not know you. Set BOARDS_API_TOKEN.",
                exit_code=Exit.REFUSED,
                code="unauthenticated",
            )
        return own
    for tenant in await tenants_of(client):
        if tenant["slug"] == slug:
            return tenant
    raise Stop(
        f"There is no tenant {slug!r}, or you may not see it; `boards tenant list` lists them.",
        exit_code=Exit.NOT_FOUND,
        code="not_found",
    )


async def members_of(client: Client, tenant: TenantJson) -> list[UserJson]:
    """Everybody in a tenant."""
    found: list[UserJson] = (await client.call("GET", f"/tenants/{tenant['id']}/members"))["items"]
    return found


async def user_named(client: Client, who: str, slug: str | None) -> UserJson:
    """Find a person of a tenant by their address or id. Stop when there is none, or several."""
    tenant = await tenant_named(client, slug)
    wanted = parse_id(who)
    found = [
        one
        for one in await members_of(client, tenant)
        if (one["user_id"] == str(wanted) if wanted else _is(one, who))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one["user_id"] for one in found)
        raise Stop(
            f"Several people are {who!r}; name one by their id: {ids}.", exit_code=Exit.USAGE
        )
    raise Stop(
        f"There is nobody {who!r} in tenant {tenant['slug']!r}; `boards user list` lists them.",
        exit_code=Exit.NOT_FOUND,
        code="not_found",
    )


def link_here(client: Client, settings: Settings, url: str) -> str:
    """A link as people can follow it: without a server, where one will be."""
    if client.address is not None:
        return url
    return address_of_link(settings, None, url.partition("#link=")[2])


def address_of_link(settings: Settings, running_at: str | None, text: str) -> str:
    """Where a one-time link leads, by the settings and the server that runs, if one does."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = settings.public_url or running_at or f"http://{host}:{settings.port}"
    return f"{base}/#link={text}"


def _is(user: UserJson, who: str) -> bool:
    return (user["email"] or "").lower() == who.strip().lower()
