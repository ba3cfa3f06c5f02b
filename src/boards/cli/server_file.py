"""The note that a running server leaves in its data directory, so that commands find it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from boards.settings import is_loopback

__all__ = ["SERVER_FILE", "announced", "announced_address", "announced_pid", "local_address"]

SERVER_FILE = "server.json"


@contextmanager
def announced(data_dir: Path, address: str) -> Iterator[None]:
    """Say where the server is, readable for its owner alone, until it ends."""
    note = data_dir / SERVER_FILE
    fresh = data_dir / f"{SERVER_FILE}.{os.getpid()}"
    fresh.unlink(missing_ok=True)
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as opened:
        json.dump({"url": address, "pid": os.getpid()}, opened)
    fresh.replace(note)
    try:
        yield
    finally:
        if announced_address(data_dir) == address:
            note.unlink(missing_ok=True)  # unless another server here has said where it is


def announced_address(data_dir: Path) -> str | None:
    """Read where a server said it would be; it may have died since. None without a valid note."""
    try:
        return local_address(
            json.loads((data_dir / SERVER_FILE).read_text(encoding="utf-8"))["url"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def local_address(text: object) -> str | None:
    """Give an address that somebody wrote down, if it is one of this machine.

    Whoever could write it must not lead commands, and the token they carry, elsewhere.
    """
    try:
        parts = urlsplit(str(text))
        host = parts.hostname
    except ValueError:
        return None
    return str(text) if parts.scheme == "http" and host and is_loopback(host) else None


def announced_pid(data_dir: Path) -> int | None:
    """Read the number of the process that left the note; it may have died since."""
    try:
        pid = json.loads((data_dir / SERVER_FILE).read_text(encoding="utf-8"))["pid"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return pid if isinstance(pid, int) else None
