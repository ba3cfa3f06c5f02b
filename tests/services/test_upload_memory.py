"""However large a file is, no more of it is in memory than what has just come."""

import json
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from boards.adapters.storage.objects import ObjectStorage
from boards.domain.artifacts import ArtifactType
from boards.services.resumable import ResumableService
from boards.services.uploads import UploadService, UploadWords
from tests.services.studio import Studio

MIB = 2**20
BYTES = 48 * MIB
MOST = 12 * MIB


def head_of_lora() -> bytes:
    """The header of a LoRA whose one tensor fills the rest."""

    def header(count: int) -> bytes:
        tensor = {"dtype": "U8", "shape": [count], "data_offsets": [0, count]}
        text = json.dumps({"weights": tensor}).encode()
        return len(text).to_bytes(8, "little") + text

    count = BYTES - len(header(BYTES))
    return header(count)


async def lora() -> AsyncIterator[bytes]:
    first = head_of_lora()
    yield first
    rest = BYTES - len(first)
    while rest:
        piece = bytes(min(rest, 65536))
        rest -= len(piece)
        yield piece


async def peak_of(work: Callable[[], Awaitable[object]]) -> int:
    tracemalloc.start()
    try:
        await work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def uploads(studio: Studio) -> UploadService:
    storage = ObjectStorage.local(studio.folder / "files", sync=False)
    return replace(studio.uploads, storage=storage, max_bytes=2 * BYTES)


async def test_a_file_in_one_request(studio: Studio, uploads: UploadService) -> None:
    async def send() -> None:
        made = await uploads.upload(studio.actor, source=lora(), filename="a.safetensors")
        assert made.artifact_type is ArtifactType.LORA
        assert made.file is not None
        assert made.file.size == BYTES

    assert await peak_of(send) < MOST


async def test_a_file_in_pieces(studio: Studio, uploads: UploadService) -> None:
    service = ResumableService(
        database=studio.database, storage=uploads.storage, uploads=uploads, clock=studio.clock
    )
    upload = await service.begin(studio.actor, size=BYTES, words=UploadWords())

    async def part(pieces: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
        size = 0
        async for piece in pieces:
            yield piece
            size += len(piece)
            if size >= most:
                return

    async def send() -> None:
        pieces, standing = lora(), upload
        while standing.generation_id is None:
            standing = await service.append(
                studio.actor,
                upload.id,
                offset=standing.received,
                source=part(pieces, 20 * MIB),
            )

    assert await peak_of(send) < MOST
