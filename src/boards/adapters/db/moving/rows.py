"""Rows in a form that is the same whichever database they come from, and a sum over them.

It is the form in which SQLite keeps them: ids are 16 bytes, moments microseconds since 1970,
amounts nano-USD, truth is 0 or 1, and JSON is text.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import JSON, Boolean, Table

from boards.adapters.db.columns import Id, Instant, dump_json, from_microseconds, microseconds
from boards.adapters.db.tables import Base

__all__ = ["Row", "RowSum", "from_postgres", "key_of", "names_of", "ordered_tables", "to_postgres"]

Value: TypeAlias = bytes | int | float | str | None
Row: TypeAlias = Sequence[Value]
Change: TypeAlias = Callable[[Any], Any]

_SUM_BYTES = 32


def ordered_tables() -> Sequence[Table]:
    """All tables, each after those that it refers to."""
    return Base.metadata.sorted_tables


def names_of(table: Table) -> tuple[str, ...]:
    """The columns, in the order of the rows."""
    return tuple(column.name for column in table.columns)


def key_of(table: Table) -> tuple[str, ...]:
    """The columns of the primary key, by which rows are ordered."""
    return tuple(column.name for column in table.primary_key)


def from_postgres(table: Table) -> Callable[[Sequence[Any]], Row]:
    """What turns a row as asyncpg gives it into ours."""
    return _each(table, {Id: _id, Instant: microseconds, JSON: dump_json, Boolean: int})


def to_postgres(table: Table) -> Callable[[Row], Sequence[Any]]:
    """What turns a row of ours into what asyncpg takes; JSON stays the text that it is."""
    return _each(table, {Id: _uuid, Instant: _moment, Boolean: bool})


@dataclass
class RowSum:
    """A sum over rows in which their order, and the order of keys in JSON, does not matter."""

    table: Table
    rows: int = 0
    _sum: int = 0
    _json: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._json = tuple(
            at for at, column in enumerate(self.table.columns) if isinstance(column.type, JSON)
        )

    def add(self, rows: Iterable[Row]) -> None:
        """Take rows in."""
        for row in rows:
            plain = list(row)
            for at in self._json:
                plain[at] = _canonical(plain[at])
            digest = hashlib.sha256(repr(plain).encode()).digest()
            self._sum = (self._sum + int.from_bytes(digest)) % (1 << 8 * _SUM_BYTES)
            self.rows += 1

    @property
    def hex(self) -> str:
        return self._sum.to_bytes(_SUM_BYTES).hex()


def _each(table: Table, changes: dict[type, Change]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    wanted = [
        (at, change)
        for at, column in enumerate(table.columns)
        for kind, change in changes.items()
        if isinstance(column.type, kind)
    ]

    def turn(row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for at, change in wanted:
            if values[at] is not None:
                values[at] = change(values[at])
        return values

    return turn


def _canonical(text: Value) -> Value:
    if not isinstance(text, str):
        return text
    return json.dumps(_plain(json.loads(text)), sort_keys=True)


def _plain(value: Any) -> Any:
    """The same with 1.0 as 1: PostgreSQL does not tell them apart in every place."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _id(value: UUID) -> bytes:
    return value.bytes


def _uuid(value: bytes) -> UUID:
    return UUID(bytes=value)


def _moment(value: int) -> datetime:
    return from_microseconds(value)
