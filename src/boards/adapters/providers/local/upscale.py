"""`local-upscale`: an image two, three or four times as large, resampled and sharpened."""

from typing import Literal

from PIL import Image, ImageFilter
from pydantic import BaseModel, ConfigDict, Field

from boards.adapters.providers.local.generator import LocalGenerator, hint
from boards.adapters.providers.local.pictures import (
    ImageFormat,
    checked_pixels,
    encoded,
    opened,
)
from boards.generators.artifacts import ImageArtifact
from boards.generators.compute import Tick, compute, no_tick
from boards.generators.context import GeneratorContext

__all__ = ["LocalUpscale", "UpscaleInput", "UpscaleOutput", "render_upscale"]

BAND = 192
"""Source rows that are enlarged at a time: how late a cancel is noticed."""

REACH = 12
"""Source rows beyond a band that its edge depends on: the filter's 3, and the sharpening's."""


class UpscaleInput(BaseModel):
    """An image and how much larger it becomes."""

    model_config = ConfigDict(extra="forbid")

    image_source: ImageArtifact = Field(
        description="The image to enlarge; the result has at most 64 megapixels",
        json_schema_extra=hint("Sources"),
    )
    factor: Literal[2, 3, 4] = Field(
        default=2, description="Times as wide and high", json_schema_extra=hint("Main", "select")
    )
    sharpen: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="How much edges are sharpened",
        json_schema_extra=hint("Main", "slider", step=0.05),
    )
    output_format: ImageFormat = Field(
        default="png", description="File format", json_schema_extra=hint("Options", "select")
    )


class UpscaleOutput(BaseModel):
    """The larger image."""

    image: ImageArtifact = Field(description="The enlarged image")


def render_upscale(
    image: Image.Image, factor: int, sharpen: float, tick: Tick = no_tick
) -> Image.Image:
    """Enlarge with Lanczos and an unsharp mask, in bands that meet without a seam.

    Raises TooLarge when the result would have more than 64 megapixels.
    """
    size = image.width * factor, image.height * factor
    checked_pixels(*size, "The enlarged image")
    out = Image.new(image.mode, size)
    mask = ImageFilter.UnsharpMask(radius=0.8 * factor, percent=round(160 * sharpen), threshold=1)
    for top in range(0, image.height, BAND):
        tick(top / image.height, "Enlarging")
        bottom = min(image.height, top + BAND)
        first, last = max(0, top - REACH), min(image.height, bottom + REACH)
        part = image.crop((0, first, image.width, last)).resize(
            (size[0], (last - first) * factor), Image.Resampling.LANCZOS
        )
        if sharpen:
            part = part.filter(mask)
        kept = (0, (top - first) * factor, size[0], (bottom - first) * factor)
        out.paste(part.crop(kept), (0, top * factor))
    return out


class LocalUpscale(LocalGenerator):
    name = "local-upscale"
    title = "Enlarge image"
    artifact_type = "image"
    deterministic = True
    description = "Enlarge an image two to four times and sharpen it. Free, on this machine"
    inputs = UpscaleInput
    outputs = UpscaleOutput

    async def generate(self, inputs: UpscaleInput, context: GeneratorContext) -> UpscaleOutput:
        path = await context.resolve_artifact(inputs.image_source)

        def work(tick: Tick) -> tuple[bytes, int, int]:
            image = render_upscale(
                opened(path, "image_source"), inputs.factor, inputs.sharpen, tick
            )
            tick(0.95, "Writing")
            return encoded(image, inputs.output_format), image.width, image.height

        data, width, height = await compute(context, work)
        image = await context.store_image(
            data, format=inputs.output_format, width=width, height=height
        )
        return UpscaleOutput(image=image)
