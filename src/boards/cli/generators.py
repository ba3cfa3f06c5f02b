"""`boards generators`, `boards schema`, `boards generator new`: which generators there are."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Name, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_generators = typer.Typer(
    help="Make a generator of your own.", no_args_is_help=True, rich_markup_mode=None
)


def add_to(app: typer.Typer) -> None:
    app.command("generators")(list_generators)
    app.command("schema")(show_schema)
    app.add_typer(of_generators, name="generator")


def list_generators(
    artifact_type: Annotated[
        str | None, typer.Option("--type", help="Only those that make this, such as image.")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """List the generators."""
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.generators(artifact_type)
        if as_json:
            print_json(
                [
                    {
                        "name": one["name"],
                        "artifact_type": one["artifact_type"],
                        "description": one["description"],
                        "input_schema": one["input_schema"],
                        "unavailable": one["unavailable"],
                    }
                    for one in found
                ]
            )
            return
        rows = [
            (
                one["name"],
                one["artifact_type"],
                f"{one['description']} (not available: {one['unavailable']})"
                if one["unavailable"]
                else one["description"],
            )
            for one in found
        ]
        console().print(table(("NAME", "TYPE", "WHAT IT DOES"), rows, whole=("NAME", "TYPE")))

    run(work, server=server)


def show_schema(name: Name, server: Server = None) -> None:
    """Print the JSON Schema of a generator's inputs."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        print_json((await client.generator(name))["input_schema"])

    run(work, server=server)


@of_generators.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as paper-cut.")],
    folder: Annotated[
        Path | None, typer.Option("--in", metavar="FOLDER", help="Where. [default: here]")
    ] = None,
) -> None:
    """Write a package with a generator that works, to begin from."""
    from boards.cli import scaffold

    place = folder or Path.cwd()
    for path in scaffold.write(name, place):
        print(path)
    print(f"\nNext: cd {place / name} && pip install -e '.[test]' && pytest")
