"""Generators for processes that are killed: what they did stands in files, which outlive them.

`folder` is where they write. A run of `slow` or `paid` lasts until the file `go` is there.
"""

import asyncio
import os
import time
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from pydantic import BaseModel

from boards.generators.base import BaseGenerator, Poll, PollState, ResumableGenerator, Submitted
from boards.generators.context import GeneratorContext
from boards.testing.generators import tiny_png
from tests.services.samples import ImageOutput, PromptInput


def note(folder: Path, what: str, generation_id: str) -> None:
    """Append a line: what, by which process, for which generation."""
    with (folder / "notes").open("a") as file:
        file.write(f"{what} {os.getpid()} {generation_id}\n")


def notes(folder: Path, what: str) -> list[tuple[int, str]]:
    """The process and the generation of each line of a kind, in order."""
    path = folder / "notes"
    lines = path.read_text().splitlines() if path.exists() else []
    found = [line.split() for line in lines]
    return [(int(pid), key) for kind, pid, key in found if kind == what]


class Slow(BaseGenerator):
    """Free, and safe to run again."""

    name = "slow"
    artifact_type = "image"
    description = "Runs until it is let go"
    provider = "local"
    repeatable = True

    def __init__(self, *, folder: str, seconds: float | None = None) -> None:
        self.folder = Path(folder)
        self.seconds = seconds

    def get_input_schema(self) -> type[BaseModel]:
        return PromptInput

    async def price(self, inputs: BaseModel) -> Decimal | None:
        return Decimal(0)

    async def estimate_cost(self, inputs: BaseModel) -> float:
        return 0.0

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        note(self.folder, f"{self.name}-began", context.generation_id)
        if self.seconds is not None:
            await asyncio.sleep(self.seconds)
        else:
            while not (self.folder / "go").exists():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
        note(self.folder, f"{self.name}-made", context.generation_id)
        return ImageOutput(image=await context.store_image(tiny_png(), format="png"))


class Stubborn(Slow):
    """Has its result ready, and then lets nothing else in its process happen until it is let go."""

    name = "stubborn"

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        image = await context.store_image(tiny_png(), format="png")
        note(self.folder, f"{self.name}-began", context.generation_id)
        while not (self.folder / "go").exists():
            time.sleep(0.02)  # noqa: ASYNC251 - that is the point
        note(self.folder, f"{self.name}-made", context.generation_id)
        return ImageOutput(image=image)


class Paid(Slow):
    """One opaque call that has paid as soon as it has begun."""

    name = "paid"
    provider = "paid"
    repeatable = False

    async def price(self, inputs: BaseModel) -> Decimal | None:
        return Decimal("0.25")


class Remote(ResumableGenerator):
    """A provider whose jobs are files: each submit makes one, and pays. A job is done `seconds`
    later; the answer to a submit takes `answer` seconds."""

    name = "remote"
    artifact_type = "image"
    description = "Pretends to make images far away"
    provider = "remote"
    poll_every = 0.05

    def __init__(self, *, folder: str, seconds: float = 0.3, answer: float = 0.05) -> None:
        self.folder = Path(folder)
        self.seconds = seconds
        self.answer = answer

    def get_input_schema(self) -> type[BaseModel]:
        return PromptInput

    async def price(self, inputs: BaseModel) -> Decimal | None:
        return Decimal("0.10")

    async def estimate_cost(self, inputs: BaseModel) -> float:
        return 0.10

    async def submit(self, inputs: BaseModel, context: GeneratorContext) -> Submitted:
        job = f"{context.generation_id}.{uuid4().hex}"
        note(self.folder, "remote-paid", context.generation_id)
        (self.folder / job).touch()
        await asyncio.sleep(self.answer)
        return Submitted(external_id=job)

    async def poll(self, external_id: str, context: GeneratorContext) -> Poll:
        age = time.time() - (self.folder / external_id).stat().st_mtime
        done = age >= self.seconds
        return Poll(state=PollState.DONE if done else PollState.RUNNING, progress=0.5)

    async def fetch(
        self, external_id: str, inputs: BaseModel, context: GeneratorContext
    ) -> BaseModel:
        return ImageOutput(image=await context.store_image(tiny_png(), format="png"))

    async def cancel(self, external_id: str, context: GeneratorContext) -> bool:
        return False
