"""`boards serve`: the server alone, where workers do the work."""

from typing import Annotated

import typer

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    host: Annotated[str | None, typer.Option("--host", help="[default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="0 takes a free one. [default: 8088]"),
    ] = None,
) -> None:
    """Start the server without running anything; `boards worker` does that. Needs PostgreSQL."""
    from boards.bootstrap import Role
    from boards.cli.serving import serve as serve_until_stopped
    from boards.settings import load_settings

    settings = load_settings(options={"host": host, "port": port})
    serve_until_stopped(settings, role=Role.API)
