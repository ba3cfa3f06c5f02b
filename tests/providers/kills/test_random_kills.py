"""Kills at random moments with many runs under way: whatever happens when, each is paid once.

On SQLite the one process there is dies, and another goes on over its data. On PostgreSQL two share
the work; one of them dies, and the other lives on while a third starts. The lab, whose book nobody
can kill, says what was taken on and billed for each run, by the number in its text.
"""

import asyncio
import json
import os
import random
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from boards.adapters.db.urls import asyncpg_dsn
from boards.bootstrap import App, open_app
from boards.domain.generations import FINAL, Generation, Phase
from boards.services.ports import SYSTEM, GenerationFilter
from boards.settings import load_settings
from boards.testing.lab import Event, Kind, Lab, Stage, open_lab
from tests.db.conftest import PostgresServer, postgres_server, sqlite_template
from tests.providers.kills.crowd import hurry
from tests.providers.kills.processes import WAIT, Nursery, Victim

__all__ = ["postgres_server", "sqlite_template"]

pytestmark = pytest.mark.slow

Record = Callable[[str, object], None]
NUMBER = re.compile(r"\[(\d+\.\d+)\]")
MANY = int(os.environ.get("BOARDS_TEST_KILLS", "250"))
"""Kills of a soak run on each database."""
SETTLING = 600.0


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with open_lab(book=tmp_path / "book.jsonl") as opened:
        yield opened


@pytest.mark.parametrize(
    ("kills", "seed"), [(4, 1), pytest.param(MANY, 20261120, marks=pytest.mark.soak)]
)
async def test_each_is_paid_once_when_the_one_process_dies(
    lab: Lab,
    nursery: Nursery,
    sqlite_template: Path,
    tmp_path: Path,
    kills: int,
    seed: int,
    record_property: Record,
) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, tmp_path / "data" / "boards.db")
    massacre = Massacre(lab, nursery, tmp_path, seed, {}, at_once=1)
    record_property("ended", await massacre.run(kills))


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("kills", "seed"), [(4, 1), pytest.param(MANY, 20261121, marks=pytest.mark.soak)]
)
async def test_each_is_paid_once_when_one_of_two_processes_dies(
    lab: Lab,
    nursery: Nursery,
    postgres_server: PostgresServer,
    tmp_path: Path,
    kills: int,
    seed: int,
    record_property: Record,
) -> None:
    more = {"BOARDS_DATABASE_URL": postgres_server.empty(), "BOARDS_LEASE_SECONDS": "2"}
    massacre = Massacre(lab, nursery, tmp_path, seed, more, at_once=2)
    record_property("ended", await massacre.run(kills))


