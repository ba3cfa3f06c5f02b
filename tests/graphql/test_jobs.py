"""Jobs over GraphQL."""

from decimal import Decimal

from boards.ids import new_id
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

JOB = """
    query ($id: UUID!) {
      job(id: $id) {
        id state partial needsAttention progress takes generatorName boardId userId
        costEstimate { amount } costActual { amount } generations { status }
      }
    }
"""
JOBS = "query ($board: UUID) { jobs(boardId: $board, first: 2) { totalCount nodes { id } } }"


async def test_a_job_tells_how_far_it_is(studio: Studio, ask: Ask):
    async with studio.process():
        view = await studio.make("priced", takes=2)
    job = (await ask(JOB, id=str(view.job.id)))["job"]
    assert (job["state"], job["progress"], job["takes"]) == ("DONE", 1.0, 2)
    assert (job["partial"], job["needsAttention"]) == (False, False)
    assert Decimal(job["costEstimate"]["amount"]) == view.estimate.amount
    assert job["generations"] == [{"status": "COMPLETED"}] * 2


async def test_jobs_are_listed_newest_first_and_counted(studio: Studio, ask: Ask):
    board = await studio.boards.create(studio.actor, "Other")
    ids = []
    for board_id in (None, board.id, None):
        studio.clock.advance(1)
        ids.append(str(await studio.ask("sample", board_id=board_id)))
    found = (await ask(JOBS))["jobs"]
    assert found == {"totalCount": 3, "nodes": [{"id": ids[2]}, {"id": ids[1]}]}
    assert (await ask(JOBS, board=str(board.id)))["jobs"]["totalCount"] == 1


async def test_a_job_is_cancelled_as_a_whole(studio: Studio, ask: Ask):
    job_id = await studio.ask("sample", takes=2)
    cancel = "mutation ($id: UUID!) { cancelJob(id: $id) { state generations { status } } }"
    assert (await ask(cancel, id=str(job_id)))["cancelJob"] == {
        "state": "CANCELLED",
        "generations": [{"status": "CANCELLED"}] * 2,
    }


async def test_a_stranger_s_job_is_null(studio: Studio, server: Server, ask: Ask):
    job_id = await studio.ask("sample")
    for actor in (await studio.colleague(), await studio.another_tenant()):
        server.actor = actor
        assert await ask(JOB, id=str(job_id)) == {"job": None}
    assert await ask(JOB, id=str(new_id())) == {"job": None}
