"""Real processes of Boards over one database, to be killed, paused and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen
from uuid import UUID

from boards.adapters.db.database import connect
from boards.domain.generations import FINAL, Generation, Phase
from boards.services.ports import SYSTEM, Event, GenerationFilter, Tx

ROOT = Path(__file__).resolve().parents[2]
WAIT = 60.0
"""Seconds after which a wait gives up; no test is decided by it."""
LEASE = 2.0
GENERATORS = """\
generators:
  - class: tests.crash.generators:Slow
    options: {{folder: {folder}}}
  - class: tests.crash.generators:Slow
    name: brief
    options: {{folder: {folder}, seconds: 0.3}}
  - class: tests.crash.generators:Slow
    name: long
    options: {{folder: {folder}, seconds: 7}}
  - class: tests.crash.generators:Stubborn
    options: {{folder: {folder}}}
  - class: tests.crash.generators:Paid
    options: {{folder: {folder}}}
  - class: tests.crash.generators:Paid
    name: paid-brief
    options: {{folder: {folder}, seconds: 0.3}}
  - class: tests.crash.generators:Remote
    options: {{folder: {folder}}}
"""


@dataclass(kw_only=True)
class Process:
    """One process and what it has printed."""

    popen: "subprocess.Popen[bytes]"
    log: Path

    @property
    def pid(self) -> int:
        return self.popen.pid

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """What `kill -9` does, also to a paused process."""
        self.popen.kill()
        self.popen.wait()

    def stop(self) -> int:
        """Ask it to end, and wait until it has."""
        self.popen.terminate()
        return self.popen.wait(timeout=WAIT)

    def pause(self) -> None:
        self.popen.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.popen.send_signal(signal.SIGCONT)


@dataclass(kw_only=True)
class Place:
    """A database, a data directory, and the processes on them."""

    url: str
    folder: Path
    max_starts: int = 3
    started: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "generators.yaml").write_text(GENERATORS.format(folder=self.folder))

    @property
    def is_shared(self) -> bool:
        """True on PostgreSQL, where workers are processes of their own."""
        return self.url.startswith("postgresql")

    def start(self, *arguments: str) -> Process:
        """Start a process without waiting for it."""
        log = self.folder / f"log-{len(self.started)}"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BOARDS_")},
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",  # the code under test
            "BOARDS_DATABASE_URL": self.url,
            "BOARDS_DATA_DIR": str(self.folder / "data"),
            "BOARDS_GENERATORS_CONFIG_PATH": str(self.folder / "generators.yaml"),
            "BOARDS_LEASE_SECONDS": str(LEASE),
            "BOARDS_MAX_STARTS": str(self.max_starts),
            "BOARDS_DRAIN_SECONDS": "0.5",
        }
        with log.open("wb") as out:
            popen = subprocess.Popen(
                [sys.executable, *arguments],
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=self.folder,
            )
        process = Process(popen=popen, log=log)
        self.started.append(process)
        return process

    def boards(self, *arguments: str, until: str) -> Process:
        """Start `boards …` and wait until it has said something."""
        process = self.start("-m", "boards", *arguments)
        wait_until(lambda: until in process.said() or process.popen.poll() is not None)
        assert until in process.said(), process.said()
        return process

    def server(self) -> Process:
        """The process that takes submits: the only one on SQLite."""
        command = "serve" if self.is_shared else "up"
        return self.boards(command, "--port", "0", until="Boards is at http://")

    def worker(self) -> Process:
        """A further process that runs generations."""
        assert self.is_shared, "SQLite belongs to one process"
        return self.boards("worker", until="Boards works here")

    def submit(self, generator: str) -> UUID:
        """Submit to the server; gives the generation's id."""
        address = json.loads((self.folder / "data" / "server.json").read_text())["url"]
        request = Request(
            f"{address}/api/v1/generations",
            json.dumps({"generator": generator, "inputs": {}}).encode(),
            {"content-type": "application/json"},
        )
        with urlopen(request, timeout=WAIT) as answer:
            return UUID(json.load(answer)["generations"][0]["id"])

    def submitted(self, generator: str) -> UUID | None:
        """The same; None when the server was killed meanwhile, and nobody knows what came of it."""
        try:
            return self.submit(generator)
        except (URLError, OSError, ValueError):
            return None

    async def rows(self) -> list[Generation]:
        """All generations, the oldest first."""
        which = GenerationFilter()
        found = await self.read(lambda tx: tx.generations.list(which, limit=10_000, cursor=None))
        return list(reversed(found.items))

    async def row(self, generation_id: UUID) -> Generation:
        found = await self.read(lambda tx: tx.generations.get(generation_id))
        assert isinstance(found, Generation)
        return found

    async def ledger(self, generation_id: UUID) -> list[str]:
        entries = await self.read(lambda tx: tx.ledger.entries(generation_id))
        return [entry.kind.value for entry in entries]

    async def completions(self) -> Counter[UUID]:
        """How often each generation was said to be completed."""
        events: tuple[Event, ...] = await self.read(
            lambda tx: tx.events.after(last_id=0, limit=100_000)
        )
        return Counter(
            event.generation_id
            for event in events
            if event.type == "phase" and event.data["phase"] == Phase.COMPLETED
        )

    async def read(self, work: Callable[[Tx], Any]) -> Any:
        database = await connect(self.url)
        try:
            return await database.read(work, scope=SYSTEM)
        finally:
            await database.close()

    async def settled(self, *ids: UUID) -> list[Generation]:
        """Wait until these, or all, are final or wait for a person."""
        end = time.monotonic() + WAIT
        while True:
            rows = [await self.row(one) for one in ids] if ids else await self.rows()
            left = [row for row in rows if row.phase not in {*FINAL, Phase.SUBMIT_UNKNOWN}]
            if not left:
                return rows
            assert time.monotonic() < end, [(str(row.id), row.phase) for row in left]
            time.sleep(0.05)  # noqa: ASYNC251 - nothing else runs here


@contextmanager
def open_place(url: str, folder: Path, *, max_starts: int = 3) -> Iterator[Place]:
    """A place whose processes all end with it."""
    place = Place(url=url, folder=folder, max_starts=max_starts)
    try:
        yield place
    finally:
        for process in place.started:
            process.kill()


def wait_until(check: Callable[[], object]) -> None:
    end = time.monotonic() + WAIT
    while not check():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.02)
