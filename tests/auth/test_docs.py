"""docs/people.md names every route of people with its status, and every setting of theirs."""

import re
from pathlib import Path

from fastapi import FastAPI

from boards.api.rest import people, session
from boards.settings import PREFIX, Settings
from boards.settings.people import PeopleSettings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "people.md").read_text("utf-8")


def test_the_page_lists_every_route_with_its_status_and_no_other() -> None:
    app = FastAPI()
    app.include_router(people.router)
    app.include_router(session.router)
    true = {
        (method.upper(), path, str(min(int(status) for status in operation["responses"])))
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
    }
    assert set(re.findall(r"^\| `([A-Z]+) (\S+)` \| (\d+) \|", PAGE, re.MULTILINE)) == true


def test_the_page_names_every_setting_that_a_person_sets() -> None:
    settings = {f"{PREFIX}{name.upper()}" for name in PeopleSettings.model_fields}
    # Said elsewhere: what has a default that nobody changes first.
    beside = {"BOARDS_OIDC_JWKS_URL"}
    assert {name for name in settings if name not in PAGE} <= beside


def test_the_page_names_no_setting_that_is_none() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bBOARDS_[A-Z0-9_]+", PAGE)) <= known
