"""A real server on loopback, in a thread of its own, and both kinds of client that ask it."""

import asyncio
import inspect
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from boards.bootstrap import asgi, open_app
from boards.client import AsyncBoards, Boards
from boards.settings import load_settings

GENERATORS = """\
generators:
  - class: boards.adapters.providers.local.poster:LocalPoster
  - class: boards.adapters.providers.local.edit:LocalEdit
  - class: boards.testing.generators:FakePaid
    name: free
    options: {price: 0}
  - class: tests.cli.makers:Priced
  - class: tests.client.makers:AlwaysCoy
  - class: tests.client.makers:AlwaysBroken
"""
WAIT = 30.0
"""Seconds after which a wait gives up; no test is decided by it."""


def settings_in(folder: Path) -> Any:
    (folder / "generators.yaml").write_text(GENERATORS)
    return load_settings(
        {
            "BOARDS_DATA_DIR": str(folder / "data"),
            "BOARDS_GENERATORS_CONFIG_PATH": str(folder / "generators.yaml"),
            "BOARDS_RECONCILE_SECONDS": "0",
        },
        cwd=folder,
    )


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a composed Boards that runs until the tests are over."""
    listening = socket.create_server(("127.0.0.1", 0))
    started = threading.Event()
    servers: list[uvicorn.Server] = []

    async def serve() -> None:
        async with open_app(settings_in(tmp_path_factory.mktemp("server"))) as app:
            server = uvicorn.Server(
                uvicorn.Config(
                    asgi(app), log_config=None, lifespan="off", timeout_graceful_shutdown=1
                )
            )
            servers.append(server)
            started.set()
            await server.serve(sockets=[listening])

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(WAIT)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    servers[0].should_exit = True
    thread.join(WAIT)
    assert not thread.is_alive()


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One kind of client, asked in one way: every call is awaited and every list collected."""

    client: Any

    async def ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        call = getattr(self.client, method)
        if isinstance(self.client, AsyncBoards):
            answer = call(*arguments, **named)
            if inspect.isasyncgen(answer):
                return [each async for each in answer]
            return await answer

        def blocking() -> Any:
            answer = call(*arguments, **named)
            return list(answer) if inspect.isgenerator(answer) else answer

        return await asyncio.to_thread(blocking)


@pytest.fixture(params=["sync", "async"])
async def seat(request: pytest.FixtureRequest, address: str) -> AsyncIterator[Seat]:
    """Either kind of client at the server."""
    if request.param == "sync":
        with Boards(address) as boards:
            yield Seat(client=boards)
    else:
        async with AsyncBoards(address) as boards:
            yield Seat(client=boards)
