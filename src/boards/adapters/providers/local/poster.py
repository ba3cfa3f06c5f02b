"""`local-poster`: a poster from a prompt, drawn by rules instead of a model.

The words choose style and colours and are set as its title; the seed decides everything else. The
same prompt, seed, size and choices give the same bytes.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, field_validator

from boards.adapters.providers.local.art.page import Page
from boards.adapters.providers.local.art.palettes import choose_palette, shifted
from boards.adapters.providers.local.art.styles import choose_style, paint
from boards.adapters.providers.local.art.wording import wording, words_of
from boards.adapters.providers.local.generator import SEED_LIMIT, LocalGenerator, hint
from boards.adapters.providers.local.pictures import AspectRatio, ImageFormat, encoded, sides
from boards.generators.artifacts import ImageArtifact
from boards.generators.compute import Tick, compute, no_tick
from boards.generators.context import GeneratorContext

__all__ = ["LocalPoster", "Poster", "PosterInput", "PosterOutput", "render_poster"]

StyleName = Literal[
    "auto", "waves", "ridges", "dunes", "city", "night", "tiles", "forms", "arcs", "rays",
    "cutout", "flow", "contours", "pulse", "halftone", "mesh", "echo", "slabs",
]  # fmt: skip
PaletteName = Literal[
    "auto", "sea", "fire", "forest", "night", "desert", "ice", "dawn", "autumn", "neon",
    "blue-note", "noir", "bloom", "citrus", "coffee", "rain", "candy", "mint", "bauhaus",
]  # fmt: skip


class PosterInput(BaseModel):
    """What a poster is made from."""

    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(
        min_length=1,
        max_length=500,
        description="What the poster says and shows. Of a long prompt the first phrase becomes "
        "the title and the whole a caption; a line break sets the two yourself.",
        json_schema_extra=hint("Main", "textarea"),
    )
    style: StyleName = Field(
        default="auto",
        description="How it is drawn; auto goes by the words of the prompt",
        json_schema_extra=hint("Main", "select"),
    )
    palette: PaletteName = Field(
        default="auto",
        description="Its colours; auto goes by the words of the prompt",
        json_schema_extra=hint("Main", "select"),
    )
    aspect_ratio: AspectRatio = Field(
        default="4:5",
        description="Width to height",
        json_schema_extra=hint("Size", "select"),
    )
    size: int = Field(
        default=1024,
        ge=128,
        le=2048,
        description="Longest side in pixels",
        json_schema_extra=hint("Size", "slider", step=64),
    )
    width: int | None = Field(
        default=None,
        ge=128,
        le=2048,
        description="Width in pixels, in place of aspect ratio and size",
        json_schema_extra=hint("Size", "number"),
    )
    height: int | None = Field(
        default=None,
        ge=128,
        le=2048,
        description="Height in pixels, in place of aspect ratio and size",
        json_schema_extra=hint("Size", "number"),
    )
    num_outputs: int = Field(
        default=1,
        ge=1,
        le=8,
        description="How many; each has the next seed",
        json_schema_extra=hint("Options", "slider"),
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=SEED_LIMIT,
        description="The same seed gives the same poster; none takes a new one",
        json_schema_extra=hint("Options", "seed"),
    )
    output_format: ImageFormat = Field(
        default="png",
        description="File format",
        json_schema_extra=hint("Options", "select"),
    )

    @field_validator("prompt")
    @classmethod
    def _says_something(cls, prompt: str) -> str:
        if not prompt.strip():
            raise ValueError("the prompt is blank; write some words")
        return prompt

    def pixels(self) -> tuple[int, int]:
        """Width and height in pixels; one given side keeps the aspect ratio."""
        width, height = sides(self.aspect_ratio, self.size)
        if self.width and self.height:
            return self.width, self.height
        if self.width:
            return self.width, min(2048, max(128, round(self.width * height / width)))
        if self.height:
            return min(2048, max(128, round(self.height * width / height))), self.height
        return width, height


class PosterOutput(BaseModel):
    """The posters, in the order of their seeds."""

    images: list[ImageArtifact] = Field(description="The posters")


@dataclass(frozen=True, kw_only=True)
class Poster:
    """A drawn poster and what was chosen for it."""

    image: Image.Image
    style: str
    palette: str
    title: str


def render_poster(
    prompt: str,
    *,
    seed: int,
    width: int,
    height: int,
    style: str = "auto",
    palette: str = "auto",
    tick: Tick = no_tick,
) -> Poster:
    """Draw one poster. Everything left open is decided by the prompt and the seed together."""
    digest = hashlib.sha256(f"{seed}\n{prompt}".encode()).digest()
    random = np.random.default_rng(np.frombuffer(digest, np.uint32))
    words = words_of(prompt)
    chosen_style = choose_style(style, words, random)
    chosen = choose_palette(palette, words, random)
    page = Page(
        width=width,
        height=height,
        palette=shifted(chosen, float(random.uniform(-7, 7))),
        random=random,
        words=wording(prompt),
        tick=tick,
    )
    paint(page, chosen_style)
    return Poster(
        image=page.image(), style=chosen_style, palette=chosen.name, title=page.words.title
    )


class LocalPoster(LocalGenerator):
    name = "local-poster"
    title = "Poster"
    artifact_type = "image"
    description = "A poster from words: procedural art and type in 17 styles. Free, on this machine"
    inputs = PosterInput
    outputs = PosterOutput

    async def generate(self, inputs: PosterInput, context: GeneratorContext) -> PosterOutput:
        width, height = inputs.pixels()
        first = secrets.randbelow(SEED_LIMIT + 1) if inputs.seed is None else inputs.seed
        seeds = [(first + n) % (SEED_LIMIT + 1) for n in range(inputs.num_outputs)]
        posters: list[Poster] = []
        images: list[ImageArtifact] = []
        for n, seed in enumerate(seeds):

            def draw(tick: Tick, n: int = n, seed: int = seed) -> tuple[Poster, bytes]:
                def share(fraction: float, message: str = "") -> None:
                    tick((n + fraction) / len(seeds), message or f"Poster {n + 1} of {len(seeds)}")

                poster = render_poster(
                    inputs.prompt,
                    seed=seed,
                    width=width,
                    height=height,
                    style=inputs.style,
                    palette=inputs.palette,
                    tick=share,
                )
                share(0.9)
                return poster, encoded(poster.image, inputs.output_format)

            poster, data = await compute(context, draw)
            posters.append(poster)
            images.append(
                await context.store_image(
                    data, format=inputs.output_format, width=width, height=height
                )
            )
        context.note(
            seed=first,
            seeds=list(seeds),
            styles=[poster.style for poster in posters],
            palettes=[poster.palette for poster in posters],
            title=posters[0].title,
        )
        return PosterOutput(images=images)
