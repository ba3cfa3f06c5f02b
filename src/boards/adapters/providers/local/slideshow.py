"""`local-slideshow`: images become a video with slow movement, cross-fades and music."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageFilter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from boards.adapters.providers.local.av_files import AudioSource, Mp4Writer, faded
from boards.adapters.providers.local.framing import covered
from boards.adapters.providers.local.generator import SEED_LIMIT, LocalGenerator, hint
from boards.adapters.providers.local.pictures import AspectRatio, flattened, opened, sides
from boards.generators.artifacts import AudioArtifact, ImageArtifact, VideoArtifact
from boards.generators.compute import Tick, compute, no_tick
from boards.generators.context import GeneratorContext

__all__ = [
    "LocalSlideshow",
    "SlideshowInput",
    "SlideshowOutput",
    "render_frame",
    "render_slideshow",
]

LONGEST = 600
"""Seconds; at 30 frames a second that is half an hour of work on one core."""

ROOM = 1.16
"""A slide is drawn this much larger than the video, so that there is something to move over."""


class SlideshowInput(BaseModel):
    """Images, their music, and how they follow each other."""

    model_config = ConfigDict(extra="forbid")

    images: list[ImageArtifact] = Field(
        min_length=1,
        max_length=50,
        description="One to fifty images in order",
        json_schema_extra=hint("Sources"),
    )
    audio: AudioArtifact | None = Field(
        default=None,
        description="Music; cut or repeated to the length of the video",
        json_schema_extra=hint("Sources"),
    )
    seconds_per_image: float = Field(
        default=4,
        ge=0.5,
        le=30,
        description="How long each image stands; the video lasts that times their number",
        json_schema_extra=hint("Main", "slider", step=0.5),
    )
    transition: float = Field(
        default=1,
        ge=0,
        le=5,
        description="Seconds of cross-fade between two images; 0 cuts",
        json_schema_extra=hint("Main", "slider", step=0.1),
    )
    motion: Literal["auto", "zoom", "pan", "none"] = Field(
        default="auto",
        description="How the view moves over each image; auto mixes",
        json_schema_extra=hint("Main", "select"),
    )
    fit: Literal["auto", "cover", "contain"] = Field(
        default="auto",
        description="Cover cuts images to the frame, contain shows them whole on a blurred copy; "
        "auto covers unless that would lose much",
        json_schema_extra=hint("Main", "select"),
    )
    aspect_ratio: AspectRatio = Field(
        default="16:9", description="Width to height", json_schema_extra=hint("Size", "select")
    )
    size: int = Field(
        default=1280,
        ge=160,
        le=1920,
        description="Longest side in pixels",
        json_schema_extra=hint("Size", "slider", step=16),
    )
    fps: Literal[12, 24, 25, 30] = Field(
        default=25, description="Frames per second", json_schema_extra=hint("Size", "select")
    )
    volume: float = Field(
        default=1,
        ge=0,
        le=2,
        description="Loudness of the music",
        json_schema_extra=hint("Options", "slider", step=0.05),
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=SEED_LIMIT,
        description="Decides the movements; none takes a new one",
        json_schema_extra=hint("Options", "seed"),
    )

    @model_validator(mode="after")
    def _is_bounded(self) -> "SlideshowInput":
        if self.length > LONGEST:
            raise ValueError(
                f"the video would last {self.length:g} seconds; the most is {LONGEST}. "
                "Take fewer images or less time for each"
            )
        return self

    @property
    def length(self) -> float:
        """Seconds of video."""
        return len(self.images) * self.seconds_per_image


class SlideshowOutput(BaseModel):
    """The video."""

    video: VideoArtifact = Field(description="mp4 with H.264, and AAC when there is music")


@dataclass(frozen=True, kw_only=True)
class Move:
    """A view's way over a slide: centre (as shares) and zoom, at its begin and at its end."""

    begin: tuple[float, float, float]
    end: tuple[float, float, float]


def _moves(motion: str, count: int, random: np.random.Generator) -> list[Move]:
    """One movement for each slide; neighbours never do the same."""
    out: list[Move] = []
    inwards = bool(random.integers(0, 2))
    for n in range(count):
        kind = motion if motion != "auto" else ("zoom", "pan", "zoom")[int(random.integers(0, 3))]
        if kind == "none":
            out.append(Move(begin=(0.5, 0.5, 1.0), end=(0.5, 0.5, 1.0)))
            continue
        inwards = not inwards
        towards = random.uniform(0.38, 0.62, 2)
        if kind == "zoom":
            far, near = (0.5, 0.5, 1.0), (float(towards[0]), float(towards[1]), ROOM)
            out.append(Move(begin=far, end=near) if inwards else Move(begin=near, end=far))
        else:
            side = 0.0 if n % 2 else 1.0
            level = float(towards[1])
            out.append(Move(begin=(side, level, ROOM * 0.96), end=(1 - side, level, ROOM * 0.96)))
    return out


