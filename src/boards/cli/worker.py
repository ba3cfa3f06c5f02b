"""`boards worker`: runs generations, and answers nobody."""

from typing import Annotated

import typer

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("worker")(worker)


def worker(
    concurrency: Annotated[
        int | None,
        typer.Option(
            "--concurrency",
            metavar="N",
            min=1,
            max=100_000,
            help="How many generations it runs at once. [default: 2000]",
        ),
    ] = None,
    queues: Annotated[
        str | None,
        typer.Option(
            "--queues",
            metavar="NAMES",
            help="Only runs of these providers, such as fal,local. [default: all]",
        ),
    ] = None,
) -> None:
    """Run what `boards serve` takes in; start as many as you like. Needs PostgreSQL.

    Ctrl-C, or SIGTERM, lets what runs come to its end and leaves the rest to others.
    """
    from boards.cli.working import work
    from boards.settings import load_settings

    work(load_settings(options={"worker_concurrency": concurrency, "worker_queues": queues}))
