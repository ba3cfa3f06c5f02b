"""Jobs and boards as their callers see them."""

import asyncio

import pytest

from boards.domain.generations import Generation
from boards.domain.jobs import JobState
from boards.errors import Forbidden, InvalidInput, NotFound
from boards.ids import new_id
from boards.services.generations import GenerationQuery
from tests.services.samples import Waits
from tests.services.studio import Studio


class TestWaiting:
    async def test_a_wait_ends_when_the_job_does(self, studio: Studio) -> None:
        waits = studio.registry.get("waits")
        assert isinstance(waits, Waits)
        async with studio.process():
            job_id = await studio.ask("waits")
            waiting = asyncio.create_task(studio.jobs.wait(studio.actor, job_id, 60))
            waits.go.set()
            view = await waiting
        assert view.state is JobState.DONE

    async def test_a_wait_of_no_seconds_answers_at_once(self, studio: Studio) -> None:
        job_id = await studio.ask("waits")
        view = await studio.jobs.wait(studio.actor, job_id, 0)
        assert view.state is JobState.QUEUED

    async def test_who_waited_leaves_nothing_behind(self, studio: Studio) -> None:
        async with studio.process():
            await studio.make("sample")
        assert studio.notices._waiting == {}


class TestRights:
    async def test_a_strangers_job_looks_missing(self, studio: Studio) -> None:
        job_id = await studio.ask("sample")
        for actor in (await studio.another_tenant(), await studio.colleague()):
            for attempt in (studio.jobs.get, studio.jobs.cancel):
                with pytest.raises(NotFound, match=f"^Job {job_id} not found$"):
                    await attempt(actor, job_id)

    async def test_an_unknown_job_is_never_done(self, studio: Studio) -> None:
        with pytest.raises(NotFound):
            await studio.jobs.get(studio.actor, new_id())

    async def test_lists_hold_only_ones_own(self, studio: Studio) -> None:
        await studio.ask("sample")
        stranger = await studio.another_tenant()
        theirs = await studio.jobs.list(stranger, board_id=None, limit=10, cursor=None)
        mine = await studio.jobs.list(studio.actor, board_id=None, limit=10, cursor=None)
        assert (len(theirs.items), len(mine.items)) == (0, 1)


class TestLists:
    async def test_pages_follow_one_another_newest_first(self, studio: Studio) -> None:
        async with studio.process():
            for _ in range(5):
                await studio.make("sample")
        seen: list[Generation] = []
        cursor = None
        while True:
            page = await studio.generations.list(
                studio.actor, GenerationQuery(), limit=2, cursor=cursor
            )
            seen.extend(page.items)
            cursor = page.next
            if cursor is None:
                break
        assert len({one.id for one in seen}) == 5
        assert [one.id for one in seen] == sorted((one.id for one in seen), reverse=True)

    async def test_a_cursor_that_was_tampered_with_is_refused(self, studio: Studio) -> None:
        with pytest.raises(InvalidInput, match="cursor"):
            await studio.generations.list(
                studio.actor, GenerationQuery(), limit=2, cursor="nonsense"
            )


class TestBoards:
    @pytest.mark.parametrize("title", ["", "   ", "x" * 201, "a\x00b"])
    async def test_a_title_that_is_none_is_refused(self, studio: Studio, title: str) -> None:
        with pytest.raises(InvalidInput, match="title"):
            await studio.boards.create(studio.actor, title)

    async def test_a_board_of_another_tenant_looks_missing(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Mine")
        stranger = await studio.another_tenant()
        with pytest.raises(NotFound, match=f"^Board {board.id} not found$"):
            await studio.boards.get(stranger, board.id)

    async def test_deleting_hides_a_generation_and_keeps_its_ledger(self, studio: Studio) -> None:
        async with studio.process():
            made = (await studio.make("fake-paid")).generations[0]
        await studio.generations.delete(studio.actor, made.id)
        with pytest.raises(NotFound):
            await studio.generations.get(studio.actor, made.id)
        assert await studio.ledger(made.id) == ["hold", "settle"]


class TestPublicBoards:
    async def test_a_visitor_sees_media_and_no_recipe(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Open", is_public=True)
        async with studio.process():
            view = await studio.make("fake-paid", board_id=board.id, prompt="a secret")
        visitor = await studio.colleague()
        made = view.generations[0]
        listed = await studio.generations.list(
            visitor, GenerationQuery(board_id=board.id), limit=10, cursor=None
        )
        for seen in (await studio.generations.get(visitor, made.id), *listed.items):
            assert seen.file == made.file
            assert (seen.input_params, seen.output_metadata) == ({}, {})
            assert (seen.cost, seen.estimate.amount) == (None, None)
        with pytest.raises(Forbidden, match="recipes"):
            await studio.generations.lineage(visitor, made.id)

    async def test_a_visitor_may_neither_generate_nor_see_jobs_nor_cancel(
        self, studio: Studio
    ) -> None:
        board = await studio.boards.create(studio.actor, "Open", is_public=True)
        job_id = await studio.ask("sample", board_id=board.id)
        view = await studio.jobs.get(studio.actor, job_id)
        visitor = await studio.colleague()
        with pytest.raises(Forbidden):
            await studio.ask("sample", actor=visitor, board_id=board.id)
        with pytest.raises(Forbidden):
            await studio.jobs.get(visitor, job_id)
        with pytest.raises(Forbidden):
            await studio.generations.cancel(visitor, view.generations[0].id)


async def test_a_job_whose_generations_were_deleted_is_gone_and_not_queued(studio: Studio) -> None:
    async with studio.process():
        view = await studio.make("sample")
    await studio.generations.delete(studio.actor, view.generations[0].id)
    with pytest.raises(NotFound, match="deleted"):
        await studio.jobs.get(studio.actor, view.job.id)
    page = await studio.jobs.list(studio.actor, board_id=None, limit=10, cursor=None)
    assert page.items == ()
