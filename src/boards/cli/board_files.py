"""`boards board export`, `boards board import`: whole boards as zip files."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["MIB", "add_to", "save_zip"]

MIB = 2**20


def add_to(of_boards: typer.Typer) -> None:
    of_boards.command("export")(export_board)
    of_boards.command("import")(import_board)


def export_board(
    board: Annotated[str, typer.Argument(metavar="BOARD", help="The board: its id, or its title.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="[default: named after the board]"),
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Write all of a board into one zip: recipes, lineage, tags, notes and files."""
    from boards.cli.exits import Exit, Stop
    from boards.cli.making import board_id_of
    from boards.cli.session import run
    from boards.cli.show import print_json

    if output is not None and output.exists():
        raise Stop(f"There is {str(output)!r} already; name another.", exit_code=Exit.USAGE)

    async def work(client: "Client", _: "Settings") -> None:
        board_id = await board_id_of(client, board)
        target = await save_zip(client, f"/boards/{board_id}/export", output)
        size = target.stat().st_size
        if as_json:
            print_json({"board_id": board_id, "path": str(target), "bytes": size})
        else:
            print(f"{target}  {size / MIB:.1f} MiB")

    run(work, server=server)


def import_board(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The zip of an export.")],
    title: Annotated[
        str | None, typer.Option("--title", help="A title. [default: the one it had]")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Make a board of an export, under new ids; it costs nothing."""
    from boards.cli.exits import Exit, Stop
    from boards.cli.session import run
    from boards.cli.show import print_json

    if not file.is_file():
        raise Stop(f"There is no file {str(file)!r}.", exit_code=Exit.USAGE, code="invalid_input")

    async def work(client: "Client", _: "Settings") -> None:
        said = {"title": title} if title else {}
        done: dict[str, Any] = await client.send_files("/boards/import", [file], said=said)
        if as_json:
            print_json(done)
        else:
            made = f"{done['generations']} generations, {done['files']} files"
            print(f"{done['board']['id']}  {done['board']['title']}  {made}")

    run(work, server=server)


async def save_zip(client: "Client", path: str, output: Path | None) -> Path:
    """Write an answer to a file as it comes. Stop when it breaks off: then nothing is left."""
    from boards.cli.exits import Exit, Stop
    from boards.cli.remote import API, UPLOAD_SECONDS, stop_of_answer

    async with client.http.stream("GET", f"{API}{path}", timeout=UPLOAD_SECONDS) as answer:
        if answer.is_error:
            await answer.aread()
            raise stop_of_answer(answer)
        target = output or _free(Path(_name_in(answer.headers.get("content-disposition", ""))))
        part = target.with_name(f".{target.name}.part")
        try:
            with part.open("wb") as opened:
                async for chunk in answer.aiter_bytes():
                    opened.write(chunk)
            if not zipfile.is_zipfile(part):
                raise Stop(
                    "The export broke off, because a file could not be read; `boards storage "
                    "check` tells which.",
                    exit_code=Exit.BROKEN,
                    code="storage_error",
                )
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return target


def _name_in(disposition: str) -> str:
    """The file's name as the server gives it: never more than a name."""
    _, _, named = disposition.partition('filename="')
    name = Path(named.partition('"')[0]).name
    return name if name and not name.startswith(".") else "board.boards.zip"


def _free(target: Path) -> Path:
    """The name, or the next one that nothing has."""
    stem, _, ending = target.name.partition(".")
    count = 1
    while target.exists():
        count += 1
        target = target.with_name(f"{stem}-{count}.{ending}")
    return target
