"""`boards backup`, `boards restore`, `boards migrate-to`: everything kept twice, or elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson

if TYPE_CHECKING:
    from boards.services.ledger import Verified

__all__ = ["add_to"]

MIB = 2**20
SHOWN = 5


def add_to(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("migrate-to")(migrate_to)


def backup(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="TARGET", help="A folder, or a file whose name ends in .tar, to back up to."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Copy the database and all files, while a server runs.

    A folder that holds a backup is brought up to date. Settings and secrets are not part of it:
    keep your .env elsewhere.
    """
    import asyncio

    from boards.bootstrap.backup import back_up
    from boards.cli.exits import Exit, Stop
    from boards.cli.show import print_json
    from boards.settings import load_settings

    with _progress("copied", quiet=as_json) as tell:
        done = asyncio.run(back_up(load_settings(), target.absolute(), tell))
    if as_json:
        print_json({"path": str(done.path), "files": done.files, "missing": list(done.missing)})
    else:
        print(f"Backed up the database and {done.files} files to {done.path}")
    if done.missing:
        named = ", ".join(done.missing[:SHOWN])
        raise Stop(
            f"{len(done.missing)} files that the database names are missing in the storage or "
            f"damaged there: {named}. Everything else is in the backup; `boards storage check` "
            "looks further.",
            exit_code=Exit.BROKEN,
            code="storage_error",
        )


def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder or the .tar file.")],
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            metavar="DIR",
            help="A new data directory, on SQLite. [default: where the settings say]",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify a backup and put it back where there is no database yet.

    All providers are paused then: what waited when the backup was made may have been run since,
    and would be paid a second time. Look, then `boards providers resume --all`.
    """
    import asyncio

    from boards.bootstrap.backup import restore as put_back
    from boards.cli.show import print_json
    from boards.settings import load_settings

    if not source.exists():
        raise _no_such(source)
    with _progress("done", quiet=as_json) as tell, _held():
        done = asyncio.run(
            put_back(
                load_settings(),
                source.absolute(),
                tell,
                into=None if into is None else into.absolute(),
            )
        )
    if as_json:
        print_json(
            {
                "made_at": done.about.made_at,
                "database": done.database,
                "files": done.files,
                "sound": all(one.is_sound for one in done.ledgers),
            }
        )
    else:
        print(f"Restored {done.files} files and the database of {done.about.made_at}")
        print(f"  {done.database}")
        print("Nothing runs on it until you have looked: boards providers resume --all")
    _require_sound(done.ledgers)


def migrate_to(
    url: Annotated[
        str,
        typer.Argument(metavar="URL", help="An empty PostgreSQL: postgresql://user:…@host/name"),
    ],
    as_json: AsJson = False,
) -> None:
    """Move the database to another one; this one is only read, and stays as it was.

    Stop the server first. One that was broken off goes on where it ended when it is called again.
    Files stay where they are.
    """
    import asyncio

    from boards.bootstrap.backup import migrate_to as move
    from boards.cli.show import print_json
    from boards.settings import load_settings

    def tell(table: str, there: int, wanted: int) -> None:
        if not as_json and wanted and there == wanted:
            print(f"  {table}: {wanted} rows")

    settings = load_settings()
    with _held():
        done = asyncio.run(move(settings, url, tell))
    rows = sum(one.rows for one in done.tables)
    if as_json:
        print_json(
            {
                "tables": [
                    {"name": one.table, "rows": one.rows, "sha256": one.sha256}
                    for one in done.tables
                ],
                "sound": all(one.is_sound for one in done.ledgers),
            }
        )
    else:
        print(f"Moved and verified {rows} rows in {len(done.tables)} tables.")
        print("Now set BOARDS_DATABASE_URL to the new address, wherever Boards is started.")
        print(f"Files stay where they are; without a storage.yaml in {settings.data_dir / 'files'}")
    _require_sound(done.ledgers)


def _require_sound(ledgers: "Iterable[Verified]") -> None:
    from boards.cli.exits import Exit, Stop

    faults = [fault for one in ledgers for fault in one.faults]
    if faults:
        raise Stop(
            f"The ledger has {len(faults)} faults, as it had before: {faults[0].message} `boards "
            "ledger verify` lists them.",
            exit_code=Exit.BROKEN,
            code="error",
        )


@contextmanager
def _held() -> Iterator[None]:
    """Say how to go on when a server has the data directory."""
    from boards.cli.exits import Exit, Stop
    from boards.errors import Conflict

    try:
        yield
    except Conflict as held:
        if "is in use by" not in held.message:
            raise
        raise Stop(
            f"{held.message} `boards down` stops a server.", exit_code=Exit.LOCKED, code="locked"
        ) from held


@contextmanager
def _progress(what: str, *, quiet: bool) -> "Iterator[Callable[[int, int], None]]":
    """Tell on standard error how far it is, about once for each hundred files."""
    import sys

    def tell(files: int, size: int) -> None:
        if not quiet and files % 100 == 0:
            print(f"  {files} files {what}, {size / MIB:.0f} MiB", file=sys.stderr)

    yield tell


def _no_such(path: Path) -> Exception:
    from boards.cli.exits import Exit, Stop

    return Stop(f"There is no backup {str(path)!r}.", exit_code=Exit.NOT_FOUND, code="not_found")
