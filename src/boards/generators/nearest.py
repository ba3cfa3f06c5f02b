"""The nearest known name, for messages about names that nobody knows."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["suggestion"]


def suggestion(name: str, known: Iterable[str]) -> str:
    """Give the end of such a message: ` Did you mean 'x'?`, or what there is to choose from."""
    names = list(known)
    close = get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    if close:
        return f" Did you mean {close[0]!r}?"
    return f" Known: {', '.join(names)}." if names else " There are none."
