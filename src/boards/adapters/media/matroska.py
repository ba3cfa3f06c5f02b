"""Reading the headers of webm and mkv files, so that they are known without PyAV as well."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from boards.adapters.media.boxes import damaged
from boards.domain.artifacts import MediaFacts, mime_for_format
from boards.errors import InvalidInput

__all__ = ["matroska_facts"]

MAX_ELEMENTS = 10_000
MAX_HEADER_BYTES = 2**20
"""How large the description of the tracks may be to be read."""

_SEGMENT, _INFO, _TRACKS, _CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
_SCALE, _DURATION = 0x2AD7B1, 0x4489
_ENTRY, _KIND, _CODEC, _PER_FRAME, _VIDEO, _AUDIO = 0xAE, 0x83, 0x86, 0x23E383, 0xE0, 0xE1
_WIDTH, _HEIGHT, _RATE, _CHANNELS = 0xB0, 0xBA, 0xB5, 0x9F
_CODECS = {
    "V_VP8": "vp8", "V_VP9": "vp9", "V_AV1": "av1", "V_MPEG4/ISO/AVC": "h264",
    "V_MPEGH/ISO/HEVC": "hevc", "A_OPUS": "opus", "A_VORBIS": "vorbis", "A_AAC": "aac",
    "A_FLAC": "flac", "A_MPEG/L3": "mp3",
}  # fmt: skip


@dataclass(kw_only=True)
class _Track:
    kind: int = 0
    codec: str | None = None
    nanoseconds_per_frame: int = 0
    width: int | None = None
    height: int | None = None
    rate: int | None = None
    channels: int | None = None


@dataclass(kw_only=True)
class _Found:
    scale: int = 1_000_000
    length: float | None = None
    tracks: list[_Track] = field(default_factory=list)


def matroska_facts(path: Path, name: str) -> MediaFacts:
    """Say what the headers say, as far as the first picture. InvalidInput when there are none."""
    found = _Found()
    with path.open("rb") as file:
        size = path.stat().st_size
        for kind, start, end in _elements(file, 0, size):
            if kind == _SEGMENT:
                _read_segment(file, start, min(end, size), found, name)
    picture = next((one for one in found.tracks if one.kind == 1), None)
    sound = next((one for one in found.tracks if one.kind == 2), None)
    if picture is None and sound is None:
        raise InvalidInput(f"This {name} file holds neither picture nor sound.")
    mime = mime_for_format(name)
    if picture is None:
        mime = "audio/webm" if name == "webm" else "audio/matroska"
    per_frame = picture.nanoseconds_per_frame if picture else 0
    first = picture or sound
    return MediaFacts(
        format=name,
        mime=mime,
        width=picture.width if picture else None,
        height=picture.height if picture else None,
        duration=None if found.length is None else found.length * found.scale / 1e9,
        fps=1e9 / per_frame if per_frame else None,
        sample_rate=sound.rate if sound else None,
        channels=sound.channels if sound else None,
        codec=first.codec if first else None,
    )


def _read_segment(file: BinaryIO, start: int, end: int, found: _Found, name: str) -> None:
    for kind, inner, inner_end in _elements(file, start, end):
        if kind == _CLUSTER:
            return
        if kind not in (_INFO, _TRACKS):
            continue
        if inner_end > end or inner_end - inner > MAX_HEADER_BYTES:
            raise damaged(name, f"element {kind:x} at {inner} ends at {inner_end} of {end}")
        if kind == _INFO:
            _read_info(file, inner, inner_end, found)
        else:
            for entry, at, to in _elements(file, inner, inner_end):
                if entry == _ENTRY:
                    track = _Track()
                    _read_track(file, at, to, track)
                    found.tracks.append(track)


def _read_info(file: BinaryIO, start: int, end: int, found: _Found) -> None:
    for kind, at, to in _elements(file, start, end):
        if kind == _SCALE:
            found.scale = _whole(file, at, to)
        elif kind == _DURATION:
            found.length = _real(file, at, to)


def _read_track(file: BinaryIO, start: int, end: int, track: _Track) -> None:
    for kind, at, to in _elements(file, start, end):
        if kind == _KIND:
            track.kind = _whole(file, at, to)
        elif kind == _CODEC:
            code = _bytes(file, at, to).decode("latin-1").rstrip("\0")
            track.codec = _CODECS.get(code, code.lower() if code.isprintable() else None)
        elif kind == _PER_FRAME:
            track.nanoseconds_per_frame = _whole(file, at, to)
        elif kind in (_VIDEO, _AUDIO):
            _read_kind(file, at, to, track)


def _read_kind(file: BinaryIO, start: int, end: int, track: _Track) -> None:
    for kind, at, to in _elements(file, start, end):
        if kind == _WIDTH:
            track.width = _whole(file, at, to)
        elif kind == _HEIGHT:
            track.height = _whole(file, at, to)
        elif kind == _RATE:
            rate = _real(file, at, to)
            track.rate = None if rate is None else round(rate)
        elif kind == _CHANNELS:
            track.channels = _whole(file, at, to)


def _elements(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Give id, start and end of what stands beside one another; stops at what makes no sense."""
    at = start
    for _ in range(MAX_ELEMENTS):
        if at >= end:
            return
        file.seek(at)
        head = file.read(12)
        kind_bytes = _length_of(head[:1])
        size_bytes = _length_of(head[kind_bytes : kind_bytes + 1])
        if not kind_bytes or not size_bytes or len(head) < kind_bytes + size_bytes:
            return
        kind = int.from_bytes(head[:kind_bytes], "big")
        mask = (1 << (7 * size_bytes)) - 1
        size = int.from_bytes(head[kind_bytes : kind_bytes + size_bytes], "big") & mask
        inner = at + kind_bytes + size_bytes
        # A stream does not know its size beforehand: all ones.
        to = end if size == mask else inner + size
        yield kind, inner, to
        at = to


def _length_of(first: bytes) -> int:
    """How many bytes a number has, which the zeros at the start of its first byte say."""
    return 9 - first[0].bit_length() if first and first[0] else 0


def _bytes(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(min(end - start, 64))


def _whole(file: BinaryIO, start: int, end: int) -> int:
    return int.from_bytes(_bytes(file, start, end)[:8], "big")


def _real(file: BinaryIO, start: int, end: int) -> float | None:
    data = _bytes(file, start, end)
    if len(data) not in (4, 8):
        return None
    (value,) = struct.unpack(">f" if len(data) == 4 else ">d", data)
    return float(value) if 0 <= value < 1e15 else None
