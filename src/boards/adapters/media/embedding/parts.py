"""What a file with a recipe in it consists of: pieces of the file as it is, and new ones between.

So nothing of the file is held in memory or written again, however large it is.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from boards.domain.provenance import Recipe
from boards.services.ports import FilePart

__all__ = ["Embedder", "Finder", "Found", "kept", "made"]

MAX_TEXT_BYTES = 2**20
"""A longer text in a file is not read: a recipe is a few thousand letters."""

Embedder = Callable[[BinaryIO, int, Recipe], tuple[FilePart, ...] | None]
"""Puts a recipe into a file of so many bytes; None where this one has no place for it."""


@dataclass(kw_only=True)
class Found:
    """What texts about its making a file carries, by the names under which tools write them."""

    texts: dict[str, str]

    def add(self, name: str, text: str) -> None:
        """The first of a name counts; an endless number of others is not kept."""
        if len(self.texts) < 50 and text.strip():
            self.texts.setdefault(name, text)


Finder = Callable[[BinaryIO, int, Found], None]
"""Adds what a file carries to what was found."""


def kept(start: int, end: int) -> FilePart:
    """A piece of the file as it is."""
    return FilePart(start=start, end=end)


def made(data: bytes) -> FilePart:
    """A new piece."""
    return FilePart(data=data)


def read_at(file: BinaryIO, start: int, length: int) -> bytes:
    """Read a few bytes from somewhere."""
    file.seek(start, io.SEEK_SET)
    return file.read(min(length, MAX_TEXT_BYTES))
