"""Writing files off the event loop, with disk errors that say what to do."""

import asyncio
import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import ParamSpec, TypeVar

from boards.errors import StorageError

__all__ = ["PartFile", "in_thread", "write_errors"]

P = ParamSpec("P")
T = TypeVar("T")

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class PartFile:
    """A file that gets its name when it is complete; until then it lies beside it, hidden.

    Counts and hashes what is written. The methods block and are called in threads; the file is
    opened by the first of them, so that a cancelled caller always knows what there is to discard.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.size = 0
        self._digest = hashlib.sha256()
        self._path = target.with_name(f".{secrets.token_hex(12)}.part")
        self._file: FileIO | None = None

    @property
    def sha256(self) -> str:
        """The hash of what was written so far, as hex."""
        return self._digest.hexdigest()

    def write(self, block: bytes) -> None:
        """Append a block."""
        file = self._open()
        rest = memoryview(block)
        while rest:
            rest = rest[file.write(rest) :]
        self._digest.update(block)
        self.size += len(block)

    def finish(self) -> None:
        """Give the file its name, in place of any older one."""
        self._open().close()
        self._path.replace(self.target)

    def discard(self) -> None:
        """Leave nothing of an unfinished file."""
        try:
            if self._file is not None:
                self._file.close()
        finally:
            self._path.unlink(missing_ok=True)

    def _open(self) -> FileIO:
        if self._file is None:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = FileIO(handle, "wb")
        return self._file


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
        elif error.errno in _CLOSED:
            message = (
                "The folder for this file cannot be written to; check its owner and permissions, "
                "then try again."
            )
        else:
            message = "The file could not be written; the log has the reason."
        raise StorageError(message, detail=f"{target}: {error!r}") from error
