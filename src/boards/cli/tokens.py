"""`boards token create|list|revoke`: what programs act by, in your name."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_tokens = typer.Typer(
    help="API tokens: what programs act by, in your name.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_tokens, name="token")


@of_tokens.command("create")
def create_token(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            help="read, generate, manage or admin; several may be given. "
            "[default: read and generate]",
        ),
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=366, help="How long it is good.")
    ] = 90,
    is_endless: Annotated[
        bool, typer.Option("--endless", help="It is good until it is revoked.")
    ] = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Make a token and print it, this once. Programs send it as `Authorization: Bearer`."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        body = {
            "name": name,
            "scopes": scope or ["read", "generate"],
            "expires_days": None if is_endless else days,
        }
        made = await client.call("POST", "/tokens", body=body)
        if as_json:
            print_json(made)
            return
        ends = made["token"]["expires_at"]
        print(made["text"])
        print(f"It reaches {', '.join(made['token']['scopes'])}", end="")
        print(f", until {ends[:10]}." if ends else ", until it is revoked.")

    run(work, server=server)


@of_tokens.command("list")
def list_tokens(
    is_for_all: Annotated[
        bool, typer.Option("--all", help="The whole tenant's; for its administrators.")
    ] = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """List your tokens, without their texts."""
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        asked = {"everybodys": "true"} if is_for_all else {}
        found = (await client.call("GET", "/tokens", asked=asked))["items"]
        if as_json:
            print_json(found)
            return
        rows = [
            (
                one["id"],
                one["name"],
                f"…{one['hint']}",
                ", ".join(one["scopes"]),
                "revoked" if one["revoked_at"] else (one["expires_at"] or "never")[:10],
            )
            for one in found
        ]
        heads = ("ID", "NAME", "TOKEN", "REACHES", "ENDS")
        console().print(table(heads, rows, whole=("ID", "TOKEN", "ENDS")))

    run(work, server=server)


@of_tokens.command("revoke")
def revoke_token(
    token: Annotated[str, typer.Argument(metavar="ID", help="As `boards token list` shows it.")],
    server: Server = None,
) -> None:
    """Have a token be good no more, at once."""
    from urllib.parse import quote

    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        await client.call("DELETE", f"/tokens/{quote(token, safe='')}")
        print(f"Revoked {token}")

    run(work, server=server)
