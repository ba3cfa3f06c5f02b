"""A statement made ready once, so that afterwards only its values are bound.

SQLAlchemy writes the SQL and knows how each value is stored and read. What it does for every
execution beyond that costs several times what the database itself takes for a look by key, so a
statement is compiled here once and then goes to the driver as text and values.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Delete, Insert, Select, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import Float, TypeEngine

__all__ = ["Answer", "Prepared", "Statement", "Wire"]

Statement: TypeAlias = Select[Any] | Insert | Update | Delete
Values: TypeAlias = Mapping[str, Any]
_Process: TypeAlias = Callable[[Any], Any] | None

_DOUBLE = 701
"""PostgreSQL's number for a double; SQLAlchemy asks for it before it reads one."""


class Wire(Protocol):
    """The driver's connection in a transaction; its methods raise the driver's own errors."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """What a statement or its values may raise."""
        ...

    def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Run a statement that gives rows."""
        ...

    def change(self, sql: str, values: Sequence[Any]) -> int:
        """Run a statement that gives none, and count the rows it has changed."""
        ...

    def change_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each sequence of values."""
        ...

    def look_beyond(self) -> None:
        """Have the database show rows of all tenants, up to the end of the transaction."""
        ...


class Answer:
    """What a statement has given: its rows, as tuples with names, and how many it changed."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        """Every row."""
        return self._rows

    def first(self) -> Any:
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The only row. ValueError when there are none or several."""
        [row] = self._rows
        return row

    def scalars(self) -> Sequence[Any]:
        """The first column of every row."""
        return [row[0] for row in self._rows]

    def scalar(self) -> Any:
        """The first column of the first row, or None."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """The only value. ValueError when there are no rows or several."""
        return self.one()[0]


class Prepared:
    """A statement of one dialect. Its SQL is written once for each set of bound names.

    A list is bound with its last value repeated up to the next power of two, so that lists of all
    lengths come to a dozen texts, which the drivers keep prepared in their turn.
    """

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        self.statement = statement
        self._dialect = dialect
        self._texts: dict[Hashable, _Text] = {}

    def run(self, wire: Wire, values: Values) -> Answer:
        """Bind one set of values and run it."""
        text, values = self._text(values)
        if text.row is None:
            return Answer((), wire.change(text.sql, text.bind(values)))
        rows = text.read(wire.fetch(text.sql, text.bind(values)))
        return Answer(rows, len(rows))

    def run_each(self, wire: Wire, many: Sequence[Values]) -> Answer:
        """Run it for each set of values, all of which have the same names, none of them a list."""
        text, _ = self._text(many[0])
        if text.row is None:
            wire.change_many(text.sql, [text.bind(values) for values in many])
            return Answer((), len(many))
        found = [row for values in many for row in wire.fetch(text.sql, text.bind(values))]
        rows = text.read(found)
        return Answer(rows, len(rows))

    def _text(self, values: Values) -> "tuple[_Text, Values]":
        key: Hashable = tuple(values)
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = _written(self.statement, self._dialect, values)
        if text.lists:
            values = {**values, **{name: _padded(values[name]) for name in text.lists}}
            key = key, tuple(len(values[name]) for name in text.lists)
            text = self._texts.get(key)
            if text is None:
                text = self._texts[key] = _written(self.statement, self._dialect, values)
        return text, values


class _Text:
    """SQL with the order of its values, and how they and the rows are turned."""

    __slots__ = ("_binds", "_flat", "_from_row", "lists", "row", "sql")

    def __init__(
        self,
        sql: str,
        binds: Sequence[tuple[str, _Process, Any]],
        lists: Mapping[str, Sequence[str]],
        columns: Sequence[tuple[str, _Process]],
    ) -> None:
        self.sql = sql
        self._binds = binds
        self.lists = lists
        names = [name for name, _ in columns]
        self.row: Any = namedtuple("Row", names, rename=True) if names else None
        self._from_row = [(at, each) for at, (_, each) in enumerate(columns) if each is not None]

    def bind(self, values: Values) -> list[Any]:
        """Put the values in order; a name that is not among them has a constant."""
        if self.lists:
            values = {**values, **self._of_lists(values)}
        return [
            (process(values[name]) if process is not None else values[name])
            if name in values
            else constant
            for name, process, constant in self._binds
        ]

    def _of_lists(self, values: Values) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, names in self.lists.items():
            items = values[name]
            if items and isinstance(items[0], tuple):
                items = [part for item in items for part in item]
            found.update(zip(names, items, strict=True))
        return found

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Turn what the driver gave."""
        make = self.row._make
        found = []
        for row in rows:
            turned = list(row)
            for at, process in self._from_row:
                turned[at] = process(turned[at])
            found.append(make(turned))
        return found


def _written(statement: Statement, dialect: Dialect, values: Values) -> _Text:
    compiled = statement.compile(dialect=dialect, column_keys=sorted(values))
    state = compiled.construct_expanded_state({**_defaults(compiled), **values}, escape_names=False)
    lists = {name: each for name, each in state.parameter_expansion.items() if name in values}
    given = {*values, *(name for names in lists.values() for name in names)}
    binds: list[tuple[str, _Process, Any]] = []
    for name in state.positiontup or ():
        process = state.processors.get(name)
        if name in compiled.binds:
            process = compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        constant = None
        if name not in given:
            constant = state.parameters[name]
            constant = constant if process is None else process(constant)
        binds.append((name, process, constant))
    columns = [(str(one.key), _reading(one.type, dialect)) for one in statement.exported_columns]
    return _Text(state.statement, binds, lists, columns)


def _defaults(compiled: SQLCompiler) -> dict[str, Any]:
    """What an insert puts into columns that no value was given for."""
    found: dict[str, Any] = {}
    for column in compiled.insert_prefetch:
        default = column.default
        if not isinstance(default, ScalarElementColumnDefault):
            raise TypeError(f"The default of {column.name!r} is no plain value.")
        found[column.key] = default.arg
    return found


def _reading(of: TypeEngine[Any], dialect: Dialect) -> _Process:
    form = of.dialect_impl(dialect)
    return form.result_processor(dialect, _DOUBLE if isinstance(form, Float) else None)


def _padded(items: Sequence[Any]) -> list[Any]:
    """Repeat the last item up to the next power of two; it is asked for twice, and found once."""
    found = list(items)
    if found:
        found += [found[-1]] * ((1 << (len(found) - 1).bit_length()) - len(found))
    return found
