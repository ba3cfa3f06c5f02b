"""Boards over GraphQL."""

from dataclasses import replace

import pytest

from boards.domain.boards import BoardRole
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


UPDATE = """
    mutation ($input: UpdateBoardInput!) {
      updateBoard(input: $input) {
        title description isPublic settings metadata coverId shareRecipes
      }
    }
"""


async def test_a_board_is_changed_and_null_leaves_things_alone(studio: Studio, ask: Ask):
    made = await ask(CREATE, input={"title": "Boats", "description": "All", "settings": {"a": 1}})
    board_id = made["createBoard"]["id"]
    changed = await ask(UPDATE, input={"id": board_id, "title": "Ships", "metadata": {"b": 2}})
    assert changed["updateBoard"] == {
        "title": "Ships",
        "description": "All",
        "isPublic": False,
        "settings": {"a": 1},
        "metadata": {"b": 2},
        "coverId": None,
        "shareRecipes": False,
    }
    changed = await ask(UPDATE, input={"id": board_id, "description": "", "isPublic": True})
    assert changed["updateBoard"]["description"] is None
    assert changed["updateBoard"]["isPublic"] is True
    assert await ask.code(UPDATE, input={"id": board_id, "settings": 7}) == "INVALID_INPUT"
    assert await ask.code(UPDATE, input={"id": str(new_id())}) == "NOT_FOUND"


async def test_a_chosen_picture_stands_for_a_board(studio: Studio, ask: Ask):
    board = await studio.boards.default(studio.actor)
    async with studio.process():
        first = (await studio.make("sample")).generations[0]
        newest = (await studio.make("sample")).generations[0]
    look = "query ($id: UUID!) { board(id: $id) { coverId } }"
    assert (await ask(look, id=str(board.id)))["board"]["coverId"] == str(newest.id)
    await ask(UPDATE, input={"id": str(board.id), "coverId": str(first.id)})
    assert (await ask(look, id=str(board.id)))["board"]["coverId"] == str(first.id)
    code = await ask.code(UPDATE, input={"id": str(board.id), "coverId": str(new_id())})
    assert code == "INVALID_INPUT"


async def test_a_board_is_deleted_with_what_is_on_it_and_had_back(studio: Studio, ask: Ask):
    board = await studio.boards.create(studio.actor, "Boats")
    await studio.ask("sample", board_id=board.id)
    which = {"id": str(board.id)}
    assert await ask("mutation ($id: UUID!) { deleteBoard(id: $id) }", **which) == {
        "deleteBoard": True
    }
    assert await ask("query ($id: UUID!) { board(id: $id) { id } }", **which) == {"board": None}
    assert (await ask("{ recentGenerations { id } }"))["recentGenerations"] == []
    trash = (await ask("{ trashedBoards { items { boardId title } } }"))["trashedBoards"]
    assert trash["items"] == [{"boardId": str(board.id), "title": "Boats"}]
    await ask("mutation ($id: UUID!) { restoreBoard(id: $id) { title } }", **which)
    [back] = (await ask("{ recentGenerations { status } }"))["recentGenerations"]
    assert back == {"status": "CANCELLED"}


async def test_only_who_may_changes_and_deletes_a_board(studio: Studio, server: Server, ask: Ask):
    board = await studio.boards.create(studio.actor, "Open", is_public=True)
    server.actor = await member(studio, board.id, BoardRole.ADMIN)
    await ask(UPDATE, input={"id": str(board.id), "title": "Ours"})
    delete = "mutation ($id: UUID!) { deleteBoard(id: $id) }"
    assert await ask.code(delete, id=str(board.id)) == "FORBIDDEN"
    server.actor = await studio.colleague()
    assert await ask.code(UPDATE, input={"id": str(board.id), "title": "Mine"}) == "FORBIDDEN"


async def test_public_boards_are_those_of_the_tenant(studio: Studio, server: Server, ask: Ask):
    await studio.boards.create(studio.actor, "Hidden")
    await studio.boards.create(studio.actor, "Open", is_public=True)
    look = "{ publicBoards { title settings } }"
    colleague = await studio.colleague()
    for actor in (studio.actor, colleague, replace(studio.actor, user_id=None)):
        server.actor = actor
        assert await ask(look) == {"publicBoards": [{"title": "Open", "settings": {}}]}
    server.actor = await studio.another_tenant()
    assert await ask(look) == {"publicBoards": []}


async def test_boards_are_searched_by_their_words_and_nothing_stands_for_another(
    studio: Studio, server: Server, ask: Ask
):
    await studio.boards.create(studio.actor, "100% Boats")
    await studio.boards.create(studio.actor, "Other", description="With BOATS_too")
    await studio.boards.create(studio.actor, "1000 Boats", is_public=True)
    look = "query ($text: String!) { searchBoards(query: $text) { title } }"

    async def found(query: str) -> set[str]:
        return {one["title"] for one in (await ask(look, text=query))["searchBoards"]}

    assert await found("boats") == {"100% Boats", "Other", "1000 Boats"}
    assert await found("0%") == {"100% Boats"}
    assert await found("s_t") == {"Other"}
    assert await found("\\") == set()
    server.actor = await studio.colleague()
    assert await found("boats") == {"1000 Boats"}
    server.actor = replace(studio.actor, user_id=None)
    assert await found("boats") == {"1000 Boats"}
    server.actor = await studio.another_tenant()
    assert await found("boats") == set()
    assert await ask.code(look, text="x" * 201) == "INVALID_INPUT"


async def test_what_is_somebody_s_own_asks_who_that_is(studio: Studio, server: Server, ask: Ask):
    server.actor = replace(studio.actor, user_id=None)
    for document in ("{ myBoards { id } }", "{ boards { nodes { id } } }"):
        assert await ask.code(document) == "UNAUTHENTICATED"


async def test_settings_are_for_those_who_work_there(studio: Studio, server: Server, ask: Ask):
    board = await studio.boards.create(
        studio.actor, "Open", is_public=True, settings={"theme": "dark"}
    )
    look = "query ($id: UUID!) { board(id: $id) { settings } }"
    server.actor = await studio.colleague()
    assert (await ask(look, id=str(board.id)))["board"]["settings"] == {}
    server.actor = await member(studio, board.id)
    assert (await ask(look, id=str(board.id)))["board"]["settings"] == {"theme": "dark"}
