"""`boards user add|list|link|role|disable|enable`: the people of a tenant."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_users = typer.Typer(
    help="The people of a tenant, and what they may do.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Who = Annotated[str, typer.Argument(metavar="EMAIL|ID", help="As `boards user list` shows them.")]
Tenant = Annotated[str | None, typer.Option("--tenant", metavar="SLUG", help="[default: your own]")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_users, name="user")


@of_users.command("add")
def add_user(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="By which they will sign in.")],
    is_admin: Annotated[bool, typer.Option("--admin", help="They administer the tenant.")] = False,
    tenant: Tenant = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Let somebody in, and print the one-time link by which they set a password.

    No mail is sent: hand the link on yourself. It is good for 7 days, and once.
    """
    from boards.cli.naming import AddedJson, link_here, tenant_named
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", settings: "Settings") -> None:
        where = await tenant_named(client, tenant)
        body = {"email": email, "role": "admin" if is_admin else "member"}
        added: AddedJson = await client.call("POST", f"/tenants/{where['id']}/members", body=body)
        link = added["link"]
        if link is not None:
            link["url"] = link_here(client, settings, link["url"])
        if as_json:
            print_json(added)
            return
        who = added["member"]
        print(f"{who['user_id']}  {who['email']} is {who['role']} of {where['slug']}")
        if link is None:
            print("They have a password already.")
        else:
            _print_link(link["url"], link["expires_at"])

    run(work, server=server)


@of_users.command("link")
def renew_link(
    who: Who, tenant: Tenant = None, as_json: AsJson = False, server: Server = None
) -> None:
    """Print a new one-time link for somebody who cannot sign in; older ones end."""
    from boards.cli.naming import LinkJson, link_here, user_named
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", settings: "Settings") -> None:
        user = await user_named(client, who, tenant)
        link: LinkJson = await client.call("POST", f"/users/{user['user_id']}/link")
        link["url"] = link_here(client, settings, link["url"])
        if as_json:
            print_json(link)
        else:
            _print_link(link["url"], link["expires_at"])

    run(work, server=server)


@of_users.command("list")
def list_users(tenant: Tenant = None, as_json: AsJson = False, server: Server = None) -> None:
    """List everybody in the tenant."""
    from boards.cli.naming import members_of, tenant_named
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        found = await members_of(client, await tenant_named(client, tenant))
        if as_json:
            print_json(found)
            return
        rows = [
            (
                one["user_id"],
                one["email"] or one["display_name"] or "",
                ", ".join(
                    [
                        one["role"],
                        *(["platform-admin"] if one["platform_admin"] else []),
                        *(["disabled"] if one["is_disabled"] else []),
                    ]
                ),
            )
            for one in found
        ]
        heads = ("ID", "WHO", "ROLE")
        console().print(table(heads, rows, whole=("ID",)))

    run(work, server=server)


@of_users.command("role")
def set_role(
    who: Who,
    role: Annotated[
        str,
        typer.Argument(metavar="ROLE", help="member, admin, platform-admin or no-platform-admin."),
    ],
    tenant: Tenant = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Say what somebody is: member or admin of the tenant, or administrator of the whole server."""
    from boards.cli.exits import Exit, Stop

    changes: dict[str, dict[str, object]] = {
        "member": {"role": "member"},
        "admin": {"role": "admin"},
        "platform-admin": {"platform_admin": True},
        "no-platform-admin": {"platform_admin": False},
    }
    if role not in changes:
        raise Stop(f"{role!r} is no role; say {', '.join(changes)}.", exit_code=Exit.USAGE)
    _change(who, changes[role], f"is {role}", tenant, server, as_json=as_json)


@of_users.command("disable")
def disable_user(
    who: Who, tenant: Tenant = None, as_json: AsJson = False, server: Server = None
) -> None:
    """Keep somebody out of the tenant, from now on. Nothing of theirs is lost."""
    _change(who, {"is_disabled": True}, "is kept out", tenant, server, as_json=as_json)


@of_users.command("enable")
def enable_user(
    who: Who, tenant: Tenant = None, as_json: AsJson = False, server: Server = None
) -> None:
    """Let somebody in again."""
    _change(who, {"is_disabled": False}, "may come in again", tenant, server, as_json=as_json)


def _change(
    who: str,
    body: dict[str, object],
    outcome: str,
    tenant: str | None,
    server: str | None,
    *,
    as_json: bool,
) -> None:
    from boards.cli.naming import UserJson, user_named
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        user = await user_named(client, who, tenant)
        changed: UserJson = await client.call("PATCH", f"/users/{user['user_id']}", body=body)
        if as_json:
            print_json(changed)
        else:
            print(f"{changed['user_id']}  {changed['email'] or who} {outcome}")

    run(work, server=server)


def _print_link(url: str, expires_at: str) -> None:
    print(f"Once, until {expires_at[:16].replace('T', ' ')} UTC:\n  {url}")
