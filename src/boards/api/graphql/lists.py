"""Lists by limit and offset over services that give pages by cursor."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from boards.errors import InvalidInput, Problem
from boards.services.ports import Page

__all__ = ["FARTHEST", "LARGEST", "PAGE", "Fetch", "check_window", "gather", "window"]

T = TypeVar("T")

Fetch = Callable[[int, str | None], Awaitable[Page[T]]]
"""Gives so many things from a cursor on."""

PAGE = 50
LARGEST = 200
FARTHEST = 2000


async def gather(fetch: Fetch[T], count: int) -> list[T]:
    """Give the first `count` things, by as many calls as it takes."""
    found: list[T] = []
    cursor: str | None = None
    while len(found) < count:
        page = await fetch(min(count - len(found), LARGEST), cursor)
        found.extend(page.items)
        cursor = page.next
        if cursor is None:
            break
    return found[:count]


async def window(fetch: Fetch[T], *, limit: int | None, offset: int | None) -> list[T]:
    """Give `limit` things after the first `offset`. InvalidInput outside of the bounds."""
    start, end = check_window(limit, offset)
    return (await gather(fetch, end))[start:]


def check_window(
    limit: int | None, offset: int | None, *, name: str = "limit", farthest: int = FARTHEST
) -> tuple[int, int]:
    """Give where a part of a list starts and ends; null is the default. InvalidInput outside of
    the bounds, of which `name` is the first."""
    size = _within(name, PAGE if limit is None else limit, 1, LARGEST)
    start = _within("offset", offset or 0, 0, farthest)
    return start, start + size


def _within(name: str, value: int, smallest: int, largest: int) -> int:
    if not smallest <= value <= largest:
        message = f"{name} is {value!r}; give a number from {smallest} to {largest}."
        raise InvalidInput(message, problems=(Problem(at=name, message=message),))
    return value
