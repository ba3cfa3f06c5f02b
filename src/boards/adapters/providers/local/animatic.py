"""`local-animatic`: the shots of a storyboard one after the other, with their words and music."""

from collections.abc import Generator, Iterator
from fractions import Fraction
from itertools import repeat
from pathlib import Path

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, model_validator

from boards.adapters.providers.local.art.lettering import Face
from boards.adapters.providers.local.av_files import (
    AudioSource,
    Mp4Writer,
    faded,
    image_of,
    opened_media,
    video_stream,
)
from boards.adapters.providers.local.framing import contained, covered
from boards.adapters.providers.local.generator import LocalGenerator, hint
from boards.adapters.providers.local.overlay import Overlay, lettered
from boards.adapters.providers.local.pictures import checked_pixels, flattened, opened
from boards.generators.artifacts import AudioArtifact, ImageArtifact, VideoArtifact
from boards.generators.compute import Tick, compute, no_tick
from boards.generators.context import GeneratorContext

__all__ = ["AnimaticInput", "AnimaticOutput", "LocalAnimatic", "Shot", "render_animatic"]

LONGEST = 1800
"""Seconds of video."""
FPS = 24
NARROWEST = 64
_GROUND = (22, 22, 26)
_INK = (255, 255, 255)
_MOST_LOST = 0.42
"""The share of a picture that may be cut off to fill the frame; above it, it is shown whole."""


class Shot(BaseModel):
    """What is seen at one time."""

    model_config = ConfigDict(extra="forbid")

    media: ImageArtifact | VideoArtifact | None = Field(
        default=None, description="An image, or a video without its sound; none is a plain ground"
    )
    seconds: float = Field(
        default=3,
        gt=0,
        le=LONGEST,
        description="How long; a shorter video stands still at its end, a longer one is cut",
    )
    caption: str = Field(default="", max_length=10_000, description="The words over it")


class AnimaticInput(BaseModel):
    """The shots, their music and their shape."""

    model_config = ConfigDict(extra="forbid")

    shots: list[Shot] = Field(
        min_length=1,
        max_length=500,
        description="The shots in order",
        json_schema_extra=hint("Sources"),
    )
    audio: AudioArtifact | None = Field(
        default=None,
        description="Music; cut or repeated to the length of the video",
        json_schema_extra=hint("Sources"),
    )
    aspect_ratio: str = Field(
        default="16:9",
        pattern=r"^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$",
        description="Width to height, such as 9:16",
        json_schema_extra=hint("Size"),
    )
    size: int = Field(
        default=1280,
        ge=160,
        le=1920,
        description="Longest side in pixels",
        json_schema_extra=hint("Size", "slider", step=16),
    )
    volume: float = Field(
        default=1,
        ge=0,
        le=2,
        description="Loudness of the music",
        json_schema_extra=hint("Options", "slider", step=0.05),
    )

    @model_validator(mode="after")
    def _is_bounded(self) -> "AnimaticInput":
        if self.length > LONGEST:
            raise ValueError(
                f"the video would last {self.length:g} seconds; the most is {LONGEST}. "
                "Take fewer shots or less time for each"
            )
        return self

    @property
    def length(self) -> float:
        """Seconds of video."""
        return sum(shot.seconds for shot in self.shots)

    @property
    def frame(self) -> tuple[int, int]:
        """Width and height in pixels, both even."""
        wide, high = map(int, self.aspect_ratio.split(":"))
        longest = max(wide, high)
        return _even(self.size * wide / longest), _even(self.size * high / longest)


class AnimaticOutput(BaseModel):
    """The video."""

    video: VideoArtifact = Field(description="mp4 with H.264, and AAC when there is music")


def _even(pixels: float) -> int:
    return max(NARROWEST, round(pixels / 2) * 2)


