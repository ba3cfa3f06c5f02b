"""REST: boards."""

import httpx2
import pytest

from boards.errors import Forbidden
from tests.api.doubles import USER, Doubles, gen_id

PATH = "/api/v1/boards"


async def test_a_new_board_is_answered_with_its_address(
    client: httpx2.AsyncClient, doubles: Doubles
) -> None:
    answer = await client.post(PATH, json={"title": "Ships", "is_public": True})
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{PATH}/{gen_id(9)}"
    assert answer.json() == {
        "id": str(gen_id(9)),
        "title": "Ships",
        "description": None,
        "is_public": True,
        "share_recipes": False,
        "owner_id": str(USER),
        "cover_id": None,
        "settings": {},
        "metadata": {},
        "created_at": "2026-03-01T12:00:00Z",
        "updated_at": "2026-03-01T12:00:00Z",
    }
    assert doubles.boards.calls == [("Ships", None, True, {}, {})]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": 7},
        {"title": "x", "is_public": "no"},
        {"title": "x", "description": "\x00"},
        {"title": "x", "description": "y" * 10_001},
        {"title": "x", "owner_id": str(USER)},
        [],
        None,
    ],
)
async def test_a_wrong_board_is_refused(
    client: httpx2.AsyncClient, doubles: Doubles, body: object
) -> None:
    assert (await client.post(PATH, json=body)).status_code == 422
    assert doubles.boards.calls == []


async def test_boards_are_listed_in_parts(client: httpx2.AsyncClient, doubles: Doubles) -> None:
    answer = await client.get(PATH, params={"limit": "1"})
    assert [one["title"] for one in answer.json()["items"]] == ["Boats"]
    assert answer.json()["next"] == "more"
    assert doubles.boards.calls == [(1, None)]


async def test_a_board_is_found_by_its_id_and_another_is_not(client: httpx2.AsyncClient) -> None:
    assert (await client.get(f"{PATH}/{gen_id(3)}")).json()["title"] == "Boats"
    assert (await client.get(f"{PATH}/{gen_id(4)}")).status_code == 404


async def test_what_is_forbidden_says_so(client: httpx2.AsyncClient, doubles: Doubles) -> None:
    doubles.boards.raises = Forbidden("You may not.")
    answer = await client.post(PATH, json={"title": "x"})
    assert (answer.status_code, answer.json()["detail"]) == (403, "You may not.")


async def test_only_what_was_sent_is_changed(client: httpx2.AsyncClient, doubles: Doubles) -> None:
    answer = await client.patch(f"{PATH}/{gen_id(3)}", json={"title": "Ships", "cover_id": None})
    assert answer.json()["title"] == "Ships"
    assert doubles.boards.calls == [(gen_id(3), {"title": "Ships", "cover_id": None})]
