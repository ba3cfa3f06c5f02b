"""Looking into sound files: wave from the standard library, tinytag, and PyAV where it is there."""

import wave
from collections.abc import Callable
from pathlib import Path

from tinytag import TinyTag

from boards.adapters.media.containers import container_facts
from boards.domain.artifacts import MediaFacts, mime_for_format
from boards.errors import InvalidInput

__all__ = ["Decode", "sound_facts"]

Decode = Callable[[Path, str], MediaFacts | None]
"""Looks into a container of a format; None where there is nothing to look with."""

_PACKED = {"mp3": "mp3", "flac": "flac", "opus": "opus", "wav": "pcm"}
"""What is in a file of these formats; the others may hold one thing or another."""


def sound_facts(path: Path, name: str, decode: Decode | None = None) -> MediaFacts:
    """Say how long a sound is and how it was sampled; None for what cannot be found out.

    `decode` stands in for `container_facts`. Raises InvalidInput when the file is damaged.
    """
    decode = decode or container_facts
    facts = _wave_facts(path) if name == "wav" else None
    if facts is None:
        try:
            facts = _tag_facts(path, name)
        except InvalidInput:
            # PyAV knows variants that tinytag does not, and raises for what is really damaged.
            facts = decode(path, name)
            if facts is None:
                raise
    if facts.duration is None:
        facts = decode(path, name) or facts
    return facts


def _wave_facts(path: Path) -> MediaFacts | None:
    try:
        with path.open("rb") as file, wave.open(file) as sound:
            # Streamed files announce an impossible length: what is there counts.
            present = path.stat().st_size - file.tell()
            frame = sound.getsampwidth() * sound.getnchannels()
            frames = min(sound.getnframes(), present // frame)
            rate, channels = sound.getframerate(), sound.getnchannels()
    except (wave.Error, EOFError, OSError, ZeroDivisionError):
        return None  # compressed or float samples, which tinytag reads
    if frames <= 0 or rate <= 0:
        raise InvalidInput("This wav file holds no sound; record or export it again.")
    return MediaFacts(
        format="wav",
        mime=mime_for_format("wav"),
        duration=frames / rate,
        sample_rate=rate,
        channels=channels,
        codec=_PACKED["wav"],
    )


def _tag_facts(path: Path, name: str) -> MediaFacts:
    nothing = MediaFacts(format=name, mime=mime_for_format(name))
    if name == "aac":
        return nothing  # raw AAC frames are unknown to tinytag
    try:
        with path.open("rb") as file:
            tag = TinyTag.get(filename=f"sound.{name}", file_obj=file, tags=False)
    except Exception as error:  # noqa: BLE001 - its parsers fail in any way on hostile bytes
        raise _damaged(name, f"{type(error).__name__}: {error}") from None
    if not tag.duration and not tag.samplerate:
        raise _damaged(name, "no sound was found")
    return MediaFacts(
        format=name,
        mime=nothing.mime,
        duration=tag.duration or None,
        sample_rate=tag.samplerate or None,
        channels=tag.channels or None,
        codec=_PACKED.get(name) if name != "wav" else None,
    )


def _damaged(name: str, detail: str) -> InvalidInput:
    return InvalidInput(
        f"This {name} sound is damaged or cut off; export or download it again.",
        detail=detail,
    )
