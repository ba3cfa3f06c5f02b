"""`boards help` and `boards version`."""

from typing import Annotated

import typer

from boards import __version__
from boards.cli.exits import MEANINGS, Exit, Stop

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("help")(guide)
    app.command("version")(version)


def guide(
    topic: Annotated[str | None, typer.Argument(metavar="[TOPIC]", help="exit-codes")] = None,
) -> None:
    """Explain a topic: exit-codes."""
    if topic is None:
        print("`boards --help` lists the commands; each has a --help of its own.")
        print("Topics: exit-codes (boards help exit-codes).")
        return
    if topic != "exit-codes":
        raise Stop(f"There is no topic {topic!r}; there is exit-codes.", exit_code=Exit.USAGE)
    for code, meaning in MEANINGS.items():
        print(f"{int(code):>4}  {meaning}")


def version() -> None:
    """Print the version."""
    print(__version__)
