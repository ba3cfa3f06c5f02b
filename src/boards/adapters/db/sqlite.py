"""SQLite: the event loop writes, one thread commits, a few others read lists.

A statement here takes some ten microseconds, and handing work to a thread several times that: two
threads that run Python take turns at each call of the driver. So units of work that write, and
looks by key, run on the event loop itself, for a few milliseconds at most. What may take long is
left to threads: commits, which flush the disk, lists, and waiting for another process.

While one commit is under way the next units wait, and share the following transaction. Each has
its own savepoint: an error undoes its own work only, nobody is answered before the commit, and if
the commit fails all of them fail.
"""

import asyncio
import sqlite3
import threading
import time
from collections import deque
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
_LONGEST_TURN = 0.005
"""Seconds after which the event loop is let go on, and what was written so far committed."""
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

    def look_beyond(self) -> None:
        """It has no wall of its own."""


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
    """A database in one file, for one process and one event loop at a time. The file and its
    tables must exist."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listeners: list[Listener] = []
        self._waiting: deque[_Unit] = deque()
        self._is_writing = False
        self._writer: Connection | None = None
        self._commits = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._commit_thread = ThreadPoolExecutor(1, thread_name_prefix="boards-db-commit")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="boards-db-read")
        self._local = threading.local()
        self._connections: list[Connection] = []
        self._is_closed = False

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def write(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        """A write that has been asked for is done, even if the asking task is cancelled."""
        self._check_open()
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Unit(work=work, scope=scope, future=future))
        self._idle.clear()
        self._write_next()
        return await settled(future)

    async def read(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        self._check_open()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, work, scope)

    async def look(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        self._check_open()
        try:
            return self._read(work, scope)
        except StorageError:
            # Somebody has the whole file; in a thread that can be waited for.
            return await self.read(work, scope=scope)

    async def close(self) -> None:
        """Finish the writes that were asked for, then close every connection."""
        if self._is_closed:
            return
        self._is_closed = True
        await self._idle.wait()
        await asyncio.to_thread(self._commit_thread.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        for connection in self._connections:
            connection.close()
        if self._writer is not None:
            self._writer.close()

    def _check_open(self) -> None:
        if self._is_closed:
            raise StorageError(_CLOSED)

    # In the readers' threads, and on the event loop for a look

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

    # On the event loop

    def _write_next(self) -> None:
        """Begin a transaction with what waits, unless one is under way."""
        if self._is_writing or not self._waiting:
            return
        self._is_writing = True
        if self._begins_at_once():
            units = self._write_for(_LONGEST_TURN)
            self._commit_thread.submit(self._commit, units)
        else:
            units = [self._waiting.popleft() for _ in range(self._how_many())]
            self._commit_thread.submit(self._write_and_commit, units)

    def _begins_at_once(self) -> bool:
        """Begin here; False when there is no connection yet, or another process has the file."""
        if self._writer is None:
            return False
        try:
            driver_of(self._writer).execute("BEGIN IMMEDIATE")
        except (sqlite3.Error, StorageError):
            return False
        return True

    def _write_for(self, seconds: float) -> list[_Unit]:
        """Do the work of units for so long at most, one at least; none is told yet."""
        end = time.perf_counter() + seconds
        units: list[_Unit] = []
        try:
            for _ in range(self._how_many()):
                units.append(self._waiting.popleft())
                if not self._do(units) or time.perf_counter() > end:
                    break
        except BaseException as error:  # noqa: BLE001 - the callers get it
            self._break_off(units, error)
        return units

    def _how_many(self) -> int:
        return min(len(self._waiting), _MOST_IN_ONE_COMMIT)

    def _written(self, units: Sequence[_Unit]) -> None:
        """Tell what came of units; it is in the file by now, or never will be."""
        self._is_writing = False
        events = [event for unit in units for event in unit.events]
        tell(self._listeners, events)
        for unit in units:
            if not unit.future.done():
                unit.answer()
        self._write_next()
        if not self._is_writing:
            self._idle.set()

    # In the thread that commits

    def _write_and_commit(self, units: Sequence[_Unit]) -> None:
        """All of it where waiting for another process holds up nobody."""
        done: list[_Unit] = []
        try:
            if self._writer is None:
                self._writer = sqlite_engine(self._path).connect()
            driver = driver_of(self._writer)
            driver.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
            driver.execute("BEGIN IMMEDIATE")
            driver.execute("PRAGMA busy_timeout=0")
            for unit in units:
                done.append(unit)
                if not self._do(done):
                    for other in units[len(done) :]:
                        other.fail(StorageError(_TAKEN_BACK))
                    break
        except BaseException as error:  # noqa: BLE001 - the callers get it
            self._break_off(units, error)
        self._commit(units)

    def _commit(self, units: Sequence[_Unit]) -> None:
        try:
            if self._writer is not None:
                driver = driver_of(self._writer)
                if driver.in_transaction:
                    driver.execute("COMMIT")
                self._commits += 1
                if self._commits % _COMMITS_TO_A_LOOK == 0:
                    _look_at_sizes(self._writer)
        except BaseException as error:  # noqa: BLE001 - the callers get it
            self._break_off(units, error)
        try:
            units[0].future.get_loop().call_soon_threadsafe(self._written, units)
        except RuntimeError:
            # The loop was closed, and with it went everybody who could be told.
            self._is_writing = False

    def _break_off(self, units: Sequence[_Unit], error: BaseException) -> None:
        """Fail all units, and begin the next transaction on a new connection."""
        for unit in units:
            unit.fail(error)
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.invalidate()
            writer.close()

    # In either

    def _do(self, units: Sequence[_Unit]) -> bool:
        """Do the work of the last of these, which share a transaction; False when that is over."""
        if self._writer is None:
            raise StorageError(_CLOSED)
        wire = _wire(self._writer)
        driver, unit = wire.driver, units[-1]
        driver.execute("SAVEPOINT unit")
        try:
            unit.run(wire)
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            unit.fail(error)
            if not driver.in_transaction:
                # A full disk takes the whole transaction back, not the savepoint alone.
                for other in units[:-1]:
                    other.fail(StorageError(_TAKEN_BACK, detail=repr(error)))
                return False
            driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")
        return True


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
