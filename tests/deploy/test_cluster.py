"""The same processes as in compose and on Kubernetes, started by hand: two servers, three workers,
PostgreSQL, an S3-type server, and providers that keep a book of what they billed."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from boards.testing.lab import Lab, open_lab
from tests.db.conftest import PostgresServer, postgres_server
from tests.storage.servers import moto

__all__ = ["postgres_server"]

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

WAIT = 120.0
FAL = {
    "generator": "fal-flux-2-pro",
    "inputs": {"prompt": "a lighthouse", "output_format": "png", "sync_mode": False},
}
FINAL = {"done", "failed", "cancelled"}


@dataclass(kw_only=True)
class Cluster:
    """Processes over one database and one bucket."""

    folder: Path
    environment: dict[str, str]
    lab: Lab
    processes: list[Process] = field(default_factory=list)
    count: int = 0

    async def start(self, *arguments: str, until: str, **more: str) -> tuple[Process, str]:
        """Start `boards …` and wait until it says so; gives the process and the line."""
        self.count += 1
        log = self.folder / f"log-{self.count}"
        data = self.folder / f"data-{self.count}"
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "boards", *arguments),
                stdin=DEVNULL,
                stdout=out,
                stderr=out,
                env={**self.environment, "BOARDS_DATA_DIR": str(data), **more},
                cwd=self.folder,
            )
        self.processes.append(process)
        async with asyncio.timeout(WAIT):
            while True:
                said = log.read_text(errors="replace")
                for line in said.splitlines():
                    if until in line:
                        return process, line
                assert process.returncode is None, said
                await asyncio.sleep(0.05)

    async def server(self) -> httpx2.AsyncClient:
        _, line = await self.start("serve", "--port", "0", until="Boards is at http://")
        address = line.split()[3]
        return httpx2.AsyncClient(base_url=address, timeout=60)

    async def worker(self, **more: str) -> Process:
        return (await self.start("worker", until="Boards works here", **more))[0]

    async def end(self) -> None:
        for process in self.processes:
            if process.returncode is None:
                process.kill()
        await asyncio.gather(*(process.wait() for process in self.processes))


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[dict[str, Any]]:
    with moto(tmp_path) as server:
        provider = server.bucket("boards")
        switches = {"true": True, "false": False}
        options = {name: switches.get(text, text) for name, text in provider.options.items()}
        yield {"type": provider.kind.value, **options}


@pytest.fixture
async def cluster(
    postgres_server: PostgresServer, bucket: dict[str, Any], tmp_path: Path
) -> AsyncIterator[Cluster]:
    storage = {"storage": {"default_provider": "cloud", "providers": {"cloud": bucket}}}
    (tmp_path / "storage.yaml").write_text(yaml.safe_dump(storage))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOARDS_")}
    async with open_lab(seconds=1.0) as lab:
        made = Cluster(
            folder=tmp_path,
            lab=lab,
            environment={
                **kept,
                **lab.environment,
                "BOARDS_DATABASE_URL": postgres_server.empty(),
                "BOARDS_STORAGE_CONFIG_PATH": str(tmp_path / "storage.yaml"),
                "BOARDS_LEASE_SECONDS": "3",
                "BOARDS_DRAIN_SECONDS": "2",
            },
        )
        try:
            yield made
        finally:
            await made.end()


async def submit(http: httpx2.AsyncClient, count: int) -> list[str]:
    jobs = []
    for _ in range(count):
        answer = await http.post("/api/v1/generations", json={**FAL, "force": True})
        assert answer.status_code == 202, answer.text
        jobs.append(answer.json()["job_id"])
    return jobs


async def ended(http: httpx2.AsyncClient, jobs: list[str]) -> list[dict[str, Any]]:
    found = []
    async with asyncio.timeout(WAIT):
        for job in jobs:
            while True:
                sent: dict[str, Any] = (await http.get(f"/api/v1/jobs/{job}?wait=20")).json()
                if sent["state"] in FINAL or sent["needs_attention"]:
                    found.append(sent)
                    break
    return found


async def follow(http: httpx2.AsyncClient, job: str) -> list[str]:
    """The kinds of messages in a job's stream, up to its end."""
    kinds: list[str] = []
    async with http.stream("GET", f"/api/v1/jobs/{job}/events") as stream:
        async for line in stream.aiter_lines():
            if line.startswith("event:"):
                kinds.append(line.removeprefix("event:").strip())
                if kinds[-1] == "end":
                    break
    return kinds


@asynccontextmanager
async def two_servers(cluster: Cluster) -> AsyncIterator[tuple[httpx2.AsyncClient, ...]]:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(await cluster.server())
        second = await stack.enter_async_context(await cluster.server())
        yield first, second


async def test_an_upgrade_under_way_loses_nothing_and_pays_nothing_twice(cluster: Cluster) -> None:
    """Old and new workers side by side; the old ones are stopped one by one, and one is killed,
    while jobs come in by both servers."""
    async with two_servers(cluster) as (first, second):
        old = [await cluster.worker() for _ in range(3)]
        jobs = [*await submit(first, 6), *await submit(second, 6)]
        following = asyncio.create_task(follow(second, jobs[0]))
        # Ended before anything is stopped, for a job that waits for a person has no end.
        await ended(second, jobs[:1])
        new = [await cluster.worker() for _ in range(2)]
        jobs += await submit(first, 4)
        old[0].send_signal(signal.SIGTERM)
        jobs += await submit(second, 4)
        old[1].kill()
        old[2].send_signal(signal.SIGTERM)
        new.append(await cluster.worker())
        jobs += await submit(first, 4)

        done = await ended(second, jobs)

        # The one that was killed may have been in the middle of a paid call: whether that one was
        # made nobody knows, so it waits for a person, and is not made again.
        unknown = [one for one in done if one["needs_attention"]]
        done = [one for one in done if not one["needs_attention"]]
        assert len(done) >= len(jobs) / 2
        assert {one["state"] for one in done} == {"done"}
        async with asyncio.timeout(WAIT):
            told = await following
        assert (told[0], told[-1]) == ("snapshot", "end")
        assert len(done) <= cluster.lab.book.billed <= len(jobs) == 24
        assert [await old[0].wait(), await old[2].wait()] == [0, 0]
        assert {worker.returncode for worker in new} == {None}
        # What one process has stored, any other one serves.
        for one in done[::5]:
            path = f"/api/v1/generations/{one['generations'][0]['id']}/content"
            answers = [await http.get(path, follow_redirects=True) for http in (first, second)]
            assert [answer.status_code for answer in answers] == [200, 200]
            assert answers[0].content == answers[1].content
            assert answers[0].content.startswith(b"\x89PNG")
        verified = (await first.get("/api/v1/ledger/verify")).json()
        assert verified["faults"] == []
        counted = (await second.get("/metrics")).text
        assert ("boards_held_usd 0.0" in counted.splitlines()) is not bool(unknown)
