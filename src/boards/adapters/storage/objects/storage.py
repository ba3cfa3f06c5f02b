"""Bytes by key, on any store that obstore speaks to."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Self
from uuid import UUID

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    GenericError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import AzureStore, GCSStore, LocalStore, MemoryStore, ObjectStore, S3Store

from boards.adapters.storage.objects.disk import STAGING, Disk, Staged
from boards.adapters.storage.objects.sources import BLOCK, Source, blocks_of, file_blocks
from boards.adapters.storage.objects.tally import Tally
from boards.domain.artifacts import (
    ArtifactType,
    StoredBytes,
    StoredObject,
    check_key,
    file_format,
    is_shown,
    key_for,
)
from boards.errors import Conflict, InvalidInput, NotFound, StorageError, TooLarge
from boards.ids import new_id
from boards.outbound.files import PartFile, in_thread, write_errors

__all__ = ["ObjectStorage"]

_ONE_PUT = 8 * 2**20
"""Up to this size an object is written by one request, which can refuse to overwrite."""
_NO_RANGES = "non-partial response"
"""What obstore says of a server that answers a range with the whole object."""
_ONE_GET = 32 * 2**20
"""What one request reads of a cloud's object: a slow reader never outlives its connection."""


class ObjectStorage:
    """Keeps bytes under keys that the server makes; a key is written once and then only read.

    What is being written is invisible until it is complete. Raises InvalidInput for what is no key,
    NotFound for a key without bytes, Conflict for a taken key, TooLarge above a given limit, and
    StorageError when the store fails; then nothing was stored.
    """

    def __init__(
        self,
        store: ObjectStore,
        *,
        disk: Disk | None = None,
        signs: bool = False,
        refuses_taken: bool = True,
    ) -> None:
        """`signs`: addresses of the store itself may be given out. `refuses_taken`: the store can
        be trusted not to overwrite when it is asked not to; else we look first."""
        self._store = store
        self._disk = disk
        self._signs = signs
        self._refuses_taken = refuses_taken

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

    def new_key(
        self,
        tenant_id: UUID,
        artifact_type: ArtifactType | None,
        extension: str,
        *,
        size: int | None = None,  # noqa: ARG002 - for those who choose between several stores
        board_id: UUID | None = None,  # noqa: ARG002
        generator: str | None = None,  # noqa: ARG002
    ) -> str:
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
        path = self.local_path(key)
        if path is not None:
            async with aclosing(file_blocks(path, start, stop)) as blocks:
                async for block in blocks:
                    yield block
            return
        for first in range(start, stop, _ONE_GET):
            last = min(first + _ONE_GET, stop)
            with _store_errors(key):
                if (first, last) == (0, size):
                    # Some S3 servers refuse a range that is the whole object.
                    result = await obstore.get_async(self._store, key)
                else:
                    asked = (first, last)
                    try:
                        result = await obstore.get_async(self._store, key, options={"range": asked})
                    except GenericError as error:
                        if _NO_RANGES not in str(error):
                            raise
                        break
                async for piece in result.stream(min_chunk_size=BLOCK):
                    yield bytes(piece)
        else:
            return
        # The server knows no ranges, as the first has shown: what is not wanted is passed over.
        with _store_errors(key):
            at = 0
            result = await obstore.get_async(self._store, key)
            async for piece in result.stream(min_chunk_size=BLOCK):
                part = bytes(piece)[max(first - at, 0) : max(stop - at, 0)]
                at += len(piece)
                if part:
                    yield part
                if at >= stop:
                    return

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

    async def signed_url(self, key: str, *, lifetime: timedelta) -> str | None:
        """Give an address of the store itself, by which whoever has it may read the object for so
        long; None when the store has none to give out."""
        check_key(key)
        if not self._signs or not isinstance(self._store, AzureStore | GCSStore | S3Store):
            return None
        with _store_errors(key):
            return await obstore.sign_async(self._store, "GET", key, lifetime)

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

    async def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        """Give the objects below a prefix of whole segments, such as a tenant's, in any order."""
        prefix = prefix.removesuffix("/")
        if prefix:
            check_key(prefix)
        with _store_errors(prefix):
            async for batch in obstore.list(self._store, prefix or None):
                for found in batch:
                    if not found["path"].startswith(f"{STAGING}/"):
                        yield StoredObject(
                            key=found["path"], size=found["size"], modified=found["last_modified"]
                        )

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
                            self._store,
                            key,
                            attributes=_attributes(key),
                            buffer_size=_ONE_PUT,
                            max_concurrency=4,
                        )
                        await writer.write(b"".join(head))
        if writer is None:
            await self._put_at_once(key, b"".join(head), tally)
        else:
            with _store_errors(key):
                # A writer that is dropped without this leaves nothing to be seen.
                await writer.close()

    async def _put_at_once(self, key: str, data: bytes, tally: Tally) -> None:
        if not self._refuses_taken and await self._look_up(key) is not None:
            raise _taken(key)
        try:
            with _store_errors(key):
                await obstore.put_async(
                    self._store,
                    key,
                    data,
                    attributes=_attributes(key),
                    mode="create" if self._refuses_taken else "overwrite",
                )
        except Conflict:
            # A request whose answer was lost is sent again, and finds what it wrote itself.
            if not await self.verify(key, tally.result().sha256):
                raise


@contextmanager
def _store_errors(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise _missing(key) from None
    except (AlreadyExistsError, PreconditionError):
        raise _taken(key) from None
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise StorageError(
            "The store refuses our credentials; check the storage settings.", detail=str(error)
        ) from error
    except (BaseError, OSError) as error:
        raise StorageError(
            "The store did not answer as it should; the log has the reason.", detail=str(error)
        ) from error


def _attributes(key: str) -> dict[str, str]:
    """How a store is to serve an object to those to whom it is given out."""
    known = file_format(PurePosixPath(key).suffix)
    if known is not None and is_shown(known.mime):
        return {"Content-Type": known.mime, "Content-Disposition": "inline"}
    # Programs of browsers are never to run, on whatever origin this is.
    return {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}


def _missing(key: str) -> NotFound:
    return NotFound(f"There is no file {key!r} in storage.")


def _taken(key: str) -> Conflict:
    return Conflict(f"There is a file {key!r} already; a key is written once, make a new one.")
