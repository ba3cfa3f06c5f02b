"""Reads streams in tests, and gives up instead of waiting for ever."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

from boards.domain.access import Actor
from boards.domain.boards import BoardRole
from boards.services.jobs import JobView
from boards.services.ports import SYSTEM, Database, Event, Scope, Tx
from boards.services.streams import End, Message, Snapshot, StreamService, Watch
from tests.services.studio import WAIT, Studio

T = TypeVar("T")


class Reader:
    """One open stream."""

    def __init__(self, messages: AsyncGenerator[Message, None]) -> None:
        self._messages = messages

    async def next(self) -> Message:
        async with asyncio.timeout(WAIT):
            return await anext(self._messages)

    async def snapshot(self) -> Snapshot:
        message = await self.next()
        assert isinstance(message, Snapshot), message
        return message

    async def event(self) -> Event:
        message = await self.next()
        assert isinstance(message, Event), message
        return message

    async def to_the_end(self) -> tuple[list[Event], JobView, End]:
        """What a job's stream still has: events, the final view and the end."""
        *told, last, end = await self.rest()
        events = [message for message in told if isinstance(message, Event)]
        assert events == told
        assert isinstance(last, Snapshot)
        assert last.job is not None
        assert isinstance(end, End)
        return events, last.job, end

    async def end(self) -> End:
        message = await self.next()
        assert isinstance(message, End), message
        return message

    async def rest(self) -> list[Message]:
        """Everything up to the end of the stream."""
        async with asyncio.timeout(WAIT):
            return [message async for message in self._messages]


@asynccontextmanager
async def reading(
    streams: StreamService,
    actor: Actor,
    last_id: int | None = None,
    *,
    job_id: UUID | None = None,
    board_id: UUID | None = None,
) -> AsyncIterator[Reader]:
    """Follow something."""
    watch = Watch(job_id=job_id, board_id=board_id)
    messages = streams.follow(actor, watch, last_id=last_id)
    try:
        yield Reader(messages)
    finally:
        await messages.aclose()


class Counting:
    """A database that counts the reads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reads = 0

    async def read(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        self.reads += 1
        return await self._database.read(work, scope=scope)

    async def look(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        self.reads += 1
        return await self._database.look(work, scope=scope)

    async def write(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        return await self._database.write(work, scope=scope)

    def listen(self, listener: Callable[[Sequence[Event]], None]) -> None:
        self._database.listen(listener)


async def member(studio: Studio, board_id: UUID, role: BoardRole = BoardRole.VIEWER) -> Actor:
    """A colleague with a role on the board."""
    actor = await studio.colleague()
    await join(studio, board_id, actor, role)
    return actor


async def join(
    studio: Studio, board_id: UUID, actor: Actor, role: BoardRole = BoardRole.VIEWER
) -> None:
    """Give somebody a role on a board."""
    user_id = actor.user_id
    assert user_id is not None
    await studio.database.write(
        lambda tx: tx.boards.add_member(board_id, user_id, role, now=studio.clock.now()),
        scope=SYSTEM,
    )


def dismiss(studio: Studio, board_id: UUID) -> None:
    """Take every membership of a board away, as another process would."""
    with sqlite3.connect(studio.folder / "boards.db", timeout=5) as connection:
        connection.execute("DELETE FROM board_members WHERE board_id = ?", (board_id.bytes,))
    connection.close()
