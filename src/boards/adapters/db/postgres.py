"""PostgreSQL: the same units of work, over asyncpg, in greenlets on the event loop."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from boards.adapters.db.columns import dump_json
from boards.adapters.db.door import Door
from boards.adapters.db.faults import can_be_repeated, of_connecting
from boards.adapters.db.tx import SqlTx
from boards.adapters.db.waiting import Listener, settled, tell
from boards.errors import StorageError
from boards.services.ports import SYSTEM, Event, Scope, Tx

__all__ = ["PostgresDatabase", "run_alone"]

T = TypeVar("T")

_CONNECTIONS = 10
_MORE_CONNECTIONS = 10
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
_FAILURES = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What connecting raises: the driver's own errors and the socket's come through as they are."""


class PostgresDatabase:
    """A PostgreSQL database whose tables are up to date."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # What SQLite gives to every read: one unchanging view, and no write.
        self._reading = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._listeners: list[Listener] = []
        self._transactions: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    @classmethod
    async def open(cls, url: URL) -> "PostgresDatabase":
        """Connect once, so that a wrong URL is found out now. StorageError when it is."""
        database = cls(
            create_async_engine(
                url,
                pool_size=_CONNECTIONS,
                max_overflow=_MORE_CONNECTIONS,
                json_serializer=dump_json,
                connect_args={
                    "server_settings": _SETTINGS,
                    "prepared_statement_cache_size": _STATEMENTS_KEPT,
                },
            )
        )
        try:
            async with database._engine.connect():
                return database
        except _FAILURES as error:
            await database.close()
            raise of_connecting(error) from error

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

    async def close(self) -> None:
        """Finish what was asked for, then close every connection."""
        self._is_closed = True
        await asyncio.gather(*self._transactions, return_exceptions=True)
        await self._engine.dispose()

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
            try:
                async with self._engine.connect() as connection:
                    result, events = await connection.run_sync(_run, work, scope)
                    # Past this point a failure is not repeated: it may have been kept.
                    attempts = _ATTEMPTS
                    await connection.commit()
            except Exception as error:
                if attempts < _ATTEMPTS and can_be_repeated(error):
                    continue
                raise _translated(error) from error
            # Other processes hear of it by the NOTIFY of `EventRows`; this one without a detour.
            tell(self._listeners, events)
            return result

    async def _read(self, work: Callable[[Tx], T], scope: Scope) -> T:
        try:
            async with self._reading.connect() as connection:
                return (await connection.run_sync(_run, work, scope))[0]
        except Exception as error:
            raise _translated(error) from error


async def run_alone(url: URL, work: Callable[[Connection], T]) -> T:
    """Run a migration in a transaction; others that want to migrate wait until it is done."""
    engine = create_async_engine(url, poolclass=NullPool, json_serializer=dump_json)

    def migrate(connection: Connection) -> T:
        Door(connection, SYSTEM).lock(_MIGRATING)
        return work(connection)

    try:
        async with engine.begin() as connection:
            return await connection.run_sync(migrate)
    except _FAILURES as error:
        raise of_connecting(error) from error
    finally:
        await engine.dispose()


def _run(
    connection: Connection, work: Callable[[Tx], T], scope: Scope
) -> tuple[T, Sequence[Event]]:
    tx = SqlTx(connection, scope)
    result = work(tx)
    return result, tx.finish()


def _translated(error: Exception) -> BaseException:
    return of_connecting(error) if isinstance(error, _FAILURES) else error
