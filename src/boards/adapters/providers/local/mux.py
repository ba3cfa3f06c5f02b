"""`local-mux`: a video with another sound track; the pictures are copied, not encoded again."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from boards.adapters.providers.local.av_files import (
    AUDIO_RATE,
    AudioSource,
    Mp4Writer,
    Samples,
    audio_frame,
    faded,
    image_of,
    opened_media,
    video_stream,
)
from boards.adapters.providers.local.generator import LocalGenerator, hint
from boards.adapters.providers.local.pictures import checked_pixels
from boards.errors import InvalidInput
from boards.generators.artifacts import AudioArtifact, VideoArtifact
from boards.generators.compute import Tick, compute, no_tick
from boards.generators.context import GeneratorContext

__all__ = ["Film", "LocalMux", "MuxInput", "MuxOutput", "render_mux"]

COPIED = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"})
"""Video codecs that an mp4 may hold."""


class MuxInput(BaseModel):
    """A video and the sound it gets."""

    model_config = ConfigDict(extra="forbid")

    video: VideoArtifact = Field(
        description="The video; its pictures stay as they are", json_schema_extra=hint("Sources")
    )
    audio: AudioArtifact = Field(description="The new sound", json_schema_extra=hint("Sources"))
    volume: float = Field(
        default=1,
        ge=0,
        le=2,
        description="Loudness of the new sound",
        json_schema_extra=hint("Main", "slider", step=0.05),
    )
    original_volume: float = Field(
        default=0,
        ge=0,
        le=2,
        description="Loudness of the video's own sound, mixed in; 0 leaves it out",
        json_schema_extra=hint("Main", "slider", step=0.05),
    )
    loop: bool = Field(
        default=True,
        description="Repeat a sound that is shorter than the video; else silence follows",
        json_schema_extra=hint("Main", "toggle"),
    )
    offset: float = Field(
        default=0,
        ge=0,
        le=3600,
        description="Seconds of the video before the new sound begins",
        json_schema_extra=hint("Options", "number"),
    )
    fade_out: float = Field(
        default=1,
        ge=0,
        le=30,
        description="Seconds over which the sound fades at the end",
        json_schema_extra=hint("Options", "slider", step=0.5),
    )


class MuxOutput(BaseModel):
    """The video with its sound."""

    video: VideoArtifact = Field(description="mp4 with the video's pictures and AAC sound")


class _Mix:
    """New and original sound as one stream of a known length."""

    def __init__(self, video: str, audio: str, inputs: MuxInput, seconds: float) -> None:
        self.total = round(seconds * AUDIO_RATE)
        self.at = 0
        self._fade_out = min(inputs.fade_out, seconds)
        self._new = AudioSource(audio, "audio", loop=inputs.loop, gain=inputs.volume)
        self._own: AudioSource | None = None
        self._wait = min(self.total, round(inputs.offset * AUDIO_RATE))
        if inputs.original_volume > 0:
            with opened_media(video, "video") as container:
                if container.streams.audio:
                    self._own = AudioSource(video, "video", gain=inputs.original_volume)

    def read(self, samples: int) -> Samples:
        """The next samples, not more than are left."""
        samples = max(0, min(samples, self.total - self.at))
        before = max(0, min(samples, self._wait - self.at))
        mixed = self._new.read(samples - before)
        if before:
            mixed = np.pad(mixed, ((0, 0), (before, 0)))
        if self._own is not None:
            mixed = mixed + self._own.read(samples)
        out = faded(mixed, self.at, self.total, fade_in=0.0, fade_out=self._fade_out)
        self.at += samples
        return out


@dataclass(frozen=True, kw_only=True)
class Film:
    """What a look through a video's packets tells; times in seconds, `first` in its time base."""

    codec: str
    width: int
    height: int
    fps: Fraction
    first: int
    seconds: float


