"""Cursors: where a page of a list ended, as an opaque word that clients hand back.

A cursor holds a position and no right: the next page is asked for with the caller's own scope.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from boards.adapters.db.columns import from_microseconds, microseconds
from boards.errors import InvalidInput, Problem
from boards.services.ports import Page

__all__ = [
    "Position",
    "is_after",
    "number_at",
    "page_by_count",
    "page_by_number",
    "page_of",
    "position_at",
]

Item = TypeVar("Item")
Condition: TypeAlias = ColumnElement[bool]

_FORM = re.compile(r"(-?[0-9]{1,17})\.([0-9a-f]{32})", re.ASCII)
_NUMBER = re.compile(r"n([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Position:
    """The place of a row in a list that is ordered by a moment and then by id."""

    at: datetime
    id: UUID


def _write(position: Position) -> str:
    text = f"{microseconds(position.at)}.{position.id.hex}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def position_at(cursor: str | None) -> Position | None:
    """Read a cursor. InvalidInput when it is not one that was given out here."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        found = _FORM.fullmatch(urlsafe_b64decode(padded).decode())
        if found is None:
            raise ValueError(cursor)
        position = Position(at=from_microseconds(int(found[1])), id=UUID(found[2]))
    except (ValueError, OverflowError) as error:
        raise _no_cursor(cursor) from error
    return position


def number_at(cursor: str | None) -> int | None:
    """Read a cursor of a list that is ordered by number. InvalidInput as for `position_at`."""
    if cursor is None:
        return None
    found = _NUMBER.fullmatch(cursor)
    if found is None:
        raise _no_cursor(cursor)
    return int(found[1])


def _no_cursor(cursor: str) -> InvalidInput:
    message = f"{cursor[:80]!r} is not a cursor of this list; start without one."
    return InvalidInput(message, problems=(Problem(at="cursor", message=message),))


def is_after(
    at: InstrumentedAttribute[datetime],
    id: InstrumentedAttribute[UUID],
    *,
    oldest_first: bool = False,
) -> Condition:
    """Rows behind the position bound as `cursor_at` and `cursor_id`, in a list newest first."""
    here = tuple_(bindparam("cursor_at", type_=at.type), bindparam("cursor_id", type_=id.type))
    return tuple_(at, id) > here if oldest_first else tuple_(at, id) < here


def page_of(
    rows: Sequence[Row[tuple[object, ...]]],
    limit: int,
    make: Callable[[Row[tuple[object, ...]]], Item],
    position: Callable[[Item], Position],
) -> Page[Item]:
    """Make a page of `limit` items from the `limit + 1` rows that were asked for."""
    items = tuple(make(row) for row in rows[:limit])
    cursors = tuple(_write(position(one)) for one in items)
    goes_on = len(rows) > limit and cursors
    return Page(items=items, next=cursors[-1] if goes_on else None, cursors=cursors)


def page_by_count(
    rows: Sequence[Row[tuple[object, ...]]],
    limit: int,
    make: Callable[[Row[tuple[object, ...]]], Item],
    before: int,
) -> Page[Item]:
    """The same for a list whose cursor counts how many came before."""
    items = tuple(make(row) for row in rows[:limit])
    cursors = tuple(f"n{before + place}" for place in range(1, len(items) + 1))
    return Page(
        items=items, next=cursors[-1] if len(rows) > limit and cursors else None, cursors=cursors
    )


def page_by_number(
    rows: Sequence[Row[tuple[object, ...]]],
    limit: int,
    make: Callable[[Row[tuple[object, ...]]], Item],
    number: Callable[[Item], int],
) -> Page[Item]:
    """The same for a list that is ordered by number, the highest first."""
    items = tuple(make(row) for row in rows[:limit])
    cursors = tuple(f"n{number(one)}" for one in items)
    goes_on = len(rows) > limit and cursors
    return Page(items=items, next=cursors[-1] if goes_on else None, cursors=cursors)
