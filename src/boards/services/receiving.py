"""Brings what somebody sends into one file, counting and hashing as it comes."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from boards.errors import TooLarge
from boards.outbound.files import in_thread, write_errors

__all__ = ["Received", "Source", "display_name", "receive"]

BLOCK = 2**20
NAME_CHARACTERS = 200

Source = AsyncIterator[bytes] | Path | bytes


@dataclass(frozen=True, kw_only=True)
class Received:
    """What has come: `size` in bytes, `sha256` in hex."""

    size: int
    sha256: str


async def receive(source: Source, path: Path, *, max_bytes: int) -> Received:
    """Write what comes into a new file, stopping as soon as it is too much.

    Of a file that is there already only a link is made. Raises TooLarge, StorageError, and whatever
    the source raises; then the file is the caller's to remove. No more than a block is in memory.
    """
    if isinstance(source, Path):
        return await asyncio.to_thread(_link, source, path, max_bytes)
    digest = hashlib.sha256()
    size = 0
    with write_errors(path):
        file = await asyncio.to_thread(path.open, "xb")
    try:
        async for block in _blocks(source):
            size += len(block)
            _check_size(size, max_bytes)
            digest.update(block)
            with write_errors(path):
                await in_thread(file.write, block)
    finally:
        with write_errors(path):
            await in_thread(file.close)
    return Received(size=size, sha256=digest.hexdigest())


async def _blocks(source: AsyncIterator[bytes] | bytes) -> AsyncIterator[bytes]:
    """Join small pieces, so that a hop to a thread is worth it; cut none."""
    if isinstance(source, bytes):
        yield source
        return
    waiting: list[bytes] = []
    size = 0
    async for piece in source:
        waiting.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _link(source: Path, path: Path, max_bytes: int) -> Received:
    size = source.stat().st_size
    _check_size(size, max_bytes)
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    path.symlink_to(source.resolve())
    return Received(size=size, sha256=digest.hexdigest())


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise TooLarge(f"The file is larger than the limit of {max_bytes} bytes.")


def display_name(filename: str | None) -> str | None:
    """Give a name fit to show: the last part of a path, printable, of at most 200 characters.

    It names no file anywhere: keys are made by the server.
    """
    if filename is None:
        return None
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if c.isprintable()).strip(". ")[:NAME_CHARACTERS]
    return clean or None
