"""`boards client stubs`: typed functions for the generators, for programs in Python."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_client = typer.Typer(
    help="For programs that use the Python client.", no_args_is_help=True, rich_markup_mode=None
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_client, name="client")


@of_client.command("stubs")
def stubs(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="[default: standard output]")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when the file is not current.")
    ] = False,
    server: Server = None,
) -> None:
    """Write a Python module with a typed function for each generator."""
    from boards.cli.exits import Exit, Stop
    from boards.cli.session import run
    from boards.client.stubs import Described, module_of

    if check and out is None:
        raise Stop("--check needs the file: --out FILE.", exit_code=Exit.USAGE)

    async def work(client: "Client", _: "Settings") -> str:
        return module_of(
            Described(
                name=each["name"],
                artifact_type=each["artifact_type"],
                description=each["description"],
                input_schema=each["input_schema"],
            )
            for each in await client.generators()
        )

    text = run(work, server=server)
    if out is None:
        print(text, end="")
    elif check:
        if not out.is_file() or out.read_text(encoding="utf-8") != text:
            raise Stop(
                f"{str(out)!r} is not current; run: boards client stubs --out {out}",
                exit_code=Exit.REFUSED,
            )
        print(f"{out} is current.")
    else:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise Stop(
                f"{str(out)!r} cannot be written: {error.strerror}.", exit_code=Exit.USAGE
            ) from error
        print(f"Wrote {out}")
