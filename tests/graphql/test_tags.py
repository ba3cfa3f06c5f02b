"""Tags over GraphQL."""

from boards.domain.access import Actor
from boards.ids import new_id
from tests.events.reader import member
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

CREATE = """
    mutation ($input: CreateTagInput!) {
      createTag(input: $input) { id tenantId name slug description metadata createdAt updatedAt }
    }
"""
UPDATE = "mutation ($input: UpdateTagInput!) { updateTag(input: $input) { name slug } }"
PUT = """
    mutation ($generation: UUID!, $tag: UUID!) {
      addTagToGeneration(generationId: $generation, tagId: $tag) { slug }
    }
"""
TAKE = """
    mutation ($generation: UUID!, $tag: UUID!) {
      removeTagFromGeneration(generationId: $generation, tagId: $tag)
    }
"""
TAGS = "query ($id: UUID!) { generation(id: $id) { tags { slug } } }"


async def made(ask: Ask, **said: object) -> dict:
    return (await ask(CREATE, input=said))["createTag"]


async def test_a_tag_is_made_found_changed_and_deleted(studio: Studio, ask: Ask):
    tag = await made(ask, name="Sea & Sky", description="Blue", metadata={"hue": 210})
    assert (tag["slug"], tag["metadata"]) == ("sea-sky", {"hue": 210})
    assert tag["tenantId"] == str(studio.actor.tenant_id)
    find = (
        "query ($id: UUID!, $slug: String!) { tag(id: $id) { id } tagBySlug(slug: $slug) { id } }"
    )
    assert await ask(find, id=tag["id"], slug="sea-sky") == {
        "tag": {"id": tag["id"]},
        "tagBySlug": {"id": tag["id"]},
    }
    changed = await ask(UPDATE, input={"id": tag["id"], "name": "Night"})
    assert changed["updateTag"] == {"name": "Night", "slug": "night"}
    kept = await ask(UPDATE, input={"id": tag["id"], "name": "Deep night", "slug": "night"})
    assert kept["updateTag"] == {"name": "Deep night", "slug": "night"}
    await ask("mutation ($id: UUID!) { deleteTag(id: $id) }", id=tag["id"])
    assert await ask(find, id=tag["id"], slug="night") == {"tag": None, "tagBySlug": None}


async def test_any_script_makes_a_slug_and_a_taken_one_is_refused(ask: Ask):
    assert (await made(ask, name="Grüße 海"))["slug"]
    await made(ask, name="Boats")
    error = await ask.error(CREATE, input={"name": "boats"})
    assert error["extensions"]["code"] == "CONFLICT"
    assert error["message"] == "Tag with slug 'boats' already exists"
    assert await ask.code(CREATE, input={"name": " "}) == "INVALID_INPUT"
    assert await ask.code(CREATE, input={"name": "x", "metadata": [1]}) == "INVALID_INPUT"


async def test_they_are_listed_by_name_in_parts(ask: Ask):
    for name in ("c", "a", "b"):
        await made(ask, name=name)
    assert await ask("{ tags(limit: 2, offset: 1) { name } }") == {
        "tags": [{"name": "b"}, {"name": "c"}]
    }


async def test_they_are_put_on_generations_and_found_by(studio: Studio, ask: Ask):
    board = await studio.boards.default(studio.actor)
    await studio.ask("sample", takes=2)
    [one, other] = (await ask("{ recentGenerations { id } }"))["recentGenerations"]
    tag = await made(ask, name="Good")
    both = {"generation": one["id"], "tag": tag["id"]}
    for _ in range(2):
        assert (await ask(PUT, **both))["addTagToGeneration"] == {"slug": "good"}
    assert (await ask(TAGS, id=one["id"]))["generation"]["tags"] == [{"slug": "good"}]
    assert (await ask(TAGS, id=other["id"]))["generation"]["tags"] == []
    by_tag = """
        query ($tag: UUID!, $board: UUID) {
          generations(boardId: $board, filter: {tagId: $tag}) { totalCount nodes { id } }
        }
    """
    for board_id in (None, str(board.id)):
        found = (await ask(by_tag, tag=tag["id"], board=board_id))["generations"]
        assert found == {"totalCount": 1, "nodes": [{"id": one["id"]}]}
    assert await ask(TAKE, **both) == {"removeTagFromGeneration": True}
    assert await ask.code(TAKE, **both) == "NOT_FOUND"


async def test_they_are_the_tenant_s_and_for_who_works_on_a_board(
    studio: Studio, server: Server, ask: Ask
):
    board = await studio.boards.create(studio.actor, "Open", is_public=True)
    await studio.ask("sample", board_id=board.id)
    [one] = (await ask("{ recentGenerations { id } }"))["recentGenerations"]
    tag = await made(ask, name="Good")
    both = {"generation": one["id"], "tag": tag["id"]}
    await ask(PUT, **both)
    by_tag = """
        query ($tag: UUID!, $board: UUID!) {
          generations(boardId: $board, filter: {tagId: $tag}) { nodes { id } }
        }
    """
    server.actor = await studio.colleague()
    assert (await ask(TAGS, id=one["id"]))["generation"]["tags"] == []
    found = await ask(by_tag, tag=tag["id"], board=str(board.id))
    assert found["generations"]["nodes"] == [], "a visitor finds nothing by what they do not see"
    assert await ask.code(PUT, **both) == "FORBIDDEN"
    server.actor = await member(studio, board.id)
    assert len((await ask(TAGS, id=one["id"]))["generation"]["tags"]) == 1
    assert await ask.code(PUT, **both) == "FORBIDDEN", "a viewer looks"
    server.actor = await studio.another_tenant()
    assert await ask("{ tags { id } }") == {"tags": []}
    assert await ask("query ($id: UUID!) { tag(id: $id) { id } }", id=tag["id"]) == {"tag": None}
    server.actor = Actor(tenant_id=studio.actor.tenant_id, user_id=None)
    assert await ask.code("{ tags { id } }") == "UNAUTHENTICATED"
    server.actor = studio.actor
    assert await ask.code(PUT, generation=one["id"], tag=str(new_id())) == "NOT_FOUND"
