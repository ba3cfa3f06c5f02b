"""Reads streams in tests, and gives up instead of waiting for ever."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from boards.domain.access import Actor
from boards.domain.boards import BoardRole
from boards.services.ports import SYSTEM, Event
from boards.services.streams import End, Message, Snapshot, StreamService, Watch
from tests.services.studio import WAIT, Studio


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
    streams: StreamService, actor: Actor, last_id: int | None = None, **watch: UUID
) -> AsyncIterator[Reader]:
    """Follow something."""
    messages = streams.follow(actor, Watch(**watch), last_id=last_id)
    try:
        yield Reader(messages)
    finally:
        await messages.aclose()


async def member(studio: Studio, board_id: UUID, role: BoardRole = BoardRole.VIEWER) -> Actor:
    """A colleague with a role on the board."""
    actor = await studio.colleague()
    assert actor.user_id is not None
    user_id = actor.user_id
    await studio.database.write(
        lambda tx: tx.boards.add_member(board_id, user_id, role, now=studio.clock.now()),
        scope=SYSTEM,
    )
    return actor


def dismiss(studio: Studio, board_id: UUID) -> None:
    """Take every membership of a board away, as another process would."""
    with sqlite3.connect(studio.folder / "boards.db", timeout=5) as connection:
        connection.execute("DELETE FROM board_members WHERE board_id = ?", (board_id.bytes,))
    connection.close()
