"""Server-sent events over ASGI, which end at once when the reader leaves or the stream is over."""

import asyncio
from collections.abc import AsyncGenerator, Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

__all__ = ["KEEP_ALIVE", "EventStream", "frame"]

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


class _Gone(Exception):  # noqa: N818 - no error: the reader has left
    """The reader has closed the connection."""


class EventStream(Response):
    """Sends frames as they come, and closes their generator whatever happens.

    Unlike a StreamingResponse it also closes a generator that waits for a slow reader.
    """

    media_type = "text/event-stream"

    def __init__(self, frames: AsyncGenerator[bytes, None]) -> None:
        self.frames = frames
        self.status_code = 200
        self.background = None
        self.init_headers(HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        try:
            await send(start)
            async with asyncio.TaskGroup() as group:
                reader = group.create_task(_until_gone(receive))
                async for chunk in self.frames:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                reader.cancel()
        except* (_Gone, OSError):
            # Nobody is there to be told.
            pass
        finally:
            await self.frames.aclose()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise _Gone
