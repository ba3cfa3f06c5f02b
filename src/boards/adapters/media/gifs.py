"""Counting the frames of a GIF without decoding one."""

import mmap
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MAX_BLOCKS", "Animation", "animation"]

MAX_BLOCKS = 250_000
"""How many blocks are looked at: a GIF may go on for as long as somebody liked to make it."""

_EXTENSION, _FRAME, _END, _CONTROL = 0x21, 0x2C, 0x3B, 0xF9


@dataclass(frozen=True, kw_only=True)
class Animation:
    """How many frames a GIF has, and how many seconds it takes to show them once.

    `is_whole` is False where the counting stopped at its bound: there are at least so many.
    """

    frames: int
    duration: float
    is_whole: bool


def animation(path: Path) -> Animation:
    """Walk over the blocks of a GIF, which has been recognised as one."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _walked(data)


def _walked(data: mmap.mmap) -> Animation:
    frames = hundredths = 0
    left, size = MAX_BLOCKS, len(data)
    at = 13 + _table_size(data, 10)
    while left > 0:
        left -= 1
        mark = data[at] if at < size else _END
        if mark == _EXTENSION and at + 6 < size:
            if data[at + 1] == _CONTROL:
                hundredths += int.from_bytes(data[at + 4 : at + 6], "little")
            at += 2
        elif mark == _FRAME and at + 10 < size:
            frames += 1
            # Behind the colours stands one byte about the packing.
            at += 11 + _table_size(data, at + 9)
        else:
            return Animation(frames=frames, duration=hundredths / 100, is_whole=True)
        # What follows comes in parts of up to 255 bytes, and ends with an empty one.
        while left > 0 and at < size:
            part = data[at]
            at += part + 1
            left -= 1
            if part == 0:
                break
    return Animation(frames=frames, duration=hundredths / 100, is_whole=False)


def _table_size(data: mmap.mmap, at: int) -> int:
    """How many bytes of colours follow, as the flags at a place say."""
    flags = data[at] if at < len(data) else 0
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
