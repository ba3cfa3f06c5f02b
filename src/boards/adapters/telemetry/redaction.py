"""Takes secrets out of what is logged: by the name of a key, and by the look of a text.

It works on whole log lines, just before they are written, so that no caller has to think of it.
Taking out too much is a nuisance; taking out too little cannot be undone.
"""

import re
from collections.abc import Mapping, MutableMapping
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

__all__ = ["HIDDEN", "redact", "redact_text"]

HIDDEN = "[redacted]"
DEEPEST = 8
LONGEST = 20_000

_SECRET_WORDS = frozenset(
    {
        *("key", "apikey", "token", "secret", "password", "passwd", "pwd", "passphrase"),
        *("authorization", "auth", "credential", "credentials", "cookie", "signature"),
    }
)
# These end in such a word and name no secret.
_HARMLESS = frozenset({"storage_key", "thumbnail_key"})
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")

_NAMED = r"(?:key|token|secret|password|passwd|authorization|credentials?|signature)"
_EQUALS = r"\s{0,4}(?:=|:(?=\s{0,4}[\"'])|:\s(?=\S{16}))\s{0,4}"
# No pattern may look back or ahead without a bound: a log line can be as long as an upload.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE if caseless else 0), instead)
    for pattern, instead, caseless in (
        # A picture inside an address would fill the log, and shows what somebody made.
        (
            r"\bdata:([\w.+-]{0,80}/[\w.+-]{0,80}|)((?:;[\w.=+-]{1,80}){0,8}),[\w+/=%.~-]{32,}",
            r"data:\1\2,…",
            True,
        ),
        # user:password@ of an address; a password may hold anything but a space, even an @.
        (
            r"(\b[a-z][a-z0-9+.-]{1,30}://)[^\s:/@\"'<>]{0,200}(?::[^\s\"'<>]{0,400})?@",
            rf"\1{HIDDEN}@",
            True,
        ),
        # Signed addresses carry their right in the query.
        (r"([\w/.~%\])-])\?[^\s\"'<>=?]{0,200}=[^\s\"'<>]*", r"\1?…", False),
        (r"\b(Bearer|Basic|Token|Key)\s{1,4}[\w.~+/:=-]{8,}", rf"\1 {HIDDEN}", True),
        # name=value, "name": "value" and name: long-value in running text.
        (
            rf"({_NAMED}[\"']?{_EQUALS}[\"']?)(?!\[redacted)[^\s\"',;&)}}\]]+",
            rf"\1{HIDDEN}",
            True,
        ),
        # The forms in which providers hand out keys.
        (r"\b(?:sk|pk|rk|r8|hf|ghp|gho|xai|key|fal)[-_][A-Za-z0-9_-]{8,}", HIDDEN, False),
        (r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b|\bAIza[\w-]{20,}", HIDDEN, False),
        (r"\beyJ[\w-]{8,2000}\.[\w-]{8,}(?:\.[\w-]*)?", HIDDEN, False),
        # An id, a colon and a long secret.
        (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{24,}\b", HIDDEN, True),
    )
)


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take the secrets out of one log line; a processor of structlog."""
    for name in list(event):
        event[name] = _clean(name, event[name], 0)
    return event


def redact_text(text: str) -> str:
    """Take everything out of a text that looks like a secret, and cut what is very long."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text)} characters)"
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def _clean(name: str, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if _is_secret(name):
        return HIDDEN
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, UUID | Decimal | date | PurePath):
        return redact_text(str(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if depth < DEEPEST:
        if isinstance(value, Mapping):
            return {str(key): _clean(str(key), each, depth + 1) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [_clean("", each, depth + 1) for each in value]
    return redact_text(repr(value))


def _is_secret(name: str) -> bool:
    """Tell by its last word: `api_key`, `x-api-key` and `apiKey` are, `key_count` is not."""
    words = _WORD.findall(name)
    return bool(words) and words[-1].lower() in _SECRET_WORDS and name not in _HARMLESS
