"""What one process commits, another hears of: who waits is woken, whatever the connection does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest

from boards.adapters.db.database import connect
from boards.adapters.db.urls import asyncpg_dsn
from boards.adapters.events.postgres import PostgresEvents
from boards.domain.generations import Phase
from boards.errors import Conflict
from boards.services.events import announce
from boards.services.jobs import JobService
from boards.services.notices import ANYTHING, Notice, Notices
from boards.services.ports import SYSTEM, Tx
from boards.services.streams import End, StreamService, Watch
from boards.services.tail import Tail
from tests.db.conftest import PostgresServer, postgres_server
from tests.services.samples import Sample, Waits
from tests.services.studio import Studio, eventually, open_studio

__all__ = ["postgres_server"]

pytestmark = pytest.mark.postgres


@dataclass
class Heard:
    """The notices that came."""

    notices: list[Notice] = field(default_factory=list)

    def __call__(self, notice: Notice) -> None:
        self.notices.append(notice)


@pytest.fixture
def url(postgres_server: PostgresServer) -> str:
    return postgres_server.fresh()


@pytest.fixture
async def elsewhere(url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    """The process that works: its commits are told to nobody here but by NOTIFY."""
    async with open_studio(url, tmp_path, [Sample(), Waits()]) as studio:
        yield studio


@asynccontextmanager
async def listening(url: str, tell: "Heard | Notices") -> AsyncIterator[PostgresEvents]:
    events = PostgresEvents(
        dsn=str(asyncpg_dsn(url)),
        tell=tell.tell if isinstance(tell, Notices) else tell,
        check_every=0.2,
    )
    await events.start()
    await eventually(lambda: events.is_connected)
    try:
        yield events
    finally:
        await events.stop()


class TestNotices:
    async def test_a_commit_is_heard_with_what_it_was_about(
        self, url: str, elsewhere: Studio
    ) -> None:
        heard = Heard()
        async with listening(url, heard):
            assert heard.notices == [ANYTHING]
            async with elsewhere.process():
                view = await elsewhere.make("sample")
            ids = {view.job.id, view.job.board_id, view.job.user_id}
            await eventually(lambda: any(one.ended for one in heard.notices))
        submitted, *_, ended = heard.notices[1:]
        assert submitted == Notice(about=frozenset(ids))
        assert ended == Notice(about=frozenset(ids), ended=frozenset({view.job.id}))

    async def test_what_was_rolled_back_is_heard_by_nobody(
        self, url: str, elsewhere: Studio
    ) -> None:
        heard = Heard()
        async with listening(url, heard):
            job_id = await elsewhere.ask("sample")
            [one] = (await elsewhere.jobs.get(elsewhere.actor, job_id)).generations

            def work(tx: Tx) -> None:
                now = elsewhere.clock.now()
                announce(tx, one, "phase", phase=Phase.COMPLETED, now=now)
                tx.events.last_id()  # which writes it
                raise Conflict("not after all")

            with pytest.raises(Conflict):
                await elsewhere.database.write(work, scope=SYSTEM)
            await elsewhere.ask("sample")
            await eventually(lambda: len(heard.notices) == 3)
            assert not any(notice.ended for notice in heard.notices)

    async def test_after_a_break_everybody_looks(self, url: str, elsewhere: Studio) -> None:
        heard = Heard()
        async with listening(url, heard) as events:
            server = await asyncpg.connect(str(asyncpg_dsn(url)))
            await server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
            await server.close()
            await eventually(lambda: heard.notices == [ANYTHING, ANYTHING])
            await eventually(lambda: events.is_connected)
            await elsewhere.ask("sample")
            await eventually(lambda: len(heard.notices) == 3)

    async def test_one_connection_serves_the_whole_process(
        self, url: str, elsewhere: Studio
    ) -> None:
        async with listening(url, Heard()):
            server = await asyncpg.connect(str(asyncpg_dsn(url)))
            count = await server.fetchval(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
            await server.close()
        assert count == 1

    async def test_a_server_that_is_away_is_tried_again(self) -> None:
        heard = Heard()
        events = PostgresEvents(dsn="postgresql://postgres@/x?host=/nonexistent", tell=heard)
        await events.start()
        await asyncio.sleep(0.05)
        assert not events.is_connected
        await events.stop()
        assert heard.notices == []


class TestAcrossProcesses:
    async def test_who_waits_for_a_job_is_woken_by_another_process(
        self, url: str, elsewhere: Studio
    ) -> None:
        database, notices = await connect(url), Notices()
        jobs = JobService(
            database=database,
            generations=elsewhere.generations,
            notices=notices,
            look_every=3600,  # so that nothing but the notice can wake it
        )
        waits = elsewhere.registry.get("waits")
        assert isinstance(waits, Waits)
        async with listening(url, notices), elsewhere.process():
            job_id = await elsewhere.ask("waits")
            waiting = asyncio.create_task(jobs.wait(elsewhere.actor, job_id, 3600))
            await eventually(lambda: waits.started == 1)
            waits.go.set()
            async with asyncio.timeout(20):
                view = await waiting
        assert view.is_settled
        await database.close()

    async def test_any_process_streams_any_job(self, url: str, elsewhere: Studio) -> None:
        database = await connect(url)
        tail = Tail(database=database, look_every=3600)
        await tail.start()
        streams = StreamService(database=database, tail=tail)
        events = PostgresEvents(dsn=str(asyncpg_dsn(url)), tell=tail.tell)
        await events.start()
        await eventually(lambda: events.is_connected)
        async with elsewhere.process():
            waits = elsewhere.registry.get("waits")
            assert isinstance(waits, Waits)
            job_id = await elsewhere.ask("waits")
            await eventually(lambda: waits.started == 1)
            messages = []
            async with asyncio.timeout(20):
                async for message in streams.follow(elsewhere.actor, Watch(job_id=job_id)):
                    messages.append(message)
                    waits.go.set()
        assert isinstance(messages[-1], End)
        assert len(messages) >= 3  # the state, what happened, and the end
        await events.stop()
        await tail.stop()
        await database.close()
