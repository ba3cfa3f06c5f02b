"""Counting the frames of a GIF without decoding one."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

__all__ = ["MAX_BLOCKS", "Animation", "animation"]

MAX_BLOCKS = 500_000
"""How many blocks are looked at: a GIF may go on for as long as somebody liked to make it."""


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
    frames = 0
    hundredths = 0
    left = MAX_BLOCKS
    with path.open("rb") as file:
        screen = file.read(13)
        if len(screen) == 13 and screen[10] & 0x80:
            file.seek(3 << ((screen[10] & 7) + 1), 1)
        while left > 0:
            left -= 1
            mark = file.read(1)
            if mark == b"\x21":
                if file.read(1) == b"\xf9":
                    control = file.read(5)
                    hundredths += int.from_bytes(control[2:4], "little")
                left -= _skipped(file, left)
            elif mark == b"\x2c":
                frames += 1
                about = file.read(9)
                if len(about) == 9 and about[8] & 0x80:
                    file.seek(3 << ((about[8] & 7) + 1), 1)
                file.seek(1, 1)
                left -= _skipped(file, left)
            else:
                return Animation(frames=frames, duration=hundredths / 100, is_whole=True)
    return Animation(frames=frames, duration=hundredths / 100, is_whole=False)


def _skipped(file: BinaryIO, at_most: int) -> int:
    """Go over the parts of one block, and count them."""
    count = 0
    while count < at_most:
        size = file.read(1)
        count += 1
        if not size or size == b"\0":
            break
        file.seek(size[0], 1)
    return count
