"""What holds for files on a local disk."""

import asyncio
import errno
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from boards.adapters.storage.objects import ObjectStorage, disk
from boards.errors import Conflict, NotFound, StorageError

MEBIBYTE = 2**20


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "objects"


@pytest.fixture
def storage(root: Path) -> ObjectStorage:
    return ObjectStorage.local(root)


def files_below(root: Path) -> list[str]:
    """Every file there is, half-written ones included."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())


def system(**replaced: object) -> SimpleNamespace:
    """The module `os` with some functions replaced."""
    return SimpleNamespace(**{**vars(os), **replaced})


async def test_a_file_lies_below_the_root_for_this_user_only(
    storage: ObjectStorage, root: Path
) -> None:
    await storage.put("t/2026/01/image/a.png", b"x")
    assert files_below(root) == ["t/2026/01/image/a.png"]
    path = storage.local_path("t/2026/01/image/a.png")
    assert path == root / "t/2026/01/image/a.png"
    assert path.stat().st_mode & 0o077 == 0


class TestFullDisks:
    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
    @pytest.mark.parametrize("kind", ["bytes", "iterator"])
    async def test_space_that_ends_in_mid_write_leaves_nothing(
        self,
        storage: ObjectStorage,
        root: Path,
        monkeypatch: pytest.MonkeyPatch,
        kind: str,
        code: int,
    ) -> None:
        written = 0

        def write(handle: int, block: bytes) -> int:
            nonlocal written
            if written:
                raise OSError(code, os.strerror(code))
            written = os.write(handle, block[:1000])
            return written

        async def arriving() -> AsyncIterator[bytes]:
            yield bytes(MEBIBYTE)

        monkeypatch.setattr(disk, "os", system(write=write))
        with pytest.raises(StorageError, match=r"disk is full.*free some space"):
            await storage.put("a", bytes(MEBIBYTE) if kind == "bytes" else arriving())
        assert written == 1000
        assert files_below(root) == []

    async def test_space_that_ends_while_syncing_leaves_nothing(
        self, storage: ObjectStorage, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fsync(handle: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(disk, "os", system(fsync=fsync))
        with pytest.raises(StorageError, match="disk is full"):
            await storage.put("a", b"x")
        assert files_below(root) == []

    @pytest.mark.slow
    def test_a_limit_of_the_system_leaves_nothing(self, root: Path) -> None:
        script = """
            import asyncio, resource, sys
            from pathlib import Path
            from boards.adapters.storage.objects import ObjectStorage
            from boards.errors import StorageError

            async def main():
                storage = ObjectStorage.local(Path(sys.argv[1]))
                await storage.put("small", bytes(1000))
                resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
                try:
                    await storage.put("large", bytes(1_000_000))
                except StorageError as error:
                    print(error.message)
                print(await storage.size("small"), await storage.size("large"))

            asyncio.run(main())
        """
        ran = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), str(root)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "The disk is full" in ran.stdout
        assert ran.stdout.splitlines()[-1] == "1000 None"
        assert files_below(root) == ["small"]


async def test_a_folder_that_cannot_be_written_says_so(
    storage: ObjectStorage, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(disk, "os", system(open=refuse))
    with pytest.raises(StorageError, match="owner and permissions"):
        await storage.put("a", b"x")
    assert files_below(root) == []


async def test_a_put_cancelled_at_any_moment_is_whole_or_nothing(
    storage: ObjectStorage, root: Path
) -> None:
    outcomes = set()
    for turn in range(120):
        key = f"k{turn}"
        task = asyncio.create_task(storage.put(key, bytes(300_000)))
        stop = time.perf_counter() + turn * 0.00005
        while time.perf_counter() < stop and not task.done():  # noqa: ASYNC110 - finer than sleep
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            outcomes.add("cancelled")
            assert await storage.size(key) is None
        else:
            outcomes.add("stored")
            assert await storage.size(key) == 300_000
        assert not any(name.startswith(".staging") for name in files_below(root))
    assert "cancelled" in outcomes


async def test_a_cancelled_put_never_removes_what_was_there(
    storage: ObjectStorage, root: Path
) -> None:
    await storage.put("a", b"paid for")
    for turn in range(30):
        task = asyncio.create_task(storage.put("a", b"other"))
        for _ in range(turn):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises((asyncio.CancelledError, Conflict)):
            await task
    assert await storage.read("a", max_bytes=100) == b"paid for"
    assert files_below(root) == ["a"]


class TestSymbolicLinks:
    @pytest.fixture
    def outside(self, tmp_path: Path) -> Path:
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "secret").write_bytes(b"secret")
        return outside

    async def test_a_linked_file_is_not_there(
        self, storage: ObjectStorage, root: Path, outside: Path
    ) -> None:
        (root / "link").symlink_to(outside / "secret")
        assert storage.local_path("link") is None
        assert await storage.size("link") is None
        with pytest.raises(NotFound):
            await storage.read("link", max_bytes=100)
        with pytest.raises(NotFound):
            await anext(storage.stream("link"))
        with pytest.raises(NotFound):
            await storage.copy_to("link", outside / "copy")
        with pytest.raises(Conflict):
            await storage.put("link", b"x")
        await storage.delete("link")
        assert (outside / "secret").read_bytes() == b"secret"

    async def test_a_linked_folder_leads_nowhere(
        self, storage: ObjectStorage, root: Path, outside: Path
    ) -> None:
        (root / "t").symlink_to(outside)
        assert storage.local_path("t/secret") is None
        with pytest.raises(NotFound):
            await storage.read("t/secret", max_bytes=100)
        for key in ("t/new", "t/deeper/new"):
            with pytest.raises(StorageError, match="symbolic link"):
                await storage.put(key, b"x")
        await storage.delete("t/secret")
        assert files_below(outside) == ["secret"]

    async def test_the_root_itself_may_be_a_link(self, tmp_path: Path, outside: Path) -> None:
        (tmp_path / "data").symlink_to(outside)
        storage = ObjectStorage.local(tmp_path / "data")
        await storage.put("a", b"x")
        assert await storage.read("a", max_bytes=1) == b"x"


async def test_a_folder_is_no_object(storage: ObjectStorage) -> None:
    await storage.put("t/a", b"x")
    assert storage.local_path("t") is None
    assert await storage.size("t") is None
    with pytest.raises(StorageError):
        await storage.put("t/a/b", b"x")


async def test_leftovers_of_a_dead_process_go_and_fresh_ones_stay(root: Path) -> None:
    staging = root / ".staging"
    staging.mkdir(parents=True)
    old, fresh = staging / "old", staging / "fresh"
    old.write_bytes(b"x")
    fresh.write_bytes(b"x")
    two_days_ago = time.time() - 2 * 86400
    os.utime(old, (two_days_ago, two_days_ago))
    storage = ObjectStorage.local(root)
    assert [path.name for path in staging.iterdir()] == ["fresh"]
    assert [found async for found in storage.list()] == []


async def test_a_disk_without_hard_links_still_never_overwrites(
    storage: ObjectStorage, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(disk, "os", system(link=link))
    await storage.put("a", b"first")
    with pytest.raises(Conflict):
        await storage.put("a", b"second")
    assert await storage.read("a", max_bytes=10) == b"first"
    assert files_below(root) == ["a"]


@pytest.mark.parametrize(("sync", "least"), [(True, 2), (False, 0)])
async def test_bytes_and_name_are_on_the_disk_before_a_put_returns(
    root: Path, monkeypatch: pytest.MonkeyPatch, sync: bool, least: int
) -> None:
    synced: list[str] = []

    def fsync(handle: int) -> None:
        synced.append(str(Path(f"/dev/fd/{handle}").resolve()))

    storage = ObjectStorage.local(root, sync=sync)
    await storage.put("t/first", b"x")
    monkeypatch.setattr(disk, "os", system(fsync=fsync))
    await storage.put("t/second", b"x")
    assert len(synced) == least
    if sync:
        assert ".staging" in synced[0]
        assert synced[1] == str(root / "t")
