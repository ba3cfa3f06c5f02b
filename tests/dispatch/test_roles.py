"""What a composed program does in each role, and what the database has to do with it."""

import asyncio
from pathlib import Path

import pytest

from boards.adapters.dispatch.in_process import InProcessDispatch
from boards.adapters.dispatch.pgqueuer import PgQueuerDispatch
from boards.bootstrap import App, Role, has_workers, open_app
from boards.domain.generations import Phase, Status
from boards.errors import ConfigError
from boards.services.submit import Submission, SubmitRequest
from boards.settings import Settings
from tests.db.conftest import PostgresServer
from tests.dispatch.cluster import eventually


def settings(folder: Path, url: str) -> Settings:
    return Settings(data_dir=folder, database_url=url, drain_seconds=0, log_level="error")


async def submit(app: App) -> Submission:
    return await app.submit.submit(app.actor, SubmitRequest(generator="local-noop", inputs={}))


class TestOnSqlite:
    async def test_one_process_does_everything(self, tmp_path: Path, sqlite_url: str) -> None:
        given = settings(tmp_path, sqlite_url)
        assert not has_workers(given)
        async with open_app(given) as app:
            assert isinstance(app.dispatch, InProcessDispatch)
            submission = await submit(app)
            view = await app.jobs.wait(app.actor, submission.job.id, 30)
        assert view.generations[0].phase is Phase.COMPLETED

    @pytest.mark.parametrize("role", [Role.API, Role.WORKER])
    async def test_apart_is_refused_with_a_way_out(
        self, tmp_path: Path, sqlite_url: str, role: Role
    ) -> None:
        with pytest.raises(ConfigError, match=r"need PostgreSQL.*`boards up`"):
            async with open_app(settings(tmp_path, sqlite_url), role=role):
                raise AssertionError("it was opened")


@pytest.mark.postgres
class TestOnPostgres:
    async def test_the_api_runs_nothing_and_a_worker_does(
        self, tmp_path: Path, postgres_url: str
    ) -> None:
        given = settings(tmp_path, postgres_url)
        assert has_workers(given)
        async with open_app(given, role=Role.API) as api:
            assert isinstance(api.dispatch, PgQueuerDispatch)
            await eventually(lambda: api.dispatch.is_connected)
            submission = await submit(api)
            await asyncio.sleep(0.3)
            view = await api.jobs.get(api.actor, submission.job.id)
            assert view.generations[0].status is Status.PENDING
            async with open_app(given, role=Role.WORKER):
                view = await api.jobs.wait(api.actor, submission.job.id, 30)
        assert view.generations[0].phase is Phase.COMPLETED

    async def test_both_may_be_in_one_process(self, tmp_path: Path, postgres_url: str) -> None:
        async with open_app(settings(tmp_path, postgres_url)) as app:
            submission = await submit(app)
            view = await app.jobs.wait(app.actor, submission.job.id, 30)
        assert view.generations[0].phase is Phase.COMPLETED

    async def test_many_may_start_at_once_on_an_empty_database(
        self, tmp_path: Path, postgres_server: PostgresServer
    ) -> None:
        url = await asyncio.to_thread(postgres_server.empty)
        given = settings(tmp_path, url)

        async def start() -> Status:
            async with open_app(given) as app:
                submission = await submit(app)
                view = await app.jobs.wait(app.actor, submission.job.id, 30)
            return view.generations[0].status

        assert set(await asyncio.gather(*(start() for _ in range(4)))) == {Status.COMPLETED}

    async def test_a_start_leaves_the_runs_of_others_alone(
        self, tmp_path: Path, postgres_url: str
    ) -> None:
        given = settings(tmp_path, postgres_url)
        async with open_app(given, role=Role.WORKER) as first:
            request = SubmitRequest(generator="local-noop", inputs={"delay": 1.0})
            submission = await first.submit.submit(first.actor, request)
            await eventually(lambda: first.worker.running == 1)
            async with open_app(given) as second:
                view = await second.jobs.wait(second.actor, submission.job.id, 30)
                assert second.worker.running == 0
        assert view.generations[0].phase is Phase.COMPLETED
