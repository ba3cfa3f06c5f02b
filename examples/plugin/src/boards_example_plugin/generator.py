"""The generator: what Boards sees of the palette."""

import json
from pathlib import Path

from boards.generators.artifacts import ImageArtifact
from boards.generators.base import BaseGenerator
from boards.generators.compute import Tick, compute
from boards.generators.context import GeneratorContext
from pydantic import BaseModel, Field

from boards_example_plugin import colours

__all__ = ["Palette", "PaletteInput", "PaletteOutput"]


class PaletteInput(BaseModel):
    """What people fill in; `image_source` takes an earlier result or an upload."""

    prompt: str = Field(min_length=1, max_length=300, description="Words for the mood")
    image_source: ImageArtifact | None = Field(
        default=None, description="Take the colours of this image in place of the words"
    )
    colours: int = Field(default=5, ge=2, le=9, description="How many colours")
    size: int = Field(
        default=800,
        ge=200,
        le=2000,
        description="Width in pixels",
        json_schema_extra={"x-group": "Advanced"},
    )
    seed: int | None = Field(default=None, ge=0, description="Another seed, other shades")


class PaletteOutput(BaseModel):
    """The painted swatch; the colours as `#rrggbb` are shown as facts beside it."""

    swatch: ImageArtifact
    colours: list[str]


class Palette(BaseGenerator):
    """Paints the colours of a mood. `background` is the colour between them, as `#rrggbb`."""

    name = "palette"
    artifact_type = "image"
    description = "A swatch of colours from the words of a mood or from an image"
    version = "1"
    repeatable = True

    def __init__(self, background: str = "#ffffff") -> None:
        self._background = background

    def get_input_schema(self) -> type[PaletteInput]:
        return PaletteInput

    def get_output_schema(self) -> type[PaletteOutput]:
        return PaletteOutput

    async def estimate_cost(self, inputs: PaletteInput) -> float:
        return 0.0

    async def generate(self, inputs: PaletteInput, context: GeneratorContext) -> PaletteOutput:
        source = inputs.image_source
        path = Path(await context.resolve_artifact(source)) if source else None

        def work(tick: Tick) -> tuple[list[str], bytes]:
            tick(0.0, "Choosing colours")
            if path is not None:
                chosen = colours.from_image(path, inputs.colours)
            else:
                chosen = colours.from_words(inputs.prompt, inputs.colours, inputs.seed)
            png = colours.paint(
                chosen, inputs.size, self._background, lambda done: tick(done, "Painting")
            )
            return chosen, png

        chosen, png = await compute(context, work)
        swatch = await context.store_image(png, format="png")
        await context.add_file(
            json.dumps({"prompt": inputs.prompt, "colours": chosen}).encode(),
            role="palette",
            format="json",
        )
        context.note(seed=inputs.seed)
        return PaletteOutput(swatch=swatch, colours=chosen)
