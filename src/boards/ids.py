"""Identifiers: lower-case UUIDs, version 7 where Boards makes them, so that ids sort by time."""

import os
import threading
import time
from uuid import UUID

__all__ = ["new_id", "parse_id"]


_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """Make a UUID version 7 (RFC 9562): Unix time to a quarter of a microsecond, then random bits.

    Ids of one process sort in the order in which they were made.
    """
    global _last  # noqa: PLW0603 - the order of ids is a fact of the process
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    ticks = (seconds * 1000 + milliseconds) << 12 | rest * 4096 // 1_000_000
    with _lock:
        _last = ticks = max(ticks, _last + 1)
    random = int.from_bytes(os.urandom(8)) & (1 << 62) - 1
    time_high, time_low = ticks >> 12, ticks & 0xFFF
    return UUID(int=time_high << 80 | 0x7 << 76 | time_low << 64 | 0x2 << 62 | random)


def parse_id(text: object) -> UUID | None:
    """Read a canonical UUID (8-4-4-4-12, either case); anything else gives None, never an error."""
    if isinstance(text, UUID):
        return text
    if not isinstance(text, str) or len(text) != 36:
        return None
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if str(value) == text.lower() else None