class Massacre:
    """Processes that come and die, over one database and one lab."""

    def __init__(
        self,
        lab: Lab,
        nursery: Nursery,
        folder: Path,
        seed: int,
        more: dict[str, str],
        *,
        at_once: int,
    ) -> None:
        self.lab = lab
        self.nursery = nursery
        self.folder = folder
        self.seed = seed
        self.chance = random.Random(seed)
        self.at_once = at_once
        self.met: Counter[str] = Counter()
        self.started = 0
        self.environ = {
            **{name: said for name, said in os.environ.items() if not name.startswith("BOARDS_")},
            **lab.environment,
            "BOARDS_DATA_DIR": str(folder / "data"),
            "BOARDS_MAX_STARTS": "100",
            **more,
        }
        self.slow = [
            lab.fault(stage, Kind.SLOW, times=None)
            for stage in (Stage.SUBMIT, Stage.POLL, Stage.FETCH, Stage.FILE)
        ]

    async def run(self, kills: int) -> dict[str, object]:
        """Kill so often, let the rest come to its end, and hold every run to its promise."""
        alive: list[tuple[Victim, Path]] = []
        try:
            for _ in range(kills):
                self._change_pace()
                while len(alive) < self.at_once:
                    alive.append(self._start())
                await self._reach(*alive[-1])
                victim, _ = alive.pop(0)
                await victim.kill()
                await self._look()
        finally:
            for victim, _ in alive:
                await victim.kill()
        for fault in self.slow:
            fault.seconds = 0.0
        async with open_app(load_settings(self.environ, cwd=self.folder)) as app:
            hurry(app)
            return {"kills": kills, "seed": self.seed, **await self._audit(app)}

    def _change_pace(self) -> None:
        self.lab.desk.seconds = self.chance.choice([0.0, 0.1, 0.3, 0.8])
        for fault in self.slow:
            fault.seconds = self.chance.choice([0.0, 0.05, 0.2, 0.4])

    def _start(self) -> tuple[Victim, Path]:
        self.started += 1
        marker = self.folder / f"ready-{self.started}"
        count = str(self.chance.randint(4, 16))
        told = [str(self.seed + self.started), count, str(marker)]
        log = f"victim-{self.started}.log"
        return self.nursery.start("crowd", told, self.environ, self.folder, log=log), marker

    async def _reach(self, victim: Victim, marker: Path) -> None:
        """Wait for a moment to kill at: mostly some time after all was submitted."""
        seconds = self.chance.uniform(0.0, 1.2)
        if self.chance.random() < 0.8:
            async with asyncio.timeout(WAIT):
                await victim.until(marker.exists)
        await asyncio.sleep(seconds)

    async def _look(self) -> None:
        """Count what was met, to show that the kills came at all kinds of moments."""
        query = "SELECT phase, count(*) FROM generations GROUP BY phase"
        url = self.environ.get("BOARDS_DATABASE_URL")
        dsn = None if url is None else asyncpg_dsn(url)
        if dsn is None:
            with closing(sqlite3.connect(self.folder / "data" / "boards.db")) as database:
                rows = database.execute(query).fetchall()
        else:
            connection = await asyncpg.connect(dsn)
            try:
                rows = [tuple(row) for row in await connection.fetch(query)]
            finally:
                await connection.close()
        over = {*(phase.value for phase in FINAL), Phase.SUBMIT_UNKNOWN.value}
        self.met.update({phase: count for phase, count in rows if phase not in over})

    async def _audit(self, app: App) -> dict[str, object]:
        rows = await _settled(app)
        accepted: Counter[str] = Counter()
        billed: Counter[str] = Counter()
        numbers = {
            id: found[1]
            for (_, id), job in self.lab.desk.jobs.items()
            if (found := NUMBER.search(json.dumps(job.body))) is not None
        }
        for event, counted in ((Event.ACCEPTED, accepted), (Event.BILLED, billed)):
            counted.update(numbers[entry.job] for entry in self.lab.book.of(event))
        by_number: dict[str, Generation] = {}
        for row in rows:
            found = NUMBER.search(json.dumps(dict(row.input_params)))
            assert found is not None
            assert found[1] not in by_number
            by_number[found[1]] = row
        assert max(accepted.values()) == 1, "a paid call was made twice"
        assert max(billed.values()) == 1
        assert accepted.keys() <= by_number.keys(), "something was paid for and forgotten"
        for number, row in by_number.items():
            await self._hold_to(app, row, accepted[number], billed[number])
        ended = Counter(f"{row.provider} {row.phase.value}" for row in rows)
        unpaid = sum(
            row.phase is Phase.SUBMIT_UNKNOWN and not accepted[number]
            for number, row in by_number.items()
        )
        return {
            "runs": len(rows),
            "processes": self.started,
            "met at the kills": dict(self.met),
            "ended": dict(sorted(ended.items())),
            "unknown, not taken on": unpaid,
        }

    async def _hold_to(self, app: App, row: Generation, accepted: int, billed: int) -> None:
        entries = await app.database.read(lambda tx: tx.ledger.entries(row.id), scope=SYSTEM)
        kinds = [entry.kind.value for entry in entries]
        if row.phase is Phase.COMPLETED:
            assert (accepted, billed) == (1, 1), row
            assert kinds == ["hold", "settle"], row
            assert row.file is not None
            assert await app.storage.verify(row.file.key, row.file.sha256)
        else:
            assert row.phase is Phase.SUBMIT_UNKNOWN, row
            assert row.needs_attention
            assert kinds == ["hold"], row


async def _settled(app: App) -> tuple[Generation, ...]:
    """Wait until every run is at its end, or before a person."""
    which = GenerationFilter()
    async with asyncio.timeout(SETTLING):
        while True:
            page = await app.database.read(
                lambda tx: tx.generations.list(which, limit=100_000, cursor=None), scope=SYSTEM
            )
            if all(row.phase in {*FINAL, Phase.SUBMIT_UNKNOWN} for row in page.items):
                return tuple(page.items)
            await asyncio.sleep(1.0)
