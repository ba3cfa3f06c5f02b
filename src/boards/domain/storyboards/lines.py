"""Finds the line of a value in JSON text, so that a fault can be shown where somebody mends it."""

import re
from collections.abc import Mapping

__all__ = ["Path", "lines_of", "nearest_line"]

Path = tuple[str | int, ...]

_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([{}\[\],:])|([^\s{}\[\],:"]+))', re.DOTALL)
_CLOSING = {"}": "{", "]": "["}


def lines_of(text: str) -> Mapping[Path, int]:
    """The line, from 1, at which the value of each path begins. The text is valid JSON."""
    found: dict[Path, int] = {}
    path: list[str | int] = []
    opened: list[str] = []
    key: str | None = None
    line, position = 1, 0
    while (token := _TOKEN.match(text, position)) is not None:
        start = token.start(token.lastindex or 0)
        line += text.count("\n", position, start)
        position = start
        mark = token.group(2)
        if mark in (",", ":"):
            if mark == "," and opened[-1] == "[" and isinstance(path[-1], int):
                path[-1] += 1
        elif mark in _CLOSING:
            opened.pop()
            path.pop()
        elif opened and opened[-1] == "{" and key is None:
            # A name: what follows the colon is its value.
            key = token.group(1)[1:-1] if token.group(1) else ""
            path[-1] = key
            line += text.count("\n", position, token.end())
            position = token.end()
            continue
        else:
            found[tuple(path)] = line
            if mark in ("{", "["):
                opened.append(mark)
                path.append("" if mark == "{" else 0)
        if mark != ":":
            key = None
        line += text.count("\n", position, token.end())
        position = token.end()
    return found


def nearest_line(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a value, or of the nearest one around it that is there."""
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1
