"""Having something made again, and trying again what failed."""

from boards.domain.boards import BoardRole
from boards.testing.generators import FakeProvider, tiny_png
from tests.events.reader import member
from tests.graphql.asking import Ask, Server
from tests.graphql.test_attention import lost
from tests.services.studio import Studio

AGAIN = """
    mutation ($id: UUID!, $key: String) {
      regenerate(id: $id, idempotencyKey: $key) {
        id jobId boardId generatorName status inputParams inputArtifacts { role generationId }
      }
    }
"""
RETRY = "mutation ($id: UUID!) { retryGeneration(id: $id) { id status inputParams } }"


async def test_a_new_take_has_the_same_inputs_and_an_id_of_its_own(studio: Studio, ask: Ask):
    async with studio.process():
        source = (await studio.make("sample")).generations[0]
        first = (await studio.make("uses", image=str(source.id))).generations[0]
    made = (await ask(AGAIN, id=str(first.id)))["regenerate"]
    assert made["id"] != str(first.id)
    assert made["jobId"] != str(first.job_id)
    assert (made["generatorName"], made["boardId"]) == ("uses", str(first.board_id))
    assert made["inputParams"] == first.input_params
    assert made["status"] == "PENDING", "a new take is made, not taken from the cache"
    assert made["inputArtifacts"] == [{"role": "image", "generationId": str(source.id)}]


async def test_the_same_key_makes_one_take(studio: Studio, ask: Ask):
    async with studio.process():
        first = (await studio.make("sample")).generations[0]
    ids = [(await ask(AGAIN, id=str(first.id), key="k"))["regenerate"]["id"] for _ in range(2)]
    assert ids[0] == ids[1]


async def test_what_failed_or_was_cancelled_is_tried_again(studio: Studio, ask: Ask):
    async with studio.process():
        failed = (await studio.make("wrong")).generations[0]
    assert failed.status.value == "failed"
    assert (await ask(RETRY, id=str(failed.id)))["retryGeneration"]["status"] == "PENDING"
    job_id = await studio.ask("sample", prompt="sea")
    await studio.jobs.cancel(studio.actor, job_id)
    cancelled = (await studio.jobs.get(studio.actor, job_id)).generations[0]
    again = (await ask(RETRY, id=str(cancelled.id)))["retryGeneration"]
    assert again["inputParams"] == {"prompt": "sea"}


async def test_what_goes_well_or_may_have_cost_money_is_not_tried_again(
    studio: Studio, provider: FakeProvider, ask: Ask
):
    unknown = await lost(studio, provider)
    async with studio.process():
        done = (await studio.make("sample")).generations[0]
    for one in (str(done.id), unknown):
        assert await ask.code(RETRY, id=one) == "CONFLICT"


async def test_an_upload_cannot_be_made_again(studio: Studio, ask: Ask):
    upload = await studio.uploads.upload(
        studio.actor, source=tiny_png(), filename="boat.png", board_id=None
    )
    assert await ask.code(AGAIN, id=str(upload.id)) == "CONFLICT"


async def test_who_may_not_make_things_there_makes_nothing_again(
    studio: Studio, server: Server, ask: Ask
):
    board = await studio.boards.create(studio.actor, "Open", is_public=True)
    async with studio.process():
        first = (await studio.make("sample", board_id=board.id)).generations[0]
    tries = [
        (await member(studio, board.id), "FORBIDDEN"),
        (await studio.colleague(), "FORBIDDEN"),
        (await studio.another_tenant(), "NOT_FOUND"),
    ]
    for actor, code in tries:
        server.actor = actor
        assert await ask.code(AGAIN, id=str(first.id)) == code
        assert await ask.code(RETRY, id=str(first.id)) == code
    server.actor = await member(studio, board.id, BoardRole.EDITOR)
    assert (await ask(AGAIN, id=str(first.id)))["regenerate"]["status"] == "PENDING"
