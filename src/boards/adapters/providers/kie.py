"""Kie.ai: its market's jobs, and routes of their own for some models.

Every answer is an envelope `{code, msg, data}` with 200 around it; the code inside counts. Results
are JSON in a text in JSON. There is no idempotency key and no cancel, and nothing tells what a task
cost. Inputs are addresses: they are uploaded to another host, where they live for three days.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue

from boards.adapters.providers.wire import (
    Connection,
    Refusal,
    RefusalKind,
    Reply,
    Wire,
    as_object,
    as_text,
    multipart,
    refusal_by_status,
    retry_after,
    segment,
)
from boards.errors import Broken, ContentRefused, ProviderError, Rejected
from boards.generators.base import Poll, PollState
from boards.generators.declared.declaration import Declaration
from boards.generators.declared.transport import (
    Answer,
    Call,
    Carry,
    InputFile,
    Job,
    Outcome,
    Rate,
    Traits,
    Way,
    Webhook,
)

__all__ = ["KieTransport"]

_MARKET = "api/v1/jobs/createTask"
_RECORDS = {
    _MARKET: "api/v1/jobs/recordInfo",
    "api/v1/veo/generate": "api/v1/veo/record-info",
    "api/v1/aleph/generate": "api/v1/aleph/record-info",
    "api/v1/generate": "api/v1/generate/record-info",
    "api/v1/generate/sounds": "api/v1/generate/record-info",
}
"""Where a task is asked about, by where it was submitted."""

_UPLOAD = "api/file-stream-upload"
_FOLDER = "boards"

# What the codes inside say. 400 is first of all "flagged as violating content policies" (Kie's page
# on Veo's callbacks); 455 is maintenance, 505 a model that is switched off.
_BY_CODE = {
    400: RefusalKind.MODERATION,
    401: RefusalKind.AUTH,
    402: RefusalKind.QUOTA,
    404: RefusalKind.MISSING,
    422: RefusalKind.INPUT,
    429: RefusalKind.BUSY,
    451: RefusalKind.INPUT,
    455: RefusalKind.BUSY,
    500: RefusalKind.DOWN,
    501: RefusalKind.DOWN,
    505: RefusalKind.INPUT,
}
_WAITING = ("waiting", "queuing", "PENDING")
_RUNNING = ("generating", 0, "TEXT_SUCCESS", "FIRST_SUCCESS", "CALLBACK_EXCEPTION")
"""The last is said of music whose call back found nobody; what becomes of it is told later."""
_DONE = ("success", 1, "SUCCESS")
_REFUSED = "SENSITIVE_WORD_ERROR"
_FAILED = ("fail", 2, 3, _REFUSED, "CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED")
_SERVER_FAULTS = frozenset({"455", "500", "501", "502", "503", "504"})
_MODERATION = "400"


class KieTransport:
    """Speaks Kie.ai's API."""

    traits = Traits(
        provider="kie",
        idempotency="none",
        cancels="none",
        bills_on="success",
        results_live=24 * 3600.0,
        longest_run=3600.0,
        poll_every=3.0,
        carries=(Carry(way=Way.UPLOAD, max_bytes=100 * 2**20),),
        webhook=Webhook(signature="ask_again"),
        rate=Rate(per_second=2.0, burst=20),
    )

    def __init__(self, connection: Connection) -> None:
        self._keys = connection.keys
        self._callback = connection.callback
        self._wire = self._made(connection.base_url, connection)
        self._uploads = self._made(connection.upload_url, connection)

    @property
    def unavailable(self) -> str | None:
        return self._keys.missing("kie")

    async def upload(self, file: InputFile, *, tenant_id: str) -> str:
        part = (replace(file, field="file"),)
        kind, content = await asyncio.to_thread(multipart, {"uploadPath": _FOLDER}, part)
        reply = await self._uploads.ask(
            "POST",
            _UPLOAD,
            tenant_id=tenant_id,
            content=content,
            headers={"content-type": kind},
            seconds=600.0,
        )
        return as_text(_data(reply).get("downloadUrl"), "Kie's downloadUrl")

    async def submit(self, call: Call) -> Answer:
        declaration = call.declaration
        _record_path(declaration)
        body: dict[str, JsonValue] = dict(call.body)
        if declaration.endpoint == _MARKET:
            body = {"input": body}
        if declaration.model is not None:
            body["model"] = declaration.model
        callback = self._callback(call.key)
        if callback is not None:
            body["callBackUrl"] = callback
        reply = await self._wire.buy(declaration.endpoint, tenant_id=call.tenant_id, json=body)
        return Answer(external_id=as_text(_data(reply).get("taskId"), "Kie's taskId"))

    async def look(self, job: Job) -> Poll:
        record = await self._record(job)
        state = _state(record)
        if state in _WAITING:
            return Poll(state=PollState.QUEUED)
        if state in _DONE or _has_all_tracks(record):
            return Poll(state=PollState.DONE)
        if state in _RUNNING:
            return Poll(state=PollState.RUNNING)
        if state in _FAILED:
            return Poll(state=PollState.FAILED, error=_failure(record))
        raise Broken(f"Kie gave the state {state!r:.40}, which means nothing.")

    async def fetch(self, job: Job) -> Outcome:
        record = await self._record(job)
        if _state(record) in _FAILED:
            failure = _failure(record)
            if isinstance(failure, Broken):
                # An end, and not a fetch that may do better later.
                raise Rejected(failure.message, billed=False, provider_code=failure.provider_code)
            raise failure
        result = record.get("response") if "response" in record else record.get("resultJson")
        document = as_object(_decoded(result), "Kie's result")
        # A list of addresses may be a text once more.
        return Outcome(document={name: _decoded(value) for name, value in document.items()})

    async def cancel(self, job: Job) -> bool:  # noqa: ARG002 - Kie has no such call
        return False

    async def lookup(
        self,
        key: str,  # noqa: ARG002 - Kie lists no past tasks
        *,
        tenant_id: str,  # noqa: ARG002
        declaration: Declaration,  # noqa: ARG002
    ) -> Answer | None:
        return None

    async def callbacks_of(self, job: Job) -> tuple[str, ...]:
        """A record repeats what was asked for, as a text in JSON."""
        record = await self._record(job)
        asked = _decoded(record.get("param") or record.get("paramJson"))
        callback = asked.get("callBackUrl") if isinstance(asked, dict) else None
        return (callback,) if isinstance(callback, str) else ()

    async def _record(self, job: Job) -> dict[str, JsonValue]:
        path = f"{_record_path(job.declaration)}?taskId={segment(job.external_id)}"
        return _data(await self._wire.ask("GET", path, tenant_id=job.tenant_id, judges=False))

    def _made(self, base_url: str, connection: Connection) -> Wire:
        return Wire(
            "kie",
            base_url,
            connection=connection,
            auth=lambda key: {"authorization": f"Bearer {key}"},
            rate=self.traits.rate,
            read_refusal=_refusal,
        )


