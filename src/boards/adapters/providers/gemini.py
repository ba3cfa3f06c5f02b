"""Google Gemini: images by `generateContent`, videos by `predictLongRunning`.

The endpoint's method decides. `models/…:generateContent` is synchronous and makes one image a call;
the answer is the result, and a lost one is never sent again. `models/…:predictLongRunning` gives
the name of an operation, by which status and result go. Refusals come with 200 as well: as a finish
reason, as a block reason, or as a count of filtered videos.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from pydantic import JsonValue

from boards.adapters.providers.wire import (
    Connection,
    Refusal,
    RefusalKind,
    Reply,
    Wire,
    as_number,
    as_text,
    refusal_by_status,
    segment,
)
from boards.domain.artifacts import format_for_mime
from boards.errors import Broken, ContentRefused, ProviderError, Rejected
from boards.generators.base import Poll, PollState
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
)

__all__ = ["GeminiTransport"]

_LONG_RUNNING = ":predictLongRunning"
_DATA_URI = re.compile(r"data:([^;,]+);base64,(.*)", re.DOTALL)
_DELAY = re.compile(r"(\d+(?:\.\d+)?)s")
_FILE_ID = re.compile(r"/files/([A-Za-z0-9_-]+)(?::download)?$")

_MODERATION = frozenset(
    {
        "BLOCKLIST",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "IMAGE_SAFETY",
        "PROHIBITED_CONTENT",
        "RECITATION",
        "SAFETY",
        "SPII",
    }
)
_NO_RESULT = frozenset({"IMAGE_OTHER", "NO_IMAGE"})
_BY_STATUS_WORD = {
    "FAILED_PRECONDITION": RefusalKind.QUOTA,
    "INVALID_ARGUMENT": RefusalKind.INPUT,
    "NOT_FOUND": RefusalKind.MISSING,
    "OUT_OF_RANGE": RefusalKind.INPUT,
    "PERMISSION_DENIED": RefusalKind.AUTH,
    "RESOURCE_EXHAUSTED": RefusalKind.BUSY,
    "UNAUTHENTICATED": RefusalKind.AUTH,
    "UNAVAILABLE": RefusalKind.BUSY,
}
# Codes of google.rpc in a failed operation that say nothing about its input.
_SERVER_FAULTS = frozenset({1, 2, 4, 8, 10, 13, 14})
_TOKENS = {
    ("promptTokensDetails", "TEXT"): Count.TEXT_INPUT_TOKENS,
    ("promptTokensDetails", "IMAGE"): Count.IMAGE_INPUT_TOKENS,
    ("candidatesTokensDetails", "TEXT"): Count.TEXT_OUTPUT_TOKENS,
    ("candidatesTokensDetails", "IMAGE"): Count.IMAGE_OUTPUT_TOKENS,
}


class GeminiTransport:
    """Speaks the Gemini API of Google's developers, not that of its cloud."""

    traits = Traits(
        provider="gemini",
        idempotency="none",
        cancels="none",
        bills_on="success",
        synchronous=True,
        results_live=2 * 24 * 3600.0,
        longest_run=900.0,
        poll_every=10.0,
        # A request may have 20 MB, and base64 makes a third more of a file.
        carries=(Carry(way=Way.DATA_URI, max_bytes=14 * 2**20),),
        counts=frozenset(_TOKENS.values()),
        rate=Rate(per_second=5.0, burst=10),
    )

    def __init__(self, connection: Connection) -> None:
        self._keys = connection.keys
        self._wire = Wire(
            "gemini",
            connection.base_url,
            connection=connection,
            auth=lambda key: {"x-goog-api-key": key},
            rate=self.traits.rate,
            read_refusal=_refusal,
        )

    @property
    def unavailable(self) -> str | None:
        return self._keys.missing("gemini")

    async def upload(self, file: InputFile, *, tenant_id: str) -> str:  # noqa: ARG002
        raise Broken(f"Gemini takes {file.name!r} only inside the request.", billed=False)

    async def submit(self, call: Call) -> Answer:
        endpoint = call.declaration.endpoint
        if endpoint.endswith(_LONG_RUNNING):
            reply = await self._wire.buy(
                endpoint, tenant_id=call.tenant_id, json=_instances(call.body)
            )
            return Answer(external_id=as_text(reply.object().get("name"), "the operation's name"))
        reply = await self._wire.buy(
            endpoint,
            tenant_id=call.tenant_id,
            json=_contents(call.body),
            seconds=self.traits.longest_run,
        )
        return Answer(outcome=_outcome(reply.object()))

    async def look(self, job: Job) -> Poll:
        operation = await self._operation(job)
        if operation.get("done") is not True:
            return Poll(state=PollState.RUNNING)
        failure = _failure(operation)
        if failure is not None:
            return Poll(state=PollState.FAILED, error=failure)
        return Poll(state=PollState.DONE)

    async def fetch(self, job: Job) -> Outcome:
        operation = await self._operation(job)
        failure = _failure(operation)
        if isinstance(failure, Broken):
            # An end, and not a fetch that may do better later.
            raise Rejected(failure.message, billed=False, provider_code=failure.provider_code)
        if failure is not None:
            raise failure
        made = [await self._video(uri, job) for uri in _uris(operation)]
        return Outcome(made=tuple(made))

    async def cancel(self, job: Job) -> bool:  # noqa: ARG002 - the operations of models go on
        return False

    async def lookup(
        self,
        key: str,  # noqa: ARG002 - Gemini lists no past calls
        *,
        tenant_id: str,  # noqa: ARG002
        declaration: Declaration,  # noqa: ARG002
    ) -> Answer | None:
        return None

    async def _operation(self, job: Job) -> dict[str, JsonValue]:
        path = "/".join(segment(part) for part in job.external_id.split("/"))
        reply = await self._wire.ask("GET", path, tenant_id=job.tenant_id, judges=False)
        return reply.object()

    async def _video(self, uri: str, job: Job) -> Made:
        """Get a video with the key, which goes to the configured address and not to the uri's."""
        found = _FILE_ID.search(urlsplit(uri).path)
        if found is None:
            return Made(source=uri, format="mp4")
        path = f"files/{segment(found.group(1))}:download?alt=media"
        reply = await self._wire.ask(
            "GET", path, tenant_id=job.tenant_id, seconds=600.0, judges=False
        )
        if not reply.body:
            raise Broken(f"Gemini sent an empty file for {job.external_id!r}.")
        kind = format_for_mime(reply.headers.get("content-type", "").partition(";")[0])
        return Made(source=reply.body, format=kind or "mp4")


