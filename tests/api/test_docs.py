"""docs/rest.md says what the contract says."""

import re
from pathlib import Path
from typing import Any, cast

from boards.api.errors import STATUSES
from boards.api.rest import agents, reruns, search
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
