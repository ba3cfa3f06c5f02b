"""Many open streams under the clock: how soon events reach their followers, and what is left.

    python -m benchmarks.streams [--streams 2000] [--connects 10000]

The server is a process of its own over SQLite; the followers are raw connections in this one. An
event's age is counted from its `at`, which is written before its transaction is committed, to the
moment when this process has read it. After that, connections are opened and broken off, and what
the server holds is counted before and after.
"""

import argparse
import asyncio
import json
import os
import re
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx2
import uvicorn
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse

from benchmarks import run_as_served
from boards.api.links import API
from boards.bootstrap import App, asgi, open_app
from boards.settings import Settings

BOARDS = 40
GENERATOR = "local-noop"
AT = re.compile(rb'"at":"([^"]+)"')
FILES = 20_000


# The server


async def serve(folder: Path, listening: socket.socket) -> None:
    """Serve until SIGTERM."""
    async with open_app(Settings(data_dir=folder, concurrency=100)) as app:
        config = uvicorn.Config(
            surfaces(app), log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        await uvicorn.Server(config).serve(sockets=[listening])


def surfaces(app: App) -> FastAPI:
    """The application, and a page that tells what the process holds."""
    web = asgi(app)

    async def held() -> JSONResponse:
        return JSONResponse(
            {
                "tasks": len(asyncio.all_tasks()),
                "streams": app.streams.tail.subscriptions,
                **of_process(),
            }
        )

    # Before the routes that take every path.
    web.router.routes.insert(0, APIRoute("/held", held))
    return web


def of_process() -> dict[str, float]:
    """Open files, resident memory in KiB and processor seconds of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    resident = re.search(r"VmRSS:\s+(\d+)", status)
    return {
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "kib": int(resident[1]) if resident else 0,
        "cpu": time.process_time(),
    }


# The followers


@dataclass(kw_only=True)
class Ages:
    """How old events were when they were read, in milliseconds."""

    milliseconds: list[float] = field(default_factory=list)

    def line(self, name: str) -> str:
        if not self.milliseconds:
            return f"| {name:44} | nothing came |"
        cuts = statistics.quantiles(self.milliseconds, n=100)
        return (
            f"| {name:44} | {len(self.milliseconds):8} | {cuts[49]:7.1f} | {cuts[94]:7.1f} | "
            f"{cuts[98]:7.1f} |"
        )


class Follower(asyncio.Protocol):
    """One connection; reads the age of each event that comes."""

    def __init__(self, path: str, ages: Ages) -> None:
        self.path = path
        self.ages = ages
        self.open = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        if not self.open.done():
            if b"event: snapshot" in data:
                self.open.set_result(None)
            return
        now = time.time()
        for at in AT.findall(data):
            then = datetime.fromisoformat(at.decode()).timestamp()
            self.ages.milliseconds.append((now - then) * 1000)

    def leave(self) -> None:
        if self.transport is not None:
            self.transport.abort()


async def follow(port: int, path: str, ages: Ages) -> Follower:
    """Open a stream and wait for its snapshot."""
    loop = asyncio.get_running_loop()
    _, follower = await loop.create_connection(lambda: Follower(path, ages), "127.0.0.1", port)
    await follower.open
    return follower


async def in_waves(waiting: Sequence[Awaitable[Follower]], *, at_once: int = 50) -> list[Follower]:
    found: list[Follower] = []
    for start in range(0, len(waiting), at_once):
        found.extend(await asyncio.gather(*waiting[start : start + at_once]))
    return found


@dataclass(frozen=True, kw_only=True)
class Bench:
    """The measurements against one server."""

    client: httpx2.AsyncClient
    port: int
    streams: int

    async def held(self) -> dict[str, Any]:
        return cast(dict[str, Any], (await self.client.get("/held")).json())

    async def make_boards(self) -> list[UUID]:
        made = [
            (await self.client.post(f"{API}/boards", json={"title": f"Board {n}"})).json()["id"]
            for n in range(BOARDS)
        ]
        return [UUID(one) for one in made]

    async def latency(
        self, name: str, paths: Sequence[str], boards: Sequence[UUID], *, rate: float
    ) -> None:
        """Open a stream for each path, then submit `rate` free runs a second for five seconds."""
        ages = Ages()
        begun = time.perf_counter()
        followers = await in_waves([follow(self.port, path, ages) for path in paths])
        opened = time.perf_counter() - begun
        before = await self.held()
        begun = time.perf_counter()
        for number in range(int(rate * 5)):
            body = {
                "generator": GENERATOR,
                "inputs": {},
                "board_id": str(boards[number % len(boards)]),
            }
            (await self.client.post(f"{API}/generations", json=body)).raise_for_status()
            await asyncio.sleep(max(0, begun + (number + 1) / rate - time.perf_counter()))
        await asyncio.sleep(1)
        after = await self.held()
        cpu = (after["cpu"] - before["cpu"]) / (time.perf_counter() - begun)
        print(
            ages.line(name),
            f"opened in {opened:.1f} s, {cpu:.0%} of a core, {after['kib'] / 1024:.0f} MiB",
        )
        for follower in followers:
            follower.leave()
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until the server has noticed that everybody has left."""
        while (await self.held())["streams"]:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.05)

    async def connects(self, count: int, boards: Sequence[UUID]) -> None:
        """Open and break off streams, and tell what the server holds before and after."""
        paths = [f"{API}/events", *(f"{API}/events?board_id={board}" for board in boards)]

        async def visit(number: int) -> None:
            (await follow(self.port, paths[number % len(paths)], Ages())).leave()

        counted = [("before", await self.held())]
        for part in (1, 2):
            for start in range(0, count // 2, 50):
                await asyncio.gather(*(visit(start + each) for each in range(50)))
            await self.quiet()
            counted.append((f"after {part * count // 2} connects", await self.held()))
        for name, held in counted:
            print(
                f"| {name:44} | {held['streams']} streams | {held['tasks']} tasks | "
                f"{held['files']} files | {held['kib'] / 1024:.1f} MiB |"
            )


async def measure(port: int, streams: int, connects: int) -> None:
    base = f"http://127.0.0.1:{port}"
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            httpx2.AsyncClient(base_url=base, trust_env=False, timeout=30)
        )
        await until_up(client)
        bench = Bench(client=client, port=port, streams=streams)
        boards = await bench.make_boards()
        print(f"| {'event to follower, ms':44} | {'events':>8} |     p50 |     p95 |     p99 |")
        one_board = f"{API}/events?board_id={boards[0]}"
        of_boards = [f"{API}/events?board_id={board}" for board in boards]
        spread = [of_boards[number % BOARDS] for number in range(streams)]
        await bench.latency("1 stream, 20 runs/s", [one_board], boards[:1], rate=20)
        await bench.latency(
            f"{streams} streams on {BOARDS} boards, 20 runs/s", spread, boards, rate=20
        )
        everything = [f"{API}/events"] * streams
        await bench.latency(f"{streams} streams of everything, 1 run/s", everything, boards, rate=1)
        await bench.connects(connects, boards)


async def until_up(client: httpx2.AsyncClient) -> None:
    for _ in range(200):
        try:
            (await client.get("/health")).raise_for_status()
            return
        except httpx2.HTTPError:
            await asyncio.sleep(0.1)
    raise SystemExit("The server did not come up.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=2000)
    parser.add_argument("--connects", type=int, default=10_000)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard), hard))
    if asked.serve:
        folder, descriptor = json.loads(asked.serve)
        run_as_served(serve(Path(folder), socket.socket(fileno=descriptor)))
        return
    with (
        tempfile.TemporaryDirectory(prefix="boards-streams-") as folder,
        socket.create_server(("127.0.0.1", 0), backlog=1024) as listening,
    ):
        serving = [
            sys.executable,
            "-m",
            "benchmarks.streams",
            "--serve",
            json.dumps([folder, listening.fileno()]),
        ]
        server = subprocess.Popen(serving, pass_fds=[listening.fileno()], env=os.environ)  # noqa: S603
        try:
            asyncio.run(measure(listening.getsockname()[1], asked.streams, asked.connects))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


if __name__ == "__main__":
    main()
