"""Recipes in WebP and WAV, which are both built of RIFF's chunks."""

import struct
from typing import BinaryIO

from boards.adapters.media.embedding.jpeg import find_in_exif
from boards.adapters.media.embedding.parts import MAX_TEXT_BYTES, Found, kept, made, read_at
from boards.adapters.media.embedding.xmp import find_in_packet, packet
from boards.adapters.media.manifests import riff_chunks
from boards.domain.provenance import Recipe, dump_recipe
from boards.services.ports import FilePart

__all__ = ["embed_in_wav", "embed_in_webp", "find_in_wav", "find_in_webp"]

_MAX_SIZE = 2**32 - 2**20
_HAS_XMP, _HAS_ALPHA = 0x04, 0x10


def embed_in_webp(file: BinaryIO, size: int, recipe: Recipe) -> tuple[FilePart, ...] | None:
    """Put a chunk of XMP at the end, and say in the header that it is there.

    A simple file, which has no such header, gets one. None where it has XMP of its own.
    """
    end = _end_of(file, size)
    chunks = list(riff_chunks(file, end or 0))
    if end is None or not chunks or any(kind == b"XMP " for kind, _, _ in chunks):
        return None
    kind, start, length = chunks[0]
    head = read_at(file, start, min(length, 10))
    if kind == b"VP8X" and len(head) == 10:
        extended, rest = bytes([head[0] | _HAS_XMP]) + head[1:], start + length
    else:
        about = _about(kind, head)
        if about is None:
            return None
        width, height, flags = about
        extended = struct.pack("<I", flags | _HAS_XMP)
        extended += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        rest = 12
    first = _chunk(b"VP8X", extended)
    last = _chunk(b"XMP ", packet(recipe))
    # A chunk of an odd length is padded; a careless writer leaves that out at the end.
    pad = bytes((end - rest) % 2)
    new_size = 4 + len(first) + (end - rest) + len(pad) + len(last)
    head = b"RIFF" + struct.pack("<I", new_size) + b"WEBP"
    return made(head + first), kept(rest, end), made(pad + last)


def find_in_webp(file: BinaryIO, size: int, found: Found) -> None:
    """Read XMP and Exif."""
    for kind, start, length in riff_chunks(file, size):
        if length <= MAX_TEXT_BYTES and kind == b"XMP ":
            find_in_packet(read_at(file, start, length), found)
        elif length <= MAX_TEXT_BYTES and kind == b"EXIF":
            data = read_at(file, start, length)
            find_in_exif(data if data.startswith(b"Exif") else b"Exif\0\0" + data, found)


def embed_in_wav(file: BinaryIO, size: int, recipe: Recipe) -> tuple[FilePart, ...] | None:
    """Put the recipe as INFO's comment, and XMP, behind the sound. None for files beyond 4 GB and
    those that do not say how long they are."""
    end = _end_of(file, size)
    if end is None:
        return None
    comment = _chunk(b"ICMT", dump_recipe(recipe) + b"\0")
    tool = _chunk(b"ISFT", recipe.made_with.encode() + b"\0")
    new = _chunk(b"LIST", b"INFO" + tool + comment) + _chunk(b"_PMX", packet(recipe))
    pad = bytes(end % 2)
    head = b"RIFF" + struct.pack("<I", end - 8 + len(pad) + len(new))
    return made(head), kept(8, end), made(pad + new)


def find_in_wav(file: BinaryIO, size: int, found: Found) -> None:
    """Read XMP and INFO's comment."""
    for kind, start, length in riff_chunks(file, size):
        if length > MAX_TEXT_BYTES:
            continue
        if kind == b"_PMX":
            find_in_packet(read_at(file, start, length), found)
        elif kind == b"LIST" and read_at(file, start, 4) == b"INFO":
            data = read_at(file, start, length)
            at = 4
            while at + 8 <= len(data):
                part = int.from_bytes(data[at + 4 : at + 8], "little")
                if data[at : at + 4] == b"ICMT":
                    text = data[at + 8 : at + 8 + part].rstrip(b"\0").decode("utf-8", "replace")
                    found.add("boards_recipe" if text.startswith("{") else "comment", text)
                at += 8 + part + part % 2


def _end_of(file: BinaryIO, size: int) -> int | None:
    """Where the file says that it ends; None where that is not so, or leaves no room."""
    head = read_at(file, 0, 12)
    end = 8 + int.from_bytes(head[4:8], "little")
    return end if head[:4] == b"RIFF" and 20 <= end <= min(size, _MAX_SIZE) else None


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def _about(kind: bytes, head: bytes) -> tuple[int, int, int] | None:
    """Width, height and flags of a simple WebP, from the first bytes of its one chunk."""
    if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a" and len(head) == 10:
        width, height = struct.unpack_from("<HH", head, 6)
        return width & 0x3FFF, height & 0x3FFF, 0
    if kind == b"VP8L" and head[:1] == b"\x2f" and len(head) >= 5:
        bits = int.from_bytes(head[1:5], "little")
        flags = _HAS_ALPHA if bits >> 28 & 1 else 0
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, flags
    return None
