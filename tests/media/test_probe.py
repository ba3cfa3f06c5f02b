import asyncio
import threading
from pathlib import Path

import pytest

from boards.adapters.media import probe as module
from boards.adapters.media.images import image_facts
from boards.adapters.media.probe import MediaProbe
from boards.adapters.media.sniff import sniff
from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput, StorageError, Unsupported
from tests.media.files import picture


async def test_files_are_looked_into_off_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def watched(head: bytes) -> str | None:
        seen.append(threading.current_thread().name)
        return sniff(head)

    monkeypatch.setattr(module, "sniff", watched)
    path = tmp_path / "a"
    path.write_bytes(picture("PNG"))
    media = MediaProbe()
    facts = await media.probe(path)
    assert facts == await media.check_upload(path, ArtifactType.IMAGE)
    assert all(name.startswith("media") for name in seen)
    assert await media.thumbnail(path, facts, max_edge=16) is not None


async def test_no_more_files_than_threads_are_decoded_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(picture("PNG"))
    inside = 0
    most = 0
    lock = threading.Lock()
    together = threading.Barrier(2, timeout=5)

    def counted(path: Path, name: str):
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        together.wait()
        with lock:
            inside -= 1
        return image_facts(path, name)

    monkeypatch.setattr(module, "image_facts", counted)
    media = MediaProbe(threads=2)
    await asyncio.gather(*(media.probe(path) for _ in range(8)))
    assert most == 2


async def test_errors_come_through(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    with pytest.raises(InvalidInput, match="is empty"):
        await MediaProbe().probe(path)


def test_a_missing_file_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        module.probe(tmp_path / "none")


def test_an_unknown_file_is_told_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\x01\x02\x03\x04" * 10)
    with pytest.raises(Unsupported, match="Supported are png, jpg"):
        module.probe(path)
