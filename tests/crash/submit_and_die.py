"""A program that commits a submit and dies before anybody is told of it.

    python -m tests.crash.submit_and_die GENERATOR pending|claimed

It was left waiting for dispatch, or claimed in the same transaction by the process's own worker.
Settings come from the environment, as for `boards`.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from boards.bootstrap import Role, has_workers, open_app
from boards.services.ports import Claim
from boards.services.submit import SubmitRequest
from boards.services.worker import Worker
from boards.settings import load_settings


class Dying:
    """A dispatch and a worker that are the end of their process, as `kill -9` is."""

    def __init__(self, worker: Worker) -> None:
        self.claim = worker.claim

    async def begin(self, claims: Sequence[Claim]) -> None:
        os._exit(9)

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        os._exit(9)

    async def cancel(self, generation_id: UUID) -> None:
        os._exit(9)

    async def look(self, generation_id: UUID) -> None:
        os._exit(9)


async def main(generator: str, left: str) -> None:
    settings = load_settings()
    role = Role.API if has_workers(settings) else Role.ALL
    async with open_app(settings, role=role) as app:
        dying = Dying(app.worker)
        submit = replace(app.submit, dispatch=dying, here=dying if left == "claimed" else None)
        await submit.submit(app.actor, SubmitRequest(generator=generator, inputs={}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
