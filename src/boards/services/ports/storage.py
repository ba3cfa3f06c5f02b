"""Where bytes are kept, and what is read from them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol
from uuid import UUID

from boards.domain.artifacts import ArtifactType, MediaFacts, StoredBytes

__all__ = ["Media", "Storage"]


class Storage(Protocol):
    """Bytes by key. Keys are made by the server, never by a caller."""

    def new_key(
        self, tenant_id: UUID, artifact_type: ArtifactType | None, extension: str
    ) -> str: ...
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


class Media(Protocol):
    """Looks into files, never on the event loop."""

    async def probe(self, path: Path) -> MediaFacts:
        """Read what a file is from its bytes. InvalidInput, TooLarge or Unsupported otherwise."""
        ...
