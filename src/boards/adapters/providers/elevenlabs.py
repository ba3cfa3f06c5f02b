"""ElevenLabs: speech, sound effects and music. All are synchronous: the answer is the audio itself.

There is no id to resume by and no idempotency key, so a lost answer is never sent again. What the
work cost is told by the header `character-cost`, in credits. Some of what a model takes stands in
the address instead of the body: the voice in the path, the output format in the query.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from pydantic import JsonValue

from boards.adapters.providers.wire import (
    Connection,
    Refusal,
    RefusalKind,
    Reply,
    Wire,
    as_number,
    first_fault,
    refusal_by_status,
    segment,
)
from boards.adapters.providers.wire.buckets import LONGEST_PAUSE
from boards.domain.artifacts import file_format, format_for_mime
from boards.errors import Broken, InvalidInput
from boards.generators.base import Poll
from boards.generators.declared.declaration import Declaration
from boards.generators.declared.transport import (
    Answer,
    Call,
    Count,
    InputFile,
    Job,
    Made,
    Outcome,
    Rate,
    Traits,
    Webhook,
)

__all__ = ["ElevenLabsTransport"]

_PLACE = re.compile(r"\{([a-z_]+)\}")
_QUERY = ("output_format",)
# Boards counts in seconds, this provider in milliseconds.
_SECONDS = {"music_length_seconds": "music_length_ms"}
_CREDITS = "character-cost"
_NOTED = {"request-id": "provider_request_id", "song-id": "song_id"}

# Refused for what it names or means; harmful prompts have the same code (the music guide).
_MODERATION = frozenset({"bad_prompt", "bad_composition_plan"})
# Comes with 401, as does a wrong key (the page on error messages).
_QUOTA = frozenset({"quota_exceeded"})
_BUSY = frozenset({"too_many_concurrent_requests", "system_busy"})


class ElevenLabsTransport:
    """Speaks the routes of ElevenLabs that answer with audio."""

    traits = Traits(
        provider="elevenlabs",
        idempotency="none",
        cancels="none",
        bills_on="success",
        synchronous=True,
        longest_run=900.0,
        counts=frozenset({Count.CREDITS}),
        webhook=Webhook(signature="hmac_body", window=1800.0),
        rate=Rate(per_second=10.0, burst=20),
    )

    def __init__(self, connection: Connection) -> None:
        self._keys = connection.keys
        self._wire = Wire(
            "elevenlabs",
            connection.base_url,
            connection=connection,
            auth=lambda key: {"xi-api-key": key},
            rate=self.traits.rate,
            read_refusal=_refusal,
        )

    @property
    def unavailable(self) -> str | None:
        return self._keys.missing("elevenlabs")

    async def upload(self, file: InputFile, *, tenant_id: str) -> str:  # noqa: ARG002
        raise Broken(f"ElevenLabs has no uploads to bring {file.name!r} to.", billed=False)

    async def submit(self, call: Call) -> Answer:
        body = {_SECONDS.get(name, name): _sent(name, value) for name, value in call.body.items()}
        address = _address(call.declaration.endpoint, body)
        if call.declaration.model is not None:
            body["model_id"] = call.declaration.model
        reply = await self._wire.buy(
            address, tenant_id=call.tenant_id, json=body, seconds=self.traits.longest_run
        )
        return Answer(outcome=_outcome(reply, call.body.get("output_format")))

    async def look(self, job: Job) -> Poll:
        raise Broken(f"ElevenLabs has no job {job.external_id!r}: its calls answer at once.")

    async def fetch(self, job: Job) -> Outcome:
        raise Broken(f"ElevenLabs has no job {job.external_id!r}: its calls answer at once.")

    async def cancel(self, job: Job) -> bool:  # noqa: ARG002
        return False

    async def lookup(
        self,
        key: str,  # noqa: ARG002 - its history knows no key of ours
        *,
        tenant_id: str,  # noqa: ARG002
        declaration: Declaration,  # noqa: ARG002
    ) -> Answer | None:
        return None


def _sent(name: str, value: JsonValue) -> JsonValue:
    seconds = as_number(value) if name in _SECONDS else None
    return value if seconds is None else round(seconds * 1000)


def _address(endpoint: str, body: dict[str, JsonValue]) -> str:
    """Fill the places of an endpoint, and take out of the body what stands in the address.

    InvalidInput when a value cannot stand there; nothing has been sent by then.
    """

    def fill(place: re.Match[str]) -> str:
        name = place.group(1)
        value = body.pop(name, None)
        try:
            return segment(value if isinstance(value, str) else "")
        except Broken as error:
            raise InvalidInput(f"{name!r} cannot be {value!r:.80}; give an id.") from error

    path = _PLACE.sub(fill, endpoint)
    query = {name: str(body.pop(name)) for name in _QUERY if name in body}
    return f"{path}?{urlencode(query)}" if query else path


def _outcome(reply: Reply, asked_format: JsonValue) -> Outcome:
    """Take the audio as it came. Broken when the answer is something else: it may be paid."""
    mime = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if reply.body and not mime.startswith("audio/") and mime != "application/octet-stream":
        raise Broken(f"ElevenLabs answered {mime or 'something unnamed'!r} instead of audio.")
    format = format_for_mime(mime) or _format_of(asked_format)
    made = (Made(source=reply.body, format=format),) if reply.body else ()
    notes: dict[str, JsonValue] = {
        name: reply.headers[header] for header, name in _NOTED.items() if header in reply.headers
    }
    return Outcome(made=made, counts=_counts(reply), notes=notes)


def _format_of(asked: JsonValue) -> str:
    """Read the codec out of `mp3_44100_128`."""
    known = file_format(str(asked).partition("_")[0])
    return known.name if known else "mp3"


def _counts(reply: Reply) -> dict[Count, Decimal]:
    try:
        charged = Decimal(reply.headers.get(_CREDITS, ""))
    except InvalidOperation:
        return {}
    return {Count.CREDITS: charged} if charged.is_finite() and charged >= 0 else {}


def _refusal(reply: Reply) -> Refusal | None:
    """Read `detail`: an object with a code, a list of faults in the fields, or a text."""
    if reply.status < 400:
        return None
    document = reply.content if isinstance(reply.content, dict) else {}
    detail = document.get("detail")
    code, text = _said(detail)
    found = refusal_by_status(reply, code=code, text=text)
    if code in _MODERATION:
        return replace(found, kind=RefusalKind.MODERATION, billed=False)
    if code in _QUOTA:
        return replace(found, kind=RefusalKind.QUOTA, billed=False)
    if code in _BUSY:
        found = replace(found, kind=RefusalKind.BUSY, billed=False)
    if found.kind is RefusalKind.BUSY and found.retry_after is None:
        return replace(found, retry_after=_reset(reply.headers))
    return found


def _said(detail: JsonValue) -> tuple[str | None, str]:
    """The provider's code and text. Older answers name the code `status`."""
    fault = first_fault(detail)
    if fault is not None:
        return fault.code, fault.text
    if isinstance(detail, dict):
        code = detail.get("code") or detail.get("status") or detail.get("type")
        return str(code) if code else None, str(detail.get("message") or "")
    return None, detail if isinstance(detail, str) else ""


def _reset(headers: Mapping[str, str]) -> float | None:
    """Seconds until `X-RateLimit-Reset`, which is a time of day in Unix seconds."""
    try:
        at = as_number(float(headers.get("x-ratelimit-reset", "")))
    except ValueError:
        return None
    return None if at is None else min(max(at - time.time(), 0.0), LONGEST_PAUSE)