def _record_path(declaration: Declaration) -> str:
    path = _RECORDS.get(declaration.endpoint)
    if path is None:
        known = ", ".join(_RECORDS)
        raise Broken(
            f"Nobody knows how to ask Kie about a task of {declaration.endpoint!r}; use {known}.",
            billed=False,
        )
    return path


def _state(record: Mapping[str, JsonValue]) -> JsonValue:
    """The market's word, the flag of videos, or the word of music."""
    return next(
        (record[name] for name in ("state", "successFlag", "status") if name in record), None
    )


def _has_all_tracks(record: Mapping[str, JsonValue]) -> bool:
    """Tell whether music is there whole although the call back, which nobody awaits, failed."""
    if record.get("status") != "CALLBACK_EXCEPTION":
        return False
    response = record.get("response")
    tracks = response.get("sunoData") if isinstance(response, dict) else None
    return (
        isinstance(tracks, list)
        and bool(tracks)
        and all(isinstance(each, dict) and each.get("audioUrl") for each in tracks)
    )


def _data(reply: Reply) -> dict[str, JsonValue]:
    return as_object(reply.object().get("data"), "the data of Kie's answer")


def _decoded(value: JsonValue) -> JsonValue:
    """Read JSON out of a text; a text that holds none stays what it is."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        inner: JsonValue = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return inner


def _failure(record: Mapping[str, JsonValue]) -> ProviderError:
    """What a failed task says. Kie charges for what was made."""
    code = str(record.get("failCode") or record.get("errorCode") or record.get("status") or "fail")
    said = str(record.get("failMsg") or record.get("errorMessage") or code)
    text = f"Kie could not make this: {said[:300]}"
    kind: type[ProviderError] = Rejected
    if code == _MODERATION or record.get("status") == _REFUSED:
        kind = ContentRefused
    elif code in _SERVER_FAULTS:
        kind = Broken
    return kind(text, billed=False, provider_code=code)


def _refusal(reply: Reply) -> Refusal | None:
    """Read the code inside, whatever the status around it."""
    document = reply.content
    code = document.get("code") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(code, int) or code == 200:
        return None
    text = str(document.get("msg") or document.get("message") or "")
    kind = _BY_CODE.get(code)
    if kind is None:
        inner = Reply(status=code, headers=reply.headers, body=b"", provider=reply.provider)
        kind = refusal_by_status(inner).kind
    return Refusal(
        kind=kind,
        code=str(code),
        text=text,
        retry_after=retry_after(reply.headers),
        # 501 is a generation that failed; any other trouble leaves open what became of the task.
        billed=None if kind is RefusalKind.DOWN and code != 501 else False,
    )
