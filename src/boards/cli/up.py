"""`boards up`: the server on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from boards.cli.exits import Exit, Stop
from boards.cli.options import AsJson

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("up")(up)


def up(
    host: Annotated[str | None, typer.Option("--host", help="[default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="0 takes a free one. [default: 8088]"),
    ] = None,
    is_detached: Annotated[
        bool, typer.Option("--detach", "-d", help="Go on without this terminal.")
    ] = False,
    is_paused: Annotated[
        bool,
        typer.Option("--paused", help="Start nothing at any provider until it is resumed."),
    ] = False,
    as_json: AsJson = False,
    log_file: Annotated[
        Path | None,
        # How a detached server is started. It may go on for months, so it bounds its log itself.
        typer.Option("--log-file", hidden=True),
    ] = None,
) -> None:
    """Start the server; Ctrl-C stops it. Commands on this machine then talk to it.

    With --paused nothing is started, not even on this machine, until `boards providers resume` says
    so; what was submitted before goes on to its result. With --detach the server goes on by itself,
    and `boards status`, `logs` and `down` look after it.
    """
    from boards.settings import load_settings

    if as_json and not is_detached:
        raise Stop("--json goes with --detach.", exit_code=Exit.USAGE)
    settings = load_settings(options={"host": host, "port": port})
    if not is_detached:
        from boards.cli.serving import serve

        serve(settings, log=log_file, start_paused=is_paused)
        return
    from boards.cli.detach import detach
    from boards.cli.show import print_json

    server = detach(settings, host=host, port=port, start_paused=is_paused)
    if as_json:
        print_json(
            {
                "address": server.address,
                "pid": server.pid,
                "data_dir": str(settings.data_dir),
                "log": str(server.log),
            }
        )
        return
    print(f"Boards is at {server.address} (boards down stops it)")
    print(f"Everything it keeps is in {settings.data_dir}")
