"""What becomes of the failures of a store that is not a local disk."""

from collections.abc import AsyncIterator, Iterator

import obstore
import pytest
from obstore.exceptions import GenericError, PermissionDeniedError

from boards.adapters.storage.objects import ObjectStorage, open_cloud
from boards.adapters.storage.objects import storage as objects
from boards.adapters.storage.providers import StorageKind, StorageProvider
from boards.errors import Conflict, StorageError
from boards.testing.gcs import StandInGcs, serving_gcs

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


@pytest.fixture
def gcs() -> Iterator[StandInGcs]:
    with serving_gcs() as stand_in:
        yield stand_in


def storage_of(gcs: StandInGcs) -> ObjectStorage:
    options = {"bucket": "b", "credentials": gcs.credentials, "endpoint": gcs.url}
    return open_cloud(StorageProvider(name="gcs", kind=StorageKind.GCS, options=options))


async def test_a_put_whose_answer_is_lost_is_no_conflict_with_itself(gcs: StandInGcs) -> None:
    """The request is sent again and finds its own object: a result is not refused for that."""
    storage = storage_of(gcs)
    gcs.lose_answers = 1
    stored = await storage.put("a", b"paid for")
    assert gcs.lose_answers == 0
    assert await storage.verify("a", stored.sha256)
    with pytest.raises(Conflict, match="written once"):
        await storage.put("a", b"another's")
    assert await storage.read("a", max_bytes=100) == b"paid for"


async def test_a_cloud_is_told_what_a_browser_may_show(gcs: StandInGcs) -> None:
    storage = storage_of(gcs)
    for name in ("a.png", "a.mp4", "a.html", "a.svg", "a.bin"):
        await storage.put(f"t/{name}", b"x")
    assert {path: found.kind for path, found in gcs.objects.items()} == {
        "/b/t/a.png": "image/png",
        "/b/t/a.mp4": "video/mp4",
        "/b/t/a.html": "application/octet-stream",
        "/b/t/a.svg": "application/octet-stream",
        "/b/t/a.bin": "application/octet-stream",
    }


async def test_a_long_object_is_read_by_several_requests(
    gcs: StandInGcs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "_ONE_GET", 1000)
    storage = storage_of(gcs)
    data = bytes(range(256)) * 20
    await storage.put("a", data)
    assert b"".join([piece async for piece in storage.stream("a")]) == data
    assert (
        b"".join([piece async for piece in storage.stream("a", start=7, end=3333)])
        == (data[7:3333])
    )
