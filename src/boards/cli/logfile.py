"""The log of a server without a terminal: written in files of bounded size, read from their end.

boards.log, boards.log.1, ..., boards.log.4        the newest first
"""

import io
import os
import time
from collections import deque
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from typing_extensions import Buffer

from boards.errors import StorageError

__all__ = ["log_path", "log_to", "opened", "read_log", "said_since"]

FILE_BYTES = 10_000_000
FILES = 5
LOOK_SECONDS = 0.2
TOLD_BYTES = 20_000
_STDOUT, _STDERR = 1, 2
_UNSHOWN = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160)) if code != 9}
"""Control characters, which could drive the reader's terminal; a tab is none of them."""


def log_path(data_dir: Path) -> Path:
    """Where the log of a server without a terminal is."""
    return data_dir / "logs" / "boards.log"


def opened(path: Path) -> int:
    """Open a log to write at its end, and make it for its owner alone; gives the descriptor."""
    try:
        # One by one: the folders above one that is made get everybody's mode.
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(path, flags, 0o600)
    except OSError as error:
        raise StorageError(
            f"The log {str(path)!r} cannot be written: {error.strerror}. Make its folder writable, "
            "or name another data directory in BOARDS_DATA_DIR."
        ) from error


def log_to(path: Path, *, bytes_: int = FILE_BYTES, files: int = FILES) -> TextIO:
    """Lead the standard output and error of this process into the log, and give it as a stream.

    Whatever is written to either comes along, what libraries print and the interpreter's last words
    as well. When a line comes that would make the file larger than `bytes_`, a new one begins.
    """
    # Each line goes through at once and whole.
    return io.TextIOWrapper(
        cast(BinaryIO, _Files(path, bytes_, files)),
        encoding="utf-8",
        errors="backslashreplace",
        write_through=True,
    )


class _Files(io.RawIOBase):
    """The files of a log; written to by its standard error, whatever file that is now."""

    def __init__(self, path: Path, bytes_: int, files: int) -> None:
        self._path = path
        self._bytes = bytes_
        self._files = files
        self._begin()

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        block = bytes(data)
        if os.fstat(_STDERR).st_size + len(block) > self._bytes:
            self._rotate()
        done = 0
        while done < len(block):
            done += os.write(_STDERR, block[done:])
        return done

    def _begin(self) -> None:
        file = opened(self._path)
        for stream in (_STDOUT, _STDERR):
            os.dup2(file, stream)
        os.close(file)

    def _rotate(self) -> None:
        try:
            for number in range(self._files - 1, 0, -1):
                older, newer = _numbered(self._path, number), _numbered(self._path, number - 1)
                if newer.exists():
                    newer.replace(older)
            self._begin()
        except (OSError, StorageError):
            return  # the line matters more than the size of its file


def read_log(path: Path, *, last: int, follow: bool = False) -> Generator[str]:
    """Give the last lines of the log, and with `follow` each new one, across files, without end.

    Nothing is given while there is no log.
    """
    file = _open(path)
    try:
        lines = deque(_older_lines(path, file), maxlen=last)
        rest = _take(file, b"", lines)
        if rest and not follow:
            lines.append(rest)
        yield from map(_shown, lines)
        while follow:
            time.sleep(LOOK_SECONDS)
            lines = deque()
            rest = _take(file, rest, lines)
            if file is None or _has_successor(path, file):
                # What came between reading and the change of its name.
                rest = _take(file, rest, lines)
                if file is not None:
                    file.close()
                file = _open(path)
                rest = _take(file, rest, lines)
            yield from map(_shown, lines)
    finally:
        if file is not None:
            file.close()


def said_since(path: Path, begin: int, *, last: int) -> str:
    """The last lines of what was written behind the first `begin` bytes; nothing without a log."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            # A new file may have begun meanwhile.
            file.seek(max(begin if begin <= end else 0, end - TOLD_BYTES))
            lines = file.read().splitlines()
    except OSError:
        return ""
    return "\n".join(map(_shown, lines[-last:]))


def _open(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"The log {str(path)!r} cannot be read: {error.strerror}.") from error


def _take(file: BinaryIO | None, rest: bytes, lines: deque[bytes]) -> bytes:
    """Add the whole lines that have come since the last time; gives what of a line is left."""
    if file is None:
        return rest
    *whole, rest = (rest + file.read()).split(b"\n")
    lines.extend(whole)
    return rest


def _older_lines(path: Path, newest: BinaryIO | None) -> Iterator[bytes]:
    for number in range(FILES - 1, 0, -1):
        file = _open(_numbered(path, number))
        if file is None:
            continue
        with file:
            # It may have got its number only just now.
            if newest is None or not os.path.sameopenfile(file.fileno(), newest.fileno()):
                yield from file.read().splitlines()


def _has_successor(path: Path, file: BinaryIO) -> bool:
    try:
        return not os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except OSError:
        return False  # there is none yet


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}") if number else path


def _shown(line: bytes) -> str:
    return line.decode("utf-8", "replace").translate(_UNSHOWN)
