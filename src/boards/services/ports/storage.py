"""Where bytes are kept, and what is read from them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from boards.domain.artifacts import ArtifactType, MediaFacts, StoredBytes, StoredObject

__all__ = ["Media", "Storage"]


class Storage(Protocol):
    """Bytes by key. Keys are made by the server, never by a caller."""

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
        """Make a key that nobody has. Where the bytes go may depend on all that is said here; it
        stands in the key from then on. `size` is in bytes."""
        ...

    async def put(
        self, key: str, source: AsyncIterator[bytes] | Path | bytes, *, max_bytes: int | None = None
    ) -> StoredBytes:
        """Write atomically and hash on the way. StorageError leaves nothing visible."""
        ...

    def stream(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]: ...
    async def read(self, key: str, *, max_bytes: int) -> bytes: ...
    async def size(self, key: str) -> int | None: ...
    async def verify(self, key: str, sha256: str) -> bool: ...
    async def delete(self, key: str) -> None: ...
    async def copy_to(self, key: str, path: Path) -> None: ...
    def local_path(self, key: str) -> Path | None: ...
    async def signed_url(self, key: str, *, lifetime: timedelta) -> str | None:
        """Give an address of the store itself, by which whoever has it may read the bytes for so
        long; None where there is none to give out."""
        ...

    def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        """Give what lies below a prefix of whole segments, such as a tenant's, in any order."""
        ...


class Media(Protocol):
    """Looks into files, never on the event loop."""

    async def probe(self, path: Path) -> MediaFacts:
        """Read what a file is from its bytes. InvalidInput, TooLarge or Unsupported otherwise."""
        ...
