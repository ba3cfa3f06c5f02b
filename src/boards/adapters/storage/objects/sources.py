"""What can be put into storage, turned into blocks."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

from boards.errors import StorageError

__all__ = ["BLOCK", "Source", "blocks_of", "file_blocks"]

BLOCK = 2**20
Source = AsyncIterator[bytes] | Path | bytes


async def blocks_of(source: Source) -> AsyncGenerator[bytes]:
    """Give any source in blocks of about a mebibyte."""
    if isinstance(source, bytes):
        for start in range(0, len(source), BLOCK):
            yield source[start : start + BLOCK]
    elif isinstance(source, Path):
        async with aclosing(file_blocks(source)) as blocks:
            async for block in blocks:
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


async def file_blocks(path: Path, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes]:
    """Give a file in blocks, or its bytes from `start` up to, not including, `end`."""
    with _read_errors(path):
        while end is None or start < end:
            size = BLOCK if end is None else min(BLOCK, end - start)
            block = await asyncio.to_thread(_read_at, path, start, size)
            if not block:
                break
            start += len(block)
            yield block


def _read_at(path: Path, start: int, size: int) -> bytes:
    # Opened for each block: a cancelled caller then leaves no open file behind.
    with path.open("rb") as file:
        file.seek(start)
        return file.read(size)


@contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The file {path.name!r} could not be read; the log has the reason.",
            detail=f"{path}: {error!r}",
        ) from error
