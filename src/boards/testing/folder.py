"""Storage in one folder, and a look into files with the parts that every installation has."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import filetype
from PIL import Image, UnidentifiedImageError
from tinytag import TinyTag, TinyTagException

from boards.domain.artifacts import (
    ArtifactType,
    MediaFacts,
    StoredBytes,
    StoredObject,
    format_for_mime,
    mime_for_format,
    type_of_format,
)
from boards.errors import InvalidInput, StorageError, TooLarge, Unsupported
from boards.ids import new_id

__all__ = ["FolderStorage", "PlainMedia"]


class FolderStorage:
    """The storage port over one flat folder: a key is a file's name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new_key(
        self,
        tenant_id: UUID,  # noqa: ARG002 - one folder serves one test
        artifact_type: ArtifactType | None,
        extension: str,
        *,
        size: int | None = None,  # noqa: ARG002 - there is one place for all
        board_id: UUID | None = None,  # noqa: ARG002
        generator: str | None = None,  # noqa: ARG002
    ) -> str:
        return f"{artifact_type or 'file'}-{new_id()}.{extension}"

    async def put(
        self, key: str, source: AsyncIterator[bytes] | Path | bytes, *, max_bytes: int | None = None
    ) -> StoredBytes:
        if isinstance(source, Path):
            data = await asyncio.to_thread(source.read_bytes)
        elif isinstance(source, bytes):
            data = source
        else:
            data = b"".join([part async for part in source])
        if max_bytes is not None and len(data) > max_bytes:
            raise TooLarge(f"This file has {len(data)} bytes; the limit is {max_bytes}.")
        path = self._folder / key
        partial = path.with_name(f".{path.name}")
        await asyncio.to_thread(partial.write_bytes, data)
        await asyncio.to_thread(partial.replace, path)
        return StoredBytes(key=key, size=len(data), sha256=hashlib.sha256(data).hexdigest())

    async def stream(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        yield (await self._bytes(key))[start:end]

    async def read(self, key: str, *, max_bytes: int) -> bytes:
        data = await self._bytes(key)
        if len(data) > max_bytes:
            raise TooLarge(f"This file has {len(data)} bytes; the limit is {max_bytes}.")
        return data

    async def size(self, key: str) -> int | None:
        path = self.local_path(key)
        return None if path is None else path.stat().st_size

    async def verify(self, key: str, sha256: str) -> bool:
        if self.local_path(key) is None:
            return False
        return hashlib.sha256(await self._bytes(key)).hexdigest() == sha256

    async def delete(self, key: str) -> None:
        (self._folder / key).unlink(missing_ok=True)

    async def copy_to(self, key: str, path: Path) -> None:
        data = await self._bytes(key)
        await asyncio.to_thread(path.write_bytes, data)

    async def signed_url(self, key: str, *, lifetime: timedelta) -> str | None:  # noqa: ARG002
        return None

    async def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        for path in sorted(self._folder.iterdir()):
            if path.is_file() and path.name.startswith(prefix):
                found = path.stat()
                modified = datetime.fromtimestamp(found.st_mtime, UTC)
                yield StoredObject(key=path.name, size=found.st_size, modified=modified)

    def local_path(self, key: str) -> Path | None:
        path = self._folder / key
        return path if path.is_file() else None

    async def _bytes(self, key: str) -> bytes:
        path = self.local_path(key)
        if path is None:
            raise StorageError(f"There is no stored file {key!r}.")
        return await asyncio.to_thread(path.read_bytes)


class PlainMedia:
    """The media port with Pillow and tinytag alone: no frame size or rate of videos."""

    async def probe(self, path: Path) -> MediaFacts:
        """Read what a file is. InvalidInput for a damaged image, Unsupported for other files."""
        return await asyncio.to_thread(_probe, path)


def _probe(path: Path) -> MediaFacts:
    mime = filetype.guess_mime(str(path)) or _guess_more(path)
    name = format_for_mime(mime)
    kind = type_of_format(name) if name else None
    if name is None or kind is None:
        raise Unsupported(f"{path.name!r} is no image, audio or video that is known.")
    if kind is ArtifactType.IMAGE:
        return _probe_image(path, name, mime)
    if kind is ArtifactType.AUDIO:
        try:
            tag = TinyTag.get(path)
        except TinyTagException as error:
            raise InvalidInput(f"{path.name!r} is damaged: {error}.") from error
        return MediaFacts(
            format=name,
            mime=mime,
            duration=tag.duration,
            sample_rate=tag.samplerate,
            channels=tag.channels,
        )
    return MediaFacts(format=name, mime=mime)


def _guess_more(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(9)
    # A safetensors file begins with the length of its JSON header, in eight bytes.
    is_header = len(head) == 9 and int.from_bytes(head[:8], "little") < 2**27
    return mime_for_format("safetensors") if is_header and head[8:] == b"{" else ""


def _probe_image(path: Path, name: str, mime: str) -> MediaFacts:
    try:
        with Image.open(path) as image:
            image.load()
            return MediaFacts(
                format=name,
                mime=mime,
                width=image.width,
                height=image.height,
                has_alpha=image.has_transparency_data,
            )
    except (OSError, UnidentifiedImageError, SyntaxError) as error:
        raise InvalidInput(f"{path.name!r} is a damaged image: {error}.") from error
