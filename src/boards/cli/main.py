"""`boards`: collects the commands, and turns whatever ends them into one line and an exit code."""

import json
import sys
from collections.abc import Sequence

import typer

from boards.cli import (
    backup,
    boards,
    budgets,
    catalog,
    clean,
    client,
    curating,
    db,
    demo,
    doctor,
    finding,
    generate,
    generations,
    generators,
    guide,
    init,
    keys,
    lab,
    mcp,
    providers,
    recipes,
    reconcile,
    serve,
    server,
    setup,
    spending,
    storage,
    story,
    tenants,
    tokens,
    top,
    up,
    upgrade,
    uploads,
    users,
    webhooks,
    worker,
)
from boards.cli.exits import Exit, Stop, stop_of
from boards.errors import BoardsError

__all__ = ["app", "main"]

app = typer.Typer(
    name="boards",
    help="Boards makes images, video, audio and text, and keeps what came from what.",
    no_args_is_help=True,
    # Rich would triple the time that `--help` takes.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for noun in (
    generators,
    catalog,
    client,
    generate,
    generations,
    finding,
    recipes,
    uploads,
    boards,
    curating,
    story,
    budgets,
    spending,
    keys,
    providers,
    storage,
    webhooks,
    tenants,
    users,
    tokens,
    setup,
    demo,
    init,
    up,
    server,
    upgrade,
    backup,
    clean,
    serve,
    worker,
    top,
    reconcile,
    doctor,
    db,
    lab,
    mcp,
    guide,
):
    noun.add_to(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit code. See `boards.cli.exits`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(given, prog_name="boards")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.OK
    except KeyboardInterrupt:
        return _say(Stop("Interrupted.", exit_code=Exit.INTERRUPTED), as_json=False)
    except Stop as stop:
        return _say(stop, as_json="--json" in given)
    except BoardsError as error:
        return _say(stop_of(error), as_json="--json" in given)
    except Exception:  # noqa: BLE001 - a fault of ours; whoever sees it can report it
        return _say(_report_fault(), as_json="--json" in given)
    return Exit.OK


def _report_fault() -> Stop:
    import traceback

    from boards.adapters.telemetry.redaction import redact_text

    print(redact_text(traceback.format_exc()), file=sys.stderr)
    return Stop(
        "Something in Boards broke. Please report it with the lines above.", exit_code=Exit.BROKEN
    )


def _say(stop: Stop, *, as_json: bool) -> int:
    """Tell people on standard error, and programs on standard output."""
    print(f"Error: {stop.message}", file=sys.stderr)
    if as_json:
        print(json.dumps(stop.problem(), ensure_ascii=False, indent=2))
    return stop.exit_code
