"""The options that many commands share."""

from typing import Annotated

import typer

__all__ = ["AllowUnpriced", "AsJson", "Board", "Inputs", "Name", "Server", "Takes"]

Server = Annotated[
    str | None,
    typer.Option(
        "--server", metavar="URL", help="Talk to this server. [default: one that runs here]"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Board = Annotated[
    str | None,
    typer.Option("--board", metavar="ID|TITLE", help="The board. [default: your default board]"),
]
AllowUnpriced = Annotated[
    bool,
    typer.Option(
        "--allow-unpriced", help="Run it under a budget although nobody knows what it costs."
    ),
]
Takes = Annotated[int, typer.Option("--takes", metavar="N", help="How many separate runs.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The generator's name.")]
Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="KEY=VALUE…",
        help="Its inputs: text, or JSON for a list, object, number or bool. A repeated key makes a "
        "list. A slot takes the id of a generation or a file of yours, which is uploaded.",
    ),
]
