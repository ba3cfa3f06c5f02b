"""A program that commits a submit and dies before anybody is told of it.

    python -m tests.crash.submit_and_die GENERATOR

Settings come from the environment, as for `boards`.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from boards.bootstrap import Role, has_workers, open_app
from boards.services.submit import SubmitRequest
from boards.settings import load_settings


class Dying:
    """A dispatch that is the end of its process, as `kill -9` is."""

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        os._exit(9)

    async def cancel(self, generation_id: UUID) -> None:
        os._exit(9)

    async def look(self, generation_id: UUID) -> None:
        os._exit(9)


async def main(generator: str) -> None:
    settings = load_settings()
    role = Role.API if has_workers(settings) else Role.ALL
    async with open_app(settings, role=role) as app:
        submit = replace(app.submit, dispatch=Dying())
        await submit.submit(app.actor, SubmitRequest(generator=generator, inputs={}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
