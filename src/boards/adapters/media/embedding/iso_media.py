"""Recipes in mp4, mov and m4a: a box of XMP at the end."""

from collections.abc import Iterator
from typing import BinaryIO

from boards.adapters.media.embedding.parts import MAX_TEXT_BYTES, Found, kept, made, read_at
from boards.adapters.media.embedding.xmp import find_in_packet, packet
from boards.domain.provenance import Recipe
from boards.services.ports import FilePart

__all__ = ["embed", "find"]

_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_MAX_BOXES = 50_000


def embed(file: BinaryIO, size: int, recipe: Recipe) -> tuple[FilePart, ...] | None:
    """Put the box behind the last one. None where the last has no end of its own, or there is XMP
    already."""
    end = 0
    for kind, start, after, is_open in _boxes(file, size):
        if is_open or (kind == b"uuid" and read_at(file, start, 16) == _XMP):
            return None
        end = after
    if end != size:
        return None
    data = b"uuid" + _XMP + packet(recipe)
    return kept(0, size), made((len(data) + 4).to_bytes(4, "big") + data)


def find(file: BinaryIO, size: int, found: Found) -> None:
    """Read XMP."""
    for kind, start, after, _ in _boxes(file, size):
        if kind == b"uuid" and after - start <= MAX_TEXT_BYTES:
            data = read_at(file, start, after - start)
            if data.startswith(_XMP):
                find_in_packet(data[16:], found)


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int, bool]]:
    """The name of each box, where its content starts and ends, and whether it is the open last."""
    at = 0
    for _ in range(_MAX_BOXES):
        if at + 8 > size:
            return
        head = read_at(file, at, 16)
        length, start = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, start = int.from_bytes(head[8:16], "big"), 16
        is_open = length == 0
        after = size if is_open else at + length
        if after < at + start or after > size:
            return
        yield head[4:8], at + start, after, is_open
        at = after
