from datetime import timedelta
from uuid import UUID

import pytest

from boards.errors import Conflict, InvalidInput
from boards.ids import new_id
from tests.db.world import NOW, World


async def test_a_job_comes_back_as_it_was_written(world: World) -> None:
    job = await world.add_job(takes=3)
    assert await world.read(lambda tx: tx.jobs.get(job.id)) == job
    assert await world.read(lambda tx: tx.jobs.get(new_id())) is None


async def test_jobs_are_listed_newest_first_and_by_board(world: World) -> None:
    other = await world.add_board()
    jobs = [
        await world.add_job(
            created_at=NOW + timedelta(minutes=minute),
            board_id=(other if minute % 2 else world.home.board).id,
        )
        for minute in range(5)
    ]
    await world.add_job(world.abroad)

    async def ids(
        boards: frozenset[UUID] | None, limit: int, cursor: str | None = None
    ) -> tuple[list[int], str | None]:
        page = await world.read(
            lambda tx: tx.jobs.list(board_ids=boards, limit=limit, cursor=cursor),
            world.home.scope,
        )
        return [jobs.index(job) for job in page.items], page.next

    assert (await ids(None, 9))[0] == [4, 3, 2, 1, 0]
    first, cursor = await ids(None, 3)
    assert (first, (await ids(None, 3, cursor))[0]) == ([4, 3, 2], [1, 0])
    assert await ids(frozenset({other.id}), 9) == ([3, 1], None)
    assert await ids(frozenset(), 9) == ([], None)


async def test_a_made_up_cursor_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput):
        await world.read(lambda tx: tx.jobs.list(board_ids=None, limit=1, cursor="x"))


async def test_a_job_of_no_takes_is_refused(world: World) -> None:
    with pytest.raises(Conflict):
        await world.add_job(takes=0)
