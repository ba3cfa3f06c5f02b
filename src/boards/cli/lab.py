"""`boards lab`: the providers on this machine, for trying things out without a key or a bill."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["add_to"]

Port = Annotated[int, typer.Option(help="The port on loopback; 0 takes a free one.", min=0)]
Seconds = Annotated[float, typer.Option(help="How long a job takes.", min=0)]
BookFile = Annotated[
    Path | None, typer.Option(help="Where the book is kept: what was accepted, billed, fetched.")
]


def add_to(app: typer.Typer) -> None:
    app.command("lab")(lab)


def lab(port: Port = 8099, seconds: Seconds = 2.0, book: BookFile = None) -> None:
    """Serve imitations of the providers, which make real media and cost nothing.

    Prints the variables that point Boards to them. Faults are set by POST /lab/faults, and the book
    is at /lab/book.
    """
    import asyncio

    from boards.cli.exits import Exit, Stop

    try:
        asyncio.run(_serve(port, seconds, book))
    except OSError as error:
        raise Stop(
            f"127.0.0.1:{port} cannot be listened on ({error.strerror}); choose another --port.",
            exit_code=Exit.LOCKED,
            code="address_taken",
        ) from error


async def _serve(port: int, seconds: float, book: Path | None) -> None:
    import asyncio
    import shlex

    from boards.testing.lab import open_lab

    async with open_lab(port=port, seconds=seconds, book=book) as lab:
        print(f"# The lab is at {lab.url} (Ctrl-C stops it). Start Boards with:")
        for name, value in lab.environment.items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        await asyncio.Event().wait()
