"""Looking into video and sound containers, with PyAV where the extra `media` is installed.

FFmpeg reads hostile bytes in C: the server calls these functions in a process of their own, see
`confined`. Without PyAV a file is known by what its headers say, see `boxes` and `matroska`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from boards.adapters.media.boxes import damaged
from boards.domain.artifacts import MediaFacts, mime_for_format
from boards.errors import BoardsError, InvalidInput, TooLarge

if TYPE_CHECKING:
    from av.container import InputContainer

__all__ = ["MAX_FRAME_PIXELS", "container_facts", "opened", "poster"]

MAX_FRAME_PIXELS = 40_000_000
"""A frame of 8K has 33 million. A decoder keeps several at once."""

# The demuxer is named, so that no file can ask for a playlist or another that opens further files.
_DEMUXERS = {
    "mp4": "mp4",
    "mov": "mp4",
    "m4a": "mp4",
    "webm": "matroska",
    "mkv": "matroska",
    "avi": "avi",
    "mp3": "mp3",
    "wav": "wav",
    "ogg": "ogg",
    "opus": "ogg",
    "flac": "flac",
    "aac": "aac",
}
# Bytes and microseconds that may be read to find out what the streams are.
_PROBE_LIMITS = {"probesize": "20000000", "analyzeduration": "10000000"}
_POSTER_SECONDS = 1.0
_MAX_FRAMES_TO_POSTER = 250


def container_facts(path: Path, name: str) -> MediaFacts | None:
    """Say what is in a container; None without PyAV. One frame is decoded, to know that it can be.

    A container with sound only is named as sound. Raises InvalidInput when it is damaged or holds
    neither picture nor sound, TooLarge when a frame has too many pixels.
    """
    with opened(path, name) as container:
        if container is None:
            return None
        sound = next(iter(container.streams.audio), None)
        duration = container.duration / 1_000_000 if container.duration else None
        if sound is not None and duration is None and sound.duration and sound.time_base:
            duration = float(sound.duration * sound.time_base)
        sample_rate = sound.sample_rate or None if sound else None
        channels = sound.channels or None if sound else None
        # A cover picture inside a sound file is a video stream to FFmpeg.
        shows = name in {"mp4", "mov", "webm", "mkv", "avi"} and container.streams.video
        if not shows:
            if sound is None:
                raise InvalidInput(f"This {name} file holds neither picture nor sound.")
            name, mime = _as_sound(name)
            return MediaFacts(
                format=name,
                mime=mime,
                duration=duration,
                sample_rate=sample_rate,
                channels=channels,
                codec=_codec(sound.codec_context.name),
            )
        stream = container.streams.video[0]
        if stream.width * stream.height > MAX_FRAME_PIXELS:
            raise TooLarge(
                f"A frame of this video has {stream.width} × {stream.height} pixels, more than "
                f"the {MAX_FRAME_PIXELS // 1_000_000} million allowed; make it smaller first."
            )
        stream.codec_context.thread_count = 1
        frame = next(container.decode(stream), None)
        if frame is None:
            raise InvalidInput(f"This {name} video has no frame that can be shown.")
        width, height = frame.width, frame.height
        if frame.rotation % 180:
            width, height = height, width
        rate = stream.average_rate or stream.guessed_rate
        return MediaFacts(
            format=name,
            mime=mime_for_format(name),
            width=width,
            height=height,
            duration=duration,
            fps=float(rate) if rate else None,
            sample_rate=sample_rate,
            channels=channels,
            codec=_codec(stream.codec_context.name),
            # FFmpeg turns the other way.
            orientation=-frame.rotation % 360,
        )


def poster(path: Path, name: str) -> Image.Image | None:
    """Give a frame from about the first second, upright; None without PyAV or without a frame."""
    with opened(path, name) as container:
        if container is None or not container.streams.video:
            return None
        stream = container.streams.video[0]
        if stream.width * stream.height > MAX_FRAME_PIXELS:
            return None
        seconds = container.duration / 1_000_000 if container.duration else 0.0
        wanted = min(_POSTER_SECONDS, seconds / 2)
        shown = None
        # Each thread would keep frames of its own.
        stream.codec_context.thread_count = 1
        # Seeking would land on the key frame before; decoding from the start does as well here.
        for count, frame in enumerate(container.decode(stream)):
            shown = frame
            at_end = count >= _MAX_FRAMES_TO_POSTER
            if at_end or (frame.pts is not None and frame.time >= wanted):
                break
        if shown is None:
            return None
        image: Image.Image = shown.to_image()  # type: ignore[no-untyped-call]
        return image.rotate(shown.rotation, expand=True) if shown.rotation else image


@contextmanager
def opened(path: Path, name: str) -> Iterator["InputContainer | None"]:
    try:
        import av
    except ImportError:
        yield None
        return
    try:
        # FFmpeg is given an open file and never a name: it would follow the names it knows to
        # other files and to the network.
        with (
            path.open("rb") as file,
            av.open(
                file,
                mode="r",
                format=_DEMUXERS[name],
                metadata_errors="ignore",
                options=_PROBE_LIMITS,
            ) as container,
        ):
            yield container
    except BoardsError:
        raise
    except Exception as error:  # noqa: BLE001 - decoders fail in any way on hostile bytes
        raise damaged(name, f"{type(error).__name__}: {error}") from None


def _codec(name: str) -> str:
    """Name what is packed, not the library that unpacks it."""
    return {"libdav1d": "av1", "libvpx": "vp8", "libvpx-vp9": "vp9", "libopus": "opus"}.get(
        name, name.removesuffix("float")
    )


def _as_sound(name: str) -> tuple[str, str]:
    if name in {"mp4", "mov"}:
        name = "m4a"
    if name in {"webm", "mkv"}:
        return name, "audio/webm" if name == "webm" else "audio/matroska"
    return name, mime_for_format(name)
