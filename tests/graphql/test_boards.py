"""Boards over GraphQL."""

import pytest

from boards.ids import new_id
from tests.events.reader import member
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

CREATE = """
    mutation ($input: CreateBoardInput!) {
      createBoard(input: $input) { id title description isPublic ownerId tenantId createdAt }
    }
"""
MINE = """
    query (
      $limit: Int, $offset: Int, $role: BoardQueryRole! = ANY, $sort: SortOrder! = UPDATED_DESC
    ) {
      myBoards(limit: $limit, offset: $offset, role: $role, sort: $sort) { title }
    }
"""


async def titles(ask: Ask, **which) -> list[str]:
    return [one["title"] for one in (await ask(MINE, **which))["myBoards"]]


async def test_a_board_is_made_and_found(studio: Studio, ask: Ask):
    made = (await ask(CREATE, input={"title": " Boats ", "description": "All of them"}))[
        "createBoard"
    ]
    assert (made["title"], made["description"], made["isPublic"]) == ("Boats", "All of them", False)
    assert made["ownerId"] == str(studio.actor.user_id)
    look = "query ($id: UUID!) { board(id: $id) { title generations { id } } }"
    assert await ask(look, id=made["id"]) == {"board": {"title": "Boats", "generations": []}}


@pytest.mark.parametrize("title", ["", " ", "x" * 201, "a\x00b"])
async def test_a_title_that_is_none_is_refused(ask: Ask, title: str):
    assert await ask.code(CREATE, input={"title": title}) == "INVALID_INPUT"


async def test_boards_are_listed_in_each_order_and_by_role(
    studio: Studio, server: Server, ask: Ask
):
    ids = []
    for title in ("A", "B", "C"):
        studio.clock.advance(1)
        ids.append((await studio.boards.create(studio.actor, title)).id)
    viewer = await member(studio, ids[0])
    assert await titles(ask) == ["C", "B", "A"]
    assert await titles(ask, sort="CREATED_ASC") == ["A", "B", "C"]
    assert await titles(ask, sort="UPDATED_ASC", limit=1, offset=1) == ["B"]
    assert await titles(ask, sort="CREATED_DESC", limit=2) == ["C", "B"]
    assert await titles(ask, role="MEMBER") == []
    assert await titles(ask, role="OWNER") == ["C", "B", "A"]
    server.actor = viewer
    assert await titles(ask, role="MEMBER") == ["A"]
    assert await titles(ask, role="OWNER") == []


async def test_the_generations_of_a_board_come_in_parts(studio: Studio, ask: Ask):
    board = await studio.boards.default(studio.actor)
    await studio.ask("sample", takes=3)
    look = """
        query ($id: UUID!) {
          board(id: $id) { generations(limit: 2, offset: 1) { board { id } } }
        }
    """
    found = (await ask(look, id=str(board.id)))["board"]["generations"]
    assert found == [{"board": {"id": str(board.id)}}] * 2


async def test_a_board_that_may_not_be_seen_is_null(studio: Studio, server: Server, ask: Ask):
    board = await studio.boards.default(studio.actor)
    look = "query ($id: UUID!) { board(id: $id) { id } }"
    for actor in (await studio.another_tenant(), await studio.colleague()):
        server.actor = actor
        assert await ask(look, id=str(board.id)) == {"board": None}
    assert await ask(look, id=str(new_id())) == {"board": None}


async def test_a_public_board_is_seen_but_not_made_things_on(
    studio: Studio, server: Server, ask: Ask
):
    board = await studio.boards.create(studio.actor, "Open", is_public=True)
    server.actor = await studio.colleague()
    look = "query ($id: UUID!) { board(id: $id) { title } }"
    assert await ask(look, id=str(board.id)) == {"board": {"title": "Open"}}
    run = """
        mutation ($id: UUID!) {
          runGeneration(generatorName: "sample", inputs: {}, boardId: $id) { id }
        }
    """
    assert await ask.code(run, id=str(board.id)) == "FORBIDDEN"
