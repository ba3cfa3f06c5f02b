"""`boards board list|create|update|delete|restore`: where results are kept, and the trash."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["Which", "add_to"]

of_boards = typer.Typer(
    help="Boards: what they say, who works there, who else may look.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Which = Annotated[str, typer.Argument(metavar="BOARD", help="The board: its id, or its title.")]


def add_to(app: typer.Typer) -> None:
    from boards.cli import board_files, board_people

    app.add_typer(of_boards, name="board")
    board_people.add_to(of_boards)
    board_files.add_to(of_boards)


@of_boards.command("list")
def list_boards(
    in_trash: Annotated[
        bool, typer.Option("--trash", help="Those in the trash that you may have back.")
    ] = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """List your boards, the last changed first."""
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        if in_trash:
            trashed = await client.pages("/trash", {}, limit=1000)
            if as_json:
                print_json(trashed)
                return
            gone = [
                (one["board"]["id"], one["board"]["title"], one["deleted_at"]) for one in trashed
            ]
            rows = [(board_id, title, at[:10]) for board_id, title, at in gone]
            console().print(table(("ID", "TITLE", "DELETED"), rows, whole=("ID", "DELETED")))
            return
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


@of_boards.command("update")
def update_board(
    board: Which,
    title: Annotated[str | None, typer.Option("--title")] = None,
    description: Annotated[str | None, typer.Option("--description")] = None,
    cover: Annotated[
        str | None,
        typer.Option("--cover", metavar="ID", help="What stands for it; `newest` for none chosen."),
    ] = None,
    is_public: Annotated[
        bool | None,
        typer.Option("--public/--private", help="Whether everybody may see its media."),
    ] = None,
    share_recipes: Annotated[
        bool | None,
        typer.Option("--share-recipes/--hide-recipes", help="Prompts and inputs for visitors."),
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Change what a board says, what stands for it, and who may look."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        given = {
            "title": title,
            "description": description,
            "is_public": is_public,
            "share_recipes": share_recipes,
            "cover_id": cover,
        }
        body: dict[str, object] = {
            name: value for name, value in given.items() if value is not None
        }
        if cover == "newest":
            body |= {"cover_id": None}
        board_id = await board_id_of(client, board)
        found = await client.call("PATCH", f"/boards/{board_id}", body=body)
        print_json(found) if as_json else print(f"{found['id']}  {found['title']}")

    run(work, server=server)


@of_boards.command("delete")
def delete_board(board: Which, server: Server = None) -> None:
    """Put your board with all that is on it into the trash, for 30 days. What runs is cancelled."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        board_id = await board_id_of(client, board)
        await client.call("DELETE", f"/boards/{board_id}")
        print(f"In the trash for 30 days; have it back with: boards board restore {board_id}")

    run(work, server=server)


@of_boards.command("restore")
def restore_board(
    board_id: Annotated[str, typer.Argument(metavar="ID", help="As `board list --trash` says.")],
    server: Server = None,
) -> None:
    """Have a board back from the trash, with all that was on it."""
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.call("POST", f"/boards/{board_id}/restore")
        print(f"{found['id']}  {found['title']}")

    run(work, server=server)
