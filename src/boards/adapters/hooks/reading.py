"""What all schemes share: the window of time, and reading ids out of a body that is not trusted."""

import hashlib
import json
from datetime import datetime

from boards.errors import Forbidden

__all__ = ["WINDOW_SECONDS", "digest", "ids_at", "require_fresh"]

WINDOW_SECONDS = 300.0
"""How far a timestamp may be off, either way."""
_LONGEST_ID = 200


def require_fresh(timestamp: str | None, now: datetime) -> None:
    """Forbidden unless the seconds since 1970 in `timestamp` are close to now."""
    try:
        off = abs(float(timestamp or "") - now.timestamp())
    except ValueError:
        raise Forbidden("The hook has no time.") from None
    # Not `off > …`: that would let NaN pass.
    if not off <= WINDOW_SECONDS:
        raise Forbidden("The hook is too old, or from the future.")


def ids_at(body: bytes, *paths: tuple[str, ...]) -> tuple[str, ...]:
    """The ids that stand at these places of a JSON body, each once; what is none is left out."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    found: dict[str, None] = {}
    for path in paths:
        value = document
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str) and 0 < len(value) <= _LONGEST_ID:
            found[value] = None
    return tuple(found)


def digest(body: bytes) -> str:
    """A name for a hook that has none: the same body is the same hook."""
    return hashlib.sha256(body).hexdigest()
