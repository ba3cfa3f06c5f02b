"""Storage in several places at once: new files go where the rules say, old ones stay found."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from boards.adapters.storage.objects import ObjectStorage
from boards.adapters.storage.objects.sources import Source
from boards.adapters.storage.routing import Rule, Subject, place_of, placed, provider_for
from boards.domain.artifacts import ArtifactType, StoredBytes, StoredObject, check_key
from boards.errors import NotFound, StorageError

__all__ = ["RoutedStorage"]


class RoutedStorage:
    """The storage port over named stores; which has a key's bytes stands in the key.

    A key without a name in it is written to the default store and looked for in all of them.
    Raises what `ObjectStorage` does, and StorageError for a key of a store that is not named here.
    """

    def __init__(
        self, stores: Mapping[str, ObjectStorage], *, default: str, rules: Sequence[Rule] = ()
    ) -> None:
        self._default = default
        self._rules = tuple(rules)
        # The default store is asked first.
        self._stores = {default: stores[default], **stores}

    @property
    def places(self) -> tuple[str, ...]:
        """The names of the stores, the default one first."""
        return tuple(self._stores)

    def new_key(
        self,
        tenant_id: UUID,
        artifact_type: ArtifactType | None,
        extension: str,
        *,
        size: int | None = None,
        board_id: UUID | None = None,
        generator: str | None = None,
    ) -> str:
        """Make a key that nobody has, in the store that the rules name for such a file."""
        subject = Subject(
            tenant_id=tenant_id,
            artifact_type=artifact_type,
            size=size,
            board_id=board_id,
            generator=generator,
        )
        name = provider_for(subject, self._rules, self._default)
        return placed(self._stores[name].new_key(tenant_id, artifact_type, extension), name)

    async def put(self, key: str, source: Source, *, max_bytes: int | None = None) -> StoredBytes:
        """Write an object and hash it on the way; whatever fails or is cancelled leaves nothing."""
        return await self._candidates(key)[0].put(key, source, max_bytes=max_bytes)

    async def open(self, key: str) -> StoredObject:
        """Look an object up without reading it."""
        return await (await self._holder(key)).open(key)

    async def size(self, key: str) -> int | None:
        """Give an object's size in bytes, or None when there is none."""
        for store in self._candidates(key):
            size = await store.size(key)
            if size is not None:
                return size
        return None

    async def stream(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncGenerator[bytes]:
        """Read an object, or its bytes from `start` up to, not including, `end`, piece by piece."""
        store = await self._holder(key)
        async with aclosing(store.stream(key, start=start, end=end)) as pieces:
            async for piece in pieces:
                yield piece

    async def read(self, key: str, *, max_bytes: int) -> bytes:
        """Read a whole object into memory; TooLarge when it has more than `max_bytes`."""
        return await (await self._holder(key)).read(key, max_bytes=max_bytes)

    async def verify(self, key: str, sha256: str) -> bool:
        """Read an object back and tell whether it is there and has this hash (hex)."""
        try:
            store = await self._holder(key)
        except NotFound:
            return False
        return await store.verify(key, sha256)

    async def delete(self, key: str) -> None:
        """Remove an object; it is fine when there is none."""
        for store in self._candidates(key):
            await store.delete(key)

    async def copy_to(self, key: str, path: Path) -> None:
        """Copy an object into the file `path`, which is made or replaced only when complete."""
        await (await self._holder(key)).copy_to(key, path)

    def local_path(self, key: str) -> Path | None:
        """Give the file of a key for reading only; None when there is none on a local disk."""
        found = (store.local_path(key) for store in self._candidates(key))
        return next((path for path in found if path is not None), None)

    async def signed_url(self, key: str, *, lifetime: timedelta) -> str | None:
        """Give an address of the store itself, where it has one to give out."""
        if place_of(check_key(key)) is None:
            return None
        return await self._candidates(key)[0].signed_url(key, lifetime=lifetime)

    async def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        """Give the objects below a prefix of whole segments, such as a tenant's, in any order."""
        for name, store in self._stores.items():
            async for found in store.list(prefix):
                # Two stores may lie in one bucket.
                if place_of(found.key) in (None, name):
                    yield found

    def _candidates(self, key: str) -> tuple[ObjectStorage, ...]:
        name = place_of(check_key(key))
        if name is None:
            return tuple(self._stores.values())
        store = self._stores.get(name)
        if store is None:
            raise StorageError(
                f"A file lies at the storage provider {name!r}, which storage.yaml does not name "
                "(any more); name it there again.",
                detail=key,
            )
        return (store,)

    async def _holder(self, key: str) -> ObjectStorage:
        candidates = self._candidates(key)
        if len(candidates) > 1:
            for store in candidates:
                if await store.size(key) is not None:
                    return store
        return candidates[0]
