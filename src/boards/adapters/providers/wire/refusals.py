"""What a provider's no means, in the words of the error tree: by status and code, never by text."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from boards.adapters.providers.wire.buckets import LONGEST_PAUSE
from boards.adapters.providers.wire.reading import Reply
from boards.errors import Broken, Busy, ContentRefused, ProviderError, Rejected

__all__ = [
    "ReadRefusal",
    "Refusal",
    "RefusalKind",
    "error_of",
    "refusal_by_status",
    "retry_after",
    "scrub",
    "without_key",
]

_SHOWN_CHARACTERS = 300
_SHORTEST_SECRET = 8


class RefusalKind(StrEnum):
    """Why a provider said no."""

    AUTH = "auth"
    MODERATION = "moderation"
    BUSY = "busy"
    QUOTA = "quota"
    INPUT = "input"
    MISSING = "missing"
    DOWN = "down"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A provider's no, in its own words. `code` is the provider's, and is kept and shown.

    `billed` says what the provider told about the money; by default a refusal costs nothing, but
    for `down`, which leaves it open.
    """

    kind: RefusalKind
    code: str
    text: str = ""
    retry_after: float | None = None
    billed: bool | None = False


ReadRefusal = Callable[[Reply], Refusal | None]
"""Reads a provider's own error shapes; None leaves it to the status."""


_BY_STATUS = {
    401: RefusalKind.AUTH,
    402: RefusalKind.QUOTA,
    403: RefusalKind.AUTH,
    404: RefusalKind.MISSING,
    408: RefusalKind.DOWN,
    410: RefusalKind.MISSING,
    425: RefusalKind.BUSY,
    429: RefusalKind.BUSY,
}


def refusal_by_status(reply: Reply, *, code: str | None = None, text: str = "") -> Refusal:
    """Read a refusal by its status alone.

    A 503 that says when to come back is busy; any other answer of 500 and above leaves open
    whether the call was accepted, and so does a redirect.
    """
    after = retry_after(reply.headers)
    kind = _BY_STATUS.get(reply.status)
    if kind is None:
        kind = RefusalKind.INPUT if 400 <= reply.status < 500 else RefusalKind.DOWN
    if reply.status == 503 and after is not None:
        kind = RefusalKind.BUSY
    return Refusal(
        kind=kind,
        code=code or str(reply.status),
        text=text,
        retry_after=after,
        billed=None if kind is RefusalKind.DOWN else False,
    )


_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Read how many seconds to wait: milliseconds, seconds, a date, or a duration ("1m30s")."""
    in_ms = _seconds(headers.get("retry-after-ms", ""))
    if in_ms is not None:
        return min(in_ms / 1000, LONGEST_PAUSE)
    text = headers.get("retry-after", "").strip()
    seconds = _seconds(text)
    if seconds is None and text:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            at = None
        if at is not None:
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            seconds = max((at - (now or datetime.now(UTC))).total_seconds(), 0.0)
    if seconds is None:
        for name in ("x-ratelimit-reset-requests", "x-ratelimit-reset-tokens"):
            found = _DURATION.fullmatch(headers.get(name, "").strip())
            if found and any(found.groups()):
                hours, minutes, secs, millis = (float(part or 0) for part in found.groups())
                passed = hours * 3600 + minutes * 60 + secs + millis / 1000
                seconds = max(seconds or 0.0, passed)
    return None if seconds is None else min(seconds, LONGEST_PAUSE)


def _seconds(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def error_of(refusal: Refusal, *, provider: str, key: str, passing: bool = False) -> ProviderError:
    """Say a refusal in the words of the error tree, with nothing of the key in it.

    `passing` says that it is no verdict on the work: the same call may do better later.
    """
    name = provider
    code = scrub(refusal.code, key)[:100]
    said = f": {text}" if (text := scrub(refusal.text, key)) else "."
    if refusal.kind is RefusalKind.BUSY:
        return Busy(
            f"{name} is busy ({code}).", retry_after=refusal.retry_after, provider_code=code
        )
    # What providers say about keys quotes them; it goes nowhere, not even to the log.
    text = {
        RefusalKind.AUTH: f"{name} refused the key ({code}); check that it is right and valid.",
        RefusalKind.MODERATION: f"The moderation of {name} refused this{said}",
        RefusalKind.QUOTA: f"The account at {name} has no credit or quota left ({code}){said}",
        RefusalKind.INPUT: f"{name} refused the input{said}",
        RefusalKind.MISSING: f"{name} has no such thing ({code}){said}",
        RefusalKind.DOWN: f"{name} failed ({code}){said}",
    }[refusal.kind]
    if refusal.kind is RefusalKind.DOWN or passing:
        return Broken(text, billed=None if passing else refusal.billed, provider_code=code)
    if refusal.kind is RefusalKind.MODERATION:
        return ContentRefused(text, billed=refusal.billed, provider_code=code)
    return Rejected(text, billed=refusal.billed, provider_code=code)


def without_key(body: bytes, key: str) -> bytes:
    """Take a key out of an answer before it is parsed, so that nothing read from it can hold it."""
    for secret in _secrets(key):
        body = body.replace(secret.encode(), "…".encode())
    return body


def scrub(text: str, key: str) -> str:
    """Take a key out of a provider's text, and make it one short line."""
    for secret in _secrets(key):
        text = text.replace(secret, "…")
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= _SHOWN_CHARACTERS else f"{clean[: _SHOWN_CHARACTERS - 1]}…"


def _secrets(key: str) -> list[str]:
    """A key and its longer parts (`id:secret`), the longest first."""
    parts = {key, *re.split(r"[:\s]", key)}
    return sorted((part for part in parts if len(part) >= _SHORTEST_SECRET), key=len, reverse=True)
