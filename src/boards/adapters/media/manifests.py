"""Telling whether a file carries a C2PA manifest: then its bytes are signed and stay as they are.

Only looked for, never judged. Where the manifest stands is said by the C2PA specification, in
"Embedding manifests into various file formats".
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["C2PA_BOX", "carries_manifest", "is_signed", "riff_chunks"]

C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The UUID of the box in mp4, mov, m4a, avif and heic files."""

_MAX_PARTS = 100_000


def carries_manifest(path: Path, name: str) -> bool | None:
    """Look for a manifest in a file of a known format; None where the format has no place for it.

    What cannot be walked to its end is taken for signed if a manifest was met before.
    """
    with path.open("rb") as file:
        return is_signed(file, path.stat().st_size, name)


def is_signed(file: BinaryIO, size: int, name: str) -> bool | None:
    """The same for an open file of `size` bytes."""
    look = _LOOKS.get(name)
    return None if look is None else look(file, size)


def riff_chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """The name, start and length of each part of a RIFF file (wav, webp, avi)."""
    at = 12
    for _ in range(_MAX_PARTS):
        if at + 8 > size:
            return
        file.seek(at)
        head = file.read(8)
        length = int.from_bytes(head[4:], "little")
        yield head[:4], at + 8, length
        at += 8 + length + length % 2


def _in_png(file: BinaryIO, size: int) -> bool:
    at = 8
    for _ in range(_MAX_PARTS):
        if at + 8 > size:
            return False
        file.seek(at)
        head = file.read(8)
        if head[4:] == b"caBX":
            return True
        at += 12 + int.from_bytes(head[:4], "big")
    return False


def _in_jpeg(file: BinaryIO, size: int) -> bool:
    at = 2
    for _ in range(_MAX_PARTS):
        file.seek(at)
        head = file.read(40)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xDA, 0xD9) or at > size:
            return False
        # APP11 holds JUMBF boxes, and the label of a manifest store is c2pa.
        if head[1] == 0xEB and head[4:6] == b"JP" and b"jumb" in head:
            return True
        at += 2 + int.from_bytes(head[2:4], "big")
    return False


def _in_riff(file: BinaryIO, size: int) -> bool:
    return any(kind == b"C2PA" for kind, _, _ in riff_chunks(file, size))


def _in_boxes(file: BinaryIO, size: int) -> bool:
    at = 0
    for _ in range(_MAX_PARTS):
        if at + 8 > size:
            return False
        file.seek(at)
        head = file.read(32)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        start = 8
        if length == 1:
            length, start = int.from_bytes(head[8:16], "big"), 16
        if kind == b"uuid" and head[start : start + 16] == C2PA_BOX:
            return True
        if length < 8:
            return False
        at += length
    return False


def _in_id3(file: BinaryIO, _size: int) -> bool:
    file.seek(0)
    head = file.read(10)
    if head[:3] != b"ID3":
        return False
    length = sum(byte << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
    # A general object whose type names C2PA; the tag is in memory only as far as it could be one.
    tag = file.read(min(length, 64 * 2**20))
    return b"GEOB" in tag and b"c2pa" in tag


_LOOKS = {
    "png": _in_png,
    "jpg": _in_jpeg,
    "webp": _in_riff,
    "wav": _in_riff,
    "avi": _in_riff,
    "mp3": _in_id3,
    **dict.fromkeys(("mp4", "mov", "m4a", "avif", "heic"), _in_boxes),
}
