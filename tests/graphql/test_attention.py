"""The attention list in GraphQL, over real rows."""

from dataclasses import replace

from boards.domain.access import TenantRole
from boards.testing.generators import FakeProvider
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

LIST = "{ attentionList { items { reason ways generation { id externalJobId } } next } }"
CHECK = "mutation ($id: UUID!) { checkAgain(id: $id) { outcome message } }"
MARK = "mutation ($id: UUID!) { markLost(id: $id) { phase needsAttention cost { amount } } }"
RELEASE = "mutation ($id: UUID!) { releaseHold(id: $id) { phase needsAttention cost { amount } } }"


async def lost(studio: Studio, provider: FakeProvider) -> str:
    provider.drop_answers = 1
    async with studio.process():
        [one] = (await studio.make("fake-provider")).generations
    return str(one.id)


async def test_it_is_listed_with_its_ways_out(
    studio: Studio, provider: FakeProvider, ask: Ask
) -> None:
    one = await lost(studio, provider)
    answer = (await ask(LIST))["attentionList"]
    assert answer["next"] is None
    assert answer["items"] == [
        {
            "reason": "SUBMIT_UNKNOWN",
            "ways": ["MARK_LOST", "RELEASE_HOLD"],
            "generation": {"id": one, "externalJobId": None},
        }
    ]


async def test_it_is_marked_lost_once(studio: Studio, provider: FakeProvider, ask: Ask) -> None:
    one = await lost(studio, provider)
    after = (await ask(MARK, id=one))["markLost"]
    assert after == {"phase": "FAILED", "needsAttention": False, "cost": {"amount": "0.1"}}
    assert await ask.code(RELEASE, id=one) == "CONFLICT"
    assert (await ask(LIST))["attentionList"]["items"] == []


async def test_its_hold_is_released(studio: Studio, provider: FakeProvider, ask: Ask) -> None:
    one = await lost(studio, provider)
    after = (await ask(RELEASE, id=one))["releaseHold"]
    assert after == {"phase": "FAILED", "needsAttention": False, "cost": {"amount": "0"}}


async def test_who_cannot_be_asked_is_not_asked(
    studio: Studio, provider: FakeProvider, ask: Ask
) -> None:
    one = await lost(studio, provider)
    assert await ask.code(CHECK, id=one) == "CONFLICT"
    assert provider.submits == 1


async def test_a_stranger_finds_nothing(
    studio: Studio, provider: FakeProvider, ask: Ask, server: Server
) -> None:
    one = await lost(studio, provider)
    colleague = await studio.colleague()
    server.actor = replace(colleague, tenant_role=TenantRole.MEMBER, platform_admin=False)
    assert (await ask(LIST))["attentionList"]["items"] == []
    for document in (CHECK, MARK, RELEASE):
        assert await ask.code(document, id=one) == "NOT_FOUND"
