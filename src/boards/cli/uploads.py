"""`boards upload`: a file of one's own becomes a generation, and so an input of others."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Board, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("upload")(upload)


def upload(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An image, video, sound or text.")],
    board: Board = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Upload a file."""
    from boards.cli.exits import Exit, Stop
    from boards.cli.making import board_id_of
    from boards.cli.session import run
    from boards.cli.show import describe_file, print_json, size

    if not file.is_file():
        raise Stop(f"There is no file {str(file)!r}.", exit_code=Exit.USAGE, code="invalid_input")

    async def work(client: "Client", _: "Settings") -> None:
        one = await client.upload(file, board_id=await board_id_of(client, board))
        if as_json:
            print_json(one)
            return
        bytes_ = size(one["file"]["size"]) if one["file"] else ""
        print(f"{one['id']}  {one['artifact_type']}  {describe_file(one)}  {bytes_}".rstrip())

    run(work, server=server)
