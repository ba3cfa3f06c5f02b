"""Recipes in PNG: text chunks before the picture, in UTF-8, which any PNG may have."""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from boards.adapters.media.embedding.parts import MAX_TEXT_BYTES, Found, kept, made, read_at
from boards.adapters.media.embedding.xmp import find_in_packet, packet
from boards.domain.provenance import Recipe, dump_recipe, parameters_text
from boards.services.ports import FilePart

__all__ = ["embed", "find"]

_MAX_CHUNKS = 50_000
_HEADER_END = 33
"""Where the first chunk, IHDR, is over."""
_XMP = "XML:com.adobe.xmp"


def embed(file: BinaryIO, size: int, recipe: Recipe) -> tuple[FilePart, ...] | None:
    """Put the recipe, A1111's parameters and the XMP after the header. What the file says under
    the same names stays as it is."""
    if read_at(file, 12, 4) != b"IHDR":
        return None
    found = Found(texts={})
    find(file, size, found, until_picture=True)
    texts = {
        "boards_recipe": dump_recipe(recipe).decode(),
        "parameters": parameters_text(recipe),
        _XMP: packet(recipe).decode(),
    }
    new = [_text_chunk(name, text) for name, text in texts.items() if name not in found.texts]
    return kept(0, _HEADER_END), made(b"".join(new)), kept(_HEADER_END, size)


def find(file: BinaryIO, size: int, found: Found, *, until_picture: bool = False) -> None:
    """Read the text chunks, of each as much as a recipe may have."""
    for kind, start, length in _chunks(file, size):
        if until_picture and kind == b"IDAT":
            return
        if kind in (b"tEXt", b"zTXt", b"iTXt") and length <= MAX_TEXT_BYTES:
            name, text = _text(kind, read_at(file, start, length))
            if name == _XMP:
                find_in_packet(text.encode(), found)
            if name:
                found.add(name, text)


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    at = 8
    for _ in range(_MAX_CHUNKS):
        if at + 12 > size:
            return
        head = read_at(file, at, 8)
        length = int.from_bytes(head[:4], "big")
        yield head[4:], at + 8, length
        at += 12 + length


def _text(kind: bytes, data: bytes) -> tuple[str, str]:
    name, _, rest = data.partition(b"\0")
    if kind == b"zTXt":
        text = _unpacked(rest[1:]).decode("latin-1")
    elif kind == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:]
        value = rest.split(b"\0", 2)[-1]
        text = (_unpacked(value) if packed else value).decode("utf-8", "replace")
    else:
        text = rest.decode("latin-1")
    return name.decode("latin-1"), text


def _unpacked(data: bytes) -> bytes:
    """Unpack at most what a recipe may have: a few bytes may stand for gigabytes."""
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(data, MAX_TEXT_BYTES)
    except zlib.error:
        return b""
    return b"" if unpacker.unconsumed_tail else text


def _text_chunk(name: str, text: str) -> bytes:
    data = name.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    return (
        struct.pack(">I", len(data))
        + b"iTXt"
        + data
        + struct.pack(">I", zlib.crc32(b"iTXt" + data))
    )
