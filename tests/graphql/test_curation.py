"""Titles, favourites, notes, many at once, and the trash, over GraphQL."""

from typing import Any

from tests.events.reader import member
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

BULK = """
    mutation ($input: BulkInput!) {
      bulk(input: $input) { items { id outcome copyId code message } undo { id action } }
    }
"""
ALL = "{ recentGenerations { id title isFavourite notes { id text user { id } } } }"


async def rows(ask: Ask) -> list[Any]:
    found: list[Any] = (await ask(ALL))["recentGenerations"]
    return found


async def test_a_generation_is_called_something(studio: Studio, ask: Ask):
    await studio.ask("sample")
    [one] = await rows(ask)
    call = """
        mutation ($id: UUID!, $title: String) {
          setGenerationTitle(id: $id, title: $title) { title }
        }
    """
    assert (await ask(call, id=one["id"], title=" Sea "))["setGenerationTitle"] == {"title": "Sea"}
    assert (await ask(call, id=one["id"]))["setGenerationTitle"] == {"title": None}


async def test_favourites_are_each_person_s_own(studio: Studio, server: Server, ask: Ask):
    board = await studio.boards.default(studio.actor)
    viewer = await member(studio, board.id)
    await studio.ask("sample", takes=2)
    one, other = await rows(ask)
    await ask("mutation ($id: UUID!) { markFavourite(id: $id) }", id=one["id"])
    assert [each["isFavourite"] for each in await rows(ask)] == [True, False]
    listed = "{ favourites { items { id } next } }"
    assert (await ask(listed))["favourites"] == {"items": [{"id": one["id"]}], "next": None}
    server.actor = viewer
    assert (await ask(listed))["favourites"]["items"] == []
    assert [each["isFavourite"] for each in await rows(ask)] == [False, False]
    server.actor = studio.actor
    await ask("mutation ($id: UUID!) { unmarkFavourite(id: $id) }", id=one["id"])
    assert (await ask(listed))["favourites"]["items"] == []
    assert other["id"] != one["id"]


async def test_notes_are_written_changed_and_removed(studio: Studio, server: Server, ask: Ask):
    board = await studio.boards.default(studio.actor)
    await studio.ask("sample")
    [one] = await rows(ask)
    add = """
        mutation ($id: UUID!, $text: String!) {
          addNote(generationId: $id, text: $text) { id text user { id } }
        }
    """
    note = (await ask(add, id=one["id"], text="Fine"))["addNote"]
    assert (await rows(ask))[0]["notes"] == [note]
    change = 'mutation ($id: UUID!) { changeNote(id: $id, text: "Finer") { text } }'
    assert (await ask(change, id=note["id"]))["changeNote"] == {"text": "Finer"}
    server.actor = await member(studio, board.id)
    assert await ask.code(change, id=note["id"]) == "FORBIDDEN"
    server.actor = studio.actor
    await ask("mutation ($id: UUID!) { deleteNote(id: $id) }", id=note["id"])
    assert (await rows(ask))[0]["notes"] == []


async def test_many_are_moved_at_once_each_by_its_rights_and_taken_back(
    studio: Studio, server: Server, ask: Ask
):
    board = await studio.boards.create(studio.actor, "Other")
    colleague = await studio.colleague()
    async with studio.process():
        await studio.make("sample", takes=2)
        await studio.make("sample", actor=colleague)
    ids = [one["id"] for one in await rows(ask)]
    server.actor = colleague
    [foreign] = await rows(ask)
    server.actor = studio.actor
    said = {"action": "MOVE", "ids": [*ids, foreign["id"]], "boardId": str(board.id)}
    result = (await ask(BULK, input=said))["bulk"]
    outcomes = [one["outcome"] for one in result["items"]]
    assert outcomes == ["DONE", "DONE", "REFUSED"]
    assert result["items"][2]["code"] == "NOT_FOUND"
    count = "query ($id: UUID!) { board(id: $id) { generationCount } }"
    assert (await ask(count, id=str(board.id)))["board"]["generationCount"] == 2
    undo = "mutation ($id: UUID!) { undo(id: $id) { items { outcome } } }"
    await ask(undo, id=result["undo"]["id"])
    assert (await ask(count, id=str(board.id)))["board"]["generationCount"] == 0
    assert await ask.code(undo, id=result["undo"]["id"]) == "NOT_FOUND"
    assert await ask.code(BULK, input=said | {"ids": []}) == "INVALID_INPUT"


async def test_what_was_deleted_is_listed_and_had_back(studio: Studio, ask: Ask):
    board = await studio.boards.default(studio.actor)
    async with studio.process():
        made = (await studio.make("sample")).generations[0]
    which = {"id": str(made.id)}
    await ask("mutation ($id: UUID!) { deleteGeneration(id: $id) }", **which)
    assert await rows(ask) == []
    look = """
        query ($id: UUID!) { trashedGenerations(boardId: $id) { items { generation { id } } } }
    """
    trash = (await ask(look, id=str(board.id)))["trashedGenerations"]
    assert trash["items"] == [{"generation": which}]
    await ask("mutation ($id: UUID!) { restoreGeneration(id: $id) { id } }", **which)
    assert [one["id"] for one in await rows(ask)] == [str(made.id)]
