"""The data directory belongs to one process at a time: a lock that the system itself releases.

Two processes on one SQLite file and one set of leases would run the same generation twice, so the
lock is held from before the database is opened until after it is closed. It is no file that can be
left behind: when the process ends, however it ends, the system gives it up.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from boards.errors import Conflict, StorageError

__all__ = ["LOCK_FILE", "hold_data_dir"]

LOCK_FILE = "lock"

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


def _holder(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    process = os.read(file, 32).decode(errors="replace").strip()
    return f"process {process}" if process.isdigit() else "another process"
