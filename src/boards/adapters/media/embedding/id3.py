"""Recipes in MP3: texts of the user's own in an ID3 tag at the start."""

from typing import BinaryIO

from boards.adapters.media.embedding.parts import MAX_TEXT_BYTES, Found, kept, made, read_at
from boards.domain.provenance import Recipe, dump_recipe
from boards.services.ports import FilePart

__all__ = ["embed", "find"]

_NAMES = {"boards_recipe": "boards_recipe", "parameters": "parameters", "prompt": "prompt"}
_LARGEST = 2**28 - 2**21


def embed(file: BinaryIO, size: int, recipe: Recipe) -> tuple[FilePart, ...] | None:
    """Put the texts first in the tag, or make one. None for a tag that is packed in ways of its
    own."""
    texts = {
        "boards_recipe": dump_recipe(recipe).decode(),
        "DigitalSourceType": recipe.digital_source_type,
    }
    head = read_at(file, 0, 10)
    if head[:3] != b"ID3":
        frames = b"".join(_frame(4, name, text) for name, text in texts.items())
        return made(_header(4, len(frames)) + frames), kept(0, size)
    version, flags, length = head[3], head[5], _synchsafe(head[6:10])
    if version not in (3, 4) or flags or length > _LARGEST or 10 + length > size:
        return None
    frames = b"".join(_frame(version, name, text) for name, text in texts.items())
    return made(_header(version, length + len(frames)) + frames), kept(10, size)


def find(file: BinaryIO, _size: int, found: Found) -> None:
    """Read the texts that we, and others, write."""
    head = read_at(file, 0, 10)
    if head[:3] != b"ID3" or head[3] not in (3, 4) or head[5]:
        return
    version = head[3]
    data = read_at(file, 10, min(_synchsafe(head[6:10]), MAX_TEXT_BYTES))
    at = 0
    while at + 10 <= len(data) and data[at] != 0:
        size = data[at + 4 : at + 8]
        length = _synchsafe(size) if version == 4 else int.from_bytes(size, "big")
        if data[at : at + 4] == b"TXXX":
            name, text = _text(data[at + 10 : at + 10 + length])
            if name in _NAMES:
                found.add(_NAMES[name], text)
        at += 10 + length


def _header(version: int, length: int) -> bytes:
    return b"ID3" + bytes([version, 0, 0]) + _as_synchsafe(length)


def _frame(version: int, name: str, text: str) -> bytes:
    """UTF-8, which version 3 does not know: there it is UTF-16 with a mark."""
    if version == 4:
        data = b"\x03" + name.encode() + b"\0" + text.encode()
        return b"TXXX" + _as_synchsafe(len(data)) + b"\0\0" + data
    data = b"\x01" + name.encode("utf-16") + b"\0\0" + text.encode("utf-16")
    return b"TXXX" + len(data).to_bytes(4, "big") + b"\0\0" + data


def _text(data: bytes) -> tuple[str, str]:
    code = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}.get(data[0] if data else 0)
    if code is None:
        return "", ""
    text = data[1:].decode(code, "replace")
    name, _, value = text.partition("\0")
    # In UTF-16 the second text has a mark of its own.
    return name, value.lstrip("\ufeff").rstrip("\0")


def _synchsafe(data: bytes) -> int:
    return sum((byte & 127) << shift for byte, shift in zip(data, (21, 14, 7, 0), strict=True))


def _as_synchsafe(value: int) -> bytes:
    return bytes(value >> shift & 127 for shift in (21, 14, 7, 0))
