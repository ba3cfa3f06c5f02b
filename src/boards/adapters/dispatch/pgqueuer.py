"""Dispatch across machines: PgQueuer on the same PostgreSQL as everything else.

A message is a generation's id and no more than a wake-up: a worker takes it out of the queue as
soon as the row is claimed, long before the run has ended. Each message reaches one worker, at once
by NOTIFY. The tables are unlogged, since whatever is lost with them stands in `generations`, where
the sweep finds it. They lie in a schema of their own, out of Alembic's sight; PgQueuer makes and
upgrades them itself (`install`).

PgQueuer's queue manager would keep a task and a heartbeat for each message and end at a lost
connection; the loop here takes a batch at a time, no more than the worker has room for, and
connects again.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID, uuid4

import asyncpg
import structlog
from pgqueuer.adapters.persistence import qb
from pgqueuer.db import AsyncpgDriver
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.models import Job
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.queries import Queries
from pgqueuer.types import Channel, QueueEntrypoint, QueueManagerId

from boards.errors import StorageError
from boards.services.ports import Receiver

__all__ = ["SCHEMA", "PgQueuerDispatch", "install", "uninstall"]

log = structlog.get_logger(__name__)

SCHEMA = "boards_queue"
ENTRYPOINT = QueueEntrypoint("generation")
CANCELS = "boards_cancel"
"""The channel of cancels: any worker may run the generation, so all of them are told."""
LOOKS = "boards_look"
"""The same for those that shall ask their provider now."""

_NAMES = DBSettings(
    # Everything is named: what is left out, PgQueuer reads from variables as common as CHANNEL.
    prefix="",
    db_schema=SCHEMA,
    channel=Channel(SCHEMA),
    function="fn_queue_changed",
    trigger="tg_queue_changed",
    queue_status_type="queue_status",
    queue_table="queue",
    queue_table_log="queue_log",
    statistics_table="queue_statistics",
    schedules_table="queue_schedules",
    durability=Durability.volatile,
    widen_id=True,
)
_EVERY_MESSAGE = {ENTRYPOINT: EntrypointExecutionParameter(concurrency_limit=0)}
_ANSWER_SECONDS = 30.0
_AT_ONCE = 500
_MOST_WAITING = 20_000
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

_Connection: TypeAlias = asyncpg.Connection


@dataclass(kw_only=True)
class PgQueuerDispatch:
    """Sends ids to whichever worker is free, and receives them when it is started with one.

    dsn         a URL that asyncpg takes; LISTEN needs a connection of its own, so no pooler that
                shares connections between transactions may stand before the server
    batch       how many messages are taken at once
    look_every  seconds after which the queue is looked at without a NOTIFY
    picked_for  seconds after which a message that a dead worker took out is anybody's again

    Sending never waits and never fails: the rows are committed by then, and what cannot be sent
    for long the sweep finds.
    """

    dsn: str
    batch: int = 100
    look_every: float = 5.0
    picked_for: float = 10.0
    _ids: dict[UUID, None] = field(default_factory=dict)
    _calls: dict[tuple[str, UUID], None] = field(default_factory=dict)
    _filled: asyncio.Event = field(default_factory=asyncio.Event)
    _emptied: asyncio.Event = field(default_factory=asyncio.Event)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _lost: set[str] = field(default_factory=set)
    _handing_over: asyncio.Lock = field(default_factory=asyncio.Lock)
    _me: QueueManagerId = field(default_factory=lambda: QueueManagerId(uuid4()))

    @property
    def is_connected(self) -> bool:
        """True while nothing says that the server is out of reach."""
        return bool(self._tasks) and not self._lost

    async def start(self, receiver: Receiver | None = None) -> None:
        self._emptied.set()
        self._tasks = [self._keep_up("send", self._send)]
        if receiver is not None:

            async def receive(connection: _Connection) -> None:
                await self._receive(connection, receiver)

            self._tasks.append(self._keep_up("receive", receive))

    async def stop(self) -> None:
        """What was given to send is sent first, and what is being handed over is taken out of the
        queue, if the server answers."""
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0 if self._tasks else 0):
                await self._emptied.wait()
                async with self._handing_over:
                    self._cancel_tasks()
        self._cancel_tasks()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        self._ids.update(dict.fromkeys(ids))
        while len(self._ids) > _MOST_WAITING:
            del self._ids[next(iter(self._ids))]
        self._fill()

    async def cancel(self, generation_id: UUID) -> None:
        self._calls[CANCELS, generation_id] = None
        self._fill()

    async def look(self, generation_id: UUID) -> None:
        self._calls[LOOKS, generation_id] = None
        self._fill()

    async def tidy(self) -> None:
        """Empty PgQueuer's log of messages, which nobody reads and which only grows."""
        async with _connected(self.dsn) as connection:
            await _queries(connection).clear_queue_log()

    def _cancel_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _fill(self) -> None:
        self._emptied.clear()
        self._filled.set()

    async def _send(self, connection: _Connection) -> None:
        queries = _queries(connection)
        while True:
            if not (self._ids or self._calls):
                self._emptied.set()
            await self._filled.wait()
            self._filled.clear()
            # Taken out when it is sent: a lost connection must not lose it as well.
            while calls := list(self._calls)[: _AT_ONCE // 4]:
                for channel in (CANCELS, LOOKS):
                    mine = [one.hex for where, one in calls if where == channel]
                    if mine:
                        await queries.driver.notify(channel, " ".join(mine))
                for call in calls:
                    self._calls.pop(call, None)
            while ids := list(self._ids)[:_AT_ONCE]:
                await queries.enqueue(
                    [ENTRYPOINT] * len(ids),
                    [one.bytes for one in ids],
                    [0] * len(ids),
                    dedupe_key=[one.hex for one in ids],
                    on_conflict="skip",
                )
                for one in ids:
                    self._ids.pop(one, None)

    async def _receive(self, connection: _Connection, receiver: Receiver) -> None:
        queries = _queries(connection)

        def stop_runs(payload: str | bytes | bytearray) -> None:
            for one in str(payload).split():
                receiver.stop_run(UUID(hex=one))

        def look_at(payload: str | bytes | bytearray) -> None:
            for one in str(payload).split():
                receiver.look_at(UUID(hex=one))

        await queries.driver.add_listener(_NAMES.channel, self._on_change)
        await queries.driver.add_listener(CANCELS, stop_runs)
        await queries.driver.add_listener(LOOKS, look_at)
        connection.add_termination_listener(lambda _: self._arrived.set())
        while True:
            room = await receiver.room()
            self._arrived.clear()
            size = min(room, self.batch)
            async with self._handing_over:
                jobs = await queries.dequeue(
                    size, _EVERY_MESSAGE, self._me, None, timedelta(seconds=self.picked_for)
                )
                if jobs:
                    await self._hand_over(queries, receiver, jobs)
            if len(jobs) < size:
                # The queue was empty. A message that has come since has set the flag.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.look_every):
                        await self._arrived.wait()

    async def _hand_over(self, queries: Queries, receiver: Receiver, jobs: Sequence[Job]) -> None:
        """Have the rows claimed, then take the messages out. Without a claim they stay, and are
        anybody's again after `picked_for`."""
        try:
            payloads = (job.payload or b"" for job in jobs)
            await receiver.take([UUID(bytes=one) for one in payloads if len(one) == 16])
        except Exception:
            log.exception("dispatch_failed", count=len(jobs))
            await asyncio.sleep(_FIRST_PAUSE)
        else:
            await queries.log_jobs([(job, "successful", None) for job in jobs])

    def _on_change(self, payload: str | bytes | bytearray) -> None:
        # Taking messages out is a change, too, and is told to everybody as well.
        if json.loads(payload).get("operation") == "insert":
            self._arrived.set()

    def _keep_up(
        self, what: str, work: Callable[[_Connection], Awaitable[None]]
    ) -> asyncio.Task[None]:
        """Do the work on a connection of its own, and again on a new one when that is lost."""

        async def forever() -> None:
            pause = _FIRST_PAUSE
            while True:
                try:
                    async with _connected(self.dsn) as connection:
                        pause = _FIRST_PAUSE
                        if what in self._lost:
                            self._lost.discard(what)
                            log.info("dispatch_connected_again", what=what)
                        self._filled.set()
                        await work(connection)
                except _FAILURES as error:
                    self._lost.add(what)
                    log.warning("dispatch_connection_lost", what=what, error=repr(error))
                except Exception:
                    self._lost.add(what)
                    log.exception("dispatch_broke_off", what=what)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

        return asyncio.create_task(forever(), name=f"boards-dispatch-{what}")


async def install(dsn: str) -> None:
    """Make PgQueuer's tables, or bring them up to date; processes that do so at once take turns.

    StorageError when the server does not answer or refuses.
    """
    try:
        async with _connected(dsn) as connection:
            queries = _queries(connection)
            async with queries.schema_lock():
                if await queries.schema_is_installed():
                    await queries.upgrade()
                else:
                    await queries.install()
                    await queries.optimize_autovacuum()
    except _FAILURES as error:
        message = f"The queue's tables in the schema {SCHEMA!r} could not be made."
        raise StorageError(message, detail=repr(error)) from error


async def uninstall(dsn: str) -> None:
    """Remove PgQueuer's tables; what waits in them stays in its rows."""
    async with _connected(dsn) as connection:
        await _queries(connection).uninstall()


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[_Connection]:
    connection = await asyncpg.connect(
        dsn, timeout=_ANSWER_SECONDS, command_timeout=_ANSWER_SECONDS
    )
    try:
        yield connection
    finally:
        # Politely if that is quick; a server that does not answer must not hold up a stop.
        try:
            await connection.close(timeout=1.0)
        except _FAILURES:
            connection.terminate()


def _queries(connection: _Connection) -> Queries:
    return Queries(
        AsyncpgDriver(connection),
        qbe=qb.QueryBuilderEnvironment(settings=_NAMES),
        qbq=qb.QueryQueueBuilder(settings=_NAMES),
        qbs=qb.QuerySchedulerBuilder(settings=_NAMES),
    )
