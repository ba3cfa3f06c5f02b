"""PostgreSQL: the same units of work, over asyncpg, in greenlets on the event loop."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import asyncpg
from sqlalchemy import URL, Connection
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util.concurrency import await_, greenlet_spawn

from boards.adapters.db.columns import dump_json
from boards.adapters.db.door import Door
from boards.adapters.db.faults import can_be_repeated, of_connecting
from boards.adapters.db.tx import SqlTx
from boards.adapters.db.urls import asyncpg_dsn
from boards.adapters.db.waiting import Listener, settled, tell
from boards.errors import StorageError
from boards.services.ports import SYSTEM, Event, Scope, Tx

__all__ = ["PostgresDatabase", "PostgresWire", "run_alone"]

T = TypeVar("T")
_Driver: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

_CONNECTIONS = 20
_WAIT_SECONDS = 30.0
_ATTEMPTS = 3
_STATEMENTS_KEPT = 500
_MIGRATING = 7_227_003
_SETTINGS = {
    "application_name": "boards",
    # Compiling queries that take a millisecond makes them slower.
    "jit": "off",
    # A process that is paused in a transaction holds locks that all others wait for.
    "idle_in_transaction_session_timeout": "10s",
}
_FAILURES = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
"""What connecting raises: the driver's own errors and the socket's come through as they are."""

_WRITING = "BEGIN"
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""What SQLite gives to every read: one unchanging view, and no write."""

_WHOSE = "boards.tenant_id"
"""The setting by which the tables show rows; see `migrations.walls`."""
_ALL = "*"


@dataclass(kw_only=True)
class PostgresWire:
    """asyncpg's connection, for a door's statements; each waits in the unit of work's greenlet.

    `shows_all` says whether the transaction was begun so that it reaches all tenants' rows.
    """

    driver: _Driver
    dialect: Dialect
    shows_all: bool = True
    failures: tuple[type[Exception], ...] = (*_FAILURES, ValueError, OverflowError)

    def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        rows: Sequence[Sequence[Any]] = await_(self.driver.fetch(sql, *values))
        return rows

    def change(self, sql: str, values: Sequence[Any]) -> int:
        # As in "UPDATE 1"; without values it would be sent as a script, which cannot be prepared.
        status: str = await_(self.driver.execute(sql, *values))
        return int(status.rpartition(" ")[2])

    def change_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        await_(self.driver.executemany(sql, values))

    def look_beyond(self) -> None:
        if not self.shows_all:
            await_(self.driver.execute(_shown(_ALL)))
            self.shows_all = True


