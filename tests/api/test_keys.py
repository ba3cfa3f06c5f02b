"""Keys over REST: what is taken, and that nothing of it comes back."""

import pytest

from boards.errors import Forbidden, NotConfigured
from tests.api.doubles import NOW, USER

SECRET = "planted-key-4711"


async def test_the_list_shows_who_and_when_and_the_ending(client):
    answer = await client.get("/api/v1/keys")
    assert answer.status_code == 200
    assert answer.json() == {
        "items": [
            {
                "provider": "fal",
                "ending": "wxyz",
                "set_at": NOW.isoformat().replace("+00:00", "Z"),
                "set_by": str(USER),
                "set_by_name": "Ada Lovelace",
            }
        ]
    }


async def test_a_key_is_taken_from_the_body_and_not_said_again(client, doubles):
    answer = await client.put("/api/v1/keys/fal", json={"key": SECRET})
    assert answer.status_code == 200
    assert doubles.keys.calls == [("set", "fal", len(SECRET))]
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"keys": SECRET},
        {"key": [SECRET]},
        {"key": {"value": SECRET}},
        {"key": 4711, "other": SECRET},
        [SECRET],
        SECRET,
    ],
    ids=str,
)
async def test_what_is_wrong_is_not_quoted(client, doubles, body):
    answer = await client.put("/api/v1/keys/fal", json=body)
    assert answer.status_code == 422
    assert SECRET not in answer.text
    assert doubles.keys.calls == []


async def test_a_key_is_removed(client, doubles):
    answer = await client.delete("/api/v1/keys/fal")
    assert (answer.status_code, answer.content) == (204, b"")
    assert doubles.keys.calls == [("remove", "fal")]


async def test_a_rotation_tells_what_it_came_to(client):
    answer = await client.post("/api/v1/key-rotation")
    assert answer.json() == {"rotated": 3, "current": 1, "unreadable": 0}


@pytest.mark.parametrize(
    ("error", "status"), [(Forbidden("no"), 403), (NotConfigured("set it"), 503)], ids=str
)
async def test_refusals_are_problems(client, doubles, error, status):
    doubles.keys.raises = error
    answer = await client.put("/api/v1/keys/fal", json={"key": SECRET})
    assert answer.status_code == status
    assert answer.json()["detail"] == error.message
