"""`local-edit`: turn, crop, fit, grade, blur and letter one image.

The steps run in this order, each only when asked for: rotate and flip, crop, fit, grade, blur,
text. Text and vignette go by the size of the image, so that an edit looks the same on a small and
a large picture.
"""

from typing import Literal

from PIL import Image, ImageFilter, ImageOps
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from boards.adapters.providers.local.art.wording import is_lost
from boards.adapters.providers.local.framing import (
    Focus,
    box_of_aspect,
    contained,
    covered,
    turned,
)
from boards.adapters.providers.local.generator import LocalGenerator, hint
from boards.adapters.providers.local.grading import PRESETS, Grade, PresetName, graded
from boards.adapters.providers.local.overlay import (
    FACES,
    FaceName,
    Overlay,
    TextPosition,
    TextStyle,
    lettered,
)
from boards.adapters.providers.local.pictures import (
    ASPECTS,
    HEX_COLOUR,
    AspectRatio,
    ImageFormat,
    checked_pixels,
    colour_bytes,
    encoded,
    opened,
)
from boards.generators.artifacts import ImageArtifact
from boards.generators.compute import Tick, compute, no_tick
from boards.generators.context import GeneratorContext

__all__ = ["CropBox", "EditInput", "EditOutput", "LocalEdit", "render_edit"]


class CropBox(BaseModel):
    """A rectangle in shares of the image: 0 is left or top, 1 the whole width or height."""

    model_config = ConfigDict(extra="forbid")

    x: float = Field(ge=0, lt=1, description="Left edge")
    y: float = Field(ge=0, lt=1, description="Top edge")
    width: float = Field(gt=0, le=1, description="Width")
    height: float = Field(gt=0, le=1, description="Height")

    @model_validator(mode="after")
    def _lies_inside(self) -> "CropBox":
        # A drawn box may miss the edge by a rounding error.
        if max(self.x + self.width, self.y + self.height) > 1.000001:
            raise ValueError(
                "the box reaches over the edge: x + width and y + height are at most 1"
            )
        return self


class EditInput(BaseModel):
    """An image and what to do with it; at least one step must be asked for."""

    model_config = ConfigDict(extra="forbid")

    image_source: ImageArtifact = Field(
        description="The image to edit", json_schema_extra=hint("Sources")
    )
    rotate: float = Field(
        default=0,
        ge=-360,
        le=360,
        description="Turn clockwise by so many degrees; empty corners are cropped away",
        json_schema_extra=hint("Turn and crop", "slider", step=1),
    )
    flip: Literal["none", "horizontal", "vertical", "both"] = Field(
        default="none",
        description="Mirror left to right, or top to bottom",
        json_schema_extra=hint("Turn and crop", "select"),
    )
    crop_aspect: AspectRatio | None = Field(
        default=None,
        description="Keep the largest part of this width to height",
        json_schema_extra=hint("Turn and crop", "select"),
    )
    crop_focus: Focus = Field(
        default="centre",
        description="Which side is kept when cropping to an aspect ratio or covering a size",
        json_schema_extra=hint("Turn and crop", "select"),
    )
    crop_box: CropBox | None = Field(
        default=None,
        description="Keep this rectangle, in shares of the image from 0 to 1",
        json_schema_extra=hint("Turn and crop", "group"),
    )
    fit_width: int | None = Field(
        default=None,
        ge=16,
        le=8192,
        description="New width in pixels; alone it keeps the proportions",
        json_schema_extra=hint("Size", "number"),
    )
    fit_height: int | None = Field(
        default=None,
        ge=16,
        le=8192,
        description="New height in pixels; alone it keeps the proportions",
        json_schema_extra=hint("Size", "number"),
    )
    fit: Literal["cover", "contain", "stretch"] = Field(
        default="cover",
        description="With both sides given: cover cuts off, contain adds background, stretch bends",
        json_schema_extra=hint("Size", "select"),
    )
    background: str = Field(
        default="#000000",
        pattern=HEX_COLOUR,
        description="Background for contain, as #rrggbb",
        json_schema_extra=hint("Size", "color"),
    )
    preset: PresetName = Field(
        default="none",
        description="A ready-made look; the sliders come on top of it",
        json_schema_extra=hint("Colour", "select"),
    )
    brightness: float = Field(
        default=0, ge=-1, le=1, description="Darker or lighter",
        json_schema_extra=hint("Colour", "slider", step=0.05),
    )  # fmt: skip
    contrast: float = Field(
        default=0, ge=-1, le=1, description="Flatter or harder",
        json_schema_extra=hint("Colour", "slider", step=0.05),
    )  # fmt: skip
    saturation: float = Field(
        default=0, ge=-1, le=1, description="Greyer or more colourful; -1 is black and white",
        json_schema_extra=hint("Colour", "slider", step=0.05),
    )  # fmt: skip
    warmth: float = Field(
        default=0, ge=-1, le=1, description="Bluer or more golden",
        json_schema_extra=hint("Colour", "slider", step=0.05),
    )  # fmt: skip
    vignette: float = Field(
        default=0, ge=0, le=1, description="Darker corners",
        json_schema_extra=hint("Colour", "slider", step=0.05),
    )  # fmt: skip
    grain: float = Field(
        default=0, ge=0, le=1, description="Film grain",
        json_schema_extra=hint("Colour", "slider", step=0.05),
    )  # fmt: skip
    blur: float = Field(
        default=0,
        ge=0,
        le=100,
        description="Blur radius in pixels",
        json_schema_extra=hint("Colour", "slider", step=1),
    )
    text: str | None = Field(
        default=None,
        max_length=300,
        description="Text to write over the image",
        json_schema_extra=hint("Text", "textarea"),
    )
    text_position: TextPosition = Field(
        default="bottom", description="Where", json_schema_extra=hint("Text", "select")
    )
    text_size: float = Field(
        default=0.08,
        ge=0.01,
        le=0.5,
        description="Size of the letters as a share of the image's height",
        json_schema_extra=hint("Text", "slider", step=0.01),
    )
    text_color: str = Field(
        default="#ffffff",
        pattern=HEX_COLOUR,
        description="Colour as #rrggbb",
        json_schema_extra=hint("Text", "color"),
    )
    text_font: FaceName = Field(
        default="black", description="Typeface", json_schema_extra=hint("Text", "select")
    )
    text_style: TextStyle = Field(
        default="shadow",
        description="What makes it readable on the image",
        json_schema_extra=hint("Text", "select"),
    )
    output_format: ImageFormat = Field(
        default="png", description="File format", json_schema_extra=hint("Options", "select")
    )

    @field_validator("text")
    @classmethod
    def _can_be_drawn(cls, text: str | None) -> str | None:
        if text is not None and text.strip() and is_lost(text):
            raise ValueError("its letters are not in the typefaces, which have Latin ones only")
        return text

    @model_validator(mode="after")
    def _does_something(self) -> "EditInput":
        if not any(
            (
                self.rotate % 360, self.flip != "none", self.crop_aspect, self.crop_box,
                self.fit_width, self.fit_height, self.look() != Grade(), self.blur,
                (self.text or "").strip(),
            )
        ):  # fmt: skip
            raise ValueError("nothing is asked for; set at least one of rotate, flip, crop, fit, "
                             "preset, a colour slider, blur or text")  # fmt: skip
        return self

    def look(self) -> Grade:
        """Preset and sliders together."""
        return PRESETS[self.preset].with_changes(
            Grade(
                brightness=self.brightness,
                contrast=self.contrast,
                saturation=self.saturation,
                warmth=self.warmth,
                vignette=self.vignette,
                grain=self.grain,
            )
        )