class PostgresDatabase:
    """A PostgreSQL database whose tables are up to date."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._dialect = _dialect()
        self._listeners: list[Listener] = []
        self._transactions: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    @classmethod
    async def open(cls, url: URL) -> "PostgresDatabase":
        """Connect once, so that a wrong URL is found out now. StorageError when it is."""
        try:
            pool = await asyncpg.create_pool(
                asyncpg_dsn(url.render_as_string(hide_password=False)),
                min_size=1,
                max_size=_CONNECTIONS,
                max_queries=0x7FFFFFFF,
                statement_cache_size=_STATEMENTS_KEPT,
                max_cached_statement_lifetime=0,
                server_settings=_SETTINGS,
                init=_speak_json,
                # Nothing is ever left behind on a connection that would have to be reset.
                reset=_leave,
            )
        except (*_FAILURES, ValueError) as error:
            raise of_connecting(error) from error
        return cls(pool)

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def write(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        """A write that has been asked for is done, even if the asking task is cancelled.

        After a deadlock, or when the connection broke before the commit, nothing has been kept,
        and `work` is called again.
        """
        return await self._settled(self._write(work, scope))

    async def read(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        return await self._settled(self._read(work, scope))

    async def look(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        return await self.read(work, scope=scope)

    async def close(self) -> None:
        """Finish what was asked for, then close every connection."""
        if self._is_closed:
            return
        self._is_closed = True
        await asyncio.gather(*self._transactions, return_exceptions=True)
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                await self._pool.close()
        except _FAILURES:
            self._pool.terminate()

    async def _settled(self, transaction: Coroutine[Any, Any, T]) -> T:
        if self._is_closed:
            transaction.close()
            raise StorageError("The database has been closed.")
        task = asyncio.create_task(transaction)
        self._transactions.add(task)
        task.add_done_callback(self._transactions.discard)
        return await settled(task)

    async def _write(self, work: Callable[[Tx], T], scope: Scope) -> T:
        attempts = 0
        while True:
            attempts += 1
            is_lost = False
            try:
                async with asyncio.timeout(_WAIT_SECONDS):
                    driver = await self._pool.acquire()
                try:
                    try:
                        result, events = await self._run(driver, _WRITING, work, scope)
                    except Exception:
                        is_lost = _is_closed(driver)
                        raise
                    # Past this point a failure is not repeated: it may have been kept.
                    attempts = _ATTEMPTS
                    await driver.execute("COMMIT")
                finally:
                    await self._pool.release(driver)
            except Exception as error:
                if is_lost:
                    # What ended this one has probably ended the others as well.
                    await self._pool.expire_connections()
                if attempts < _ATTEMPTS and (is_lost or can_be_repeated(error)):
                    continue
                raise _translated(error) from error
            # Other processes hear of it by the NOTIFY of `EventRows`; this one without a detour.
            tell(self._listeners, events)
            return result

    async def _read(self, work: Callable[[Tx], T], scope: Scope) -> T:
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                driver = await self._pool.acquire()
            try:
                result, _ = await self._run(driver, _READING, work, scope)
                await driver.execute("COMMIT")
            finally:
                await self._pool.release(driver)
        except Exception as error:
            raise _translated(error) from error
        return result

    async def _run(
        self, driver: _Driver, begin: str, work: Callable[[Tx], T], scope: Scope
    ) -> tuple[T, Sequence[Event]]:
        """Do the work in a transaction, which is left open when all went well."""

        def run() -> tuple[T, Sequence[Event]]:
            tx = SqlTx(wire, scope)
            result = work(tx)
            return result, tx.finish()

        shows_all = scope.tenant_id is None or scope.looks_beyond
        wire = PostgresWire(driver=driver, dialect=self._dialect, shows_all=shows_all)
        # In one message: it costs no further way to the server and back.
        await driver.execute(f"{begin}; {_shown(_ALL if shows_all else str(scope.tenant_id))}")
        try:
            return await greenlet_spawn(run)
        except BaseException:
            if not _is_closed(driver):
                await driver.execute("ROLLBACK")
            raise


class _CursorWire:
    """SQLAlchemy's own connection, whose transaction a migration shares."""

    failures = (*_FAILURES,)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        cursor = self._connection.connection.cursor()
        cursor.execute(sql, values)
        return cursor.fetchall()

    def change(self, sql: str, values: Sequence[Any]) -> int:
        cursor = self._connection.connection.cursor()
        cursor.execute(sql, values)
        return cursor.rowcount

    def change_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        self._connection.connection.cursor().executemany(sql, values)

    def look_beyond(self) -> None:
        """A migration reaches everything from the start."""


async def run_alone(url: URL, work: Callable[[Connection], T]) -> T:
    """Run a migration in a transaction; others that want to migrate wait until it is done."""
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        json_serializer=dump_json,
        connect_args={"server_settings": {_WHOSE: _ALL}},
    )

    def migrate(connection: Connection) -> T:
        Door(_CursorWire(connection), SYSTEM).lock(_MIGRATING)
        return work(connection)

    try:
        async with engine.begin() as connection:
            return await connection.run_sync(migrate)
    except _FAILURES as error:
        raise of_connecting(error) from error
    finally:
        await engine.dispose()


async def _speak_json(driver: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Have JSON come as values, and go as the text that `dump_json` has made of them."""
    await driver.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=str, decoder=json.loads, format="text"
    )


def _dialect() -> Dialect:
    dialect: Dialect = PGDialect_asyncpg(json_serializer=dump_json)  # type: ignore[no-untyped-call]
    return dialect


def _shown(whose: str) -> str:
    return f"SET LOCAL {_WHOSE} = '{whose}'"


async def _leave(_: Any) -> None:
    pass


def _is_closed(driver: _Driver) -> bool:
    try:
        return bool(driver.is_closed())
    except asyncpg.InterfaceError:
        # A connection that breaks goes back to the pool by itself.
        return True


def _translated(error: Exception) -> BaseException:
    return of_connecting(error) if isinstance(error, _FAILURES) else error
