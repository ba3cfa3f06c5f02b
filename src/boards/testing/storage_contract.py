"""What every storage does, whatever it stands on: one suite, to be run over each.

A module of tests imports it and offers two fixtures:

    from boards.testing.storage_contract import *

    @pytest.fixture
    def storage(tmp_path): ...         # an empty one, anew for each test

    @pytest.fixture
    def gaps():                        # promises that this one cannot keep, with the reasons
        return {}

It needs pytest, and `asyncio_mode = "auto"` of pytest-asyncio. Files are small enough for servers
that are slow, and large enough to be sent in several parts.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest

from boards.domain.artifacts import ArtifactType
from boards.errors import Conflict, InvalidInput, NotFound, StorageError, TooLarge
from boards.services.ports import Storage

__all__ = [
    "PROMISES",
    "TestFailures",
    "TestHostileKeys",
    "TestKeeping",
    "TestLimits",
    "TestListing",
    "TestParts",
    "TestRaces",
    "TestRemoving",
    "TestTakenKeys",
    "TestVisibility",
    "keys_in",
]

MEBIBYTE = 2**20
TENANT = uuid4()


class Promise:
    """Tests of one promise; where it is a known gap they say NOT RUN, and why."""

    promise: ClassVar[str]

    @pytest.fixture(autouse=True)
    def _can_be_kept(self, gaps: Mapping[str, str]) -> None:
        if self.promise in gaps:
            pytest.skip(f"NOT RUN: {gaps[self.promise]}")

    @pytest.fixture
    def key(self, storage: Storage) -> str:
        return storage.new_key(TENANT, ArtifactType.IMAGE, "png")


async def keys_in(storage: Storage, prefix: str = "") -> list[str]:
    """The keys of all objects below a prefix."""
    return sorted([found.key async for found in storage.list(prefix)])


PROMISES: Mapping[str, str] = {
    "kept whole": "What is put is read back, with its size and hash",
    "seen only when whole": "Nothing is seen of an object before the whole of it is there",
    "nothing left of a failure": "A put that fails or is cancelled leaves nothing",
    "never written twice": "A taken key is refused, and keeps its bytes",
    "one of many wins": "Of many who write one key at the same time, one wins",
    "read in parts": "Any part of an object is read by itself",
    "bounded": "A limit in bytes holds for what comes in, and for what is read",
    "listed": "What is there is listed, below a prefix of whole segments",
    "removed": "What is deleted is gone, and to delete twice is fine",
    "hostile keys refused": "A key that would lead elsewhere is refused everywhere",
}
"""What a storage is held to."""


async def arriving(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


def bytes_of(size: int) -> bytes:
    return hashlib.shake_128(str(size).encode()).digest(size)


class TestKeeping(Promise):
    """What is put is read back, with its size and hash."""

    promise = "kept whole"

    @pytest.mark.parametrize("size", [0, 1, MEBIBYTE, 3 * MEBIBYTE + 5, 17 * MEBIBYTE])
    @pytest.mark.parametrize("kind", ["bytes", "path", "iterator"])
    async def test_what_is_put_is_read_back_with_size_and_hash(
        self, storage: Storage, key: str, tmp_path: Path, size: int, kind: str
    ) -> None:
        data = bytes_of(size)
        source: bytes | Path | AsyncIterator[bytes]
        if kind == "bytes":
            source = data
        elif kind == "path":
            source = tmp_path / "source"
            source.write_bytes(data)
        else:
            source = arriving(*(data[i : i + 100_000] for i in range(0, size, 100_000)))
        stored = await storage.put(key, source)
        assert (stored.key, stored.size) == (key, size)
        assert stored.sha256 == hashlib.sha256(data).hexdigest()
        assert await storage.read(key, max_bytes=size) == data
        assert await storage.size(key) == size
        assert await storage.verify(key, stored.sha256)

    async def test_many_at_once_do_not_disturb_each_other(self, storage: Storage) -> None:
        wanted = {
            storage.new_key(TENANT, ArtifactType.TEXT, "txt"): f"text {n}".encode()
            for n in range(200)
        }
        await asyncio.gather(*(storage.put(key, data) for key, data in wanted.items()))
        assert await keys_in(storage) == sorted(wanted)
        for key, data in wanted.items():
            assert await storage.read(key, max_bytes=100) == data

    async def test_other_bytes_do_not_verify(self, storage: Storage, key: str) -> None:
        await storage.put(key, b"mine")
        assert not await storage.verify(key, hashlib.sha256(b"yours").hexdigest())

    async def test_a_look_up_tells_size_and_time(self, storage: Storage, key: str) -> None:
        await storage.put(key, b"0123456789")
        [found] = [found async for found in storage.list()]
        assert (found.key, found.size) == (key, 10)
        assert found.modified.tzinfo is not None

    async def test_a_missing_file_is_not_found(self, storage: Storage, key: str) -> None:
        assert await storage.size(key) is None
        assert storage.local_path(key) is None
        assert not await storage.verify(key, "00")
        with pytest.raises(NotFound):
            await storage.read(key, max_bytes=1)
        with pytest.raises(NotFound):
            await anext(storage.stream(key))

    async def test_a_copy_replaces_a_file_only_when_complete(
        self, storage: Storage, key: str, tmp_path: Path
    ) -> None:
        folder = tmp_path / "copies"
        folder.mkdir()
        target = folder / "copy"
        target.write_bytes(b"old")
        with pytest.raises(NotFound):
            await storage.copy_to(key, target)
        assert target.read_bytes() == b"old"
        data = bytes_of(3 * MEBIBYTE)
        await storage.put(key, data)
        await storage.copy_to(key, target)
        assert target.read_bytes() == data
        assert [path.name for path in folder.glob("*")] == ["copy"]

    def test_no_two_keys_are_the_same(self, storage: Storage) -> None:
        keys = {storage.new_key(TENANT, None, "webp") for _ in range(1000)}
        assert len(keys) == 1000
        assert all(key.startswith(f"{TENANT}/") for key in keys)


class TestVisibility(Promise):
    """Nothing is seen of an object before the whole of it is there."""

    promise = "seen only when whole"

    @pytest.mark.parametrize("blocks", [1, 12])
    async def test_nothing_is_visible_before_it_is_complete(
        self, storage: Storage, key: str, blocks: int
    ) -> None:
        seen: list[object] = []

        async def watched() -> AsyncIterator[bytes]:
            for _ in range(blocks):
                yield bytes(MEBIBYTE)
                seen.append(await storage.size(key))
                seen.append(storage.local_path(key))
                seen.extend(await keys_in(storage))

        await storage.put(key, watched())
        assert seen == [None, None] * blocks
        assert await storage.size(key) == blocks * MEBIBYTE


class TestFailures(Promise):
    """A put that fails or is cancelled leaves nothing."""

    promise = "nothing left of a failure"

    @pytest.mark.parametrize("blocks", [0, 1, 12])
    async def test_a_source_that_breaks_leaves_nothing_and_says_why(
        self, storage: Storage, key: str, blocks: int
    ) -> None:
        async def breaking() -> AsyncIterator[bytes]:
            for _ in range(blocks):
                yield bytes(MEBIBYTE)
            raise NotFound("the provider has lost it")

        with pytest.raises(NotFound, match="the provider has lost it"):
            await storage.put(key, breaking())
        assert await storage.size(key) is None
        assert await keys_in(storage) == []

    async def test_a_source_file_that_is_missing_is_a_storage_error(
        self, storage: Storage, key: str, tmp_path: Path
    ) -> None:
        with pytest.raises(StorageError):
            await storage.put(key, tmp_path / "none")
        assert await keys_in(storage) == []

    @pytest.mark.parametrize("blocks", [0, 3, 12])
    async def test_a_put_cancelled_while_it_waits_leaves_nothing(
        self, storage: Storage, key: str, blocks: int
    ) -> None:
        waiting = asyncio.Event()

        async def stalling() -> AsyncIterator[bytes]:
            for _ in range(blocks):
                yield bytes(MEBIBYTE)
            waiting.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(storage.put(key, stalling()))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await storage.size(key) is None
        assert await keys_in(storage) == []


class TestTakenKeys(Promise):
    """A taken key is refused, and keeps its bytes."""

    promise = "never written twice"

    async def test_a_key_is_never_written_twice(self, storage: Storage, key: str) -> None:
        await storage.put(key, b"first")
        for again in (b"second", arriving(b"third"), arriving(*[bytes(MEBIBYTE)] * 10)):
            with pytest.raises(Conflict, match="written once"):
                await storage.put(key, again)
        assert await storage.read(key, max_bytes=100) == b"first"
        assert await keys_in(storage) == [key]


class TestRaces(Promise):
    """Of many who write one key at the same time, one wins."""

    promise = "one of many wins"

    async def test_of_many_for_one_key_one_wins(self, storage: Storage, key: str) -> None:
        sources = [f"writer {n}".encode() for n in range(20)]
        ends = await asyncio.gather(
            *(storage.put(key, data) for data in sources), return_exceptions=True
        )
        won = [n for n, end in enumerate(ends) if not isinstance(end, BaseException)]
        assert len(won) == 1
        assert all(isinstance(end, Conflict) for n, end in enumerate(ends) if n not in won)
        assert await storage.read(key, max_bytes=100) == sources[won[0]]


class TestParts(Promise):
    """Any part of an object is read by itself."""

    promise = "read in parts"

    @pytest.mark.parametrize(
        ("start", "end"),
        [(0, None), (0, 10), (3, 7), (9, None), (9, 10), (0, 100), (5, 5), (10, None), (0, 1)],
    )
    async def test_a_part_is_what_a_slice_would_be(
        self, storage: Storage, key: str, start: int, end: int | None
    ) -> None:
        await storage.put(key, b"0123456789")
        parts = [part async for part in storage.stream(key, start=start, end=end)]
        assert b"".join(parts) == b"0123456789"[start:end]

    @pytest.mark.parametrize(("start", "end"), [(11, None), (-1, None), (5, 4), (11, 12)])
    async def test_a_part_outside_of_the_file_is_refused(
        self, storage: Storage, key: str, start: int, end: int | None
    ) -> None:
        await storage.put(key, b"0123456789")
        with pytest.raises(InvalidInput, match="which has 10 bytes"):
            await anext(storage.stream(key, start=start, end=end))

    async def test_a_long_file_comes_in_pieces(self, storage: Storage, key: str) -> None:
        data = bytes_of(5 * MEBIBYTE)
        chunks = [data[i : i + 50_000] for i in range(0, len(data), 50_000)]
        await storage.put(key, arriving(*chunks))
        parts = [part async for part in storage.stream(key, start=7)]
        assert b"".join(parts) == data[7:]
        assert max(map(len, parts)) <= len(data)


class TestLimits(Promise):
    """A limit in bytes holds for what comes in, and for what is read."""

    promise = "bounded"

    @pytest.mark.parametrize("blocks", [1, 12])
    async def test_one_above_the_limit_is_refused(
        self, storage: Storage, key: str, tmp_path: Path, blocks: int
    ) -> None:
        data = bytes(blocks * MEBIBYTE)
        path = tmp_path / "source"
        path.write_bytes(data)
        for source in (data, path, arriving(*[bytes(MEBIBYTE)] * blocks)):
            with pytest.raises(TooLarge, match="nothing was stored"):
                await storage.put(key, source, max_bytes=len(data) - 1)
        assert await keys_in(storage) == []
        assert (await storage.put(key, data, max_bytes=len(data))).size == len(data)

    async def test_a_file_larger_than_asked_for_is_not_read(
        self, storage: Storage, key: str
    ) -> None:
        await storage.put(key, b"0123456789")
        with pytest.raises(TooLarge):
            await storage.read(key, max_bytes=9)


class TestListing(Promise):
    """What is there is listed, below a prefix of whole segments."""

    promise = "listed"

    async def test_a_listing_keeps_to_its_prefix(self, storage: Storage) -> None:
        for key in ("a/b/1", "a/b/2", "a/bc/3", "d"):
            await storage.put(key, b"x")
        assert await keys_in(storage, "a/b") == ["a/b/1", "a/b/2"]
        assert await keys_in(storage, "a/") == ["a/b/1", "a/b/2", "a/bc/3"]
        assert await keys_in(storage, "none") == []
        assert await keys_in(storage) == ["a/b/1", "a/b/2", "a/bc/3", "d"]


class TestRemoving(Promise):
    """What is deleted is gone, and to delete twice is fine."""

    promise = "removed"

    async def test_deleting_is_for_good_and_twice_is_fine(self, storage: Storage, key: str) -> None:
        await storage.put(key, b"x")
        await storage.delete(key)
        await storage.delete(key)
        assert await storage.size(key) is None
        assert await keys_in(storage) == []


class TestHostileKeys(Promise):
    """A key that would lead elsewhere is refused everywhere."""

    promise = "hostile keys refused"

    @pytest.mark.parametrize(
        "hostile",
        ["../x", "/etc/passwd", "a/../../x", "a\\..\\x", "a\x00b", "a//b", "C:/x", "", ".staging/x",
         "a/./b", "%2e%2e/x", "a/"],
    )  # fmt: skip
    async def test_a_hostile_key_is_refused_everywhere(
        self, storage: Storage, tmp_path: Path, hostile: str
    ) -> None:
        with pytest.raises(InvalidInput):
            await storage.put(hostile, b"x")
        with pytest.raises(InvalidInput):
            await storage.read(hostile, max_bytes=1)
        with pytest.raises(InvalidInput):
            await storage.size(hostile)
        with pytest.raises(InvalidInput):
            await anext(storage.stream(hostile))
        with pytest.raises(InvalidInput):
            await storage.verify(hostile, "00")
        with pytest.raises(InvalidInput):
            await storage.delete(hostile)
        with pytest.raises(InvalidInput):
            await storage.copy_to(hostile, tmp_path / "copy")
        with pytest.raises(InvalidInput):
            storage.local_path(hostile)
        if hostile not in {"", "a/"}:  # which are good prefixes
            with pytest.raises(InvalidInput):
                await keys_in(storage, hostile)
