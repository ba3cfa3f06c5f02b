"""`boards init`: a folder with all that can be set, to run Boards from."""

from pathlib import Path
from typing import Annotated

import typer

from boards.cli.options import AsJson

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or `.` for this.")],
    as_json: AsJson = False,
) -> None:
    """Write the settings of a new folder.

    They are .env, generators.yaml and storage.yaml, each key with what it does. Nothing that is
    there is written over.
    """
    from boards.cli import folder as folders
    from boards.cli.show import print_json

    written = folders.write(folder)
    if as_json:
        print_json({"folder": str(folder.absolute()), "files": [str(path) for path in written]})
        return
    for path, purpose in written.items():
        print(f"{path}\n    {purpose}")
    enter = "" if folder.resolve() == Path.cwd() else f"cd {folder} && "
    print(f"\nNext: {enter}boards up")
