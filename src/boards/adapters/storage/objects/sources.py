"""What can be put into storage, turned into blocks."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from boards.errors import StorageError

__all__ = ["BLOCK", "Source", "blocks_of"]

BLOCK = 2**20
Source = AsyncIterator[bytes] | Path | bytes


async def blocks_of(source: Source) -> AsyncGenerator[bytes]:
    """Give any source in blocks of about a mebibyte."""
    if isinstance(source, bytes):
        for start in range(0, len(source), BLOCK):
            yield source[start : start + BLOCK]
    elif isinstance(source, Path):
        start = 0
        with _read_errors(source):
            while block := await asyncio.to_thread(_read_at, source, start):
                start += len(block)
                yield block
    else:
        waiting: list[bytes] = []
        size = 0
        async for chunk in source:
            waiting.append(bytes(chunk))
            size += len(chunk)
            if size >= BLOCK:
                yield b"".join(waiting)
                waiting, size = [], 0
        if waiting:
            yield b"".join(waiting)


def _read_at(path: Path, start: int) -> bytes:
    # Opened for each block: a cancelled caller then leaves no open file behind.
    with path.open("rb") as file:
        file.seek(start)
        return file.read(BLOCK)


@contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            "The file to be stored could not be read; the log has the reason.",
            detail=f"{path}: {error!r}",
        ) from error
