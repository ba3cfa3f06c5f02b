"""Bytes on their way to a file: written beside it, hashed, and put in its place when whole."""

import hashlib
import re
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from boards.client.errors import DownloadBroken

__all__ = ["Download", "demand_whole"]

_TAG = re.compile(r'(?:W/)?"([0-9a-f]{64})"')


class Download:
    """Takes chunks. On leaving the block without an error the file is there, and whole."""

    def __init__(self, target: Path, tag: str | None) -> None:
        self._target = target
        self._part = target.with_name(f"{target.name}.part")
        self._tag = tag
        self._hash = hashlib.sha256()
        self._file: BinaryIO | None = None

    def __enter__(self) -> "Download":
        self._file = self._part.open("wb")
        return self

    def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._hash.update(chunk)
        if self._file is not None:
            self._file.write(chunk)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
        try:
            if error is None:
                _demand(self._tag, self._hash.hexdigest())
                self._part.replace(self._target)
        finally:
            self._part.unlink(missing_ok=True)


def demand_whole(content: bytes, tag: str | None) -> bytes:
    """Give bytes whose hash is the one of their ETag. DownloadBroken for others."""
    _demand(tag, hashlib.sha256(content).hexdigest())
    return content


def _demand(tag: str | None, found: str) -> None:
    """A tag that is no hash says nothing about the bytes."""
    said = _TAG.fullmatch(tag or "")
    if said is not None and said.group(1) != found:
        raise DownloadBroken("The bytes that came are not those of the file; get them again.")
