"""Conditional and range requests (RFC 9110), for bytes that never change under their ETag."""

import re
from dataclasses import dataclass

from starlette.datastructures import Headers

from boards.api.errors import HttpRefusal

__all__ = ["Span", "etag_of", "is_unchanged", "span_asked"]

_RANGE = re.compile(r"bytes=[ \t]*(\d{0,19})-(\d{0,19})[ \t]*")
_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, kw_only=True)
class Span:
    """Bytes from `start` up to, and without, `end`."""

    start: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.start


def etag_of(hash_digits: str) -> str:
    """The strong entity tag of bytes with this hash."""
    return f'"{hash_digits}"'


def is_unchanged(headers: Headers, etag: str) -> bool:
    """Tell whether the caller has these bytes already (If-None-Match)."""
    sent = headers.get("if-none-match")
    if sent is None:
        return False
    return sent.strip() == "*" or etag in _TAG.findall(sent)


def span_asked(headers: Headers, etag: str, size: int) -> Span | None:
    """Give the one range asked for, or None for the whole.

    Several ranges, another unit and a malformed header are answered with the whole, as RFC 9110
    allows, and so is a range of other bytes than these (If-Range). A range outside of the bytes is
    refused with 416.
    """
    asked = _RANGE.fullmatch(headers.get("range", ""))
    if asked is None or headers.get("if-range", etag).strip() != etag:
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= end:
        raise HttpRefusal(
            416,
            "range_not_satisfiable",
            f"The file has {size} bytes; the range asked for is not among them.",
            {"Content-Range": f"bytes */{size}"},
        )
    return Span(start=start, end=end)