def _slide(image: Image.Image, width: int, height: int, fit: str) -> Image.Image:
    """One image at the size it is moved over, whole on a blurred copy where it must not be cut."""
    size = round(width * ROOM), round(height * ROOM)
    flat = flattened(image, (0, 0, 0))
    ratio = (flat.width / flat.height) / (width / height)
    lost = 1 - min(ratio, 1 / ratio)
    if fit == "cover" or (fit == "auto" and lost < 0.42):
        return covered(flat, *size)
    ground = covered(flat, max(8, size[0] // 8), max(8, size[1] // 8))
    ground = ground.filter(ImageFilter.GaussianBlur(max(2, size[0] / 8 / 24)))
    ground = ground.resize(size, Image.Resampling.BICUBIC).point(lambda v: round(v * 0.62))
    # Small enough to stay whole wherever the view moves.
    scale = min(size[0] * 0.72 / flat.width, size[1] * 0.72 / flat.height)
    inner = flat.resize(
        (max(1, round(flat.width * scale)), max(1, round(flat.height * scale))),
        Image.Resampling.LANCZOS,
    )
    at = (size[0] - inner.width) // 2, (size[1] - inner.height) // 2
    shade = Image.new("L", size)
    shade.paste(150, (at[0], at[1], at[0] + inner.width, at[1] + inner.height))
    blur = min(size) * 0.02
    ground.paste((0, 0, 0), (0, round(blur * 0.6)), shade.filter(ImageFilter.GaussianBlur(blur)))
    ground.paste(inner, at)
    return ground


def _view(slide: Image.Image, move: Move, t: float, size: tuple[int, int]) -> Image.Image:
    """What is seen of a slide at a time from 0 to 1; positions between pixels are exact."""
    # Even speed in the middle, soft at both ends.
    eased = t * t * (3 - 2 * t) * 0.5 + t * 0.5
    x, y, zoom = (a + (b - a) * eased for a, b in zip(move.begin, move.end, strict=True))
    wide, high = slide.width / zoom, slide.height / zoom
    left = min(max(0.0, x * slide.width - wide / 2), slide.width - wide)
    top = min(max(0.0, y * slide.height - high / 2), slide.height - high)
    return slide.resize(size, Image.Resampling.BILINEAR, box=(left, top, left + wide, top + high))


def render_frame(
    n: int,
    *,
    frames: int,
    count: int,
    fade: float,
    moves: list[Move],
    slide: Callable[[int], Image.Image],
    size: tuple[int, int],
) -> Image.Image:
    """Draw frame `n` of `frames`; `fade` is the cross-fade as a share of one image's time."""
    at = (n + 0.5) / frames * count
    current = min(int(at), count - 1)
    inside = at - current

    def seen(index: int) -> Image.Image:
        # A movement goes on through the fades at both ends of its image's time.
        t = (at - index + fade / 2) / (1 + fade)
        return _view(slide(index), moves[index], min(max(t, 0.0), 1.0), size)

    if fade > 0 and inside < fade / 2 and current > 0:
        return Image.blend(seen(current - 1), seen(current), 0.5 + inside / fade)
    if fade > 0 and inside > 1 - fade / 2 and current < count - 1:
        return Image.blend(seen(current), seen(current + 1), (inside - (1 - fade / 2)) / fade)
    return seen(current)


def render_slideshow(
    images: list[str],
    audio: str | None,
    inputs: SlideshowInput,
    *,
    seed: int,
    out: Path,
    tick: Tick = no_tick,
) -> int:
    """Write the video of image files and an audio file; gives the number of frames."""
    random = np.random.default_rng(seed)
    size = sides(inputs.aspect_ratio, inputs.size, even=True)
    count = len(images)
    moves = _moves(inputs.motion, count, random)
    frames = max(1, round(inputs.length * inputs.fps))
    fade = min(inputs.transition / inputs.seconds_per_image, 1.0) if count > 1 else 0.0

    @lru_cache(maxsize=2)
    def slide(index: int) -> Image.Image:
        return _slide(opened(images[index], f"images.{index}"), *size, inputs.fit)

    music = AudioSource(audio, "audio", loop=True, gain=inputs.volume) if audio else None
    samples = 0
    writer = Mp4Writer(
        out, width=size[0], height=size[1], fps=Fraction(inputs.fps), sound=music is not None
    )
    total = round(frames / inputs.fps * 48_000)
    try:
        for n in range(frames):
            tick(n / frames, f"Frame {n + 1} of {frames}")
            writer.picture(
                render_frame(
                    n, frames=frames, count=count, fade=fade, moves=moves, slide=slide, size=size
                )
            )
            if music is not None:
                part = music.read(writer.samples_wanted)
                fall = min(2.5, inputs.length * 0.2)
                writer.sound(faded(part, samples, total, fade_in=0.05, fade_out=fall))
                samples += part.shape[1]
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    return frames


class LocalSlideshow(LocalGenerator):
    name = "local-slideshow"
    title = "Slideshow"
    artifact_type = "video"
    description = "A video of images with movement, cross-fades and music. Free, on this machine"
    needs = ("av", "media")
    inputs = SlideshowInput
    outputs = SlideshowOutput

    async def generate(self, inputs: SlideshowInput, context: GeneratorContext) -> SlideshowOutput:
        self.require()
        images = [await context.resolve_artifact(image) for image in inputs.images]
        audio = None if inputs.audio is None else await context.resolve_artifact(inputs.audio)
        seed = secrets.randbelow(SEED_LIMIT + 1) if inputs.seed is None else inputs.seed
        out = context.temporary_path(".mp4")
        frames = await compute(
            context,
            lambda tick: render_slideshow(images, audio, inputs, seed=seed, out=out, tick=tick),
        )
        width, height = sides(inputs.aspect_ratio, inputs.size, even=True)
        video = await context.store_video(
            out,
            format="mp4",
            width=width,
            height=height,
            duration=frames / inputs.fps,
            fps=float(inputs.fps),
        )
        context.note(seed=seed)
        return SlideshowOutput(video=video)
