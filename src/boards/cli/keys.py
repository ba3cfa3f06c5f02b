"""`boards keys set|list|remove|rotate`: your tenant's own keys of providers.

A key is read from standard input or asked for without an echo; as an argument it would stand in the
shell's history and in the list of processes.
"""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_keys = typer.Typer(
    help="Keys of providers that your tenant has set: encrypted, and never shown again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Provider = Annotated[str, typer.Argument(metavar="PROVIDER", help="Such as fal.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_keys, name="keys")


@of_keys.command("list")
def list_keys(as_json: AsJson = False, server: Server = None) -> None:
    """List what is set: whose key, its last characters, when and by whom."""
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.keys()
        if as_json:
            print_json(found)
            return
        if not found:
            print("No key is set; those of the installation count. See `boards providers list`.")
            return
        rows = [
            (
                one["provider"],
                f"…{one['ending']}",
                one["set_at"][:16].replace("T", " "),
                one["set_by_name"] or one["set_by"] or "",
            )
            for one in found
        ]
        console().print(table(("PROVIDER", "KEY", "SET (UTC)", "BY"), rows, whole=("PROVIDER",)))

    run(work, server=server)


@of_keys.command("set")
def set_key(provider: Provider, as_json: AsJson = False, server: Server = None) -> None:
    """Set the key of a provider: type it when asked, or give it on standard input.

    It goes before the key of the installation from the next call on. One that it replaces is kept
    for the jobs that were submitted with it, and forgotten when they have ended.
    """
    from boards.cli.session import run
    from boards.cli.show import print_json

    key = _read_key(provider)

    async def work(client: "Client", _: "Settings") -> None:
        one = await client.set_key(provider, key)
        if as_json:
            print_json(one)
        else:
            print(f"The key for {one['provider']} is set; it ends with …{one['ending']}")

    run(work, server=server)


@of_keys.command("remove")
def remove_key(provider: Provider, as_json: AsJson = False, server: Server = None) -> None:
    """Forget the key of a provider; the one of the installation counts again, if there is one.

    Jobs that were submitted with it wait on the attention list until there is a key for them.
    """
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        await client.remove_key(provider)
        if as_json:
            print_json({"provider": provider, "removed": True})
        else:
            print(f"The key for {provider} is forgotten.")

    run(work, server=server)


@of_keys.command("rotate")
def rotate_keys(as_json: AsJson = False, server: Server = None) -> None:
    """Encrypt the keys of all tenants anew, after BOARDS_SECRET_KEY has changed.

    Put the old secret into BOARDS_SECRET_KEY_PREVIOUS and the new one into BOARDS_SECRET_KEY, start
    again, and run this. Afterwards the old one can go. Ends with 1 when a key cannot be read.
    """
    from boards.cli.exits import Exit
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> bool:
        done = await client.rotate_keys()
        if as_json:
            print_json(done)
        else:
            print(
                f"{done['rotated']} encrypted anew, {done['current']} were so already, "
                f"{done['unreadable']} cannot be read."
            )
        return done["unreadable"] > 0

    if run(work, server=server):
        raise typer.Exit(Exit.BROKEN)


def _read_key(provider: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(f"Key for {provider}", hide_input=True, err=True))
    return sys.stdin.readline().strip()
