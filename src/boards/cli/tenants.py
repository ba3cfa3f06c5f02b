"""`boards tenant create|list|approve|delete|restore|audit`: organisations on this installation."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_tenants = typer.Typer(
    help="Tenants, between which nothing is shared.", no_args_is_help=True, rich_markup_mode=None
)
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="Its short name.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_tenants, name="tenant")


@of_tenants.command("create")
def create_tenant(
    slug: Slug,
    name: Annotated[str | None, typer.Option("--name", help="[default: the slug]")] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Make a tenant. Then let its first administrator in: `boards user add EMAIL --admin`."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        body = {"slug": slug, "name": name or slug}
        made = await client.call("POST", "/tenants", body=body)
        if as_json:
            print_json(made)
        else:
            print(f"{made['id']}  {made['slug']}")

    run(work, server=server)


@of_tenants.command("list")
def list_tenants(as_json: AsJson = False, server: Server = None) -> None:
    """List the tenants that you may see."""
    from boards.cli.naming import tenants_of
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        found = await tenants_of(client)
        if as_json:
            print_json(found)
            return
        rows = [
            (
                one["slug"],
                one["name"],
                "open" if one["is_open"] else "waits for approval",
                one["created_at"][:10],
                one["id"],
            )
            for one in found
        ]
        heads = ("SLUG", "NAME", "STATE", "MADE", "ID")
        console().print(table(heads, rows, whole=("SLUG", "MADE", "ID")))

    run(work, server=server)


@of_tenants.command("approve")
def approve_tenant(slug: Slug, server: Server = None) -> None:
    """Let the people of a registered tenant in."""
    _change("POST", slug, "/approve", "is open", server)


@of_tenants.command("delete")
def delete_tenant(slug: Slug, server: Server = None) -> None:
    """Close a tenant. Nothing of it is lost for 30 days; `boards tenant restore` takes its id."""
    _change("DELETE", slug, "", "is closed; it can be restored for 30 days", server)


@of_tenants.command("restore")
def restore_tenant(
    tenant: Annotated[str, typer.Argument(metavar="ID", help="As `delete` printed it.")],
    server: Server = None,
) -> None:
    """Open a deleted tenant again."""
    from urllib.parse import quote

    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        one = await client.call("POST", f"/tenants/{quote(tenant, safe='')}/restore")
        print(f"{one['id']}  {one['slug']} is open")

    run(work, server=server)


@of_tenants.command("audit")
def audit_tenant(
    user: Annotated[str | None, typer.Option("--user", metavar="EMAIL|ID")] = None,
    action: Annotated[str | None, typer.Option("--action", help="Such as token.create.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many.")] = 50,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """List who did what in your tenant, when and from where; the newest first."""
    from boards.cli.naming import user_named
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        who = None if user is None else (await user_named(client, user, None))["user_id"]
        asked = {"user_id": who, "action": action}
        found = await client.pages("/audit", asked, limit=limit)
        if as_json:
            print_json(found)
            return
        rows = [
            (
                one["at"][:19].replace("T", " "),
                one["action"],
                one["user_id"] or "",
                f"{one['target_kind']} {one['target_id'] or ''}",
                one["address"] or "",
            )
            for one in found
        ]
        heads = ("AT (UTC)", "WHAT", "BY", "TO", "FROM")
        console().print(table(heads, rows, whole=("AT (UTC)", "WHAT")))

    run(work, server=server)


def _change(method: str, slug: str, path: str, outcome: str, server: str | None) -> None:
    from boards.cli.naming import tenant_named
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        tenant = await tenant_named(client, slug)
        await client.call(method, f"/tenants/{tenant['id']}{path}")
        print(f"{tenant['id']}  {slug} {outcome}")

    run(work, server=server)
