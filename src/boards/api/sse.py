"""Server-sent events over ASGI, which end at once when the reader leaves or the stream is over."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, MutableMapping
from typing import Any, Generic, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

__all__ = ["KEEP_ALIVE", "RETRY", "EventStream", "frame"]

Message = TypeVar("Message")

RETRY = b"retry: 2000\n\n"
"""How many milliseconds a reader waits before it connects again."""

KEEP_ALIVE = b": still here\n\n"
"""A comment, which every reader skips; it keeps proxies from closing a quiet connection."""

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    # nginx would gather the answer before it passes anything on.
    "X-Accel-Buffering": "no",
}


def frame(event: str, data: str, *, id: int | None = None) -> bytes:
    """Write one event. `data` is JSON, which has no line breaks."""
    lines = [f"event: {event}", f"data: {data}"]
    if id is not None:
        lines.append(f"id: {id}")
    return ("\n".join(lines) + "\n\n").encode()


class _Gone(Exception):
    """The reader has closed the connection."""


class EventStream(Response, Generic[Message]):
    """Sends what `messages` gives, written by `write`, and closes it whatever happens.

    `first` was taken from `messages` before, so that a refusal could still be answered as one.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        first: Message,
        messages: AsyncGenerator[Message, None],
        write: Callable[[Message], bytes],
    ) -> None:
        self.first = first
        self.messages = messages
        self.write = write
        self.status_code = 200
        self.background = None
        self.init_headers(HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        try:
            async with asyncio.TaskGroup() as group:
                reader = group.create_task(_until_gone(receive))
                await self._send(send)
                reader.cancel()
        except* (_Gone, OSError):
            # Nobody is there to be told.
            pass
        finally:
            await self.messages.aclose()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send(_body(RETRY + self.write(self.first)))
        # It may be large, and the stream may stay open for hours.
        del self.first
        async for message in self.messages:
            await send(_body(self.write(message)))
        await send(_body(b"", more=False))


def _body(chunk: bytes, *, more: bool = True) -> MutableMapping[str, Any]:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise _Gone
