"""A real server on loopback over a studio, in this event loop, and a reader of its streams."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import httpx2
import uvicorn
from fastapi import FastAPI

from boards.api.app import create_app
from boards.api.rest import events
from boards.api.services import Services
from boards.domain.access import Actor
from boards.services.streams import StreamService
from tests.services.studio import WAIT, Studio, eventually

_NONE = cast(Any, None)
"""What no stream asks for."""


def app_over(studio: Studio, streams: StreamService) -> FastAPI:
    """The HTTP surfaces over a studio; a request is its actor's."""

    async def actor_for(_: object) -> Actor:
        return studio.actor

    services = Services(
        generators=studio.generators,
        submit=studio.submit,
        generations=studio.generations,
        attention=studio.attention,
        jobs=studio.jobs,
        boards=studio.boards,
        curation=studio.curation,
        uploads=studio.uploads,
        money=studio.money,
        keys=studio.keys,
        providers=studio.providers,
        storage=studio.storage,
        actor_for=actor_for,
        showing=_NONE,
        transfers=_NONE,
        keeping=_NONE,
        file_links=_NONE,
    )
    return create_app(services, version="0", routers=[events.router(streams)])


class Server(uvicorn.Server):
    """uvicorn that tells when it begins to stop."""

    def __init__(self, app: FastAPI, *, at_stop: Callable[[], None], **config: Any) -> None:
        super().__init__(uvicorn.Config(app, log_config=None, lifespan="off", **config))
        self.at_stop = at_stop

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.at_stop()
        await super().shutdown(sockets)


@dataclass(kw_only=True)
class Running:
    server: Server
    port: int
    task: "asyncio.Task[None]"

    async def stop(self) -> None:
        self.server.should_exit = True
        async with asyncio.timeout(WAIT):
            await self.task


@asynccontextmanager
async def serving(
    app: FastAPI, *, at_stop: Callable[[], None] = lambda: None, **config: Any
) -> AsyncIterator[Running]:
    """Serve on a free port of loopback."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(app, at_stop=at_stop, **config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    await eventually(lambda: server.started)
    running = Running(server=server, port=listening.getsockname()[1], task=task)
    try:
        yield running
    finally:
        if not task.done():
            server.force_exit = True
            await running.stop()


@dataclass(kw_only=True)
class Frame:
    """One event as it came over the wire."""

    event: str = ""
    id: int = -1
    data: Any = None
    comments: list[str] = field(default_factory=list)
    retry: int | None = None


async def frames_of(response: httpx2.Response) -> AsyncIterator[Frame]:
    """Read server-sent events as the standard says."""
    frame = Frame()
    async for line in response.aiter_lines():
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "" if line:
                frame.comments.append(value)
            case "event":
                frame.event = value
            case "id":
                frame.id = int(value)
            case "retry":
                frame.retry = int(value)
            case "data":
                frame.data = json.loads(value)
            case _:
                yield frame
                frame = Frame()


@asynccontextmanager
async def listening(
    running: Running, path: str, **headers: str
) -> AsyncIterator[tuple[httpx2.Response, AsyncIterator[Frame]]]:
    """Open a stream and read its frames."""
    base = f"http://127.0.0.1:{running.port}"
    async with (
        httpx2.AsyncClient(base_url=base, trust_env=False, timeout=WAIT) as client,
        client.stream("GET", path, headers=headers) as response,
    ):
        yield response, frames_of(response)
