"""`boards providers list|pause|resume`: how providers stand."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.answers import ProviderJson
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

ALL = "*"
of_providers = typer.Typer(
    help="Providers: what each needs, what runs and waits there, and their pauses.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[
    str | None, typer.Argument(metavar="NAME", help="Such as fal, or local for this machine.")
]
All = Annotated[bool, typer.Option("--all", help="All of them.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_providers, name="providers")


@of_providers.command("list")
def list_providers(as_json: AsJson = False, server: Server = None) -> None:
    """List the providers: configured or what to set, caps, what runs and waits, what is paused."""
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        _show(await client.providers(), as_json=as_json)

    run(work, server=server)


@of_providers.command("pause")
def pause_provider(
    name: Name = None, is_all: All = False, as_json: AsJson = False, server: Server = None
) -> None:
    """Start nothing more there. What was submitted goes on to its result."""
    _set(name, is_all, paused=True, as_json=as_json, server=server)


@of_providers.command("resume")
def resume_provider(
    name: Name = None, is_all: All = False, as_json: AsJson = False, server: Server = None
) -> None:
    """Start again what waits there."""
    _set(name, is_all, paused=False, as_json=as_json, server=server)


def _set(
    name: str | None, is_all: bool, *, paused: bool, as_json: bool, server: str | None
) -> None:
    from boards.cli.exits import Exit, Stop
    from boards.cli.session import run

    if (name is None) is not is_all:
        raise Stop("Name one provider, or say --all.", exit_code=Exit.USAGE)

    async def work(client: "Client", _: "Settings") -> None:
        _show(await client.pause_provider(name or ALL, paused=paused), as_json=as_json)

    run(work, server=server)


def _show(found: "list[ProviderJson]", *, as_json: bool) -> None:
    from boards.cli.show import console, print_json, table

    if as_json:
        print_json(found)
        return
    heads = ("PROVIDER", "STANDS", "RUNS", "WAITS", "PARKED", "CAPS")
    rows = [
        (
            one["name"],
            _standing(one),
            str(one["running"]),
            str(one["waiting"]),
            str(one["parked"]),
            _caps(one),
        )
        for one in found
    ]
    console().print(table(heads, rows, whole=("PROVIDER",)))


def _standing(one: "ProviderJson") -> str:
    said = one["needs"] or ("ready, by your own key" if one["own_key"] else "ready")
    if one["paused_by_settings"]:
        return f"paused by BOARDS_PAUSED; {said}"
    return f"PAUSED; {said}" if one["paused"] else said


def _caps(one: "ProviderJson") -> str:
    caps = [f"{one['max_running']} at once"]
    if one["max_per_tenant"] is not None:
        caps.append(f"{one['max_per_tenant']} a tenant")
    if one["per_minute"] is not None:
        caps.append(f"{one['per_minute']} a minute")
    return ", ".join(caps)
