"""`boards db …`: the tables of the database and where they stand."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from boards.settings import Settings

__all__ = ["add_to"]

of_database = typer.Typer(
    help="Bring the database up to date, or see where it stands.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_database, name="db")


@of_database.command("upgrade")
def upgrade(
    to: Annotated[str, typer.Argument(metavar="[REVISION]")] = "head",
) -> None:
    """Bring the tables up to date. An SQLite file is copied first."""
    import asyncio

    from boards.bootstrap import upgrade_database

    with _alone() as settings:
        _report(settings, asyncio.run(upgrade_database(settings.database_url, to)))


@of_database.command("downgrade")
def downgrade(
    to: Annotated[str, typer.Argument(metavar="REVISION", help="`base` removes everything.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Take the tables back; what the older ones cannot hold is lost. An SQLite file is copied."""
    from boards.adapters.db import migrate
    from boards.cli.ask import ask
    from boards.cli.exits import Exit, Stop

    with _alone() as settings:
        if not yes and not ask(f"Take the database in {settings.data_dir} back to {to!r}?"):
            raise Stop("Nothing was changed; say --yes to do it.", exit_code=Exit.CANCELLED)
        _report(settings, migrate.downgrade(settings.database_url, to))


@of_database.command("current")
def current() -> None:
    """Print the revision that the database stands at."""
    from boards.settings import load_settings

    print(_standing(load_settings()))


@of_database.command("history")
def history() -> None:
    """List the revisions, the newest first."""
    from boards.adapters.db import migrate

    for step in migrate.history():
        newest = " (newest)" if step.is_head else ""
        print(f"{step.id}  {step.message}{newest}")


@of_database.command("revision")
def revision(
    message: Annotated[str, typer.Option("--message", "-m", help="What it changes.")],
) -> None:
    """Write a new revision, for developers of Boards."""
    from boards.adapters.db import migrate

    print(f"Wrote {migrate.revision(message)}; look it over before you use it.")


@contextmanager
def _alone() -> Iterator["Settings"]:
    """Change the tables only while nobody else uses them."""
    from boards.adapters.datadir import hold_data_dir
    from boards.cli.exits import Exit, Stop
    from boards.errors import Conflict
    from boards.settings import load_settings

    settings = load_settings()
    try:
        with hold_data_dir(settings.data_dir):
            yield settings
    except Conflict as held:
        raise Stop(held.message, exit_code=Exit.LOCKED, code="locked") from held


def _standing(settings: "Settings") -> str:
    from boards.adapters.db import revision

    return revision.current(settings.database_url) or "empty"


def _report(settings: "Settings", backup: Path | None) -> None:
    if backup is not None:
        print(f"Copied to {backup}")
    print(f"The database stands at {_standing(settings)}.")
