"""Recipes in JPEG: one segment of XMP after the header."""

from collections.abc import Iterator
from typing import BinaryIO

from PIL import Image

from boards.adapters.media.embedding.parts import Found, kept, made, read_at
from boards.adapters.media.embedding.xmp import find_in_packet, packet
from boards.domain.provenance import Recipe
from boards.services.ports import FilePart

__all__ = ["embed", "find", "find_in_exif"]

_MAX_SEGMENTS = 2000
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXIF = b"Exif\0\0"
_MAX_PACKET_BYTES = 65_000
"""A segment has 65,533 bytes; of a longer recipe only the kind of source goes in."""


def embed(file: BinaryIO, size: int, recipe: Recipe) -> tuple[FilePart, ...] | None:
    """Put a segment of XMP after JFIF's and Exif's; None where the file has one of its own."""
    at = 2
    for kind, start, length in _segments(file, size):
        if kind == 0xE1 and read_at(file, start, len(_XMP)) == _XMP:
            return None
        if kind in (0xE0, 0xE1) and start - 4 == at:
            at = start + length
    data = _XMP + packet(recipe, max_bytes=_MAX_PACKET_BYTES)
    segment = b"\xff\xe1" + (len(data) + 2).to_bytes(2, "big") + data
    return kept(0, at), made(segment), kept(at, size)


def find(file: BinaryIO, size: int, found: Found) -> None:
    """Read XMP, Exif's comment, and the comment."""
    for kind, start, length in _segments(file, size):
        if kind == 0xE1:
            data = read_at(file, start, length)
            if data.startswith(_XMP):
                find_in_packet(data, found)
            elif data.startswith(_EXIF):
                find_in_exif(data, found)
        elif kind == 0xFE:
            found.add("comment", read_at(file, start, length).decode("utf-8", "replace"))


def find_in_exif(data: bytes, found: Found) -> None:
    """Read the comment in which AUTOMATIC1111 writes, and what ComfyUI writes in WebP."""
    exif = Image.Exif()
    try:
        exif.load(data)
        comment = exif.get_ifd(0x8769).get(0x9286)
        others = [exif.get(tag) for tag in (0x0110, 0x010F)]
    except Exception:  # noqa: BLE001 - its parser fails in any way on hostile bytes
        return
    if isinstance(comment, bytes):
        found.add("parameters", _comment(comment))
    for each in others:
        name, colon, text = str(each or "").partition(":")
        if colon and name in ("prompt", "workflow"):
            found.add(name, text)


def _comment(data: bytes) -> str:
    code, text = data[:8], data[8:]
    if code == b"UNICODE\0":
        # Nothing says which byte comes first; in most texts every other one is empty.
        order = "utf-16-be" if text[:2].startswith(b"\0") else "utf-16-le"
        return text.decode(order, "replace").rstrip("\0")
    return text.decode("utf-8", "replace").rstrip("\0")


def _segments(file: BinaryIO, size: int) -> Iterator[tuple[int, int, int]]:
    """The kind, start and length of the content of each segment before the picture."""
    at = 2
    for _ in range(_MAX_SEGMENTS):
        head = read_at(file, at, 4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xDA, 0xD9) or at > size:
            return
        length = int.from_bytes(head[2:], "big") - 2
        if length < 0 or at + 4 + length > size:
            return
        yield head[1], at + 4, length
        at += 4 + length
