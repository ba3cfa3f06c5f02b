"""`local-collage`: two to nine images on one sheet, in rows, as a mosaic, a strip, or as prints."""

import math
import secrets
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from pydantic import BaseModel, ConfigDict, Field

from boards.adapters.providers.local.framing import covered
from boards.adapters.providers.local.generator import SEED_LIMIT, LocalGenerator, hint
from boards.adapters.providers.local.pictures import (
    HEX_COLOUR,
    AspectRatio,
    ImageFormat,
    colour_bytes,
    encoded,
    flattened,
    opened,
    sides,
)
from boards.generators.artifacts import ImageArtifact
from boards.generators.compute import Tick, compute, no_tick
from boards.generators.context import GeneratorContext

__all__ = [
    "CollageInput",
    "CollageOutput",
    "Layout",
    "LocalCollage",
    "cells",
    "render_collage",
]

Layout = Literal["grid", "mosaic", "strip", "freeform"]
Cell = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""


class CollageInput(BaseModel):
    """Images and how they lie on the sheet."""

    model_config = ConfigDict(extra="forbid")

    images: list[ImageArtifact] = Field(
        min_length=2,
        max_length=9,
        description="Two to nine images, in reading order; a mosaic shows the first one largest",
        json_schema_extra=hint("Sources"),
    )
    layout: Layout = Field(
        default="grid",
        description="Equal rows, a mosaic of sizes, one strip, or loose prints on a table",
        json_schema_extra=hint("Main", "select"),
    )
    aspect_ratio: AspectRatio = Field(
        default="1:1", description="Width to height", json_schema_extra=hint("Size", "select")
    )
    size: int = Field(
        default=1536,
        ge=256,
        le=4096,
        description="Longest side in pixels",
        json_schema_extra=hint("Size", "slider", step=64),
    )
    gap: float = Field(
        default=0.012,
        ge=0,
        le=0.1,
        description="Space around the images, as a share of the longest side",
        json_schema_extra=hint("Look", "slider", step=0.002),
    )
    corner: float = Field(
        default=0,
        ge=0,
        le=0.1,
        description="Radius of round corners, as a share of the longest side",
        json_schema_extra=hint("Look", "slider", step=0.002),
    )
    background: str = Field(
        default="#f4f1ea",
        pattern=HEX_COLOUR,
        description="Colour of the sheet as #rrggbb",
        json_schema_extra=hint("Look", "color"),
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=SEED_LIMIT,
        description="Decides how mosaic and freeform fall out; none takes a new one",
        json_schema_extra=hint("Options", "seed"),
    )
    output_format: ImageFormat = Field(
        default="png", description="File format", json_schema_extra=hint("Options", "select")
    )


class CollageOutput(BaseModel):
    """The sheet."""

    image: ImageArtifact = Field(description="The collage")


