"""A whole Boards with many runs under way, to be killed at any moment.

    python -m tests.providers.kills.crowd SEED COUNT MARKER

Submits COUNT runs of any transport, each with a number of its own in its text, makes the file
MARKER, and goes on with whatever is in the database.
"""

import asyncio
import random
import sys
from pathlib import Path

from boards.bootstrap import App, open_app
from boards.generators.declared import DeclaredGenerator
from boards.services.submit import SubmitRequest
from boards.settings import load_settings
from tests.providers.samples import SAMPLES

__all__ = ["hurry", "main"]


def hurry(app: App) -> None:
    """Let generators look often, as jobs of the lab take less than a second."""
    for generator in app.registry.list_all():
        if isinstance(generator, DeclaredGenerator):
            generator.poll_every = 0.05


async def main(seed: str, count: str, marker: str) -> None:
    chance = random.Random(int(seed))
    async with open_app(load_settings()) as app:
        hurry(app)
        for number in range(int(count)):
            sample = chance.choice(SAMPLES)
            word = "text" if "text" in sample.inputs else "prompt"
            said = f"{sample.inputs[word]} [{seed}.{number}]"
            request = SubmitRequest(
                generator=sample.generator, inputs={**sample.inputs, word: said}
            )
            await app.submit.submit(app.actor, request)
        await asyncio.to_thread(Path(marker).touch)
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
