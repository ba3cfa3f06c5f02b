"""`boards setup`, `boards seed`: the first administrator, and the first things to look at."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("setup")(setup)
    app.command("seed")(seed)


def setup(
    email: Annotated[
        str | None,
        typer.Option("--email", metavar="EMAIL|ID", help="Who it is to be."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make an administrator of this server, on its machine, whether or not the server runs.

    With accounts of this server (BOARDS_AUTH_PROVIDER=local) it prints a one-time link by which
    they set a password; with an identity provider they must have signed in once. Who already is one
    and forgot their password gets a new link by --email.
    """
    import asyncio

    from boards.cli.setting_up import set_up
    from boards.cli.show import print_json

    done = asyncio.run(set_up(email))
    if as_json:
        print_json(done)
        return
    if done["email"]:
        print(f"{done['email']} administers this server.")
    if done["url"]:
        ends = (done["expires_at"] or "")[:16].replace("T", " ")
        print(f"Once, until {ends} UTC:\n  {done['url']}")
    elif done["provider"] == "none":
        print(
            "Nobody has to sign in here (BOARDS_AUTH_PROVIDER is none): whoever reaches the server "
            "administers it, and only this machine can."
        )


def seed(
    sample: Annotated[
        bool, typer.Option("--sample", help="Also a board with things made here. Free.")
    ] = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Make what a new installation begins with, unless it is there: a tenant, and a sample board.

    Run again, it makes nothing twice.
    """
    from boards.cli.naming import tenant_named
    from boards.cli.session import run
    from boards.cli.show import print_json
    from boards.cli.showcase import BOARD, is_shown, show_all

    async def work(client: "Client", settings: "Settings") -> None:
        tenant = await tenant_named(client, None)
        made = False
        if sample and not await is_shown(client):
            await show_all(client, settings, quiet=as_json)
            made = True
        if as_json:
            print_json(
                {"tenant": tenant["slug"], "sample": BOARD if sample else None, "made": made}
            )
            return
        print(f"Tenant {tenant['slug']!r} is there.")
        if sample and not made:
            print(f"Board {BOARD!r} is there.")

    run(work, server=server)
