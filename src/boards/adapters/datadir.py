"""The data directory belongs to one process at a time: a lock that the system itself releases.

Two processes on one SQLite file and one set of leases would run the same generation twice, so the
lock is held from before the database is opened until after it is closed. It is no file that can be
left behind: when the process ends, however it ends, the system gives it up.
"""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from boards.errors import Conflict, StorageError

__all__ = ["LOCK_FILE", "hold_data_dir", "own_scratch"]

LOCK_FILE = "lock"
_YOUNG_SECONDS = 60
"""A folder may have been made but not been locked yet."""

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        # Locked bytes cannot be read by others; the process id stands before them.
        os.lseek(file, 1 << 20, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def hold_data_dir(path: Path) -> Iterator[None]:
    """Make the directory unless it is there, and keep every other process out of it.

    Raises Conflict, naming the other process, when one has it, and StorageError when the directory
    cannot be made or written to.
    """
    lock = path / LOCK_FILE
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(
            f"The data directory {str(path)!r} cannot be used: {error.strerror}. Make it writable, "
            "or name another one in BOARDS_DATA_DIR."
        ) from error
    try:
        try:
            _lock(file)
        except OSError:
            raise Conflict(
                f"The data directory {str(path)!r} is in use by {_holder(file)}. Wait until it has "
                "ended, or name another directory in BOARDS_DATA_DIR."
            ) from None
        os.ftruncate(file, 0)
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, str(os.getpid()).encode())
        yield
    finally:
        os.close(file)  # which gives up the lock; the file stays, or two could lock two files


@contextmanager
def own_scratch(path: Path) -> Iterator[Path]:
    """A folder of this process alone, for what its runs leave behind; it goes at the end.

    Several processes may share the data directory, as API and workers do on PostgreSQL. What
    processes that have died left here goes now.
    """
    scratch = path / "scratch"
    own = scratch / uuid4().hex
    with hold_data_dir(own):
        for other in scratch.iterdir():
            if other != own:
                _remove_if_left(other)
        yield own
    shutil.rmtree(own, ignore_errors=True)


def _remove_if_left(folder: Path) -> None:
    try:
        if time.time() - folder.stat().st_mtime > _YOUNG_SECONDS:
            with hold_data_dir(folder):
                shutil.rmtree(folder, ignore_errors=True)
    except (Conflict, StorageError, OSError):
        return  # somebody's, or removed by another just now


def _holder(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    process = os.read(file, 32).decode(errors="replace").strip()
    return f"process {process}" if process.isdigit() else "another process"
