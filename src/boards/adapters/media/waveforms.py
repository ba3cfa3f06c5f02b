"""The shape of a sound: how loud it is from moment to moment, as numbers and as a small picture."""

import json
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

from boards.adapters.media.containers import opened

__all__ = ["COLUMNS", "MAX_SECONDS", "Peaks", "drawn", "peaks_of", "wave_peaks", "written"]

COLUMNS = 500
"""How many peaks a waveform has at most."""
MAX_SECONDS = 3600.0
"""How much of a sound is decoded: of a longer one the waveform shows the beginning."""

_RATE = 8000
_WINDOW = 80
"""Samples that one peak stands for while the length is not known: a hundredth of a second."""
_FRAMES_PER_COLUMN = 20_000
_INK = (107, 114, 128)

Peaks = tuple[float, tuple[float, ...]]
"""How many seconds were looked at, and the loudest moment of each part of them, from 0 to 1."""


def peaks_of(path: Path, name: str) -> Peaks | None:
    """Decode a sound with FFmpeg; None without PyAV. InvalidInput when it is damaged."""
    with opened(path, name) as container:
        if container is None:
            return None
        found: array[int] = array("H")
        rest: array[int] = array("h")
        for samples in _decoded(container):
            rest.extend(samples)
            whole = len(rest) // _WINDOW * _WINDOW
            for start in range(0, whole, _WINDOW):
                found.append(_height(rest[start : start + _WINDOW]))
            rest = rest[whole:]
            if len(found) * _WINDOW >= MAX_SECONDS * _RATE:
                break
        if rest:
            found.append(_height(rest))
        if not found:
            return None
        return len(found) * _WINDOW / _RATE, _gathered(found, 32767)


def wave_peaks(path: Path) -> Peaks | None:
    """The same for plain wave files, without FFmpeg; None for packed or floating samples."""
    try:
        with path.open("rb") as file, wave.open(file) as sound:
            width, channels, rate = (
                sound.getsampwidth(),
                sound.getnchannels(),
                sound.getframerate(),
            )
            present = (path.stat().st_size - file.tell()) // (width * channels)
            frames = min(sound.getnframes(), present)
            if frames <= 0 or rate <= 0:
                return None
            columns = min(COLUMNS, frames)
            loudest = []
            for n in range(columns):
                start, end = frames * n // columns, frames * (n + 1) // columns
                sound.setpos(start)
                data = sound.readframes(min(end - start, _FRAMES_PER_COLUMN))
                loudest.append(_loudest(data, width))
    except (wave.Error, EOFError, OSError, ValueError):
        return None
    return frames / rate, tuple(loudest)


def written(peaks: Peaks, duration: float | None) -> bytes:
    """Give a waveform as JSON: `covered` of `duration` seconds, in `peaks` from 0 to 1."""
    covered, values = peaks
    whole = covered if duration is None else max(duration, covered)
    rounded = [round(value, 3) for value in values]
    about = {"version": 1, "duration": round(whole, 3), "covered": round(covered, 3)}
    return json.dumps({**about, "peaks": rounded}, separators=(",", ":")).encode()


def drawn(peaks: Peaks, width: int) -> Image.Image:
    """Draw a waveform on nothing, four times as wide as it is high."""
    _, values = peaks
    height = width // 4
    image = Image.new("RGBA", (width, height), (*_INK, 0))
    draw = ImageDraw.Draw(image)
    middle = (height - 1) / 2
    bars = max(width // 4, 1)
    for n in range(bars):
        part = values[len(values) * n // bars : len(values) * (n + 1) // bars + 1]
        half = max(max(part, default=0.0) * middle, 0.5)
        left = n * 4 + 1
        draw.rectangle((left, middle - half, left + 1, middle + half), fill=(*_INK, 255))
    return image


def _decoded(container: object) -> Iterator["array[int]"]:
    from av.audio.resampler import AudioResampler

    stream = container.streams.audio[0]  # type: ignore[attr-defined]
    stream.codec_context.thread_count = 1
    resampler = AudioResampler(format="s16", layout="mono", rate=_RATE)
    for frame in container.decode(stream):  # type: ignore[attr-defined]
        for small in resampler.resample(frame):
            samples = array("h")
            samples.frombytes(bytes(small.planes[0])[: small.samples * 2])
            if samples:
                yield samples


def _height(part: "array[int]") -> int:
    low, high = min(part), max(part)
    return min(max(high, -low), 32767)


def _gathered(found: "array[int]", highest: int) -> tuple[float, ...]:
    columns = min(COLUMNS, len(found))
    return tuple(
        max(found[len(found) * n // columns : len(found) * (n + 1) // columns]) / highest
        for n in range(columns)
    )


def _loudest(data: bytes, width: int) -> float:
    if not data:
        return 0.0
    if width == 1:
        # Eight bits have no sign; silence is 128.
        return min(max(max(data) - 128, 128 - min(data)) / 127, 1.0)
    if width == 3:
        # The lowest of three bytes says nothing that can be seen.
        pairs = bytearray(len(data) // 3 * 2)
        pairs[::2], pairs[1::2] = data[1::3], data[2::3]
        data, width = bytes(pairs), 2
    samples = array("h" if width == 2 else "i")
    samples.frombytes(data[: len(data) // width * width])
    low, high = min(samples), max(samples)
    highest: int = 2 ** (width * 8 - 1) - 1
    return min(max(high, -low) / highest, 1.0)
