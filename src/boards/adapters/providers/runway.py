"""Runway: tasks. A submit gives an id; status and result are one and the same question.

A task that waits because of the account's own limit is THROTTLED. What it cost is told in credits
once it is over, also when it failed: moderation is charged like a success. DELETE stops a task that
still waits and refunds it. It does not refund what runs, and it deletes a result that is there, so
only waiting tasks are deleted.
"""

from dataclasses import replace
from decimal import Decimal

from pydantic import JsonValue

from boards.adapters.providers.wire import (
    Connection,
    Refusal,
    Reply,
    Wire,
    as_number,
    as_object,
    as_text,
    refusal_by_status,
    segment,
)
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
    Outcome,
    Rate,
    Traits,
    Way,
)

__all__ = ["VERSION", "RunwayTransport"]

VERSION = "2024-11-06"
"""The version of the API that is spoken, sent with each call."""

_WAITING = frozenset({"PENDING", "THROTTLED"})
_MEGABYTE = 1_000_000


class RunwayTransport:
    """Speaks Runway's task API."""

    traits = Traits(
        provider="runway",
        idempotency="none",
        cancels="queued",
        bills_on="success",
        results_live=24 * 3600.0,
        longest_run=3600.0,
        # Consumers should not expect updates more often than every five seconds.
        poll_every=6.0,
        carries=(
            # The limit of 5 MB holds for the URI, in which four bytes stand for three.
            Carry(way=Way.DATA_URI, max_bytes=5 * _MEGABYTE * 3 // 4 - 100),
            Carry(way=Way.UPLOAD, max_bytes=200 * _MEGABYTE),
        ),
        counts=frozenset({Count.CREDITS}),
        rate=Rate(per_second=10.0, burst=20),
    )

    def __init__(self, connection: Connection) -> None:
        self._keys = connection.keys
        self._wire = Wire(
            "runway",
            connection.base_url,
            connection=connection,
            auth=lambda key: {"authorization": f"Bearer {key}"},
            rate=self.traits.rate,
            read_refusal=_refusal,
            headers={"x-runway-version": VERSION},
        )

    @property
    def unavailable(self) -> str | None:
        return self._keys.missing("runway")

    async def upload(self, file: InputFile, *, tenant_id: str) -> str:
        reply = await self._wire.ask(
            "POST",
            "v1/uploads",
            tenant_id=tenant_id,
            json={"filename": file.name, "type": "ephemeral"},
        )
        place = reply.object()
        await self._wire.post_form(
            as_text(place.get("uploadUrl"), "Runway's uploadUrl"),
            as_object(place.get("fields"), "Runway's fields of the upload"),
            replace(file, field="file"),
        )
        return as_text(place.get("runwayUri"), "Runway's runwayUri")

    async def submit(self, call: Call) -> Answer:
        body: dict[str, JsonValue] = dict(call.body)
        if call.declaration.model is not None:
            body["model"] = call.declaration.model
        reply = await self._wire.buy(call.declaration.endpoint, tenant_id=call.tenant_id, json=body)
        return Answer(external_id=as_text(reply.object().get("id"), "Runway's id of the task"))

    async def look(self, job: Job) -> Poll:
        task = await self._task(job)
        match task.get("status"):
            case "PENDING":
                return Poll(state=PollState.QUEUED, message="In Runway's queue")
            case "THROTTLED":
                return Poll(
                    state=PollState.QUEUED,
                    message="Waits at Runway for the account's other tasks",
                    facts={"status": "THROTTLED"},
                )
            case "RUNNING":
                progress = as_number(task.get("progress"))
                known = progress is not None and 0 <= progress <= 1
                return Poll(state=PollState.RUNNING, progress=progress if known else None)
            case "SUCCEEDED":
                return Poll(state=PollState.DONE)
            case "FAILED":
                return Poll(state=PollState.FAILED, error=_failure(task))
            case "CANCELLED":
                gone = Rejected(
                    "The task was cancelled at Runway.",
                    billed=_was_billed(task),
                    provider_code="CANCELLED",
                )
                return Poll(state=PollState.CANCELLED, error=gone)
            case other:
                raise Broken(f"Runway gave the status {other!r:.40}, which means nothing.")

    async def fetch(self, job: Job) -> Outcome:
        task = await self._task(job)
        match task.get("status"):
            case "SUCCEEDED":
                charged = _charged(task)
                counts = {} if charged is None else {Count.CREDITS: charged}
                return Outcome(document=task, counts=counts)
            case "FAILED":
                failure = _failure(task)
                if not isinstance(failure, Broken):
                    raise failure
                # The task has ended, whyever: to fetch it again would change nothing.
                raise Rejected(
                    failure.message, billed=failure.billed, provider_code=failure.provider_code
                )
            case other:
                raise Broken(f"Runway calls a finished task {other!r:.40} all at once.")

    async def cancel(self, job: Job) -> bool:
        """Delete a task that still waits; True when it is gone and was refunded."""
        if (await self._task(job)).get("status") not in _WAITING:
            return False
        path = _path(job)
        gone = await self._wire.ask("DELETE", path, tenant_id=job.tenant_id, accept=(404,))
        # It may have begun meanwhile, and is not refunded then: what is charged decides.
        after = await self._wire.ask("GET", path, tenant_id=job.tenant_id, accept=(404,))
        if after.status == 404:
            return gone.status != 404
        task = after.object()
        return task.get("status") == "CANCELLED" and not _was_billed(task)

    async def lookup(
        self,
        key: str,  # noqa: ARG002 - Runway lists no tasks
        *,
        tenant_id: str,  # noqa: ARG002
        declaration: Declaration,  # noqa: ARG002
    ) -> Answer | None:
        return None

    async def _task(self, job: Job) -> dict[str, JsonValue]:
        reply = await self._wire.ask("GET", _path(job), tenant_id=job.tenant_id, judges=False)
        return reply.object()


def _path(job: Job) -> str:
    return f"v1/tasks/{segment(job.external_id)}"


def _failure(task: dict[str, JsonValue]) -> ProviderError:
    """Read why a task failed. The code's parts go from the general to the particular."""
    code = str(task.get("failureCode") or "FAILED")
    said = str(task.get("failure") or code)[:300]
    text = f"Runway could not make this: {said}"
    billed = _was_billed(task)
    parts = code.split(".")
    if "SAFETY" in parts:
        # Without a cost in the answer the page on moderation holds: it costs as a success does.
        billed = True if billed is None else billed
        return ContentRefused(text, billed=billed, provider_code=code)
    if parts[0] == "INTERNAL":
        return Broken(text, billed=billed, provider_code=code)
    return Rejected(text, billed=billed, provider_code=code)


def _charged(task: dict[str, JsonValue]) -> Decimal | None:
    """The credits that a task has cost, less what was refunded; told once it is over."""
    cost = task.get("cost")
    number = as_number(cost.get("credits")) if isinstance(cost, dict) else None
    return None if number is None or number < 0 else Decimal(str(number))


def _was_billed(task: dict[str, JsonValue]) -> bool | None:
    charged = _charged(task)
    return None if charged is None else charged > 0


def _refusal(reply: Reply) -> Refusal | None:
    """Read Runway's one error shape: a text, and perhaps what is wrong where. It has no codes."""
    if reply.status < 400:
        return None
    document = reply.content if isinstance(reply.content, dict) else {}
    text = str(document.get("error") or "")
    issues = document.get("issues")
    if isinstance(issues, list) and issues and isinstance(issues[0], dict):
        path = issues[0].get("path")
        where = ".".join(str(part) for part in path) if isinstance(path, list) else ""
        text = f"{text} {where}: {issues[0].get('message') or ''}".strip()
    return refusal_by_status(reply, text=text)
