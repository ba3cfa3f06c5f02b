"""`boards board list`, `boards board create`: where results are kept."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_boards = typer.Typer(
    help="List boards, and make new ones.", no_args_is_help=True, rich_markup_mode=None
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_boards, name="board")


@of_boards.command("list")
def list_boards(as_json: AsJson = False, server: Server = None) -> None:
    """List your boards, the last changed first."""
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.boards(limit=1000)
        if as_json:
            print_json(found)
            return
        rows = [(one["id"], one["title"], one["updated_at"][:10]) for one in found]
        heads = ("ID", "TITLE", "CHANGED")
        console().print(table(heads, rows, whole=("ID", "CHANGED")))

    run(work, server=server)


@of_boards.command("create")
def create_board(
    title: Annotated[str, typer.Argument(metavar="TITLE")],
    description: Annotated[str | None, typer.Option("--description")] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Make a board."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        board = await client.create_board(title, description=description)
        if as_json:
            print_json(board)
        else:
            print(f"{board['id']}  {board['title']}")

    run(work, server=server)
