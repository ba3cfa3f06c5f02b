"""Lineage, making things anew and search, as GraphQL shows them."""

import pytest

from boards.domain.boards import BoardRole
from boards.services.ports import SYSTEM
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

RERUN = """
    mutation ($id: UUID!, $swap: SwapInput) {
      rerun(input: {generationId: $id, withUses: true, swap: $swap, most: "0"}) {
        jobId costEstimate { amount } generations { id generatorName inputParams }
      }
    }
"""


@pytest.fixture
async def pair(studio: Studio) -> tuple[str, str, str]:
    """A source, what was made from it, and what was made from that and the source."""
    async with studio.process():
        source = str((await studio.make("sample", prompt="a heron")).generations[0].id)
        middle = str((await studio.make("uses", image=source)).generations[0].id)
        last = await studio.make("uses", image=middle, others=[source])
    return source, middle, str(last.generations[0].id)


async def test_what_is_shown_already_is_repeated_without_its_branch(
    ask: Ask, pair: tuple[str, str, str]
) -> None:
    source, middle, last = pair
    found = await ask(
        "query ($id: UUID!) { generation(id: $id) { ancestry { parents { generation { id } role "
        "position repeated parents { generation { id } repeated } } } } }",
        id=last,
    )
    assert found["generation"]["ancestry"]["parents"] == [
        {
            "generation": {"id": middle},
            "role": "image",
            "position": 0,
            "repeated": False,
            "parents": [{"generation": {"id": source}, "repeated": True}],
        },
        {
            "generation": {"id": source},
            "role": "others",
            "position": 0,
            "repeated": False,
            "parents": [],
        },
    ]


async def test_what_is_not_one_s_own_is_unknown_with_its_place(
    studio: Studio, server: Server, ask: Ask
) -> None:
    shared = await studio.boards.create(studio.actor, "Shared")
    viewer = await studio.colleague()
    user_id = viewer.user_id
    assert user_id is not None
    await studio.database.write(
        lambda tx: tx.boards.add_member(
            shared.id, user_id, BoardRole.VIEWER, now=studio.clock.now()
        ),
        scope=SYSTEM,
    )
    async with studio.process():
        source = (await studio.make("sample")).generations[0]
        use = await studio.make("uses", board_id=shared.id, image=str(source.id))
    server.actor = viewer
    found = await ask(
        "query ($id: UUID!) { generation(id: $id) { ancestry { parents { depth } "
        "unknown { depth role position } } } }",
        id=str(use.generations[0].id),
    )
    tree = found["generation"]["ancestry"]
    assert tree == {"parents": [], "unknown": [{"depth": 1, "role": "image", "position": 0}]}


async def test_a_rerun_is_priced_and_made(
    studio: Studio, ask: Ask, pair: tuple[str, str, str]
) -> None:
    source, middle, last = pair
    async with studio.process():
        other = str((await studio.make("sample", prompt="an egret")).generations[0].id)
        found = await ask(
            "query ($id: UUID!) { estimateRerun(input: {generationId: $id, withUses: true}) "
            "{ cost { amount } steps { generationId generatorName } leftOut { reason } } }",
            id=middle,
        )
        made = (await ask(RERUN, id=middle, swap={"oldId": source, "newId": other}))["rerun"]
    assert found["estimateRerun"] == {
        "cost": {"amount": "0"},
        "steps": [
            {"generationId": middle, "generatorName": "uses"},
            {"generationId": last, "generatorName": "uses"},
        ],
        "leftOut": [],
    }
    first = made["generations"][0]
    assert first["inputParams"] == {"image": other}
    assert len(made["generations"]) == 2


async def test_a_remix_gives_a_form(ask: Ask, pair: tuple[str, str, str]) -> None:
    source, middle, _ = pair
    found = await ask(
        "query ($id: UUID!) { remix(id: $id) { generatorName inputs missing } }", id=middle
    )
    assert found["remix"] == {"generatorName": "uses", "inputs": {"image": source}, "missing": []}


async def test_search_finds_by_words_and_filters(ask: Ask, pair: tuple[str, str, str]) -> None:
    source, *_ = pair
    document = """
        query ($words: String!, $filters: SearchFilterInput) {
          searchGenerations(query: $words, filters: $filters, order: NEWEST) { nodes { id } next }
        }
    """
    found = (await ask(document, words="heron"))["searchGenerations"]
    assert found == {"nodes": [{"id": source}], "next": None}
    for filters in ({"artifactType": "VIDEO"}, {"provider": "fal"}, {"favourite": True}):
        found = (await ask(document, words="heron", filters=filters))["searchGenerations"]
        assert found["nodes"] == []
    error = await ask.error(document, words="heron", filters={"minCost": "dear"})
    assert error["extensions"]["code"] == "INVALID_INPUT"
