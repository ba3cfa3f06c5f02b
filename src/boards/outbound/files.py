"""Writing files off the event loop, with disk errors that say what to do."""

import asyncio
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from boards.errors import StorageError

__all__ = ["create_private", "in_thread", "write_errors"]

P = ParamSpec("P")
T = TypeVar("T")

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking work in a thread; when cancelled, end only after the thread has ended.

    Otherwise a cancelled caller would clean up below a thread that still writes.
    """
    running = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            try:
                await asyncio.wait([running])
            except asyncio.CancelledError:
                continue
        if not running.cancelled():
            running.exception()  # looked at, so that it is not reported as never retrieved
        raise


def create_private(path: Path) -> BinaryIO:
    """Open a new file for writing that only this user may read; it must not exist yet."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


@contextmanager
def write_errors(target: Path | str) -> Iterator[None]:
    """Turn an OSError of a write into StorageError; the path goes to the log only."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            message = (
                "The disk is full or its quota is used up; free some space, then try again. "
                "Nothing was stored."
            )
        elif error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            message = (
                "The folder for this file cannot be written to; check its owner and permissions, "
                "then try again."
            )
        else:
            message = "The file could not be written; the log has the reason."
        raise StorageError(message, detail=f"{target}: {error!r}") from error
