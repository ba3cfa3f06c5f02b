"""Whatever can be sent is bounded: each text, each list, each body."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type, is_list_type

from boards.api.app import JSON_BYTES
from boards.api.graphql.schema import make_schema
from tests.rights.asking import as_json, ask
from tests.rights.world import Place, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

FREE = {"inputs"}
"""Inputs of generators: bounded by the body's size, and by each generator's own schema."""
BOUNDED = ("maxLength", "enum", "const")
FORMATS = {"uuid", "date", "date-time", "binary"}


def unbounded(
    schema: Any, contract: Mapping[str, Any], where: str, seen: tuple[str, ...] = ()
) -> Iterator[str]:
    """The places of a schema that take a text or a list of any length."""
    if not isinstance(schema, dict) or where.rsplit(".", 1)[-1] in FREE:
        return
    if (reference := schema.get("$ref")) is not None:
        if reference not in seen:
            target = contract["components"]["schemas"][reference.rsplit("/", 1)[1]]
            yield from unbounded(target, contract, where, (*seen, reference))
        return
    is_text = schema.get("type") == "string" and schema.get("format") not in FORMATS
    if is_text and not any(one in schema for one in BOUNDED):
        yield f"{where}: a text of any length"
    if schema.get("type") == "array" and "maxItems" not in schema:
        yield f"{where}: a list of any length"
    for name, value in schema.get("properties", {}).items():
        yield from unbounded(value, contract, f"{where}.{name}", seen)
    yield from unbounded(schema.get("items"), contract, f"{where}[]", seen)
    for key in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(key, []):
            yield from unbounded(part, contract, where, seen)


async def test_every_text_and_list_of_the_rest_surface_has_a_bound(world: World) -> None:
    contract = world.api.openapi()
    found: list[str] = []
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            where = f"{method.upper()} {path}"
            for one in operation.get("parameters", []):
                found += unbounded(one["schema"], contract, f"{where} {one['name']}")
            for content in operation.get("requestBody", {}).get("content", {}).values():
                found += unbounded(content.get("schema"), contract, where)
    assert found == []


TEXTS = {
    # Each is held to the same shape, or the same check, as on the REST surface.
    "artifactType",
    "generatorName",
    "cursor",
    "idempotencyKey",
    "amount",
    "title",
    "description",
    "name",
    "slug",
    "text",
    "email",
    "fileUrl",
    "userDescription",
}
LOOKED_UP = {
    # These are only compared with what is there, and kept nowhere.
    # A long name of a file is cut.
    "originalFilename",
    *("after", "lastEventId", "link", "minCost", "most", "provider", "query", "tag"),
}
LISTS = {"plan", "ids"}


async def test_every_text_of_the_graphql_surface_is_known() -> None:
    schema = make_schema()._schema
    texts, lists = set(), set()

    def walk(arguments: Mapping[str, Any]) -> None:
        for name, argument in arguments.items():
            kind = get_named_type(argument.type)
            if isinstance(kind, GraphQLInputObjectType):
                walk(kind.fields)
            elif kind.name == "String":
                texts.add(name)
            if is_list_type(getattr(argument.type, "of_type", argument.type)):
                lists.add(name)

    for kind in schema.type_map.values():
        for field in getattr(kind, "fields", {}).values():
            walk(getattr(field, "args", {}) or {})
    assert texts <= TEXTS | LOOKED_UP, "bound these, and try them below"
    assert lists <= LISTS


LONG = "x" * 20_000
DOCUMENTS = {
    "artifactType": "query ($long: String!) { generators(artifactType: $long) { name } }",
    "generatorName": "query ($long: String!) { estimate(generatorName: $long, inputs: {}) "
    "{ amount } }",
    "cursor": "query ($long: String!) { attentionList(cursor: $long) { next } }",
    "idempotencyKey": 'mutation ($long: String!) { runGeneration(generatorName: "local-noop", '
    "inputs: {}, idempotencyKey: $long) { id } }",
    "amount": "mutation ($long: String!) { setBudget(input: {scope: TENANT, period: TOTAL, "
    "amount: $long}) { id } }",
    "title": "mutation ($long: String!) { createBoard(input: {title: $long}) { id } }",
    "description": 'mutation ($long: String!) { createBoard(input: {title: "x", '
    "description: $long}) { id } }",
    "name": "mutation ($long: String!) { createTag(input: {name: $long}) { id } }",
    "slug": 'mutation ($long: String!) { createTag(input: {name: "x", slug: $long}) { id } }',
    "text": "mutation ($long: String!, $generation: UUID!) { addNote(generationId: $generation, "
    "text: $long) { id } }",
    "email": "mutation ($long: String!, $board: UUID!) { inviteBoardMember(boardId: $board, "
    "email: $long) { link } }",
    **{
        name: "mutation ($long: String!, $board: UUID!) { uploadArtifact(input: {boardId: $board, "
        f"artifactType: IMAGE, {named}}}) {{ id }} }}"
        for name, named in {
            "fileUrl": "fileUrl: $long",
            "userDescription": 'fileUrl: "https://a.example/a.png", userDescription: $long',
        }.items()
    },
}


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
async def test_a_text_that_is_too_long_is_refused_on_graphql(world: World, name: str) -> None:
    variables: dict[str, str] = {"long": LONG}
    # What is on a board is its owner's; money is the administrators'.
    who = "owner" if "UUID!" in DOCUMENTS[name] else "tenant admin"
    if "$board" in DOCUMENTS[name]:
        variables["board"] = str(world.boards[Place.SHARED])
    if "$generation" in DOCUMENTS[name]:
        variables["generation"] = str(await world.generation(Place.SHARED, world.people["owner"]))
    answer = await ask(
        world.api,
        "POST",
        "/graphql",
        headers=world.people[who].headers,
        body=as_json({"query": DOCUMENTS[name], "variables": variables}),
        content_type="application/json",
    )
    (error,) = answer.json["errors"]
    assert error["extensions"]["code"] in ("INVALID_INPUT", "NOT_FOUND", "TOO_LARGE")
    assert len(error["message"]) < 1000, "what was sent is not sent back"


async def test_every_text_of_the_graphql_surface_is_tried() -> None:
    assert DOCUMENTS.keys() == TEXTS


async def test_a_plan_of_any_length_is_refused(world: World) -> None:
    part = '{generatorName: "local-noop", inputs: {}}'
    query = f"{{ estimatePlan(plan: [{part * 200}]) {{ parts {{ takes }} }} }}"
    answer = await ask(
        world.api,
        "POST",
        "/graphql",
        headers=world.people["owner"].headers,
        body=as_json({"query": query}),
        content_type="application/json",
    )
    assert answer.json["errors"], answer.text


@pytest.mark.parametrize("path", ["/api/v1/boards", "/api/v1/generations", "/graphql"])
async def test_a_body_over_the_limit_is_refused(world: World, path: str) -> None:
    body = as_json({"title": "x" * JSON_BYTES})
    answer = await ask(
        world.api,
        "POST",
        path,
        headers=world.people["owner"].headers,
        body=body,
        content_type="application/json",
    )
    assert answer.status == 413


async def test_a_field_of_a_form_over_the_limit_is_refused(world: World) -> None:
    from tests.rights.asking import as_form

    body, kind = as_form({"board_id": "x" * 200_000}, name="a.png", content=b"")
    answer = await ask(
        world.api,
        "POST",
        "/api/v1/uploads",
        headers=world.people["owner"].headers,
        body=body,
        content_type=kind,
    )
    assert answer.status in (413, 422)
    assert len(answer.body) < 1000
    assert Place.SHARED.value not in answer.text
