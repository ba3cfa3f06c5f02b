"""Kills at random, again and again: whatever happens when, the books are right in the end."""

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from boards.domain.generations import Phase
from tests.crash.generators import notes
from tests.crash.processes import Place, Process, open_place
from tests.db.conftest import PostgresServer

pytestmark = pytest.mark.slow

Record = Callable[[str, object], None]
FREE, PAID = "brief", "paid-brief"
KINDS = (FREE, PAID, "remote")


async def audit(place: Place) -> Counter[str]:
    """Hold every generation to what must be true of it; gives how many ended in which phase."""
    rows = await place.settled()
    completions = await place.completions()
    calls = Counter(key for _, key in notes(place.folder, f"{PAID}-began"))
    bought = Counter(key for _, key in notes(place.folder, "remote-paid"))
    for row in rows:
        ledger = await place.ledger(row.id)
        if row.generator_name == FREE:
            assert row.phase is Phase.COMPLETED, "what is free is simply run again"
        if row.phase is Phase.COMPLETED:
            assert ledger == ["hold", "settle"]
            assert completions[row.id] == 1
            assert row.file is not None
        else:
            assert row.phase is Phase.SUBMIT_UNKNOWN
            assert row.needs_attention
            assert ledger == ["hold"]
            assert completions[row.id] == 0
    assert max(calls.values(), default=0) <= 1, "a paid call was made twice"
    assert max(bought.values(), default=0) <= 1, "a job was bought twice"
    made = set(map(str, completions))
    assert set(calls) | set(bought) <= {str(row.id) for row in rows}
    assert all(
        str(row.id) in made or row.phase is Phase.SUBMIT_UNKNOWN
        for row in rows
        if str(row.id) in calls or str(row.id) in bought
    ), "something was paid for and forgotten"
    return Counter(f"{row.generator_name} {row.phase.value}" for row in rows)


def submit_some(place: Place, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        place.submitted(chance.choice(KINDS))


async def kill_workers(place: Place, kills: int, seed: int) -> Counter[str]:
    """On PostgreSQL: a server, and two workers of which one is killed again and again."""
    chance = random.Random(seed)
    place.server()
    workers = [place.worker(), place.worker()]
    for _ in range(kills):
        submit_some(place, chance)
        time.sleep(chance.uniform(0, 0.6))  # noqa: ASYNC251 - nothing else runs here
        workers.pop(0).kill()
        submit_some(place, chance)
        workers.append(place.worker())
    return await audit(place)


async def kill_everything(place: Place, kills: int, seed: int) -> Counter[str]:
    """On SQLite: the one process there is."""
    chance = random.Random(seed)
    process: Process = place.server()
    for _ in range(kills):
        submit_some(place, chance)
        time.sleep(chance.uniform(0, 0.6))  # noqa: ASYNC251 - nothing else runs here
        process.kill()
        process = place.server()
    return await audit(place)


@pytest.mark.parametrize(
    ("kills", "seed"),
    [(4, 1), *(pytest.param(60, seed, marks=pytest.mark.soak) for seed in (2, 3, 4))],
)
async def test_nothing_is_lost_or_paid_twice_on_sqlite(
    tmp_path: Path, kills: int, seed: int, record_property: Record
) -> None:
    with open_place(f"sqlite:///{tmp_path / 'boards.db'}", tmp_path, max_starts=100) as place:
        record_property("ended", dict(await kill_everything(place, kills, seed)))


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("kills", "seed"),
    [(4, 1), *(pytest.param(60, seed, marks=pytest.mark.soak) for seed in (2, 3, 4))],
)
async def test_nothing_is_lost_or_paid_twice_on_postgresql(
    postgres_server: PostgresServer,
    tmp_path: Path,
    kills: int,
    seed: int,
    record_property: Record,
) -> None:
    with open_place(postgres_server.empty(), tmp_path, max_starts=100) as place:
        record_property("ended", dict(await kill_workers(place, kills, seed)))
