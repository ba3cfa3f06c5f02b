"""Lists by cursor: edges, nodes, page info and totals."""

from datetime import timedelta
from typing import Any

import pytest

from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

GENERATIONS = """
    query ($board: UUID, $filter: GenerationFilterInput, $first: Int, $after: String) {
      generations(boardId: $board, filter: $filter, first: $first, after: $after) {
        totalCount
        edges { cursor node { id } }
        nodes { id }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
"""
BOARDS = """
    query ($first: Int, $after: String, $sort: SortOrder! = CREATED_ASC) {
      boards(first: $first, after: $after, sort: $sort) {
        totalCount nodes { title } pageInfo { hasNextPage endCursor }
      }
    }
"""


async def walked(ask: Ask, document: str, name: str, **which: Any) -> list[Any]:
    """Every node, part by part."""
    found: list[Any] = []
    after = None
    while True:
        page = (await ask(document, **which, after=after))[name]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def test_a_list_is_walked_and_counted(studio: Studio, ask: Ask):
    await studio.ask("sample", takes=5)
    page = (await ask(GENERATIONS, first=2))["generations"]
    assert page["totalCount"] == 5
    assert [edge["node"] for edge in page["edges"]] == page["nodes"]
    info = page["pageInfo"]
    assert info["startCursor"] == page["edges"][0]["cursor"]
    assert info["endCursor"] == page["edges"][-1]["cursor"]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (True, False)
    ids = [one["id"] for one in await walked(ask, GENERATIONS, "generations", first=2)]
    assert len(set(ids)) == 5
    # Each edge is a place to go on from, not only the last.
    middle = (await ask(GENERATIONS, first=1, after=page["edges"][0]["cursor"]))["generations"]
    assert middle["nodes"] == [{"id": ids[1]}]
    assert middle["pageInfo"]["hasPreviousPage"] is True


async def test_an_empty_list_has_no_places(ask: Ask):
    page = (await ask(GENERATIONS))["generations"]
    assert page == {
        "totalCount": 0,
        "edges": [],
        "nodes": [],
        "pageInfo": {
            "hasNextPage": False,
            "hasPreviousPage": False,
            "startCursor": None,
            "endCursor": None,
        },
    }


@pytest.mark.parametrize("which", [{"first": 0}, {"first": 201}, {"after": "nonsense"}])
async def test_a_size_out_of_bounds_and_a_foreign_cursor_are_refused(ask: Ask, which: dict):
    assert await ask.code(GENERATIONS, **which) == "INVALID_INPUT"


async def test_generations_are_found_by_what_they_are(studio: Studio, ask: Ask):
    board = await studio.boards.create(studio.actor, "Other")
    async with studio.process():
        await studio.make("sample", takes=2)
        batch = (await studio.make("many")).generations
    studio.clock.advance(60)
    later = studio.clock.now()
    await studio.ask("priced", board_id=board.id)

    async def count(**which: Any) -> int:
        page = await ask(GENERATIONS, **which)
        assert len(page["generations"]["nodes"]) == page["generations"]["totalCount"]
        return int(page["generations"]["totalCount"])

    assert await count() == 2 + len(batch) + 1
    assert await count(board=str(board.id)) == 1
    assert await count(filter={"status": "COMPLETED"}) == 2 + len(batch)
    assert await count(filter={"status": "PENDING", "generatorName": "priced"}) == 1
    assert await count(filter={"artifactType": "VIDEO"}) == 0
    assert await count(filter={"since": later.isoformat()}) == 1
    assert await count(filter={"until": later.isoformat()}) == 2 + len(batch)
    before = (later - timedelta(days=1)).isoformat()
    assert await count(filter={"since": before, "until": later.isoformat()}) == 2 + len(batch)
    assert await count(filter={"batchId": str(batch[0].batch_id)}) == len(batch)
    assert await count(filter={"needsAttention": True}) == 0
    naive = {"since": "2026-07-01T12:00:00"}
    assert await ask.code(GENERATIONS, filter=naive) == "INVALID_INPUT"


async def test_the_outputs_of_one_run_come_in_their_order(studio: Studio, ask: Ask):
    async with studio.process():
        batch = (await studio.make("many")).generations
    look = "query ($id: UUID!) { batch(id: $id) { id batchIndex } }"
    found = (await ask(look, id=str(batch[0].batch_id)))["batch"]
    assert [one["batchIndex"] for one in found] == list(range(len(batch)))


async def test_a_board_has_its_generations_by_cursor_too(studio: Studio, ask: Ask):
    board = await studio.boards.default(studio.actor)
    await studio.ask("sample", takes=3)
    look = """
        query ($id: UUID!, $after: String) {
          board(id: $id) {
            generationCount
            generationsConnection(first: 2, after: $after) {
              totalCount nodes { id } pageInfo { endCursor }
            }
          }
        }
    """
    first = (await ask(look, id=str(board.id)))["board"]
    assert first["generationCount"] == first["generationsConnection"]["totalCount"] == 3
    after = first["generationsConnection"]["pageInfo"]["endCursor"]
    rest = (await ask(look, id=str(board.id), after=after))["board"]["generationsConnection"]
    assert len(rest["nodes"]) == 1


async def test_boards_are_walked_in_each_order(studio: Studio, ask: Ask):
    for title in ("A", "B", "C"):
        studio.clock.advance(1)
        await studio.boards.create(studio.actor, title)
    for sort, order in (("CREATED_ASC", "ABC"), ("UPDATED_DESC", "CBA")):
        found = await walked(ask, BOARDS, "boards", first=2, sort=sort)
        assert "".join(one["title"] for one in found) == order
    assert (await ask(BOARDS, first=1))["boards"]["totalCount"] == 3


async def test_a_board_that_may_not_be_seen_has_no_list(studio: Studio, server: Server, ask: Ask):
    board = await studio.boards.default(studio.actor)
    server.actor = await studio.colleague()
    assert await ask.code(GENERATIONS, board=str(board.id)) == "NOT_FOUND"
