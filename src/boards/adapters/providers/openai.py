"""OpenAI: images, edits, speech and transcription. All are synchronous: the answer is the result.

There is no id to resume by and no idempotency key, so a lost answer is never sent again. What the
work cost is told by `usage`, in tokens or seconds. PNGs carry Content Credentials (a `caBX` chunk);
they are passed on as they came.
"""

import asyncio
from collections.abc import Mapping
from decimal import Decimal

from pydantic import JsonValue

from boards.adapters.providers.wire import (
    Connection,
    Refusal,
    RefusalKind,
    Reply,
    Wire,
    as_number,
    multipart,
    refusal_by_status,
)
from boards.errors import Broken
from boards.generators.base import Poll
from boards.generators.declared.declaration import Declaration
from boards.generators.declared.transport import (
    Answer,
    Call,
    Carry,
    Count,
    InputFile,
    Job,
    Made,
    Outcome,
    Rate,
    Traits,
    Way,
    Webhook,
)

__all__ = ["OpenAITransport"]

_MODERATION = frozenset({"moderation_blocked", "content_policy_violation"})
_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_TOKENS = {
    ("input_tokens_details", "text_tokens"): Count.TEXT_INPUT_TOKENS,
    ("input_tokens_details", "image_tokens"): Count.IMAGE_INPUT_TOKENS,
    ("input_token_details", "text_tokens"): Count.TEXT_INPUT_TOKENS,
    ("input_token_details", "audio_tokens"): Count.AUDIO_INPUT_TOKENS,
    ("output_tokens_details", "text_tokens"): Count.TEXT_OUTPUT_TOKENS,
    ("output_tokens_details", "image_tokens"): Count.IMAGE_OUTPUT_TOKENS,
}


class OpenAITransport:
    """Speaks OpenAI's image and audio routes."""

    traits = Traits(
        provider="openai",
        idempotency="none",
        cancels="none",
        bills_on="success",
        synchronous=True,
        longest_run=900.0,
        carries=(Carry(way=Way.PART, max_bytes=25 * 2**20),),
        counts=frozenset({*_TOKENS.values(), Count.SECONDS}),
        webhook=Webhook(signature="standard_webhooks"),
        rate=Rate(per_second=10.0, burst=20),
    )

    def __init__(self, connection: Connection) -> None:
        self._keys = connection.keys
        self._wire = Wire(
            "openai",
            connection.base_url,
            connection=connection,
            auth=lambda key: {"authorization": f"Bearer {key}"},
            rate=self.traits.rate,
            read_refusal=_refusal,
        )

    @property
    def unavailable(self) -> str | None:
        return self._keys.missing("openai")

    async def upload(self, file: InputFile, *, tenant_id: str) -> str:  # noqa: ARG002
        raise Broken(f"OpenAI takes {file.name!r} only inside the request.", billed=False)

    async def submit(self, call: Call) -> Answer:
        body: dict[str, JsonValue] = dict(call.body)
        if call.declaration.model is not None:
            body["model"] = call.declaration.model
        endpoint = call.declaration.endpoint
        seconds = self.traits.longest_run
        if call.files:
            kind, content = await asyncio.to_thread(multipart, body, call.files)
            reply = await self._wire.buy(
                endpoint,
                tenant_id=call.tenant_id,
                content=content,
                headers={"content-type": kind},
                seconds=seconds,
            )
        else:
            reply = await self._wire.buy(
                endpoint, tenant_id=call.tenant_id, json=body, seconds=seconds
            )
        return Answer(outcome=_outcome(reply))

    async def look(self, job: Job) -> Poll:
        raise Broken(f"OpenAI has no job {job.external_id!r}: its calls answer at once.")

    async def fetch(self, job: Job) -> Outcome:
        raise Broken(f"OpenAI has no job {job.external_id!r}: its calls answer at once.")

    async def cancel(self, job: Job) -> bool:  # noqa: ARG002
        return False

    async def lookup(
        self,
        key: str,  # noqa: ARG002 - OpenAI lists no past calls
        *,
        tenant_id: str,  # noqa: ARG002
        declaration: Declaration,  # noqa: ARG002
    ) -> Answer | None:
        return None


def _outcome(reply: Reply) -> Outcome:
    notes: dict[str, JsonValue] = {}
    request_id = reply.headers.get("x-request-id")
    if request_id:
        notes["provider_request_id"] = request_id
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("audio/") or kind == "application/octet-stream":
        made = (Made(source=reply.body),) if reply.body else ()
        return Outcome(made=made, notes=notes)
    document = reply.object()
    usage = document.get("usage")
    counts = _counts(usage) if isinstance(usage, dict) else {}
    return Outcome(document=document, counts=counts, notes=notes)


def _counts(usage: Mapping[str, JsonValue]) -> dict[Count, Decimal]:
    """Read what was used. A sum that its parts do not explain is no signal: part of it is dark."""
    seconds = as_number(usage.get("seconds"))
    if usage.get("type") == "duration" and seconds is not None:
        return {Count.SECONDS: Decimal(str(seconds))}
    counts: dict[Count, Decimal] = {}
    for (group, name), count in _TOKENS.items():
        details = usage.get(group)
        number = as_number(details.get(name)) if isinstance(details, dict) else None
        if number is not None:
            counts[count] = Decimal(str(number))
    output = as_number(usage.get("output_tokens"))
    if output is not None and not isinstance(usage.get("output_tokens_details"), dict):
        # Image routes that do not tell them apart make images only.
        counts[Count.IMAGE_OUTPUT_TOKENS] = Decimal(str(output))
    total = as_number(usage.get("total_tokens"))
    if total is not None and sum(counts.values()) != Decimal(str(total)):
        return {}
    return counts


def _refusal(reply: Reply) -> Refusal | None:
    if reply.status < 400:
        return None
    document = reply.content if isinstance(reply.content, dict) else {}
    error = document.get("error")
    error = error if isinstance(error, dict) else {}
    code = str(error.get("code") or error.get("type") or reply.status)
    text = str(error.get("message") or "")
    found = refusal_by_status(reply, code=code, text=text)
    if code in _MODERATION:
        return Refusal(kind=RefusalKind.MODERATION, code=code, text=text)
    if code in _QUOTA:
        return Refusal(kind=RefusalKind.QUOTA, code=code, text=text)
    return found
