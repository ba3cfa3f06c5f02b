"""Loopback servers that answer byte for byte what a test tells them to."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(kw_only=True)
class Served:
    """A running server: its port and the heads of the requests it has heard."""

    port: int = 0
    heard: list[str] = field(default_factory=list)
    peers: int = 0

    @property
    def allow(self) -> frozenset[tuple[str, int]]:
        return frozenset({("127.0.0.1", self.port)})

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


Serve = Callable[..., Awaitable[Served]]


def fixed(head: str, body: bytes = b"", *, length: bool = True) -> Answer:
    """Answer with a head (status line and headers, joined by newlines) and a body."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        lines = f"HTTP/1.1 {head}".splitlines()
        if length:
            lines.append(f"Content-Length: {len(body)}")
        lines.append("Connection: close")
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return answer


def names_in(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    servers: list[asyncio.Server] = []
    handlers: set[asyncio.Task[None]] = set()

    async def start(*answers: Answer, tls: ssl.SSLContext | None = None) -> Served:
        served = Served()

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            handlers.add(task)
            served.peers += 1
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                served.heard.append(head.decode("latin-1"))
                await answers[min(len(served.heard), len(answers)) - 1](writer)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass  # the client went away, which is what several tests are about
            finally:
                writer.close()
                handlers.discard(task)

        server = await asyncio.start_server(converse, "127.0.0.1", 0, ssl=tls)
        servers.append(server)
        served.port = server.sockets[0].getsockname()[1]
        return served

    yield start
    for server in servers:
        server.close()
    for task in list(handlers):
        task.cancel()
    await asyncio.gather(*handlers, return_exceptions=True)
    for server in servers:
        await server.wait_closed()
