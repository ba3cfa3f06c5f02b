"""Column types that keep their meaning, their order and their exactness on both databases.

| here      | SQLite                       | PostgreSQL    |
|-----------|------------------------------|---------------|
| `Id`      | 16 bytes, which sort by time | `uuid`        |
| `Instant` | microseconds since 1970      | `timestamptz` |
| `Usd`     | nano-USD as a whole number   | `bigint`      |
| `Json`    | text                         | `jsonb`       |
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Integer, LargeBinary
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

__all__ = [
    "Id",
    "Instant",
    "Json",
    "Serial",
    "Usd",
    "dump_json",
    "from_microseconds",
    "microseconds",
    "one_of",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NANO_DIGITS = 9
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

_Processor = Callable[[Any], Any]


def microseconds(moment: datetime) -> int:
    """Count the microseconds since 1970, exactly. ValueError for a datetime without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; use an aware datetime.")
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Give the moment back, in UTC."""
    return _EPOCH + timedelta(microseconds=count)


def _id_to_bytes(value: UUID | None) -> bytes | None:
    return None if value is None else value.bytes


def _id_from_bytes(value: bytes | None) -> UUID | None:
    return None if value is None else UUID(bytes=value)


def _instant_to_int(value: datetime | None) -> int | None:
    return None if value is None else microseconds(value)


def _instant_from_int(value: int | None) -> datetime | None:
    return None if value is None else from_microseconds(value)


def _aware(value: datetime | None) -> datetime | None:
    # The driver would take a naive datetime for local time.
    if value is not None and value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone; use an aware datetime.")
    return value


def _usd_to_nano(value: Decimal | None) -> int | None:
    if value is None:
        return None
    return int(value.scaleb(_NANO_DIGITS).to_integral_value(rounding=ROUND_HALF_EVEN))


def _usd_from_nano(value: int | Decimal | None) -> Decimal | None:
    # PostgreSQL's sum of bigint is numeric, so a sum comes as a Decimal.
    return None if value is None else Decimal(int(value)).scaleb(-_NANO_DIGITS)


class Id(TypeDecorator[UUID]):
    """A UUID, in a form that sorts as its bytes do: version 7 ids sort by time."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(LargeBinary(16))

    # The processors are overridden instead of process_bind_param: a row has a dozen ids, and this
    # saves two calls for each.
    def bind_processor(self, dialect: Dialect) -> _Processor | None:
        return super().bind_processor(dialect) if _is_postgres(dialect) else _id_to_bytes

    def result_processor(self, dialect: Dialect, _coltype: object) -> _Processor | None:
        if _is_postgres(dialect):
            return super().result_processor(dialect, _coltype)
        return _id_from_bytes


class Instant(TypeDecorator[datetime]):
    """An aware datetime in UTC, to the microsecond. ValueError for a naive one."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if _is_postgres(dialect):
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def bind_processor(self, dialect: Dialect) -> _Processor | None:
        return _aware if _is_postgres(dialect) else _instant_to_int

    def result_processor(self, dialect: Dialect, _coltype: object) -> _Processor | None:
        return None if _is_postgres(dialect) else _instant_from_int


class Usd(TypeDecorator[Decimal]):
    """An amount in USD, kept as whole nano-USD, so that sums are exact on both databases."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> _Processor | None:
        return _usd_to_nano

    def result_processor(self, _dialect: Dialect, _coltype: object) -> _Processor | None:
        return _usd_from_nano


Json = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
"""A JSON value; Python's None is SQL's NULL. PostgreSQL does not keep the order of keys."""

Serial = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database counts up; only INTEGER is counted up by SQLite."""


def dump_json(value: object) -> str:
    """Write JSON as short as it goes. ValueError for NaN and infinities, which are no JSON."""
    return _JSON.encode(value)


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Hold a column to a closed set of words."""
    words = ", ".join(f"'{word.value}'" for word in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)


def _is_postgres(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"
