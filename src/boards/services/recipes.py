"""Recipes as people meet them: look at one, take a file with it, or fill a form from a file.

The bytes in the storage are those of the provider, so that hashes, deduplication and signatures
hold. A recipe is put into a file on its way out: what is new stands between spans of the stored
bytes, which are streamed as they are.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from boards.domain.access import Action, Actor, Duty
from boards.domain.artifacts import StoredFile
from boards.domain.generations import Generation
from boards.domain.provenance import Recipe, dump_recipe
from boards.errors import NotFound
from boards.generators.registry import GeneratorRegistry
from boards.ids import new_id
from boards.services.drafts import Draft, draft_of
from boards.services.ports import Database, FilePart, RecipeEmbedding, SignedMedia, Storage, Tx
from boards.services.provenance import UPLOADED, RecipeWriter
from boards.services.receiving import Source, receive
from boards.services.rights import generation_for, require, scope_of, visible_among

__all__ = ["Embedding", "RecipeService", "WithRecipe"]


class Embedding(StrEnum):
    """Where the recipe of a download is."""

    EMBEDDED = "embedded"
    SIGNED = "signed"
    """Not in the file: its bytes are signed, and stay as they are."""
    NO_PLACE = "no_place"
    """Not in the file: the format, or this file, has no place for it."""
    NONE = "none"
    """There is none: the file was uploaded."""


@dataclass(frozen=True, kw_only=True)
class WithRecipe:
    """A file as it is handed out: its parts in their order, and what names these very bytes."""

    generation: Generation
    file: StoredFile
    embedding: Embedding
    parts: tuple[FilePart, ...]
    tag: str

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(part.size for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class RecipeService:
    """Gives and reads recipes. `scratch` is a folder for files that are read for theirs."""

    database: Database
    storage: Storage
    registry: GeneratorRegistry
    writer: RecipeWriter
    files: RecipeEmbedding
    media: SignedMedia
    scratch: Path
    max_bytes: int

    async def get(self, actor: Actor, generation_id: UUID) -> Recipe:
        """Give the recipe of an output. NotFound for an upload, Forbidden for visitors, unless the
        board's owner shares recipes. Of inputs that the actor may not see only the ids are told.
        """
        _, recipe = await self._look(actor, generation_id)
        if recipe is None:
            raise NotFound(
                f"Generation {generation_id} has no recipe: it was uploaded, and nobody here knows "
                "how it was made."
            )
        return recipe

    async def with_recipe(self, actor: Actor, generation_id: UUID) -> WithRecipe:
        """Give an output's file with the recipe in it, or as it is where that cannot be."""
        generation, recipe = await self._look(actor, generation_id)
        file = generation.file
        if file is None:
            raise NotFound(
                f"Generation {generation_id} has no file (status: {generation.status.value})"
            )
        embedding, parts = Embedding.NONE, None
        if recipe is not None:
            embedding, parts = await self._embedded(file, recipe)
        mark = dump_recipe(recipe) if parts is not None and recipe is not None else b""
        return WithRecipe(
            generation=generation,
            file=file,
            embedding=embedding,
            parts=parts or (FilePart(start=0, end=file.size),),
            # No hash of the bytes, and not to be taken for one.
            tag=f"recipe-{sha256(file.sha256.encode() + mark).hexdigest()}"
            if mark
            else file.sha256,
        )

    async def stream(self, given: WithRecipe) -> AsyncIterator[bytes]:
        """Give the bytes, a piece at a time."""
        for part in given.parts:
            if part.data is not None:
                yield part.data
            elif part.end > part.start:
                async for piece in self.storage.stream(
                    given.file.key, start=part.start, end=part.end
                ):
                    yield piece

    async def read(self, actor: Actor, source: Source, *, generator: str | None = None) -> Draft:
        """Read a file for how it was made, and make inputs of it: ours, AUTOMATIC1111's or
        ComfyUI's. `generator` is for which they should be, where the file does not say.

        InvalidInput when the file says nothing; nothing of it is kept.
        """
        require(actor, Duty.SEE_GENERATORS)
        path = self.scratch / f"recipe-{new_id()}"
        try:
            await receive(source, path, max_bytes=self.max_bytes)
            texts = await self.files.texts(path)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        draft = draft_of(texts, self.registry, generator)
        if not draft.sources:
            return draft

        def look(tx: Tx) -> Mapping[UUID, Generation]:
            return visible_among(tx, actor, [one.generation_id for one in draft.sources])

        seen = await self.database.read(look, scope=scope_of(actor))
        return draft.with_sources(seen.keys())

    async def _look(self, actor: Actor, generation_id: UUID) -> tuple[Generation, Recipe | None]:
        def look(tx: Tx) -> tuple[Generation, Recipe | None]:
            generation = generation_for(tx, actor, generation_id, Action.VIEW_RECIPES)
            if generation.provider == UPLOADED:
                return generation, None

            def seen(ids: Sequence[UUID]) -> Mapping[UUID, Generation]:
                return visible_among(tx, actor, ids)

            return generation, self.writer.write(tx, generation, seen=seen)

        return await self.database.read(look, scope=scope_of(actor))

    async def _embedded(
        self, file: StoredFile, recipe: Recipe
    ) -> tuple[Embedding, tuple[FilePart, ...] | None]:
        opened = await self._opened(file)
        try:
            signed = file.facts.is_signed
            if signed is None:
                signed = await self.media.is_signed(opened, file.size, file.facts.format)
            if signed:
                return Embedding.SIGNED, None
            parts = await self.files.embed(opened, file.size, file.facts.format, recipe)
            return (Embedding.NO_PLACE if parts is None else Embedding.EMBEDDED), parts
        finally:
            await asyncio.to_thread(opened.close)

    async def _opened(self, file: StoredFile) -> BinaryIO:
        path = self.storage.local_path(file.key)
        if path is not None:
            return await asyncio.to_thread(path.open, "rb")
        raw = _Stored(self.storage, file, asyncio.get_running_loop())
        return io.BufferedReader(raw, buffer_size=64 * 1024)


class _Stored(io.RawIOBase):
    """A stored file as threads read it: each block by a request of its own, on the event loop."""

    def __init__(self, storage: Storage, file: StoredFile, loop: asyncio.AbstractEventLoop) -> None:
        self._storage = storage
        self._file = file
        self._loop = loop
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        end = min(self._at + len(buffer), self._file.size)
        if end <= self._at:
            return 0
        data = asyncio.run_coroutine_threadsafe(self._range(self._at, end), self._loop).result()
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    async def _range(self, start: int, end: int) -> bytes:
        pieces = [
            piece async for piece in self._storage.stream(self._file.key, start=start, end=end)
        ]
        return b"".join(pieces)
