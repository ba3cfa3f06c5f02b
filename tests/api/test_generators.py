"""REST: generators."""

import httpx2
import pytest


async def test_generators_are_listed_with_the_schema_of_their_inputs(
    client: httpx2.AsyncClient,
) -> None:
    paint, speak = (await client.get("/api/v1/generators")).json()["items"]
    assert paint["input_schema"]["properties"]["prompt"]["description"] == "What to paint"
    del paint["input_schema"]
    assert paint == {
        "name": "paint",
        "title": "Paint",
        "artifact_type": "image",
        "description": "Paints",
        "provider": "acme",
        "version": "1",
        "unavailable": None,
    }
    assert (speak["title"], speak["version"]) == (None, None)
    assert speak["unavailable"] == "Set SPEAK_KEY."


async def test_a_list_can_be_of_one_type(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/api/v1/generators", params={"type": "audio"})
    assert [one["name"] for one in answer.json()["items"]] == ["speak"]


@pytest.mark.parametrize(("kind", "said"), [("smell", "'image'"), ("model", "only read")])
async def test_a_type_that_nothing_makes_is_refused(
    client: httpx2.AsyncClient, kind: str, said: str
) -> None:
    answer = await client.get("/api/v1/generators", params={"type": kind})
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


async def test_one_generator_is_found_by_its_alias(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/v1/generators/painter")).json()["name"] == "paint"


async def test_an_unknown_generator_is_not_found_and_the_nearest_named(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get("/api/v1/generators/pant")
    assert answer.status_code == 404
    assert "'paint'" in answer.json()["detail"]
