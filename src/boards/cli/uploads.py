"""`boards upload`: files of one's own become generations, and so inputs of others."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Board, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.cli.sending import Sent, Words
    from boards.settings import Settings

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("upload")(upload)


def upload(
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH|URL",
            help="An image, video, sound, text or LoRA; a folder of them; or a public address.",
        ),
    ],
    board: Board = None,
    parent: Annotated[
        str | None, typer.Option("--parent", metavar="ID", help="The generation it was made from.")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Upload a file, or what of a folder the board has not got yet.

    Of a folder, dotfiles and links are left out; a file that is refused holds up no other. Called
    again, it goes on where it ended: files are known by their bytes.
    """
    from boards.cli.exits import Exit, Stop
    from boards.cli.making import board_id_of
    from boards.cli.sending import Words, send_file
    from boards.cli.session import run
    from boards.cli.show import describe_file, print_json, size

    is_url = path.startswith(("http://", "https://"))
    place = Path(path)
    is_folder = not is_url and place.is_dir()
    if not is_url and not place.exists():
        raise Stop(f"There is no file {path!r}.", exit_code=Exit.USAGE, code="invalid_input")

    async def work(client: "Client", _: "Settings") -> None:
        words = Words(board_id=await board_id_of(client, board), parent_id=parent)
        if is_folder:
            await _folder(client, place, words, as_json=as_json)
            return
        if is_url:
            body = {"url": path, "board_id": words.board_id, "parent_id": words.parent_id}
            one = await client.call("POST", "/uploads/from-url", body=body)
        else:
            one = await send_file(client, place, words)
        if as_json:
            print_json(one)
            return
        bytes_ = size(one["file"]["size"]) if one["file"] else ""
        print(f"{one['id']}  {one['artifact_type']}  {describe_file(one)}  {bytes_}".rstrip())

    run(work, server=server)


async def _folder(client: "Client", folder: Path, words: "Words", *, as_json: bool) -> None:
    from boards.cli.exits import Exit, Stop
    from boards.cli.sending import Outcome, send_folder
    from boards.cli.show import print_json

    def tell(sent: "Sent") -> None:
        if not as_json:
            shown = sent.path.relative_to(folder)
            print(f"{sent.outcome.value:8}  {shown}  {sent.why or sent.generation_id}", flush=True)

    if words.board_id is None:
        raise Stop(
            "Name a board with --board: a folder is held against what is there already.",
            exit_code=Exit.USAGE,
        )
    done = await send_folder(client, folder, words, tell)
    counts = {each: sum(one.outcome is each for one in done) for each in Outcome}
    if as_json:
        print_json(
            [
                {
                    "path": str(one.path.relative_to(folder)),
                    "outcome": one.outcome.value,
                    "generation_id": one.generation_id,
                    "why": one.why,
                }
                for one in done
            ]
        )
    else:
        print(", ".join(f"{count} {each.value}" for each, count in counts.items()))
    if counts[Outcome.REFUSED]:
        raise Stop(
            f"{counts[Outcome.REFUSED]} of {len(done)} files were refused; the others are there.",
            exit_code=Exit.FAILED,
            code="refused",
        )
