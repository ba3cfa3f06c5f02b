"""Reading the boxes of mp4 and mov files, so that they are known without PyAV as well.

Only sizes, names and a few headers are read, by count and depth within bounds: a file may nest its
boxes as deep, and have as many of them, as whoever made it liked.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from boards.domain.artifacts import MediaFacts, mime_for_format
from boards.errors import InvalidInput, TooLarge

__all__ = ["MAX_BOXES", "MAX_DEPTH", "box_facts", "check_boxes", "damaged"]

MAX_BOXES = 50_000
MAX_DEPTH = 8
MAX_HEADER_BYTES = 256 * 1024
"""How much of one header is read: a table of times beyond it is not summed up."""

_PARENTS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_READ = frozenset({b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"stsd", b"stts"})
_TURNS = {(0, 1, -1, 0): 90, (-1, 0, 0, -1): 180, (0, -1, 1, 0): 270}
"""The matrix of a picture that is turned, in degrees clockwise."""
_CODECS = {
    "avc1": "h264", "avc3": "h264", "hvc1": "hevc", "hev1": "hevc", "av01": "av1",
    "vp08": "vp8", "vp09": "vp9", "mp4a": "aac", "opus": "opus", "ac-3": "ac3", "fl": "flac",
    "apch": "prores", "apcn": "prores", "ap4h": "prores", ".mp3": "mp3", "twos": "pcm",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Box:
    kind: bytes
    start: int
    """Where its content starts."""
    end: int


@dataclass(kw_only=True)
class _Track:
    """What the headers of one track say."""

    handler: bytes = b""
    codec: str | None = None
    width: int = 0
    height: int = 0
    turned: int = 0
    rate: int = 0
    channels: int = 0
    seconds: float | None = None
    samples: int | None = None


@dataclass(kw_only=True)
class _Found:
    seconds: float | None = None
    tracks: list[_Track] = field(default_factory=list)
    boxes: int = 0


def check_boxes(path: Path, name: str) -> None:
    """Refuse an mp4 or mov file of which the end or the index is missing: a broken download.

    Raises InvalidInput, and TooLarge for more boxes than any player would look at.
    """
    size = path.stat().st_size
    kinds: set[bytes] = set()
    at = count = 0
    with path.open("rb") as file:
        while at < size:
            file.seek(at)
            header = file.read(16)
            length, kind = int.from_bytes(header[:4], "big"), header[4:8]
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            elif length == 0:
                length = size - at
            if length < 8 or len(header) < 8 or at + length > size:
                if kinds >= {b"moov", b"mdat"} and len(header) < 8:
                    break  # a few bytes of padding after the last box
                raise damaged(name, f"box {kind!r} at {at} of {size} has length {length}")
            kinds.add(kind)
            at += length
            count += 1
            if count > MAX_BOXES:
                raise _too_many(name)
    if b"moov" not in kinds:
        raise damaged(name, "there is no moov box")


def box_facts(path: Path, name: str) -> MediaFacts:
    """Say what the headers of an mp4 or mov file say. Nothing is decoded.

    Raises InvalidInput when they cannot be read, TooLarge for too many boxes.
    """
    found = _Found()
    with path.open("rb") as file:
        try:
            _walk(file, _Box(kind=b"", start=0, end=path.stat().st_size), found, name, depth=0)
        except (struct.error, IndexError) as error:
            raise damaged(name, f"a header is cut off: {error}") from None
    picture = next((one for one in found.tracks if one.handler == b"vide" and one.width), None)
    sound = next((one for one in found.tracks if one.handler == b"soun"), None)
    if picture is None and sound is None:
        raise InvalidInput(f"This {name} file holds neither picture nor sound.")
    if picture is None:
        name = "m4a"
    fps = None
    if picture is not None and picture.samples and picture.seconds:
        fps = picture.samples / picture.seconds
    width, height = (picture.width, picture.height) if picture else (None, None)
    if picture is not None and picture.turned % 180:
        width, height = height, width
    codec = picture.codec if picture else sound.codec if sound else None
    return MediaFacts(
        format=name,
        mime=mime_for_format(name),
        width=width,
        height=height,
        duration=found.seconds,
        fps=fps,
        sample_rate=(sound.rate or None) if sound else None,
        channels=(sound.channels or None) if sound else None,
        codec=codec,
        orientation=picture.turned if picture else None,
    )


def damaged(name: str, detail: str) -> InvalidInput:
    """The refusal of a container that is not whole."""
    return InvalidInput(
        f"This {name} file is damaged or cut off; export or download it again.", detail=detail
    )


def _too_many(name: str) -> TooLarge:
    return TooLarge(
        f"This {name} file has more than {MAX_BOXES:,} boxes, or nests them deeper than "
        f"{MAX_DEPTH}; convert it first."
    )


def _walk(file: BinaryIO, parent: _Box, found: _Found, name: str, *, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _too_many(name)
    for box in _boxes(file, parent, found, name):
        if box.kind == b"trak":
            found.tracks.append(_Track())
        if box.kind in _PARENTS:
            _walk(file, box, found, name, depth=depth + 1)
        elif box.kind in _READ:
            file.seek(box.start)
            _take(box, file.read(min(box.end - box.start, MAX_HEADER_BYTES)), found)


def _boxes(file: BinaryIO, parent: _Box, found: _Found, name: str) -> Iterator[_Box]:
    at = parent.start
    while at + 8 <= parent.end:
        file.seek(at)
        header = file.read(16)
        length, start = int.from_bytes(header[:4], "big"), at + 8
        if length == 1:
            length, start = int.from_bytes(header[8:16], "big"), at + 16
        end = parent.end if length == 0 else at + length
        found.boxes += 1
        if found.boxes > MAX_BOXES:
            raise _too_many(name)
        if end < start or end > parent.end:
            return
        yield _Box(kind=header[4:8], start=start, end=end)
        at = end


def _take(box: _Box, data: bytes, found: _Found) -> None:
    if box.kind == b"mvhd":
        found.seconds = _seconds(data)
        return
    if not found.tracks:
        return
    track = found.tracks[-1]
    match box.kind:
        case b"mdhd":
            track.seconds = _seconds(data)
        case b"hdlr":
            # A mov file names a second one, for where the data is.
            track.handler = track.handler or data[8:12]
        case b"tkhd":
            at = 52 if data[0] == 1 else 40
            a, b, _, c, d = struct.unpack_from(">5i", data, at)
            track.turned = _TURNS.get((_sign(a), _sign(b), _sign(c), _sign(d)), 0)
        case b"stsd":
            _describe(track, data)
        case b"stts":
            count = int.from_bytes(data[4:8], "big")
            if 8 + count * 8 <= len(data):
                numbers = struct.unpack_from(f">{2 * count}I", data, 8)
                track.samples = sum(numbers[::2])


def _describe(track: _Track, data: bytes) -> None:
    code = data[12:16].decode("latin-1").lower().strip()
    track.codec = _CODECS.get(code, code if code.isprintable() and code else None)
    if track.handler == b"vide":
        track.width, track.height = struct.unpack_from(">HH", data, 40)
    elif track.handler == b"soun":
        (track.channels,) = struct.unpack_from(">H", data, 32)
        (track.rate,) = struct.unpack_from(">H", data, 40)


def _seconds(data: bytes) -> float | None:
    if data[0] == 1:
        scale, length = struct.unpack_from(">IQ", data, 20)
    else:
        scale, length = struct.unpack_from(">II", data, 12)
    return length / scale if scale and length not in (0, 2**32 - 1, 2**64 - 1) else None


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
