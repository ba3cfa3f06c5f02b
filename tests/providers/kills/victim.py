"""A whole Boards that submits one run and stands still at a boundary, to be killed there.

    python -m tests.providers.kills.victim BOUNDARY GENERATOR INPUTS MARKER

Settings come from the environment, as for `boards`. Where the boundary lies in the database, the
process stops before or after the write that makes it, and makes the file MARKER; where it lies on
the wire, the lab holds the request instead, and nothing here is special.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import boards.bootstrap.app
from boards.adapters.db.database import connect
from boards.bootstrap import open_app
from boards.domain.generations import Phase
from boards.services.ports import Database, Scope, Tx
from boards.services.submit import SubmitRequest
from boards.settings import load_settings
from tests.providers.kills.boundaries import Boundary

T = TypeVar("T")

BEFORE = {
    Boundary.BEFORE_INTENT: "intent",
    Boundary.AFTER_BYTES: Phase.STORING,
    Boundary.BEFORE_SETTLE: Phase.COMPLETED,
}
AFTER = {Boundary.AFTER_INTENT: "intent", Boundary.AFTER_ID: Phase.SUBMITTED}


class Standing:
    """A database that stands still before or after one write."""

    def __init__(self, inner: Database, boundary: Boundary, marker: Path) -> None:
        self._inner = inner
        self._boundary = boundary
        self._marker = marker

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def write(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        written: list[object] = []  # of this write alone: others end while it is under way

        def about(what: object) -> None:
            """Hear of a write before it is made, inside its transaction."""
            if BEFORE.get(self._boundary, 0) == what:
                self._marker.touch()
                time.sleep(3600)
            written.append(what)

        result = await self._inner.write(lambda tx: work(_Watched(tx, about)), scope=scope)
        if AFTER.get(self._boundary, 0) in written:
            self._marker.touch()
            await asyncio.sleep(3600)
        return result


class _Watched:
    """A transaction that tells of intents and of changes of phase."""

    def __init__(self, inner: Any, about: Callable[[object], None]) -> None:
        self._inner = inner
        self._about = about

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return _Watched(found, self._about) if name == "generations" else found

    def record_intent(self, *args: Any, **more: Any) -> Any:
        self._about("intent")
        return self._inner.record_intent(*args, **more)

    def move(self, generation_id: Any, to: Phase, **more: Any) -> Any:
        self._about(to)
        return self._inner.move(generation_id, to, **more)


async def main(boundary: str, generator: str, inputs: str, marker: str) -> None:
    async def standing(url: str) -> Any:
        return Standing(await connect(url), Boundary(boundary), Path(marker))

    boards.bootstrap.app.connect = standing  # type: ignore[attr-defined]
    async with open_app(load_settings()) as app:
        request = SubmitRequest(generator=generator, inputs=json.loads(inputs))
        await app.submit.submit(app.actor, request)
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
