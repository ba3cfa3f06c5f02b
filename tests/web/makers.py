"""A generator for the journeys through stories, loaded by a generators.yaml as any plugin's is."""

import asyncio
import os
from decimal import Decimal
from pathlib import Path

from boards.generators.context import GeneratorContext
from boards.testing.generators import FakeInput, FakeOutput, FakePaid

__all__ = ["GATE", "Gated"]

GATE = "STORY_GATE"
"""The variable that names the file for which `Gated` waits."""


class Gated(FakePaid):
    """Free, and under way until a file is there."""

    def __init__(self) -> None:
        super().__init__(name="gated", price=Decimal(0))

    async def generate(self, inputs: FakeInput, context: GeneratorContext) -> FakeOutput:
        while not Path(os.environ[GATE]).exists():  # noqa: ASYNC110, ASYNC240 - it is a test
            await asyncio.sleep(0.05)
        return await super().generate(inputs, context)