class EditOutput(BaseModel):
    """The edited image."""

    image: ImageArtifact = Field(description="The edited image")


def _framed(image: Image.Image, inputs: EditInput) -> Image.Image:
    """Turn, mirror and crop."""
    image = turned(image, inputs.rotate)
    if inputs.flip in ("horizontal", "both"):
        image = ImageOps.mirror(image)
    if inputs.flip in ("vertical", "both"):
        image = ImageOps.flip(image)
    box = inputs.crop_box
    if box is not None:
        left, top = round(box.x * image.width), round(box.y * image.height)
        right = min(image.width, max(left + 1, round((box.x + box.width) * image.width)))
        bottom = min(image.height, max(top + 1, round((box.y + box.height) * image.height)))
        image = image.crop((min(left, right - 1), min(top, bottom - 1), right, bottom))
    if inputs.crop_aspect is not None:
        aspect = ASPECTS[inputs.crop_aspect]
        image = image.crop(box_of_aspect(image.width, image.height, aspect, inputs.crop_focus))
    return image


def _fitted(image: Image.Image, inputs: EditInput) -> Image.Image:
    """Bring to the wanted size."""
    width, height = inputs.fit_width, inputs.fit_height
    if width is None and height is None:
        return image
    if width is None or height is None:
        scale = width / image.width if width is not None else (height or 1) / image.height
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        checked_pixels(*size, "The resized image")
        return image.resize(size, Image.Resampling.LANCZOS)
    match inputs.fit:
        case "cover":
            return covered(image, width, height, inputs.crop_focus)
        case "contain":
            return contained(image, width, height, colour_bytes(inputs.background))
        case "stretch":
            return image.resize((width, height), Image.Resampling.LANCZOS)


def render_edit(image: Image.Image, inputs: EditInput, tick: Tick = no_tick) -> Image.Image:
    """Do all steps on an RGB or RGBA image. TooLarge when the result would not fit in memory."""
    if inputs.fit_width and inputs.fit_height:
        checked_pixels(inputs.fit_width, inputs.fit_height, "The resized image")
    tick(0.1, "Cropping")
    image = _framed(image, inputs)
    tick(0.25, "Resizing")
    image = _fitted(image, inputs)
    look = inputs.look()
    if look != Grade():
        image = graded(image, look, lambda share, message="": tick(0.35 + share * 0.35, message))
    tick(0.7, "Blurring")
    if inputs.blur:
        image = image.filter(ImageFilter.GaussianBlur(inputs.blur))
    tick(0.85, "Lettering")
    if inputs.text and inputs.text.strip():
        image = lettered(
            image,
            Overlay(
                text=inputs.text,
                position=inputs.text_position,
                size=inputs.text_size,
                colour=colour_bytes(inputs.text_color),
                face=FACES[inputs.text_font],
                style=inputs.text_style,
            ),
        )
    return image


class LocalEdit(LocalGenerator):
    name = "local-edit"
    title = "Edit image"
    artifact_type = "image"
    deterministic = True
    description = "Edit an image: turn, crop, fit, grade, blur, add text. Free, on this machine"
    inputs = EditInput
    outputs = EditOutput

    async def generate(self, inputs: EditInput, context: GeneratorContext) -> EditOutput:
        path = await context.resolve_artifact(inputs.image_source)

        def work(tick: Tick) -> tuple[bytes, int, int]:
            image = render_edit(opened(path, "image_source"), inputs, tick)
            tick(0.95, "Writing")
            return encoded(image, inputs.output_format), image.width, image.height

        data, width, height = await compute(context, work)
        image = await context.store_image(
            data, format=inputs.output_format, width=width, height=height
        )
        return EditOutput(image=image)
