"""SQLite: one thread writes, a few read, and writes that wait share one commit.

A commit costs a flush of the disk. When several units of work wait, the writer runs them in one
transaction, each in its own savepoint: an error undoes its own work only, nobody is answered
before the commit, and if the commit fails all of them fail.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from boards.adapters.db.columns import dump_json
from boards.adapters.db.faults import translate
from boards.adapters.db.tx import SqlTx
from boards.adapters.db.waiting import Listener, settled, tell
from boards.errors import BoardsError, ConfigError, StorageError
from boards.services.ports import Event, Scope, Tx

__all__ = ["SqliteDatabase", "SqliteWire", "driver_of", "sqlite_engine", "transaction"]

T = TypeVar("T")

_OLDEST = (3, 37, 0)
_READERS = 4
_MOST_IN_ONE_COMMIT = 64
_COMMITS_TO_A_LOOK = 5000
_BUSY_SECONDS = 5
_TAKEN_BACK = "The database could not write; nothing of this was kept. Try again."
_CLOSED = "The database has been closed."


def sqlite_engine(path: Path, *, reads_only: bool = False, migrates: bool = False) -> Engine:
    """An engine whose connections have our settings; `transaction` begins and commits on them.

    FULL, because the intent to pay must survive a power cut. A migration replaces tables that
    others refer to, so it checks the references itself, at its end.
    """
    if sqlite3.sqlite_version_info < _OLDEST:
        raise ConfigError(
            f"SQLite {sqlite3.sqlite_version} is too old: Python must come with 3.37 or newer."
        )
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=NullPool,
        # Threads are kept apart here: each connection is used by one of them, then closed.
        connect_args={"check_same_thread": False, "cached_statements": 512},
        json_serializer=dump_json,
        # Its own handling of transactions costs a tenth of the throughput.
        isolation_level="AUTOCOMMIT",
    )

    def connected(connection: sqlite3.Connection, _: object) -> None:
        for setting in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={int(not migrates)}",
            f"busy_timeout={_BUSY_SECONDS * 1000}",
            "temp_store=MEMORY",
            "cache_size=-32768",
            "journal_size_limit=67108864",
            f"query_only={int(reads_only)}",
        ):
            connection.execute(f"PRAGMA {setting}")

    event.listen(engine, "connect", connected)
    return engine


@contextmanager
def transaction(connection: Connection, begin: str) -> Iterator[sqlite3.Connection]:
    """Commit what is done inside, or roll it back.

    BEGIN IMMEDIATE to write: a transaction that reads first and writes later is refused when
    another has written in between.
    """
    driver = driver_of(connection)
    driver.execute(begin)
    try:
        yield driver
        driver.execute("COMMIT")
    except BaseException:
        # A full disk has rolled back already.
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise


@dataclass(frozen=True, kw_only=True)
class SqliteWire:
    """SQLite's own connection, for a door's statements."""

    driver: sqlite3.Connection
    dialect: Dialect
    failures: tuple[type[Exception], ...] = (
        sqlite3.Error,
        SQLAlchemyError,
        ValueError,
        OverflowError,
    )

    def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return self.driver.execute(sql, values).fetchall()

    def change(self, sql: str, values: Sequence[Any]) -> int:
        return self.driver.execute(sql, values).rowcount

    def change_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        self.driver.executemany(sql, values)


@dataclass(eq=False)
class _Unit:
    """A unit of work that waits for the writer, and what came of it."""

    work: Callable[[Tx], Any]
    scope: Scope
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None
    events: Sequence[Event] = field(default_factory=tuple)

    def run(self, wire: SqliteWire) -> None:
        tx = SqlTx(wire, self.scope)
        self.result = self.work(tx)
        self.events = tx.finish()

    def fail(self, error: BaseException) -> None:
        if isinstance(error, StopIteration):
            # A future does not take this one.
            error = BoardsError("A unit of work ended with StopIteration.", detail=repr(error))
        self.result, self.events, self.error = None, (), translate(error)

    def answer(self) -> None:
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class SqliteDatabase:
    """A database in one file, for one process. The file and its tables must exist."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listeners: list[Listener] = []
        self._units: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="boards-db-write", daemon=True)
        self._writer.start()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="boards-db-read")
        self._local = threading.local()
        self._connections: list[Connection] = []
        self._is_closed = False

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def write(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        """A write that has been asked for is done, even if the asking task is cancelled."""
        if self._is_closed:
            raise StorageError(_CLOSED)
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._units.put(_Unit(work=work, scope=scope, future=future))
        return await settled(future)

    async def read(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        if self._is_closed:
            raise StorageError(_CLOSED)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, work, scope)

    async def close(self) -> None:
        """Finish the writes that were asked for, then close every connection."""
        if self._is_closed:
            return
        self._is_closed = True
        self._units.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        for connection in self._connections:
            connection.close()

    # In the readers' threads

    def _read(self, work: Callable[[Tx], T], scope: Scope) -> T:
        try:
            connection = self._reader()
            with transaction(connection, "BEGIN"):
                return work(SqlTx(_wire(connection), scope))
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise translate(error) from error

    def _reader(self) -> Connection:
        if not hasattr(self._local, "connection"):
            engine = sqlite_engine(self._path, reads_only=True)
            self._local.connection = engine.connect()
            self._connections.append(self._local.connection)
        connection: Connection = self._local.connection
        return connection

    # In the writer's thread

    def _write_all(self) -> None:
        engine = sqlite_engine(self._path)
        connection: Connection | None = None
        commits, ends = 0, False
        while not ends:
            units, ends = self._next_units()
            if not units:
                continue
            try:
                connection = connection or engine.connect()
                self._write_together(connection, units)
            except BaseException as error:  # noqa: BLE001 - this thread must go on
                for unit in units:
                    unit.fail(error)
                if connection is not None:
                    connection.invalidate()
                connection = None
            self._answer(units)
            commits += 1
            if connection is not None and commits % _COMMITS_TO_A_LOOK == 0:
                _look_at_sizes(connection)
        if connection is not None:
            connection.close()

    def _next_units(self) -> tuple[list[_Unit], bool]:
        """What waits, at least one; and whether this is the end."""
        units: list[_Unit] = []
        try:
            found = self._units.get()
            while found is not None:
                units.append(found)
                if len(units) == _MOST_IN_ONE_COMMIT:
                    return units, False
                found = self._units.get_nowait()
        except queue.Empty:
            return units, False
        return units, True

    def _write_together(self, connection: Connection, units: Sequence[_Unit]) -> None:
        wire = _wire(connection)
        with transaction(connection, "BEGIN IMMEDIATE") as driver:
            for at, unit in enumerate(units):
                driver.execute("SAVEPOINT unit")
                try:
                    unit.run(wire)
                except BaseException as error:  # noqa: BLE001 - the caller gets it
                    unit.fail(error)
                    if not driver.in_transaction:
                        # A full disk takes the whole transaction back, not the savepoint alone.
                        for other in (*units[:at], *units[at + 1 :]):
                            other.fail(StorageError(_TAKEN_BACK, detail=repr(error)))
                        return
                    driver.execute("ROLLBACK TO unit")
                driver.execute("RELEASE unit")

    def _answer(self, units: Sequence[_Unit]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[_Unit]] = {}
        for unit in units:
            by_loop.setdefault(unit.future.get_loop(), []).append(unit)
        for loop, answered in by_loop.items():
            try:
                loop.call_soon_threadsafe(self._deliver, answered)
            except RuntimeError:
                # The loop was closed, and with it went everybody who could be told.
                continue

    # On the event loop

    def _deliver(self, units: Sequence[_Unit]) -> None:
        events = [event for unit in units for event in unit.events]
        tell(self._listeners, events)
        for unit in units:
            if not unit.future.done():
                unit.answer()


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection, for what SQLAlchemy has no word for."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise StorageError(_CLOSED)
    return driver


def _wire(connection: Connection) -> SqliteWire:
    return SqliteWire(driver=driver_of(connection), dialect=connection.dialect)


def _look_at_sizes(connection: Connection) -> None:
    """Have SQLite look, for some milliseconds, at how large tables and indexes have become.

    Without, it takes a large index for a list whose own index is small. Never before there are
    some thousand rows: of small tables it would learn to read them whole.
    """
    driver = driver_of(connection)
    try:
        driver.execute("PRAGMA analysis_limit=400")
        driver.execute("ANALYZE")
    except sqlite3.OperationalError:
        # Another process has the file; there will be another look.
        return
