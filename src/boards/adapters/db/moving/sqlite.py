"""SQLite as one end of a copy."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Table

from boards.adapters.db.faults import of_connecting, of_statement
from boards.adapters.db.moving.rows import Row, key_of, names_of

__all__ = ["SqliteSide"]

_BUSY_SECONDS = 10


class SqliteSide:
    """A file. One that is only read is opened so that nothing of it changes, not even when what a
    process that was killed has left beside it is taken in. All that is read is of one moment."""

    def __init__(self, path: Path, *, writes: bool = False) -> None:
        self._path = path
        self._writes = writes
        self._open: sqlite3.Connection | None = None

    async def __aenter__(self) -> Self:
        mode = "rw" if self._writes else "ro"
        try:
            self._open = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            self._driver.execute(f"PRAGMA query_only={int(not self._writes)}")
            self._driver.execute("PRAGMA foreign_keys=1")
            if not self._writes:
                self._driver.execute("BEGIN")
        except sqlite3.Error as error:
            raise of_connecting(error) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._driver.close()

    async def revision(self) -> str | None:
        """At which revision its tables stand."""
        row = self._driver.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])

    async def stand_at(self, revision: str) -> None:
        """Say at which revision its tables stand."""
        self._driver.execute("UPDATE alembic_version SET version_num = ?", (revision,))

    async def count(self, table: Table) -> int:
        """How many rows a table has."""
        [number] = self._driver.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()  # noqa: S608
        return int(number)

    async def rows(self, table: Table, *, skip: int, at_once: int) -> AsyncIterator[list[Row]]:
        """Give the rows in the order of their keys, behind the first `skip`."""
        found = self._driver.execute(
            f'SELECT {_listed(names_of(table))} FROM "{table.name}"'  # noqa: S608
            f" ORDER BY {_listed(key_of(table))} LIMIT -1 OFFSET ?",
            (skip,),
        )
        while rows := found.fetchmany(at_once):
            yield rows

    async def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Put rows in, all or none."""
        names = names_of(table)
        marks = ", ".join("?" * len(names))
        self._driver.execute("BEGIN IMMEDIATE")
        try:
            self._driver.executemany(
                f'INSERT INTO "{table.name}" ({_listed(names)}) VALUES ({marks})',  # noqa: S608
                rows,
            )
            self._driver.execute("COMMIT")
        except sqlite3.Error as error:
            if self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
            raise of_statement(error) from error

    async def settle(self, table: Table) -> None:
        """SQLite counts up from the largest number there is by itself."""

    @property
    def _driver(self) -> sqlite3.Connection:
        if self._open is None:
            raise TypeError("Open it first.")
        return self._open


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