def _contents(body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """One user's turn: the `text`, then the `images`; what else there is stands beside it."""
    rest = dict(body)
    parts: list[JsonValue] = [{"text": rest.pop("text", "")}]
    images = rest.pop("images", None)
    for image in images if isinstance(images, list) else []:
        mime, data = _inline(image)
        parts.append({"inlineData": {"mimeType": mime, "data": data}})
    return {"contents": [{"role": "user", "parts": parts}], **rest}


def _instances(body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """One instance, with images in its own way, and the `parameters` beside it."""
    rest = dict(body)
    parameters = rest.pop("parameters", {})
    for name, value in rest.items():
        if isinstance(value, str) and _DATA_URI.match(value):
            mime, data = _inline(value)
            rest[name] = {"bytesBase64Encoded": data, "mimeType": mime}
    return {"instances": [rest], "parameters": parameters}


def _inline(value: JsonValue) -> tuple[str, str]:
    found = _DATA_URI.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Broken("Gemini takes images only inside the request.", billed=False)
    return found.group(1), found.group(2)


def _outcome(document: dict[str, JsonValue]) -> Outcome:
    """Every image of the answer, but none of the drafts that the model thought with."""
    made: list[Made] = []
    for part in _parts(document):
        inline = part.get("inlineData")
        if part.get("thought") is True or not isinstance(inline, dict):
            continue
        mime, data = inline.get("mimeType"), inline.get("data")
        if isinstance(mime, str) and isinstance(data, str) and data:
            made.append(Made(source=f"data:{mime};base64,{data}", format=format_for_mime(mime)))
    said = {
        "provider_request_id": document.get("responseId"),
        "model_version": document.get("modelVersion"),
    }
    notes = {name: value for name, value in said.items() if isinstance(value, str) and value}
    return Outcome(made=tuple(made), counts=_counts(document), notes=notes)


def _parts(document: dict[str, JsonValue]) -> list[dict[str, JsonValue]]:
    found: list[dict[str, JsonValue]] = []
    for candidate in _candidates(document):
        content = candidate.get("content")
        parts = content.get("parts") if isinstance(content, dict) else None
        if isinstance(parts, list):
            found += [part for part in parts if isinstance(part, dict)]
    return found


def _candidates(document: dict[str, JsonValue]) -> list[dict[str, JsonValue]]:
    candidates = document.get("candidates")
    if not isinstance(candidates, list):
        return []
    return [each for each in candidates if isinstance(each, dict)]


def _counts(document: dict[str, JsonValue]) -> dict[Count, Decimal]:
    """Read what was used. A sum that its parts do not explain is no signal: part of it is dark."""
    usage = document.get("usageMetadata")
    if not isinstance(usage, dict):
        return {}
    counts: dict[Count, Decimal] = {}
    for (group, modality), count in _TOKENS.items():
        number = _tokens(usage, group, modality)
        if number:
            counts[count] = number
    thought = as_number(usage.get("thoughtsTokenCount"))
    if thought:
        words = counts.get(Count.TEXT_OUTPUT_TOKENS, Decimal(0))
        counts[Count.TEXT_OUTPUT_TOKENS] = words + Decimal(str(thought))
    total = as_number(usage.get("totalTokenCount"))
    return counts if total is not None and sum(counts.values()) == Decimal(str(total)) else {}


def _tokens(usage: dict[str, JsonValue], group: str, modality: str) -> Decimal:
    details = usage.get(group)
    numbers = [
        as_number(each.get("tokenCount"))
        for each in (details if isinstance(details, list) else [])
        if isinstance(each, dict) and each.get("modality") == modality
    ]
    return sum((Decimal(str(number)) for number in numbers if number), Decimal(0))


def _failure(operation: dict[str, JsonValue]) -> ProviderError | None:
    """What a finished operation says against itself. Videos are charged when they are made."""
    error = operation.get("error")
    if isinstance(error, dict):
        code = str(error.get("status") or error.get("code") or "error")
        text = f"Gemini could not make this: {str(error.get('message') or code)[:300]}"
        kind = Broken if error.get("code") in _SERVER_FAULTS else Rejected
        return kind(text, billed=False, provider_code=code)
    response = _response(operation)
    if as_number(response.get("raiMediaFilteredCount")) and not _uris(operation):
        reasons = response.get("raiMediaFilteredReasons")
        said = "; ".join(str(each) for each in reasons) if isinstance(reasons, list) else ""
        text = f"The moderation of Gemini refused this: {said[:300] or 'no reason given'}"
        return ContentRefused(text, billed=False, provider_code="raiMediaFiltered")
    return None


def _response(operation: dict[str, JsonValue]) -> dict[str, JsonValue]:
    response = operation.get("response")
    inner = response.get("generateVideoResponse") if isinstance(response, dict) else None
    return inner if isinstance(inner, dict) else {}


def _uris(operation: dict[str, JsonValue]) -> list[str]:
    samples = _response(operation).get("generatedSamples")
    found: list[str] = []
    for sample in samples if isinstance(samples, list) else []:
        video = sample.get("video") if isinstance(sample, dict) else None
        uri = video.get("uri") if isinstance(video, dict) else None
        if isinstance(uri, str) and uri:
            found.append(uri)
    return found


def _refusal(reply: Reply) -> Refusal | None:
    document = reply.content if isinstance(reply.content, dict) else {}
    if reply.status >= 400:
        error = document.get("error")
        return _said(reply, error) if isinstance(error, dict) else None
    feedback = document.get("promptFeedback")
    blocked = feedback.get("blockReason") if isinstance(feedback, dict) else None
    if isinstance(blocked, str) and blocked:
        return Refusal(kind=RefusalKind.MODERATION, code=blocked)
    for candidate in _candidates(document):
        reason = candidate.get("finishReason")
        if reason in _MODERATION or reason in _NO_RESULT:
            kind = RefusalKind.MODERATION if reason in _MODERATION else RefusalKind.INPUT
            return Refusal(
                kind=kind,
                code=str(reason),
                text=str(candidate.get("finishMessage") or ""),
                billed=_drew(document),
            )
    return None


def _drew(document: dict[str, JsonValue]) -> bool:
    """Whether the refused image was made, and its tokens counted, before it was held back."""
    usage = document.get("usageMetadata")
    return isinstance(usage, dict) and _tokens(usage, "candidatesTokensDetails", "IMAGE") > 0


def _said(reply: Reply, error: dict[str, JsonValue]) -> Refusal:
    """Read Google's one error shape: a status in words, and details with reasons."""
    word, text = str(error.get("status") or ""), str(error.get("message") or "")
    found = refusal_by_status(reply, code=word or None, text=text)
    details = error.get("details")
    after = found.retry_after
    kind = found.kind if reply.status == 402 else _BY_STATUS_WORD.get(word, found.kind)
    for detail in details if isinstance(details, list) else []:
        if not isinstance(detail, dict):
            continue
        reason, delay = detail.get("reason"), detail.get("retryDelay")
        if isinstance(reason, str) and reason.startswith("API_KEY_"):
            # A wrong key is an INVALID_ARGUMENT with 400.
            return Refusal(kind=RefusalKind.AUTH, code=reason, text=text)
        seconds = _DELAY.fullmatch(delay) if isinstance(delay, str) else None
        if seconds is not None:
            after = float(seconds.group(1))
    # https://ai.google.dev/gemini-api/docs/billing: what fails with 400 or 500 is not charged.
    unknown = kind is RefusalKind.DOWN and word != "INTERNAL"
    return Refusal(
        kind=kind, code=found.code, text=text, retry_after=after, billed=None if unknown else False
    )