def _looked_through(path: str, tick: Tick) -> Film:
    """Read all packets without decoding: lengths in headers are missing or wrong too often."""
    with opened_media(path, "video") as container:
        stream = video_stream(container, "video")
        begins: list[int] = []
        end = 0
        for n, packet in enumerate(container.demux(stream)):
            if n % 256 == 0:
                tick(0.0, "Looking through the video")
            if packet.pts is not None:
                begins.append(packet.pts)
                end = max(end, packet.pts + (packet.duration or 0))
        base = stream.time_base
        if not begins or base is None:
            raise InvalidInput("The file of 'video' has no pictures in it.")
        checked_pixels(stream.width, stream.height, "The video")
        first = min(begins)
        return Film(
            codec=stream.codec_context.name,
            width=stream.width,
            height=stream.height,
            fps=stream.average_rate or Fraction(25),
            first=first,
            seconds=float((end - first) * base) or float(1 / (stream.average_rate or 25)),
        )


def _copied(video: str, film: Film, mix: _Mix, out: Path, tick: Tick) -> None:
    """Take the pictures over packet by packet, and the sound along with them."""
    import av

    with (
        opened_media(video, "video") as source,
        av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as target,
    ):
        stream = video_stream(source, "video")
        pictures = target.add_stream_from_template(stream)
        sound = target.add_stream("aac", rate=AUDIO_RATE, layout="stereo")
        sound.bit_rate = 192_000
        base = stream.time_base or Fraction(1, 1000)

        def write_sound(until: int) -> None:
            while mix.at < until:
                at = mix.at
                frame = audio_frame(mix.read(min(4096, until - at)), at)
                target.mux(sound.encode(frame))

        for packet in source.demux(stream):
            if packet.dts is None or packet.pts is None:
                continue
            at = float((packet.dts - film.first) * base)
            tick(min(1.0, max(0.0, at / film.seconds)), "Writing")
            write_sound(min(mix.total, int((at + 0.5) * AUDIO_RATE)))
            packet.pts -= film.first
            packet.dts -= film.first
            packet.stream = pictures
            target.mux(packet)
        write_sound(mix.total)
        target.mux(sound.encode(None))


def _encoded(video: str, film: Film, mix: _Mix, out: Path, tick: Tick) -> None:
    """Encode the pictures anew at an even rate, where an mp4 cannot hold them as they are."""
    width, height = film.width // 2 * 2, film.height // 2 * 2
    frames = max(1, round(film.seconds * film.fps))
    writer = Mp4Writer(out, width=width, height=height, fps=film.fps, sound=True)
    try:
        with opened_media(video, "video") as source:
            stream = video_stream(source, "video")
            written = 0
            image: Image.Image | None = None
            for frame in source.decode(stream):
                time = float((frame.pts or 0) * (stream.time_base or 0)) - float(
                    film.first * (stream.time_base or 0)
                )
                while image is not None and written / film.fps < time and written < frames:
                    written = _write(writer, image, mix, written, frames, tick)
                image = image_of(frame).crop((0, 0, width, height))
            while image is not None and written < frames:
                written = _write(writer, image, mix, written, frames, tick)
        writer.close()
    except BaseException:
        writer.abandon()
        raise


def _write(
    writer: Mp4Writer, image: Image.Image, mix: _Mix, written: int, frames: int, tick: Tick
) -> int:
    tick(written / frames, "Encoding")
    writer.picture(image)
    writer.sound(mix.read(writer.samples_wanted))
    return written + 1


def render_mux(
    video: str, audio: str, inputs: MuxInput, *, out: Path, tick: Tick = no_tick
) -> Film:
    """Write the video of one file with the sound of another; gives what the video is like."""
    film = _looked_through(video, tick)
    mix = _Mix(video, audio, inputs, film.seconds)
    if film.codec in COPIED:
        _copied(video, film, mix, out, tick)
    else:
        _encoded(video, film, mix, out, tick)
    return film


class LocalMux(LocalGenerator):
    name = "local-mux"
    title = "Sound for a video"
    artifact_type = "video"
    description = "Put music or speech under a video. Free, on this machine"
    needs = ("av", "media")
    inputs = MuxInput
    outputs = MuxOutput

    async def generate(self, inputs: MuxInput, context: GeneratorContext) -> MuxOutput:
        self.require()
        video = await context.resolve_artifact(inputs.video)
        audio = await context.resolve_artifact(inputs.audio)
        out = context.temporary_path(".mp4")
        film = await compute(
            context, lambda tick: render_mux(video, audio, inputs, out=out, tick=tick)
        )
        stored = await context.store_video(
            out,
            format="mp4",
            width=film.width,
            height=film.height,
            duration=film.seconds,
            fps=float(film.fps),
        )
        return MuxOutput(video=stored)
