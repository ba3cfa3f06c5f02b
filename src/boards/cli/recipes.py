"""`boards recipe`: how something was made, from a generation or from any file that says so."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boards.cli.options import AsJson, Server
from boards.ids import parse_id

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("recipe")(recipe)


def recipe(
    what: Annotated[str, typer.Argument(metavar="ID|FILE", help="A generation's id, or a file.")],
    generator: Annotated[
        str | None,
        typer.Option("--for", help="For a file: make inputs for this generator."),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option("--save", help="For a generation: write its file there, with the recipe."),
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Show how something was made.

    Of a file, from here or from AUTOMATIC1111 or ComfyUI, it prints the command that makes it
    again. Nothing is made, and nothing spent.
    """
    from boards.cli.exits import Exit, Stop
    from boards.cli.session import run
    from boards.cli.show import print_json

    generation_id = parse_id(what)
    if generation_id is None and not Path(what).is_file():
        raise Stop(
            f"{what!r} is no id of a generation, and there is no such file.",
            exit_code=Exit.USAGE,
            code="invalid_input",
        )

    async def work(client: "Client", _: "Settings") -> None:
        if generation_id is None:
            said = {} if generator is None else {"generator": generator}
            draft = await client.send_files("/recipes/read", [Path(what)], said=said)
            if as_json:
                print_json(draft)
            else:
                _print_draft(draft)
        elif save is not None:
            save.write_bytes(await client.bytes_of(f"/generations/{generation_id}/with-recipe"))
            print(save)
        else:
            print_json(await client.recipe(str(generation_id)))

    run(work, server=server)


def _print_draft(draft: dict[str, Any]) -> None:
    """A command line that can be copied, and what to know about it."""
    import json
    import shlex
    import sys

    words = [
        f"{name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in draft["inputs"].items()
    ]
    name = draft["generator"] or "GENERATOR"
    print(shlex.join(["boards", "generate", name, *words]))
    for warning in draft["warnings"]:
        print(f"Note: {warning}", file=sys.stderr)
