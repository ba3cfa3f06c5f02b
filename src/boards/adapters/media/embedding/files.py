"""Puts recipes into files and finds them, whatever the format: the one door to this folder."""

import asyncio
import json
from pathlib import Path
from typing import BinaryIO

from boards.adapters.media.embedding import id3, iso_media, jpeg, png, riff
from boards.adapters.media.embedding.parts import MAX_TEXT_BYTES, Embedder, Finder, Found
from boards.adapters.media.sniff import HEAD_BYTES, sniff
from boards.domain.provenance import Recipe
from boards.errors import StorageError
from boards.services.ports import FilePart

__all__ = ["RecipeFiles", "embedded", "texts_in"]

_EMBEDDERS: dict[str, Embedder] = {
    "png": png.embed,
    "jpg": jpeg.embed,
    "webp": riff.embed_in_webp,
    "wav": riff.embed_in_wav,
    "mp3": id3.embed,
    **dict.fromkeys(("mp4", "mov", "m4a"), iso_media.embed),
}
_FINDERS: dict[str, Finder] = {
    "png": png.find,
    "jpg": jpeg.find,
    "webp": riff.find_in_webp,
    "wav": riff.find_in_wav,
    "mp3": id3.find,
    **dict.fromkeys(("mp4", "mov", "m4a"), iso_media.find),
}


def embedded(file: BinaryIO, size: int, format: str, recipe: Recipe) -> tuple[FilePart, ...] | None:
    """Give the parts of a file with the recipe in it; None where there is no place for it."""
    embedder = _EMBEDDERS.get(format)
    return None if embedder is None else embedder(file, size, recipe)


def texts_in(path: Path) -> dict[str, str]:
    """Find what a file says of its making, by the names under which tools write it.

    A text file is all `parameters`, or `boards_recipe` where it is JSON. What is damaged or hostile
    has simply less to say.
    """
    found = Found(texts={})
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            name = sniff(head)
            if name == "plain" and size <= MAX_TEXT_BYTES:
                file.seek(0)
                _add_text(file.read().decode("utf-8-sig", "replace"), found)
            elif name in _FINDERS:
                _FINDERS[name](file, size, found)
    except OSError as error:
        raise StorageError("The file could not be read.", detail=repr(error)) from error
    return found.texts


class RecipeFiles:
    """The same in threads."""

    async def embed(
        self, file: BinaryIO, size: int, format: str, recipe: Recipe
    ) -> tuple[FilePart, ...] | None:
        """As `embedded`."""
        return await asyncio.to_thread(embedded, file, size, format, recipe)

    async def texts(self, path: Path) -> dict[str, str]:
        """As `texts_in`."""
        return await asyncio.to_thread(texts_in, path)


def _add_text(text: str, found: Found) -> None:
    if not text.lstrip().startswith("{"):
        found.add("parameters", text)
        return
    try:
        is_ours = "schema" in json.loads(text)
    except (ValueError, RecursionError):
        return
    found.add("boards_recipe" if is_ours else "prompt", text)
