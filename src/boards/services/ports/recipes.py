"""Recipes in files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from boards.domain.provenance import Recipe

__all__ = ["FilePart", "RecipeEmbedding", "SignedMedia"]


@dataclass(frozen=True, kw_only=True)
class FilePart:
    """A part of a file that is put together anew: `data`, or a span of the file as it is."""

    data: bytes | None = None
    start: int = 0
    end: int = 0

    @property
    def size(self) -> int:
        """Bytes."""
        return self.end - self.start if self.data is None else len(self.data)


class RecipeEmbedding(Protocol):
    """Puts recipes into files and finds them there, never on the event loop."""

    async def embed(
        self, file: BinaryIO, size: int, format: str, recipe: Recipe
    ) -> tuple[FilePart, ...] | None:
        """Give the parts of the file with the recipe in it; None where there is no place for it."""
        ...

    async def texts(self, path: Path) -> Mapping[str, str]:
        """Find what a file says of its making, by the names under which tools write it."""
        ...


class SignedMedia(Protocol):
    """Looks for signatures in files, never on the event loop."""

    async def is_signed(self, file: BinaryIO, size: int, format: str) -> bool | None:
        """Tell whether a file carries a C2PA manifest; None where its format has no place for
        one."""
        ...
