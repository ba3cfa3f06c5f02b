"""Providers over REST."""

from boards.errors import Conflict, NotFound


async def test_the_list_tells_what_is_missing_capped_and_paused(client):
    answer = await client.get("/api/v1/providers")
    assert answer.json()["items"] == [
        {
            "name": "acme",
            "title": "Acme",
            "configured": False,
            "needs": "set ACME_KEY",
            "key_name": "ACME_KEY",
            "own_key": False,
            "max_running": 20,
            "max_per_tenant": None,
            "per_minute": 60,
            "paused": True,
            "paused_by_settings": False,
            "running": 2,
            "parked": 1,
            "waiting": 7,
        }
    ]


async def test_pause_and_resume_answer_with_how_it_stands(client, doubles):
    paused = await client.post("/api/v1/providers/acme/pause")
    resumed = await client.post("/api/v1/providers/*/resume")
    assert [one["paused"] for one in paused.json()["items"]] == [True]
    assert [one["paused"] for one in resumed.json()["items"]] == [False]
    assert doubles.providers.calls == [("pause", "acme"), ("resume", "*")]


async def test_refusals_are_problems(client, doubles):
    doubles.providers.raises = NotFound("There is no provider 'x'.")
    assert (await client.post("/api/v1/providers/x/pause")).status_code == 404
    doubles.providers.raises = Conflict("It is paused by BOARDS_PAUSED.")
    assert (await client.post("/api/v1/providers/acme/resume")).status_code == 409
