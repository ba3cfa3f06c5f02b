"""Events of many writers at once, in this process and in others, on both databases."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from boards.adapters.db.database import connect
from boards.adapters.db.urls import asyncpg_dsn
from boards.adapters.events.postgres import PostgresEvents
from boards.services.events import announce
from boards.services.ports import SYSTEM, Database, Tx
from boards.services.streams import StreamService
from boards.services.tail import Tail
from tests.db.conftest import PostgresServer, postgres_server, sqlite_template
from tests.events.reader import reading
from tests.services.samples import Sample
from tests.services.studio import Studio, open_studio

__all__ = ["postgres_server", "sqlite_template"]

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
TIMES = 40


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.fresh()
    shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "boards.db")
    return f"sqlite:///{tmp_path / 'boards.db'}"


@pytest.fixture
async def here(url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    async with open_studio(url, tmp_path, [Sample()]) as studio:
        yield studio


@pytest.fixture
async def other(url: str) -> AsyncIterator[Database]:
    """The database as another process has it."""
    database = await connect(url)
    yield database
    await database.close()


@pytest.fixture
async def streams(here: Studio, url: str) -> AsyncIterator[StreamService]:
    """Streams that hear of other processes as they do in the composed program."""
    dsn = asyncpg_dsn(url)
    # On SQLite there is no other process in earnest; the tail then finds its events by looking.
    tail = Tail(database=here.database, look_every=0.05 if dsn is None else 60.0)
    here.database.listen(tail.wake)
    async with AsyncExitStack() as stack:
        await tail.start()
        stack.push_async_callback(tail.stop)
        if dsn is not None:
            events = PostgresEvents(dsn=dsn, tell=tail.tell)
            await events.start()
            stack.push_async_callback(events.stop)
        yield StreamService(database=here.database, tail=tail)


async def test_every_event_is_told_once_and_in_the_order_of_commits(
    here: Studio, other: Database, streams: StreamService
):
    board = await here.boards.default(here.actor)
    job_id = await here.ask("sample", takes=8)
    takes = (await here.jobs.get(here.actor, job_id)).generations

    async def write(database: Database, number: int) -> None:
        generation = takes[number % len(takes)]

        def work(tx: Tx) -> None:
            announce(tx, generation, "progress", phase=generation.phase, now=here.clock.now())

        await database.write(work, scope=SYSTEM)

    async with reading(streams, here.actor, board_id=board.id) as reader:
        start = (await reader.snapshot()).position
        writing = asyncio.gather(
            *(write(database, n) for n in range(TIMES) for database in (here.database, other))
        )
        events = [await reader.event() for _ in range(2 * TIMES)]
        await writing
    ids = [event.id for event in events]
    assert ids == sorted(set(ids))
    assert ids[0] > start
    for take in takes:
        told = [event.sequence for event in events if event.generation_id == take.id]
        # The first is that it was created, which was before.
        assert told == list(range(2, 2 + len(told)))
    assert sum(event.type == "progress" for event in events) == 2 * TIMES


async def test_what_another_process_commits_is_told(
    here: Studio, other: Database, streams: StreamService
):
    job_id = await here.ask("sample")
    (generation,) = (await here.jobs.get(here.actor, job_id)).generations
    async with reading(streams, here.actor, job_id=job_id) as reader:
        await reader.snapshot()
        await other.write(
            lambda tx: announce(
                tx, generation, "progress", phase=generation.phase, now=here.clock.now()
            ),
            scope=SYSTEM,
        )
        assert (await reader.event()).generation_id == generation.id
