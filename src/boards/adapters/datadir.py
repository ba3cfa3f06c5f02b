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
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from boards.errors import Conflict, StorageError

__all__ = ["LOCK_FILE", "SCRATCH", "Hold", "Holder", "hold_data_dir", "holder_of", "own_scratch"]

LOCK_FILE = "lock"
SCRATCH = "scratch"
_YOUNG_SECONDS = 60
"""A folder may have been made but not been locked yet."""
_QUESTION_SECONDS = 0.05
_PROCESSES = Path("/proc")

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        # Locked bytes cannot be read by others; the process id stands before them.
        os.lseek(file, 1 << 20, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    _share = _lock
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _share(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The process that has a data directory, as it wrote itself down.

    `work` is what it does, `address` where it listens. `since` is when it wrote last. `is_seen`
    tells that the process of that number was found to have the lock open: in another container, the
    number may be somebody else's here.
    """

    pid: int | None
    work: str | None
    address: str | None
    since: datetime
    is_seen: bool


class Hold:
    """This process's hold on a data directory, and what it has written into the lock."""

    def __init__(self, file: int, work: str | None) -> None:
        self._file = file
        self._words = [str(os.getpid()), *([work] if work else [])]
        self._write(self._words)

    @contextmanager
    def listening(self, address: str) -> Iterator[None]:
        """Say, as long as this lasts, that it listens there. Needs a `work`."""
        self._write([*self._words, address])
        try:
            yield
        finally:
            self._write(self._words)

    def _write(self, words: list[str]) -> None:
        # Whoever reads meanwhile sees the old words or the new ones, never half of them.
        text = " ".join(words).encode()
        before = os.fstat(self._file).st_size
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, text.ljust(before))
        os.ftruncate(self._file, len(text))


@contextmanager
def hold_data_dir(path: Path, *, work: str | None = None) -> Iterator[Hold]:
    """Make the directory unless it is there, and keep every other process out of it.

    `work` is one word for what this process does, for `holder_of`. Raises Conflict, naming the
    other process, when one has it, and StorageError when the directory cannot be made or written
    to.
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
            _lock_soon(file)
        except OSError:
            pid, *_ = _written(file)
            by = "another process" if pid is None else f"process {pid}"
            raise Conflict(
                f"The data directory {str(path)!r} is in use by {by}. Wait until it has ended, or "
                "name another directory in BOARDS_DATA_DIR."
            ) from None
        yield Hold(file, work)
    finally:
        os.close(file)  # which gives up the lock; the file stays, or two could lock two files


def holder_of(path: Path) -> Holder | None:
    """Tell who has the directory; None when nobody has. Asking makes nothing.

    Raises StorageError when the lock cannot be looked at.
    """
    lock = path / LOCK_FILE
    try:
        file = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StorageError(
            f"The lock {str(lock)!r} cannot be opened: {error.strerror}. Be the user whose data it "
            "is."
        ) from error
    try:
        _share(file)
    except OSError:
        pid, work, address = _written(file)
        about = os.fstat(file)
        return Holder(
            pid=pid,
            work=work,
            address=address,
            since=datetime.fromtimestamp(about.st_mtime, UTC),
            is_seen=pid is not None and _has_open(pid, about),
        )
    else:
        return None
    finally:
        os.close(file)


@contextmanager
def own_scratch(path: Path) -> Iterator[Path]:
    """A folder of this process alone, for what its runs leave behind; it goes at the end.

    Several processes may share the data directory, as API and workers do on PostgreSQL. What
    processes that have died left here goes now.
    """
    scratch = path / SCRATCH
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


def _lock_soon(file: int) -> None:
    try:
        _lock(file)
    except OSError:
        time.sleep(_QUESTION_SECONDS)  # somebody may only be asking who has it
        _lock(file)


def _written(file: int) -> tuple[int | None, str | None, str | None]:
    """The process, its work and its address that stand in the lock."""
    os.lseek(file, 0, os.SEEK_SET)
    pid, work, address, *_ = (*os.read(file, 512).decode(errors="replace").split(), "", "", "")
    return int(pid) if pid.isdecimal() else None, work or None, address or None


def _has_open(pid: int, about: os.stat_result) -> bool:
    """Tell whether this process has that file open. Where the system does not show it, whether
    there is such a process."""
    if not _PROCESSES.is_dir():
        return _is_alive(pid)
    try:
        opened = list((_PROCESSES / f"{pid}/fd").iterdir())
    except OSError:
        return False  # another user's, or gone
    return any(_is_same(each, about) for each in opened)


def _is_same(file: Path, about: os.stat_result) -> bool:
    try:
        return os.path.samestat(file.stat(), about)
    except OSError:
        return False  # closed meanwhile


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":
        return False  # asking as below would end it
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
