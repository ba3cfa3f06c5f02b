"""Reads JSON into the values of `boards.client.answers`.

It goes by the fields of the dataclass: a missing one without a default and a value of another kind
are Unreadable; what the class does not know is skipped, since a newer server may say more.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

__all__ = ["Unreadable", "read"]

T = TypeVar("T")
Reader = Callable[[object], object]

TEXTS: Mapping[type, Callable[[str], object]] = {
    UUID: UUID,
    Decimal: Decimal,
    datetime: datetime.fromisoformat,
}
"""What JSON can only say as text."""


class Unreadable(ValueError):
    """The JSON is not of this shape; says where."""


def read(shape: type[T], value: object) -> T:
    """Read a value of this class."""
    return cast(T, _reader(cast(Any, shape))(value))


@cache
def _reader(kind: Any) -> Reader:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        # Unions other than with None are JSON as it is.
        (one, *more) = [each for each in inner if each is not type(None)]
        return _optional(_reader(one)) if not more else _as_it_is
    if origin is tuple:
        return _each(_reader(inner[0]))
    if origin is Literal:
        # A newer server may know a further word.
        return _plain(str)
    if origin is not None and issubclass(origin, Mapping):
        return _plain(dict)
    if is_dataclass(kind):
        return _fields(cast(type, kind))
    if kind in TEXTS:
        return _text(kind)
    return _number if kind is float else _plain(kind)


def _as_it_is(value: object) -> object:
    return value


def _optional(reader: Reader) -> Reader:
    return lambda value: None if value is None else reader(value)


def _each(reader: Reader) -> Reader:
    def read_each(value: object) -> object:
        if not isinstance(value, list):
            raise Unreadable(f"a list was expected, not {value!r}")
        return tuple(reader(each) for each in value)

    return read_each


def _plain(kind: type) -> Reader:
    def read_plain(value: object) -> object:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise Unreadable(f"{kind.__name__} was expected, not {value!r}")
        return value

    return read_plain


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(f"a number was expected, not {value!r}")
    return float(value)


def _text(kind: type) -> Reader:
    def read_text(value: object) -> object:
        if not isinstance(value, str):
            raise Unreadable(f"a text was expected, not {value!r}")
        try:
            return TEXTS[kind](value)
        except (ValueError, InvalidOperation):
            raise Unreadable(f"{value!r} is no {kind.__name__}") from None

    return read_text


def _fields(kind: type) -> Reader:
    @cache
    def known() -> list[tuple[str, Reader, bool]]:
        # When it is first read and not before: a class may hold its like.
        hints = get_type_hints(kind)
        return [
            (
                each.name,
                _reader(hints[each.name]),
                each.default is MISSING and each.default_factory is MISSING,
            )
            for each in fields(kind)
        ]

    def read_fields(value: object) -> object:
        if not isinstance(value, dict):
            raise Unreadable(f"an object was expected, not {value!r}")
        found: dict[str, object] = {}
        for name, reader, is_required in known():
            if name not in value:
                if is_required:
                    raise Unreadable(f"{name} is missing")
                continue
            try:
                found[name] = reader(value[name])
            except Unreadable as error:
                raise Unreadable(f"{name}: {error}") from None
        return kind(**found)

    return read_fields