def _framed(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Fill the frame, unless that would cut off too much."""
    flat = flattened(image, _GROUND)
    ratio = (flat.width / flat.height) / (size[0] / size[1])
    if 1 - min(ratio, 1 / ratio) > _MOST_LOST:
        return contained(flat, *size, _GROUND)
    return covered(flat, *size)


def _worded(image: Image.Image, shot: Shot) -> Image.Image:
    """Write the words: below over a picture, in the middle of a plain ground."""
    if not shot.caption.strip():
        return image
    is_plain = shot.media is None
    return lettered(
        image,
        Overlay(
            text=shot.caption,
            position="centre" if is_plain else "bottom",
            size=(0.07 if is_plain else 0.045) * min(image.size) / image.height,
            colour=_INK,
            face=Face.TEXT,
            style="plain" if is_plain else "panel",
        ),
    )


def _clip(path: str, field: str) -> Iterator[Image.Image]:
    """The pictures of a video at our rate; after its end there are none."""
    with opened_media(path, field) as container:
        stream = video_stream(container, field)
        checked_pixels(stream.width, stream.height, f"The video of {field!r}")
        base = stream.time_base or Fraction(1, 1000)
        begin: Fraction | None = None
        last: Image.Image | None = None
        shown = 0
        for frame in container.decode(stream):
            at = (frame.pts or 0) * base
            begin = at if begin is None else begin
            due = round((at - begin) * FPS)
            if due < shown:
                continue
            # A slow video shows each of its pictures for several of ours.
            if last is not None:
                yield from repeat(last, due - shown)
            last = image_of(frame)
            if frame.rotation:
                last = last.rotate(frame.rotation, expand=True)
            yield last
            shown = due + 1


def _pictures(
    shot: Shot, path: str | None, field: str, size: tuple[int, int]
) -> Generator[Image.Image]:
    """The pictures of a shot, ready to be written; the last one stands as long as it must."""
    if path is None:
        yield _worded(Image.new("RGB", size, _GROUND), shot)
    elif isinstance(shot.media, VideoArtifact):
        for image in _clip(path, field):
            yield _worded(_framed(image, size), shot)
    else:
        yield _worded(_framed(opened(path, field), size), shot)


def render_animatic(
    files: list[str | None],
    audio: str | None,
    inputs: AnimaticInput,
    *,
    out: Path,
    tick: Tick = no_tick,
) -> int:
    """Write the video of each shot's file, None for a plain ground; gives the number of frames."""
    size = inputs.frame
    frames = max(1, round(inputs.length * FPS))
    total = round(frames / FPS * 48_000)
    fall = min(2.5, inputs.length * 0.2)
    music = AudioSource(audio, "audio", loop=True, gain=inputs.volume) if audio else None
    writer = Mp4Writer(
        out, width=size[0], height=size[1], fps=Fraction(FPS), sound=music is not None
    )
    written = samples = 0
    passed = 0.0
    try:
        for index, (shot, path) in enumerate(zip(inputs.shots, files, strict=True)):
            passed += shot.seconds
            until = min(frames, round(passed * FPS))
            pictures = _pictures(shot, path, f"shots.{index}.media", size)
            image = next(pictures, Image.new("RGB", size, _GROUND))
            while written < until:
                tick(written / frames, f"Frame {written + 1} of {frames}")
                writer.picture(image)
                written += 1
                if music is not None:
                    part = music.read(writer.samples_wanted)
                    writer.sound(faded(part, samples, total, fade_in=0.05, fade_out=fall))
                    samples += part.shape[1]
                image = next(pictures, image)
            pictures.close()
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    return written


class LocalAnimatic(LocalGenerator):
    name = "local-animatic"
    title = "Animatic"
    artifact_type = "video"
    deterministic = True
    description = "Shots of a storyboard as a video with words and music. Free, on this machine"
    needs = ("av", "media")
    inputs = AnimaticInput
    outputs = AnimaticOutput

    async def generate(self, inputs: AnimaticInput, context: GeneratorContext) -> AnimaticOutput:
        self.require()
        files = [
            None if shot.media is None else await context.resolve_artifact(shot.media)
            for shot in inputs.shots
        ]
        audio = None if inputs.audio is None else await context.resolve_artifact(inputs.audio)
        out = context.temporary_path(".mp4")
        frames = await compute(
            context, lambda tick: render_animatic(files, audio, inputs, out=out, tick=tick)
        )
        width, height = inputs.frame
        video = await context.store_video(
            out, format="mp4", width=width, height=height, duration=frames / FPS, fps=float(FPS)
        )
        return AnimaticOutput(video=video)
