"""A story told by an agent: priced, made within the session's budget, and picked."""

from boards.bootstrap import App
from tests.mcp.conftest import agent
from tests.mcp.test_http import call, refused

STORYBOARD = {
    "type": "reel",
    "title": "Night train",
    "providers": {"image": "local-poster"},
    "settings": {"takes": 2},
    "cards": [
        {"id": 1, "kind": "overlay", "scene": "A station before dawn"},
        {"id": 2, "kind": "overlay", "scene": "The sea"},
    ],
}


async def test_an_agent_makes_prices_and_picks_takes(app: App) -> None:
    async with agent(app) as client:
        made = await call(client, "story_new", slug="night-train", storyboard=STORYBOARD)
        assert made["problems"] == []
        priced = await call(client, "story_estimate", slug="night-train")
        assert (priced["spends_money"], priced["cost_estimate_usd"]) == (False, "0")
        assert [item["card"] for item in priced["items"]] == [1, 2]

        job = await call(client, "story_generate", slug="night-train", max_cost_usd="0")

        assert (job["spends_money"], job["state"]) == (True, "done")
        assert job["session"]["spent_usd"] == "0"
        takes = (await call(client, "story_takes", slug="night-train"))["takes"]
        assert len(takes) == 4
        picked = await call(client, "story_pick", slug="night-train", card=1, take="01-2.png")
        assert picked["card"] == 1
        story = await call(client, "story_get", slug="night-train")
        assert story["storyboard"]["cards"][0]["media"]["path"]
        listed = await call(client, "story_list")
        assert [one["slug"] for one in listed["items"]] == ["night-train"]


async def test_a_story_is_held_to_what_was_allowed_and_says_one_price_everywhere(app: App) -> None:
    paid = {**STORYBOARD, "providers": {"image": "priced"}}
    async with agent(app) as client:
        await call(client, "story_new", slug="dear", storyboard=paid)
        priced = await call(client, "story_estimate", slug="dear")
        assert priced["cost_estimate_usd"] == "1"
        problem = await refused(client, "story_generate", slug="dear", max_cost_usd="0.50")
        assert (problem["code"], problem["asked"]) == ("above_max_cost", "1")
        job = await call(client, "story_generate", slug="dear", max_cost_usd="1")
        assert (job["cost_estimate_usd"], job["cost_actual_usd"]) == ("1", "1")
        # What is there already costs nothing.
        again = await call(client, "story_estimate", slug="dear")
        assert again["cost_estimate_usd"] == "0"
