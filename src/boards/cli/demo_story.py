"""The demo's story: four cards, two takes of each, one picked, and a cover. Free."""

import sys
from typing import Any

from boards.cli.exits import Exit, Stop
from boards.cli.remote import Client
from boards.cli.story_takes import at, start

__all__ = ["STORY", "print_story", "tell_story"]

STORY = "night-train"
TITLE = "Night train to the sea"
TAKES = 2
SCENES = (
    ("A station before dawn", "The last lamp is still lit."),
    ("The night train at the platform", "Nobody gets off."),
    ("A window over the dark fields", "We count the farms."),
    ("The sea in the first light", "We are there."),
)


async def tell_story(client: Client) -> Any:
    """Make the story on a board of its own, and pick the second take of each card; gives the story.

    A second demo finds everything there. Stop when a take could not be made.
    """
    print("A story of four cards", file=sys.stderr)
    found = await client.call("GET", "/workspace")
    if STORY not in {one["slug"] for one in found["items"]}:
        board = await client.create_board(TITLE, description="Made by `boards demo`.")
        await client.call("POST", "/workspace", body=_new(board["id"]))
    for what, body in (("/cards", {"takes": TAKES}), ("/cover", {"takes": 1})):
        job = await start(client, STORY, what, body)
        if job["state"] != "done" or job["partial"]:
            errors = [take["error"]["message"] for take in job["takes"] if take["error"]]
            said = "; ".join(errors) or job["line"]
            raise Stop(f"The story was not made: {said}", exit_code=Exit.FAILED)
    for number in range(1, len(SCENES) + 1):
        listed = await client.call("GET", f"{at(STORY)}/cards/{number}/takes")
        take = listed["takes"][-1]["file"]
        await client.call("POST", f"{at(STORY)}/cards/{number}/pick", body={"take": take})
    return await client.call("GET", at(STORY))


def print_story(story: Any) -> None:
    """Show the story's cards."""
    print(f"\nThe story {story['slug']!r}")
    for number, card in enumerate(story["storyboard"]["cards"], start=1):
        media = card.get("media") or {}
        print(f"  {number}  {card['scene']}: {TAKES} takes, picked {media.get('take', 'none')}")
    if story["where"] is not None:
        print(f"  {story['where']}")
    print(f"  boards story cards {story['slug']}\n      lists its cards")
    print(f"  boards story sheet {story['slug']}\n      puts all takes on one sheet")


def _new(board_id: str) -> dict[str, object]:
    return {
        "slug": STORY,
        "board_id": board_id,
        "storyboard": {
            "title": TITLE,
            "theme": "calm",
            "themes": {
                "calm": {"style": "Calm colours", "aspect": "9:16", "use": "reel"},
            },
            "providers": {"image": "local-poster"},
            "settings": {"takes": TAKES},
            "cover": {"theme": "calm"},
            "cards": [
                {"kind": "overlay", "scene": scene, "text": text, "seconds": 3}
                for scene, text in SCENES
            ],
        },
    }
