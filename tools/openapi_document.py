"""Prints the OpenAPI document of the REST API without a server or a database.

`python -m tools.openapi_document [FILE]` writes it to a file, or to standard output.
"""

import hashlib
import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

from boards import __version__
from boards.api.app import create_app
from boards.api.rest import events, people, reruns, search, session
from boards.api.services import Services

__all__ = ["document", "fingerprint"]


def document() -> dict[str, Any]:
    """Give the contract. It comes from the routes alone, so the services behind them may be none.

    `paths` are sorted, so that the order in which surfaces are put together does not show.
    """
    none = cast(Any, None)
    services = Services(**{field.name: none for field in fields(Services)})
    app = create_app(
        services,
        version=__version__,
        routers=[
            events.router(none),
            search.router(none),
            reruns.router(none),
            people.router,
            session.router,
        ],
    )
    contract = app.openapi()
    return {**contract, "paths": dict(sorted(contract["paths"].items()))}


def fingerprint(contract: dict[str, Any]) -> str:
    """Name a contract by 16 hex digits. The version of Boards is no part of it."""
    unversioned = {**contract, "info": {**contract["info"], "version": ""}}
    text = json.dumps(unversioned, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main(names: list[str]) -> int:
    text = json.dumps(document(), indent=2) + "\n"
    if names:
        Path(names[0]).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
