"""Identifiers: lower-case UUIDs, version 7 where Boards makes them, so that ids sort by time."""

import os
import time
from uuid import UUID

__all__ = ["new_id", "parse_id"]


def new_id() -> UUID:
    """Make a UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | random
    value &= ~(0xF << 76) & ~(0x3 << 62)
    value |= 0x7 << 76 | 0x2 << 62
    return UUID(int=value)


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
