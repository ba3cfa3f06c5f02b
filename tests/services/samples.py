"""Small generators, each with one trait."""

import asyncio
import base64
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, Field

from boards.generators.artifacts import (
    AudioArtifact,
    GeneratorResult,
    ImageArtifact,
    TextArtifact,
    VideoArtifact,
)
from boards.generators.base import BaseGenerator
from boards.generators.context import GeneratorContext
from boards.generators.resolution import resolve_artifact, store_image_result
from boards.testing.generators import tiny_png


class PromptInput(BaseModel):
    prompt: str = Field(default="x", min_length=1, max_length=100)


class SlotsInput(BaseModel):
    image: ImageArtifact
    others: list[ImageArtifact] = Field(default_factory=list)
    voice: AudioArtifact | None = None
    clip: VideoArtifact | None = None


class ImageOutput(BaseModel):
    image: ImageArtifact


class ManyOutput(BaseModel):
    images: list[ImageArtifact]
    preview: ImageArtifact
    caption: TextArtifact
    generation_time: float


class Sample(BaseGenerator):
    """A free, repeatable generator of images."""

    name = "sample"
    artifact_type = "image"
    description = "A sample"
    provider = "samples"
    repeatable = True

    def get_input_schema(self) -> type[BaseModel]:
        return PromptInput

    async def estimate_cost(self, inputs: BaseModel) -> float:
        return 0.0

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        return ImageOutput(image=await context.store_image(tiny_png(), format="png"))


class Many(Sample):
    """Makes three images, a preview and a caption."""

    name = "many"

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        images = [await context.store_image(tiny_png(n), format="png") for n in (1, 2, 3)]
        preview = await context.store_image(tiny_png(9), format="png")
        caption = await context.store_text("Three squares")
        await context.add_file(b'{"a": 1}', role="details", format="json")
        context.note(seed=7)
        return ManyOutput(images=images, preview=preview, caption=caption, generation_time=1.5)


class SpecStyle(Sample):
    """Written as the specification has it: no context, free functions, a foreign id."""

    name = "spec-style"

    async def generate(self, inputs: BaseModel) -> BaseModel:  # type: ignore[override]
        data = "data:image/png;base64," + base64.b64encode(tiny_png()).decode()
        return ImageOutput(
            image=await store_image_result(
                storage_url=data, format="png", generation_id="gen_123", width=9, height=9
            )
        )


class Uses(Sample):
    """Takes images in and hands the first through."""

    name = "uses"

    def get_input_schema(self) -> type[BaseModel]:
        return SlotsInput

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        assert isinstance(inputs, SlotsInput)
        path = await resolve_artifact(inputs.image)
        data = await asyncio.to_thread(Path(path).read_bytes)
        context.note(size=len(data), others=len(inputs.others))
        return ImageOutput(image=await context.store_image(data, format="png"))


class HandsThrough(Uses):
    """Gives its input as its output."""

    name = "hands-through"

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        assert isinstance(inputs, SlotsInput)
        return GeneratorResult(outputs=[inputs.image])


class Waits(Sample):
    """Waits until it is let go, or cancelled; counts both."""

    name = "waits"
    started = 0
    stopped = 0

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        self.started += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        return ImageOutput(image=await context.store_image(tiny_png(), format="png"))


class Crashes(Sample):
    """Raises something private."""

    name = "crashes"

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        raise RuntimeError("password=hunter2 in /secret/place")


class Priced(Sample):
    """Has whatever price a test gives it."""

    name = "priced"

    def __init__(self) -> None:
        self.answer: object = 0.04

    async def estimate_cost(self, inputs: BaseModel) -> float:
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer == "slow":
            await asyncio.sleep(60)
        return self.answer  # type: ignore[return-value]


class PricedExactly(Priced):
    """Gives its price as it likes, round the conversion of `estimate_cost`."""

    name = "priced-exactly"

    async def price(self, inputs: BaseModel) -> Decimal | None:
        return self.answer  # type: ignore[return-value]


class Unpriced(Sample):
    """Nobody knows its price."""

    name = "unpriced"

    async def price(self, inputs: BaseModel) -> Decimal | None:
        return None


class Wrong(Sample):
    """Returns nothing of its own type."""

    name = "wrong"

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        return GeneratorResult(outputs=[await context.store_text("no image")])


SAMPLES = (
    Sample,
    Many,
    SpecStyle,
    Uses,
    HandsThrough,
    Waits,
    Crashes,
    Priced,
    PricedExactly,
    Unpriced,
    Wrong,
)
