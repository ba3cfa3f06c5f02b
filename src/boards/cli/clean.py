"""`boards clean`: removes what Boards has made, after showing it."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson

if TYPE_CHECKING:
    from boards.cli.inventory import Inventory
    from boards.settings import Settings

__all__ = ["add_to"]

SHOWN_OTHERS = 5


def add_to(app: typer.Typer) -> None:
    app.command("clean")(clean)


def clean(
    confirm: Annotated[
        str | None,
        typer.Option("--confirm", metavar="NAME", help="The folder's name, in place of typing it."),
    ] = None,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only list; remove nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove all that Boards has made in its data directory.

    It is listed first, and goes only when the folder's name is typed. What others have put there
    stays.
    """
    from boards.cli.inventory import take_stock
    from boards.cli.show import print_json
    from boards.settings import load_settings

    settings = load_settings()
    if not is_dry:
        _refuse_while_used(settings)
    found = take_stock(settings)
    if not as_json:
        _print(settings, found)
    is_removed = bool(found.parts) and not is_dry
    if is_removed:
        _agree(settings, confirm, may_ask=not as_json)
        found = _remove(settings)
    if as_json:
        print_json(
            {
                "data_dir": str(settings.data_dir),
                "parts": [
                    {"name": part.name, "files": len(part.paths), "bytes": part.bytes_}
                    for part in found.parts
                ],
                "others": list(found.others),
                "elsewhere": list(found.elsewhere),
                "removed": is_removed,
            }
        )
    elif is_removed:
        print("It is gone. The folder stays, with its lock.")
    elif found.parts:
        print("Nothing was removed.")


def _refuse_while_used(settings: "Settings") -> None:
    from boards.cli.exits import Exit, Stop
    from boards.cli.standing import State, look

    now = look(settings)
    if now.state is not State.STOPPED:
        raise Stop(
            f"Process {now.pid} works with {str(settings.data_dir)!r}, and nothing was removed. "
            "`boards down` stops a server.",
            exit_code=Exit.LOCKED,
            code="locked",
        )


def _print(settings: "Settings", found: "Inventory") -> None:
    from boards.cli.show import console, size, table

    out = console()
    if not found.parts:
        out.print(f"There is nothing of Boards in {settings.data_dir}.", soft_wrap=True)
    else:
        out.print(f"In {settings.data_dir}\n", soft_wrap=True)
        rows = [
            (part.name, str(len(part.paths)), size(part.bytes_), part.purpose)
            for part in found.parts
        ]
        heads = ("NAME", "FILES", "SIZE", "WHAT IT IS")
        out.print(table(heads, rows, whole=heads[:3]))
        out.print()
    if found.others:
        shown = ", ".join(found.others[:SHOWN_OTHERS])
        more = len(found.others) - SHOWN_OTHERS
        rest = f", and {more} more" if more > 0 else ""
        out.print(f"Not made by Boards, and staying: {shown}{rest}", soft_wrap=True)
    for each in found.elsewhere:
        out.print(f"Staying as well: {each}", soft_wrap=True)


def _agree(settings: "Settings", confirm: str | None, *, may_ask: bool) -> None:
    """Have the folder's name typed. Stop when it is not."""
    from boards.cli.ask import ask_for, somebody_is_there
    from boards.cli.exits import Exit, Stop

    name = settings.data_dir.resolve().name
    if confirm is None:
        if not may_ask or not somebody_is_there():
            raise Stop(
                f"Say --confirm {name!r} to remove it. Nothing was removed.",
                exit_code=Exit.REFUSED,
                code="not_agreed",
            )
        confirm = ask_for(f"Type the folder's name, {name}, to remove this for ever: ")
    if not name or confirm != name:
        raise Stop(
            f"The folder is called {name!r}, not {confirm!r}. Nothing was removed.",
            exit_code=Exit.CANCELLED,
        )


def _remove(settings: "Settings") -> "Inventory":
    from boards.adapters.datadir import hold_data_dir
    from boards.cli.exits import Exit, Stop
    from boards.cli.inventory import remove
    from boards.errors import Conflict

    try:
        with hold_data_dir(settings.data_dir):
            return remove(settings)
    except Conflict as held:
        raise Stop(held.message, exit_code=Exit.LOCKED, code="locked") from held
