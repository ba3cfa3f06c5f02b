"""Bytes by key, on any store that obstore speaks to."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from uuid import UUID

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import LocalStore, MemoryStore, ObjectStore

from boards.adapters.storage.objects.disk import STAGING, Disk, Staged
from boards.adapters.storage.objects.sources import BLOCK, Source, blocks_of
from boards.adapters.storage.objects.tally import Tally
from boards.domain.artifacts import ArtifactType, StoredBytes, StoredObject, check_key, key_for
from boards.errors import Conflict, InvalidInput, NotFound, StorageError, TooLarge
from boards.ids import new_id
from boards.outbound.files import PartFile, in_thread, write_errors

__all__ = ["ObjectStorage"]

_ONE_PUT = 8 * 2**20
"""Up to this size an object is written by one request, which can refuse to overwrite."""


class ObjectStorage:
    """Keeps bytes under keys that the server makes; a key is written once and then only read.

    What is being written is invisible until it is complete. Raises InvalidInput for what is no key,
    NotFound for a key without bytes, Conflict for a taken key, TooLarge above a given limit, and
    StorageError when the store fails; then nothing was stored.
    """

    def __init__(self, store: ObjectStore, *, disk: Disk | None = None) -> None:
        self._store = store
        self._disk = disk

    @classmethod
    def local(cls, root: Path, *, sync: bool = True) -> Self:
        """Keep objects as files below `root`, readable by this user only.

        `sync=False` leaves it to the system when bytes reach the disk: faster for many small files,
        but a power cut may lose the last seconds. Results that were paid for want `sync`.
        """
        with write_errors(root):
            disk = Disk(root, sync=sync)
        return cls(LocalStore(disk.root), disk=disk)

    @classmethod
    def memory(cls) -> Self:
        """Keep objects in this process; they end with it."""
        return cls(MemoryStore())

    def new_key(self, tenant_id: UUID, artifact_type: ArtifactType | None, extension: str) -> str:
        """Make a key that nobody has."""
        return key_for(tenant_id, artifact_type, extension, file_id=new_id(), now=datetime.now(UTC))

    async def put(
        self,
        key: str,
        source: Source,
        *,
        max_bytes: int | None = None,
    ) -> StoredBytes:
        """Write an object and hash it on the way; whatever fails or is cancelled leaves nothing."""
        tally = Tally(check_key(key), max_bytes)
        if self._disk is None:
            await self._put_object(key, source, tally)
        else:
            try:
                await self._put_file(self._disk, key, source, tally)
            except BaseException:
                # A cancelled caller cannot know that the thread had just finished.
                if tally.visible:
                    await in_thread(self._disk.delete, key)
                raise
        return tally.result()

    async def open(self, key: str) -> StoredObject:
        """Look an object up without reading it."""
        found = await self._look_up(key)
        if found is None:
            raise _missing(key)
        return found

    async def size(self, key: str) -> int | None:
        """Give an object's size in bytes, or None when there is none."""
        found = await self._look_up(key)
        return None if found is None else found.size

    async def stream(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncGenerator[bytes]:
        """Read an object, or its bytes from `start` up to, not including, `end`, piece by piece."""
        size = (await self.open(key)).size
        stop = size if end is None else min(end, size)
        if not 0 <= start <= stop:
            raise InvalidInput(
                f"Bytes {start} to {end} are outside of {key!r}, which has {size} bytes."
            )
        if start == stop:
            return
        with _store_errors(key):
            if (start, stop) == (0, size):
                # Some S3 servers refuse a range that is the whole object.
                result = await obstore.get_async(self._store, key)
            else:
                result = await obstore.get_async(self._store, key, options={"range": (start, stop)})
            async for piece in result.stream(min_chunk_size=BLOCK):
                yield bytes(piece)

    async def read(self, key: str, max_bytes: int) -> bytes:
        """Read a whole object into memory; TooLarge when it has more than `max_bytes`."""
        size = (await self.open(key)).size
        if size > max_bytes:
            raise TooLarge(f"{key!r} has {size:,} bytes, more than the {max_bytes:,} allowed here.")
        with _store_errors(key):
            result = await obstore.get_async(self._store, key)
            return bytes(await result.bytes_async())

    async def verify(self, key: str, sha256: str) -> bool:
        """Read an object back and tell whether it is there and has this hash (hex)."""
        digest = hashlib.sha256()
        try:
            async with aclosing(self.stream(key)) as pieces:
                async for piece in pieces:
                    digest.update(piece)
        except NotFound:
            return False
        return secrets.compare_digest(digest.hexdigest(), sha256.lower())

    async def delete(self, key: str) -> None:
        """Remove an object; it is fine when there is none."""
        check_key(key)
        if self._disk is not None:
            with write_errors(key):
                await in_thread(self._disk.delete, key)
            return
        try:
            with _store_errors(key):
                await obstore.delete_async(self._store, key)
        except NotFound:
            pass  # gone is what was asked for

    async def list(self, prefix: str = "") -> AsyncIterator[str]:
        """Give the keys below a prefix of whole segments, such as a tenant's, in any order."""
        prefix = prefix.removesuffix("/")
        if prefix:
            check_key(prefix)
        with _store_errors(prefix):
            async for batch in obstore.list(self._store, prefix or None):
                for found in batch:
                    if not found["path"].startswith(f"{STAGING}/"):
                        yield found["path"]

    def local_path(self, key: str) -> Path | None:
        """Give the file of a key for reading only; None when there is none on a local disk."""
        check_key(key)
        return None if self._disk is None else self._disk.find(key)

    async def copy_to(self, key: str, path: Path) -> None:
        """Copy an object into the file `path`, which is made or replaced only when complete."""
        source = self.local_path(key)
        part = PartFile(path)
        try:
            blocks = self.stream(key) if source is None else blocks_of(source)
            async with aclosing(blocks):
                async for block in blocks:
                    with write_errors(path):
                        await in_thread(part.write, block)
            with write_errors(path):
                await in_thread(part.finish)
        except BaseException:
            await in_thread(part.discard)
            raise

    async def _look_up(self, key: str) -> StoredObject | None:
        check_key(key)
        if self._disk is not None and await asyncio.to_thread(self._disk.find, key) is None:
            return None
        try:
            with _store_errors(key):
                found = await obstore.head_async(self._store, key)
        except NotFound:
            return None
        return StoredObject(key=key, size=found["size"], modified=found["last_modified"])

    async def _put_file(self, disk: Disk, key: str, source: Source, tally: Tally) -> None:
        if isinstance(source, bytes):
            # Small results come by the hundred: one hop to a thread does all of it.
            with write_errors(key):
                await in_thread(disk.write, key, source, tally)
            return
        staged = Staged(disk, key, tally)
        try:
            async with aclosing(blocks_of(source)) as blocks:
                async for block in blocks:
                    with write_errors(key):
                        await in_thread(staged.write, block)
            with write_errors(key):
                await in_thread(staged.commit)
        except BaseException:
            await in_thread(staged.discard)
            raise

    async def _put_object(self, key: str, source: Source, tally: Tally) -> None:
        head: list[bytes] = []
        writer: obstore.AsyncWritableFile | None = None
        async with aclosing(blocks_of(source)) as blocks:
            async for block in blocks:
                tally.add(block)
                if writer is not None:
                    with _store_errors(key):
                        await writer.write(block)
                    continue
                head.append(block)
                if len(head) * BLOCK >= _ONE_PUT:
                    # An upload in parts cannot refuse a taken key by itself; keys are made unique.
                    if await self._look_up(key) is not None:
                        raise _taken(key)
                    with _store_errors(key):
                        writer = obstore.open_writer_async(
                            self._store, key, buffer_size=_ONE_PUT, max_concurrency=4
                        )
                        await writer.write(b"".join(head))
        with _store_errors(key):
            if writer is None:
                await obstore.put_async(self._store, key, b"".join(head), mode="create")
            else:
                # A writer that is dropped without this leaves nothing to be seen.
                await writer.close()


@contextmanager
def _store_errors(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise _missing(key) from None
    except AlreadyExistsError:
        raise _taken(key) from None
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise StorageError(
            "The store refuses our credentials; check the storage settings.", detail=str(error)
        ) from error
    except (BaseError, OSError) as error:
        raise StorageError(
            "The store did not answer as it should; the log has the reason.", detail=str(error)
        ) from error


def _missing(key: str) -> NotFound:
    return NotFound(f"There is no file {key!r} in storage.")


def _taken(key: str) -> Conflict:
    return Conflict(f"There is a file {key!r} already; a key is written once, make a new one.")
