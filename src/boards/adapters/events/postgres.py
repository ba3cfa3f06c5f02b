"""Hears from PostgreSQL what other processes have committed: one LISTEN for the whole process.

Whoever commits events sends a NOTIFY in the same transaction, with the jobs, boards and users that
they are about (`boards.services.notices`). It only wakes: the events themselves are read from
their table, so a notice that is lost with a connection loses nothing.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

import asyncpg
import structlog

from boards.services.notices import ANYTHING, CHANNEL, Notice

__all__ = ["PostgresEvents"]

log = structlog.get_logger(__name__)

Tell: TypeAlias = Callable[[Notice], None]

_ANSWER_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(kw_only=True)
class PostgresEvents:
    """Calls `tell`, on the event loop, with the notice of each commit of any process.

    It calls it with ANYTHING whenever notices may have been missed: after each connect. `dsn` is a
    URL that asyncpg takes; a pooler that shares connections between transactions must not stand
    before the server. `check_every` is how often, in seconds, the connection is tried: a server
    that is gone without a word sends nothing.
    """

    dsn: str
    tell: Tell
    check_every: float = 15.0
    is_connected: bool = False
    _task: asyncio.Task[None] | None = None
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Begin to listen, and try again for as long as that fails."""
        self._task = asyncio.create_task(self._listen_forever(), name="boards-events")

    async def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _listen_forever(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                connection = await asyncpg.connect(
                    self.dsn, timeout=_ANSWER_SECONDS, command_timeout=_ANSWER_SECONDS
                )
                pause = _FIRST_PAUSE
                await self._listen(connection)
            except _FAILURES as error:
                log.warning("events_connection_lost", error=repr(error))
            except Exception:
                log.exception("events_broke_off")
            self.is_connected = False
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _listen(self, connection: asyncpg.Connection) -> None:
        """Listen until the connection ends."""
        self._ended.clear()
        try:
            connection.add_termination_listener(lambda _: self._ended.set())
            await connection.add_listener(CHANNEL, self._hear)
            self.is_connected = True
            self.tell(ANYTHING)
            while not self._ended.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.check_every):
                        await self._ended.wait()
                        return
                await connection.execute("SELECT 1")
        finally:
            # Not politely: a server that does not answer must not hold up a stop.
            connection.terminate()

    def _hear(self, _: object, __: int, ___: str, payload: object) -> None:
        try:
            self.tell(Notice.read(str(payload)))
        except ValueError:
            log.warning("notice_not_understood", notice=str(payload)[:200])
