"""`boards up`: the server on this machine."""

from typing import Annotated

import typer

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("up")(up)


def up(
    host: Annotated[str | None, typer.Option("--host", help="[default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="0 takes a free one. [default: 8088]"),
    ] = None,
) -> None:
    """Start the server; Ctrl-C stops it. Commands on this machine then talk to it."""
    from boards.cli.serving import serve
    from boards.settings import load_settings

    serve(load_settings(options={"host": host, "port": port}))
