"""How the routes of stories are called. A story of the tests names no generator with a key, so who
may generate is told that none is configured."""

from collections.abc import Mapping
from typing import Any

from tests.rights.calls import Call

__all__ = ["TELLING"]

THEME = {"style": "chalk", "aspect": "1:1"}
OF_STORY = {"slug": "workspace"}
OF_JOB = {"slug": "workspace", "job_id": "story job"}
CARD = {"n": "1"}
# There is nothing to be made anew, nothing picked, and no photo to go by.
REFUSED = (400,)


def _of(**more: Any) -> Call:
    return Call(**{"kinds": OF_STORY, **more})


TELLING: Mapping[str, Call] = {
    "list_workspaces": Call(query={"board_id": "{board_id}"}),
    "create_workspace": Call(
        json={"slug": "{slug}", "board_id": "{board_id}", "form": "memory"},
    ),
    "get_workspace": _of(),
    "save_workspace": _of(json={"revision": "old", "storyboard": {}}, passes=(409,)),
    "delete_workspace": _of(),
    "open_workspace": _of(json={"board_id": "{board_id}"}),
    "rename_workspace": _of(json={"slug": "renamed"}, passes=(200, 409)),
    "duplicate_workspace": _of(json={"slug": "copied"}, passes=(201, 409)),
    "reorder_cards": _of(json={"ids": [1]}),
    "list_themes": _of(),
    "put_theme": _of(path={"name": "slate"}, json=THEME),
    "remove_theme": _of(path={"name": "chalk"}),
    "generate_cards": _of(json={}, passes=(503,)),
    "estimate_cards": _of(json={}),
    "generate_takes": _of(path=CARD, json={}, passes=(503,)),
    "estimate_takes": _of(path=CARD, json={}),
    "list_takes": _of(path=CARD),
    "pick_take": _of(path=CARD, json={"take": "01-1"}),
    "upload_card_media": _of(path=CARD, form={}),
    "get_story_job": Call(kinds=OF_JOB),
    "cancel_story_job": Call(kinds=OF_JOB),
    "list_all_takes": _of(),
    "get_take": _of(path={"file": "01-1.png"}),
    "get_sheet": _of(),
    "export_workspace": _of(),
    "make_animatic": _of(json={"music_id": "{music_id}"}, passes=REFUSED),
    "reroll": _of(json={}, passes=REFUSED),
    "estimate_reroll": _of(json={}, passes=REFUSED),
    "generate_cover": _of(json={}, passes=REFUSED),
    "estimate_cover": _of(json={}, passes=REFUSED),
    "pick_cover": _of(json={"take": "cover-1"}),
    "upload_asset": _of(form={"kind": "cover"}),
    "upload_portrait_references": _of(form={}, passes=(422,)),
    "generate_portrait": _of(json={}, passes=REFUSED),
    "estimate_portrait": _of(json={}, passes=REFUSED),
    "pick_portrait": _of(json={"take": "portrait-1"}),
}
