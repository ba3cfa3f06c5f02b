"""The attention list over HTTP: what it shows, and how refusals come out."""

import httpx2
import pytest

from boards.errors import Conflict, Forbidden, NotFound, TimedOut
from tests.api.doubles import Doubles, gen_id

LIST = "/api/v1/attention"
ACTIONS = {"check": "check_again", "mark-lost": "mark_lost", "release-hold": "release_hold"}
ONE = gen_id(100)


def path(action: str) -> str:
    return f"/api/v1/generations/{ONE}/{action}"


async def test_an_entry_says_why_it_is_there_and_what_can_be_done(
    client: httpx2.AsyncClient,
) -> None:
    answer = (await client.get(LIST)).json()
    [item] = answer["items"]
    assert answer["next"] == "more"
    assert item["reason"] == "submit_unknown"
    assert item["ways"] == ["mark_lost", "release_hold"]
    assert item["external_id"] == "acme-7"
    assert item["generation"]["id"] == str(ONE)
    assert item["generation"]["cost_estimate"]["amount"] == "0.156"


async def test_the_list_goes_on_by_cursor(client: httpx2.AsyncClient, doubles: Doubles) -> None:
    await client.get(LIST, params={"limit": "7", "cursor": "there"})
    assert doubles.attention.calls == [(7, "there")]


async def test_an_unknown_parameter_is_refused(client: httpx2.AsyncClient) -> None:
    assert (await client.get(LIST, params={"limitt": "7"})).status_code == 422


async def test_a_check_says_what_it_came_to(client: httpx2.AsyncClient) -> None:
    answer = await client.post(path("check"))
    assert answer.status_code == 200
    found = answer.json()
    assert (found["outcome"], found["message"]) == ("not_found", "Nothing there.")
    assert found["generation"]["id"] == str(ONE)


@pytest.mark.parametrize(("action", "called"), ACTIONS.items())
async def test_each_route_does_what_it_is_called(
    client: httpx2.AsyncClient, doubles: Doubles, action: str, called: str
) -> None:
    assert (await client.post(path(action))).status_code == 200
    assert doubles.attention.calls == [(called, ONE)]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("error", "status"), [(NotFound(), 404), (Forbidden(), 403), (Conflict(), 409)]
)
async def test_a_refusal_is_a_problem(
    client: httpx2.AsyncClient, doubles: Doubles, action: str, error: Exception, status: int
) -> None:
    doubles.attention.raises = error
    answer = await client.post(path(action))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_provider_that_does_not_answer_is_a_problem(
    client: httpx2.AsyncClient, doubles: Doubles
) -> None:
    doubles.attention.raises = TimedOut("No answer; nothing has changed.")
    answer = await client.post(path("check"))
    assert answer.status_code == 504


@pytest.mark.parametrize("action", ACTIONS)
async def test_nothing_is_decided_by_get(
    client: httpx2.AsyncClient, doubles: Doubles, action: str
) -> None:
    assert (await client.get(path(action))).status_code == 405
    assert doubles.attention.calls == []


async def test_there_is_no_retry(client: httpx2.AsyncClient) -> None:
    assert (await client.post(path("retry"))).status_code == 404
