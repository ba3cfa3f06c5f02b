"""Counting and hashing bytes on their way into storage."""

import hashlib

from boards.domain.artifacts import StoredBytes
from boards.errors import TooLarge

__all__ = ["Tally"]


class Tally:
    """Size and sha256 of what went through; `visible` once the file has its key."""

    def __init__(self, key: str, max_bytes: int | None) -> None:
        self._key = key
        self._max_bytes = max_bytes
        self._digest = hashlib.sha256()
        self._size = 0
        self.visible = False

    def add(self, block: bytes) -> None:
        """Count a block; raises TooLarge when the limit is passed."""
        self._size += len(block)
        if self._max_bytes is not None and self._size > self._max_bytes:
            raise TooLarge(
                f"This file is larger than the {self._max_bytes:,} bytes allowed here; "
                "nothing was stored."
            )
        self._digest.update(block)

    def result(self) -> StoredBytes:
        """What was stored."""
        return StoredBytes(key=self._key, size=self._size, sha256=self._digest.hexdigest())
