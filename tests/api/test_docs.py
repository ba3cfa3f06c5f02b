"""docs/rest.md says what the contract says."""

import re
from pathlib import Path
from typing import Any, cast

from boards.api.errors import STATUSES
from boards.api.rest import agents, reruns, search
from boards.bootstrap import asgi, open_app
from boards.settings import Settings
from tests.api.doubles import MakeApp

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rest.md").read_text("utf-8")
ROUTE = re.compile(r"^\| `([A-Z]+) (\S+)` \| (\d+) \|", re.MULTILINE)
CODE = re.compile(r"^\| `([a-z_]+)` \| (\d+) \|", re.MULTILINE)


def test_the_page_lists_every_route_with_its_status_and_no_other(make_app: MakeApp) -> None:
    none = cast(Any, None)
    app = make_app(routers=[agents.router(none), search.router(none), reruns.router(none)])
    said = {
        (method, path, status)
        for method, path, status in re.findall(
            r"^\| `([A-Z]+) (\S+)` \| (\d+) \|", PAGE, re.MULTILINE
        )
    }
    true = {
        (method.upper(), path, min(operation["responses"]))
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
    }
    assert said == true


def test_the_page_lists_every_code_with_its_status() -> None:
    said = dict(CODE.findall(PAGE))
    assert said == {code: str(how.status) for code, how in STATUSES.items()}


async def test_what_replaces_an_earlier_route_is_there(tmp_path: Path) -> None:
    section = PAGE.split("## For clients of the earlier routes")[1]
    rows = [line.split("|")[2] for line in section.splitlines() if line.startswith("| `")]
    assert len(rows) >= 15
    async with open_app(Settings(data_dir=tmp_path)) as app:
        paths = {*asgi(app).openapi()["paths"], "/graphql", "/api/v1/openapi.json"}
    named = set(re.findall(r"(/(?:api|graphql|health|ready)[^`]*)`", "".join(rows)))
    assert named <= paths