def _grid(count: int, width: float, height: float, aspects: Sequence[float]) -> list[Cell]:
    """Rows of equal height, each as full as the others, in the number that crops least."""

    def rows_of(rows: int) -> list[int]:
        return [count // rows + (n < count % rows) for n in range(rows)]

    def crop(rows: int) -> float:
        spread, at = 0.0, 0
        for length in rows_of(rows):
            cell = (width / length) / (height / rows)
            spread += sum(abs(math.log(cell / aspect)) for aspect in aspects[at : at + length])
            at += length
        # Rows of different lengths look accidental, so they have to save some cropping.
        return spread + (0.6 if count % rows else 0.0)

    rows = min(range(1, count + 1), key=crop)
    return [
        (width * k / length, height * n / rows, width / length, height / rows)
        for n, length in enumerate(rows_of(rows))
        for k in range(length)
    ]


def _strip(width: float, height: float, aspects: Sequence[float]) -> list[Cell]:
    """One row or one column, each image with the room its proportions ask for."""
    lying = width >= height
    shares = np.array(aspects if lying else [1 / aspect for aspect in aspects])
    shares = np.clip(shares, shares.mean() * 0.5, shares.mean() * 2)
    ends = np.concatenate([[0.0], np.cumsum(shares) / shares.sum()])
    if lying:
        return [(width * a, 0, width * (b - a), height) for a, b in pairwise(ends)]
    return [(0, height * a, width, height * (b - a)) for a, b in pairwise(ends)]


TRIES = 32
"""Mosaics that are thrown, of which the one is taken that cuts least off the images."""


def _mosaic(
    width: float, height: float, aspects: Sequence[float], random: np.random.Generator
) -> list[Cell]:
    """Halves of halves: the first image gets the most room, no cell gets thin."""

    def thrown() -> list[Cell]:
        weights = [2.4, *random.uniform(0.8, 1.35, len(aspects) - 1).tolist()]

        def divide(first: int, last: int, box: Cell) -> list[Cell]:
            if last - first == 1:
                return [box]
            left, top, wide, high = box
            total = sum(weights[first:last])
            cut = min(
                range(first + 1, last), key=lambda at: abs(sum(weights[first:at]) - total / 2)
            )
            share = min(0.68, max(0.32, sum(weights[first:cut]) / total))
            if wide * random.uniform(0.6, 1.65) >= high:
                one = (left, top, wide * share, high)
                other = (left + wide * share, top, wide * (1 - share), high)
            else:
                one = (left, top, wide, high * share)
                other = (left, top + high * share, wide, high * (1 - share))
            return divide(first, cut, one) + divide(cut, last, other)

        return divide(0, len(aspects), (0.0, 0.0, width, height))

    def cropped(places: list[Cell]) -> float:
        return sum(
            math.pow(abs(math.log(wide / high / aspect)), 1.5)
            for (*_, wide, high), aspect in zip(places, aspects, strict=True)
        )

    return min((thrown() for _ in range(TRIES)), key=cropped)


def cells(
    layout: Layout,
    width: float,
    height: float,
    aspects: Sequence[float],
    random: np.random.Generator,
) -> list[Cell]:
    """Where each image lies on a sheet, edge to edge, in the order of the images."""
    match layout:
        case "grid":
            return _grid(len(aspects), width, height, aspects)
        case "strip":
            return _strip(width, height, aspects)
        case "mosaic":
            return _mosaic(width, height, aspects, random)
        case "freeform":
            # As prints, which are kept near a square, and stand a little for their wide foot.
            prints = [0.85 * min(1.35, max(0.75, aspect)) for aspect in aspects]
            return _grid(len(aspects), width, height, prints)


def _rounded(size: tuple[int, int], radius: float) -> Image.Image:
    """A mask with round corners."""
    large = Image.new("L", (size[0] * 2, size[1] * 2))
    ImageDraw.Draw(large).rounded_rectangle(
        (0, 0, size[0] * 2 - 1, size[1] * 2 - 1), radius=radius * 2, fill=255
    )
    return large.reduce(2)


def _print(image: Image.Image, room: float) -> Image.Image:
    """An image as a paper print: a white border, wider at the foot; the longer side is `room`."""
    border, foot = max(2, round(room * 0.045)), max(4, round(room * 0.13))
    aspect = min(1.5, max(0.67, image.width / image.height))
    high = room - border - foot if aspect <= 1 else (room - 2 * border) / aspect
    picture = covered(image, max(8, round(high * aspect)), max(8, round(high)))
    paper = Image.new(
        "RGBA", (picture.width + 2 * border, picture.height + border + foot), (253, 252, 249, 255)
    )
    paper.paste(picture, (border, border))
    return paper


def _freeform(
    sheet: Image.Image,
    images: Sequence[Image.Image],
    places: Sequence[Cell],
    random: np.random.Generator,
    tick: Tick,
) -> Image.Image:
    """Prints thrown on a table, each with its shadow."""
    count = len(images)
    for done, n in enumerate(random.permutation(count).tolist()):
        tick(0.3 + 0.5 * done / count, "Laying out")
        left, top, wide, high = places[n]
        # As large as its cell, if that were square: prints should overlap a little.
        room = min(float(np.sqrt(wide * high)) * 1.06, min(wide, high) * 1.25)
        paper = _print(images[n], room * random.uniform(0.95, 1.05))
        angle = float(random.uniform(3, 11) * random.choice([-1, 1]))
        turned = paper.rotate(angle, Image.Resampling.BICUBIC, expand=True)
        slack_x = max(0.0, wide - turned.width) * 0.35 + wide * 0.02
        slack_y = max(0.0, high - turned.height) * 0.35 + high * 0.02
        x = left + (wide - turned.width) / 2 + random.uniform(-slack_x, slack_x)
        y = top + (high - turned.height) / 2 + random.uniform(-slack_y, slack_y)
        edge = min(sheet.size) * 0.012
        x = min(max(x, edge), max(edge, sheet.width - turned.width - edge))
        y = min(max(y, edge), max(edge, sheet.height - turned.height - edge))
        at = round(x), round(y)
        blur = max(2.0, min(wide, high) * 0.025)
        pad = round(blur * 3)
        shade = Image.new("L", (turned.width + 2 * pad, turned.height + 2 * pad))
        shade.paste(turned.getchannel("A"), (pad, pad))
        shade = shade.filter(ImageFilter.GaussianBlur(blur)).point(lambda v: round(v * 0.5))
        sheet.paste((20, 16, 12), (at[0] - pad, at[1] - pad + round(blur * 0.8)), shade)
        sheet.paste(turned.convert("RGB"), at, turned.getchannel("A"))
    return sheet


def render_collage(
    images: Sequence[Image.Image],
    *,
    layout: Layout,
    width: int,
    height: int,
    gap: float,
    corner: float,
    background: tuple[int, int, int],
    seed: int,
    tick: Tick = no_tick,
) -> Image.Image:
    """Lay images out on a sheet; `gap` and `corner` in pixels."""
    random = np.random.default_rng(seed)
    sheet = Image.new("RGB", (width, height), background)
    flat = [flattened(image, background) for image in images]
    aspects = [image.width / image.height for image in flat]
    places = cells(layout, width - gap, height - gap, aspects, random)
    if layout == "freeform":
        inset = min(width, height) * 0.03
        places = cells(layout, width - 2 * inset, height - 2 * inset, aspects, random)
        places = [(a + inset, b + inset, c, d) for a, b, c, d in places]
        return _freeform(sheet, flat, places, random, tick)
    for n, (image, (left, top, wide, high)) in enumerate(zip(flat, places, strict=True)):
        tick(0.3 + 0.5 * n / len(flat), "Laying out")
        a, b = round(left + gap), round(top + gap)
        c, d = round(left + wide), round(top + high)
        size = max(1, c - a), max(1, d - b)
        mask = _rounded(size, min(corner, *size)) if corner >= 1 else None
        sheet.paste(covered(image, *size), (a, b), mask)
    return sheet


class LocalCollage(LocalGenerator):
    name = "local-collage"
    title = "Collage"
    artifact_type = "image"
    description = "Two to nine images on one sheet, in four layouts. Free, on this machine"
    inputs = CollageInput
    outputs = CollageOutput

    async def generate(self, inputs: CollageInput, context: GeneratorContext) -> CollageOutput:
        paths = [await context.resolve_artifact(image) for image in inputs.images]
        seed = secrets.randbelow(SEED_LIMIT + 1) if inputs.seed is None else inputs.seed
        width, height = sides(inputs.aspect_ratio, inputs.size)

        def work(tick: Tick) -> bytes:
            images: list[Image.Image] = []
            for n, path in enumerate(paths):
                tick(0.3 * n / len(paths), "Reading")
                image = opened(path, f"images.{n}")
                # No cell is larger than the sheet, so no more needs to stay in memory.
                image.thumbnail((2 * width, 2 * height), Image.Resampling.LANCZOS)
                images.append(image)
            sheet = render_collage(
                images,
                layout=inputs.layout,
                width=width,
                height=height,
                gap=inputs.gap * inputs.size,
                corner=inputs.corner * inputs.size,
                background=colour_bytes(inputs.background),
                seed=seed,
                tick=tick,
            )
            tick(0.9, "Writing")
            return encoded(sheet, inputs.output_format)

        data = await compute(context, work)
        image = await context.store_image(
            data, format=inputs.output_format, width=width, height=height
        )
        context.note(seed=seed)
        return CollageOutput(image=image)
