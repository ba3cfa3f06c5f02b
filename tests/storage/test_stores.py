"""What becomes of the failures of a store that is not a local disk."""

from collections.abc import AsyncIterator

import obstore
import pytest
from obstore.exceptions import GenericError, PermissionDeniedError

from boards.adapters.storage.objects import ObjectStorage
from boards.errors import StorageError

MEBIBYTE = 2**20


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GenericError("No space left on device; key=AKIASECRET"), "the log has the reason"),
        (PermissionDeniedError("key=AKIASECRET"), "check the storage settings"),
        (OSError(28, "No space left on device"), "the log has the reason"),
    ],
)
async def test_a_store_that_fails_in_mid_write_is_a_storage_error(
    monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    storage = ObjectStorage.memory()
    written = 0

    class Writer:
        async def write(self, block: bytes) -> None:
            nonlocal written
            if written:
                raise error
            written = len(block)

    async def arriving() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield bytes(MEBIBYTE)

    monkeypatch.setattr(obstore, "open_writer_async", lambda *_, **__: Writer())
    with pytest.raises(StorageError, match=said) as failure:
        await storage.put("a", arriving())
    assert written == 8 * MEBIBYTE
    assert "AKIASECRET" not in failure.value.message
    assert await storage.size("a") is None
