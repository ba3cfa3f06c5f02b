"""How commands end: one table from what went wrong to the exit code.

    raise Stop("There is no file 'a.png'.", exit_code=Exit.USAGE)

A `Stop` is how the command line itself refuses; errors of Boards are turned into one.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum

from boards.errors import BoardsError, InvalidInput, OverBudget, Problem

__all__ = ["EXITS", "MEANINGS", "Exit", "Stop", "exit_of", "stop_of"]


class Exit(IntEnum):
    """The exit codes."""

    OK = 0
    BROKEN = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    OVER_BUDGET = 5
    FAILED = 6
    ATTENTION = 7
    CANCELLED = 8
    UNREACHABLE = 9
    LOCKED = 10
    INTERRUPTED = 130


MEANINGS: Mapping[Exit, str] = {
    Exit.OK: "Everything that was asked for is done.",
    Exit.BROKEN: "Something in Boards or on this machine is broken; `boards doctor` may tell what.",
    Exit.USAGE: "The command or an input is not valid. Nothing was spent.",
    Exit.NOT_FOUND: "There is no such thing, or you may not see it.",
    Exit.REFUSED: "You may not do this, or it does not go with the state of things.",
    Exit.OVER_BUDGET: "It would cost more than a budget or --max-cost allows. Nothing was spent.",
    Exit.FAILED: "A provider or generator failed, or some of several generations did.",
    Exit.ATTENTION: "A paid call may have been made and its answer is lost: look, do not repeat.",
    Exit.CANCELLED: "It was cancelled, or you declined the price.",
    Exit.UNREACHABLE: "No server answers, or something is not configured.",
    Exit.LOCKED: "Another process has the data directory or the port.",
    Exit.INTERRUPTED: "You interrupted it (Ctrl-C).",
}

EXITS: Mapping[str, Exit] = {
    "error": Exit.BROKEN,
    "refused": Exit.REFUSED,
    "not_found": Exit.NOT_FOUND,
    "forbidden": Exit.REFUSED,
    "conflict": Exit.REFUSED,
    "invalid_input": Exit.USAGE,
    "too_large": Exit.USAGE,
    "unsupported": Exit.USAGE,
    "throttled": Exit.REFUSED,
    "over_budget": Exit.OVER_BUDGET,
    "provider_error": Exit.FAILED,
    "not_configured": Exit.UNREACHABLE,
    "content_refused": Exit.FAILED,
    "busy": Exit.FAILED,
    "rejected": Exit.FAILED,
    "provider_broken": Exit.FAILED,
    "timed_out": Exit.FAILED,
    "storage_error": Exit.BROKEN,
    "plugin_error": Exit.FAILED,
    "config_error": Exit.UNREACHABLE,
    # These only a server says.
    "unauthenticated": Exit.REFUSED,
    "misdirected": Exit.UNREACHABLE,
}
"""Every code of the error tree, and of a server's answers, with its exit code."""


class Stop(Exception):
    """A command ends here. `code` is the error's stable code; `more` stands in its JSON form."""

    def __init__(
        self,
        message: str,
        *,
        exit_code: Exit,
        code: str | None = None,
        problems: Iterable[Problem] = (),
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
        self.code = code or exit_code.name.lower()
        self.problems = tuple(problems)
        self.more = dict(more or {})

    def problem(self) -> dict[str, object]:
        """Give the error as `--json` shows it: a problem of RFC 9457."""
        return {
            "type": f"urn:boards:error:{self.code}",
            "title": MEANINGS[self.exit_code],
            "detail": self.message,
            "code": self.code,
            "exit": int(self.exit_code),
            "problems": [{"at": one.at, "message": one.message} for one in self.problems],
            **self.more,
        }


def exit_of(error: BoardsError | type[BoardsError]) -> Exit:
    """Give the exit code of an error, by the nearest class that the table knows."""
    kind = error if isinstance(error, type) else type(error)
    for each in kind.__mro__:
        found = EXITS.get(getattr(each, "code", ""))
        if found is not None:
            return found
    return Exit.BROKEN


def stop_of(error: BoardsError) -> Stop:
    """End a command as this error says."""
    more: dict[str, object] = {}
    if isinstance(error, OverBudget):
        amounts = {"limit": error.limit, "spent": error.spent, "held": error.held}
        more = {name: f"{amount:f}" for name, amount in amounts.items()}
        more["asked"] = None if error.asked is None else f"{error.asked:f}"
    problems = error.problems if isinstance(error, InvalidInput) else ()
    return Stop(
        error.message, exit_code=exit_of(error), code=error.code, problems=problems, more=more
    )
