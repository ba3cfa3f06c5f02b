"""`boards status`, `boards logs`, `boards down`: looking after the server of this machine."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson

if TYPE_CHECKING:
    from boards.cli.standing import Standing
    from boards.settings import Settings

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("status")(status)
    app.command("logs")(logs)
    app.command("down")(down)


def status(as_json: AsJson = False) -> None:
    """Tell how the server stands, and what it has to do.

    Ends with 9 when it does not run.
    """
    from boards.cli.exits import Exit
    from boards.cli.show import console, print_json
    from boards.cli.standing import State, count_work, look
    from boards.settings import load_settings

    settings = load_settings()
    found = look(settings)
    work = count_work(settings, found)
    if as_json:
        print_json(
            {
                "state": found.state,
                "pid": found.pid,
                "address": found.address,
                "version": found.version,
                "data_dir": str(settings.data_dir),
                "since": found.since.isoformat() if found.since else None,
                "queue": work,
            }
        )
    else:
        for name, said in _lines(settings, found, work):
            console().print(f"{name:<10}{said}", soft_wrap=True)
    raise typer.Exit(Exit.OK if found.state is State.RUNNING else Exit.UNREACHABLE)


def logs(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[
        int, typer.Option("--lines", "-n", metavar="N", min=0, help="How many at most.")
    ] = 100,
) -> None:
    """Print the log of a server that was started with --detach."""
    from boards.cli.exits import Exit, Stop
    from boards.cli.logfile import log_path, read_log
    from boards.settings import load_settings

    path = log_path(load_settings().data_dir)
    if not follow and not path.exists():
        raise Stop(
            f"There is no log {str(path)!r}; `boards up --detach` writes it.",
            exit_code=Exit.NOT_FOUND,
            code="not_found",
        )
    with closing(read_log(path, last=lines, follow=follow)) as shown:
        for line in shown:
            print(line, flush=follow)


def down(as_json: AsJson = False) -> None:
    """Stop the server. What is being made may come to its end first.

    Only a server that `boards up` started is stopped, and it is asked to, never killed.
    """
    from boards.cli.exits import Exit, Stop
    from boards.cli.show import duration, print_json
    from boards.cli.standing import State, look, stop_server, waits_seconds
    from boards.settings import load_settings

    settings = load_settings()
    found = look(settings)
    if found.state is State.STOPPED:
        raise Stop(
            f"No server runs on {str(settings.data_dir)!r}.",
            exit_code=Exit.UNREACHABLE,
            code="not_running",
        )
    if found.state is State.BUSY or found.holder is None:
        what = "a command" if found.state is State.BUSY else "a server that shares the work"
        raise Stop(
            f"Process {found.pid} is {what}, which `boards up` did not start. Stop it where it was "
            "started.",
            exit_code=Exit.REFUSED,
        )
    if not as_json:
        where = f" at {found.address}" if found.address else ""
        print(f"Stopping the server{where} (process {found.pid}).")
        longest = duration(waits_seconds(settings))
        print(f"What is being made may come to its end: at most {longest}.", flush=True)
    seconds = stop_server(settings, found.holder)
    if as_json:
        print_json({"pid": found.pid, "seconds": round(seconds, 1)})
    else:
        print(f"It has stopped, after {duration(seconds)}.")


def _lines(
    settings: "Settings", found: "Standing", work: "Mapping[str, int] | None"
) -> Iterator[tuple[str, str]]:
    from boards.cli.show import duration
    from boards.cli.standing import COUNTED, State

    said = {
        State.RUNNING: f"runs at {found.address}",
        State.STOPPED: "stopped; `boards up` starts it",
        State.BETWEEN: "does not answer: it starts, or stops, or is very busy",
        State.BUSY: "stopped; a command has the data directory",
    }
    yield "server", said[found.state]
    if found.pid is not None:
        yield "process", str(found.pid)
    if found.since is not None and found.age_seconds is not None:
        began = found.since.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        yield "since", f"{began} ({duration(found.age_seconds)})"
    if found.version is not None:
        yield "version", found.version
    yield "data", str(settings.data_dir)
    if settings.server is not None and settings.server != found.address:
        yield "commands", f"talk to {settings.server}, by BOARDS_SERVER"
    if work is not None:
        named = {"waiting": "waiting", "running": "running", "attention": "to be looked at"}
        more = {
            count: f"{count}{' or more' if count >= COUNTED else ''}" for count in work.values()
        }
        yield "queue", ", ".join(f"{more[work[key]]} {name}" for key, name in named.items())
