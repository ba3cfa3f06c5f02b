"""Says what Pydantic found wrong in our own shape: one problem per field, no foreign text."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from boards.errors import InvalidInput, Problem

__all__ = ["as_problems", "refuse"]

# Pydantic puts these before the words of a validator's own error.
_PREFIXES = ("Value error, ", "Assertion failed, ")


def as_problems(error: ValidationError, data: object) -> list[Problem]:
    """Give one problem per fault that Pydantic found in `data`, each once, at `inputs.<path>`."""
    problems = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        message = str(fault["msg"])
        for prefix in _PREFIXES:
            message = message.removeprefix(prefix)
        at = _path(fault["loc"], data, is_missing=fault["type"] == "missing")
        problems.append(Problem(at=at, message=message or "This is not valid."))
    return list(dict.fromkeys(problems))


def refuse(problems: Sequence[Problem]) -> InvalidInput:
    """Make the error that carries these problems; a single one is said as it is."""
    if len(problems) == 1 and problems[0].message.startswith("Generation "):
        return InvalidInput(problems[0].message, problems=tuple(problems))
    said = "; ".join(f"{problem.at}: {problem.message}" for problem in problems)
    return InvalidInput(f"The inputs are not valid: {said}", problems=tuple(problems))


def _path(location: tuple[int | str, ...], data: object, *, is_missing: bool) -> str:
    """Keep of a location what names a place in the data; the rest names branches of unions."""
    path = ["inputs"]
    for part in location:
        held = dict(enumerate(data)) if isinstance(data, (list, tuple)) else data
        if isinstance(held, Mapping) and part in held:
            data = held[part]
        elif not (is_missing and part == location[-1]):
            continue
        path.append(str(part))
    return ".".join(path)
