"""Replicate: predictions. A submit gives an id; status, output and cancel go by it.

Endpoints are `owner/name` for models that Replicate keeps running, `owner/name:version` for all
others. There is no idempotency key. Outputs and inputs are deleted after an hour; what the bill
counts is told by `metrics`, as images or as seconds.
"""

import asyncio
import re
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
    multipart,
    refusal_by_status,
    segment,
)
from boards.errors import Broken, ContentRefused, ProviderError, Rejected
from boards.generators.base import Poll, PollState
from boards.generators.declared.declaration import Declaration, Unit
from boards.generators.declared.prices import actual_cost
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
    Webhook,
)

__all__ = ["ReplicateTransport"]

# A model's error ends with the code of its kind, such as "… different inputs. (E005) (uIJ6l3ru)".
_CODE = re.compile(r"\((E\d{3,4})\)")
_MODERATION = "E005"


class ReplicateTransport:
    """Speaks Replicate's HTTP API."""

    traits = Traits(
        provider="replicate",
        idempotency="none",
        cancels="running",
        bills_on="success",
        results_live=3600.0,
        longest_run=3600.0,
        poll_every=1.0,
        carries=(
            Carry(way=Way.DATA_URI, max_bytes=256 * 2**10),
            Carry(way=Way.UPLOAD, max_bytes=100 * 2**20),
        ),
        counts=frozenset({Count.OUTPUTS, Count.SECONDS}),
        webhook=Webhook(signature="standard_webhooks"),
        rate=Rate(per_second=10.0, burst=20),
    )

    def __init__(self, connection: Connection) -> None:
        self._keys = connection.keys
        self._callback = connection.callback
        self._wire = Wire(
            "replicate",
            connection.base_url,
            connection=connection,
            auth=lambda key: {"authorization": f"Bearer {key}"},
            rate=self.traits.rate,
            read_refusal=_refusal,
        )

    @property
    def unavailable(self) -> str | None:
        return self._keys.missing("replicate")

    async def upload(self, file: InputFile, *, tenant_id: str) -> str:
        part = (replace(file, field="content"),)
        kind, content = await asyncio.to_thread(multipart, {}, part)
        reply = await self._wire.ask(
            "POST",
            "v1/files",
            tenant_id=tenant_id,
            content=content,
            headers={"content-type": kind},
            seconds=600.0,
        )
        urls = as_object(reply.object().get("urls"), "the urls of Replicate's file")
        return as_text(urls.get("get"), "the address of Replicate's file")

    async def submit(self, call: Call) -> Answer:
        model, _, version = call.declaration.endpoint.partition(":")
        owner, _, name = model.partition("/")
        path = f"v1/models/{segment(owner)}/{segment(name)}/predictions"
        body: dict[str, JsonValue] = {"input": dict(call.body)}
        if version:
            path, body["version"] = "v1/predictions", version
        callback = self._callback(call.key)
        if callback is not None:
            body |= {"webhook": callback, "webhook_events_filter": ["completed"]}
        # Without `Prefer: wait` the answer comes at once, and with it the id.
        reply = await self._wire.buy(path, tenant_id=call.tenant_id, json=body)
        return Answer(external_id=as_text(reply.object().get("id"), "the prediction's id"))

    async def look(self, job: Job) -> Poll:
        prediction = await self._prediction(job)
        match prediction.get("status"):
            case "starting":
                return Poll(state=PollState.QUEUED)
            case "processing":
                return Poll(state=PollState.RUNNING)
            case "succeeded":
                return Poll(state=PollState.DONE)
            case "canceled":
                return Poll(state=PollState.CANCELLED)
            case "failed":
                return Poll(state=PollState.FAILED, error=_failure(prediction, job.declaration))
            case "aborted":
                text = "Replicate gave this up before it began."
                failed = Broken(text, billed=False, provider_code="aborted")
                return Poll(state=PollState.FAILED, error=failed)
            case other:
                raise Broken(f"Replicate gave the status {other!r:.40}, which means nothing.")

    async def fetch(self, job: Job) -> Outcome:
        prediction = await self._prediction(job)
        status = prediction.get("status")
        if status == "failed":
            raise _failure(prediction, job.declaration)
        if status != "succeeded":
            raise Broken(f"Replicate gave the status {status!r:.40} of what it called succeeded.")
        if prediction.get("data_removed") is True:
            raise Rejected(
                "Replicate has deleted this output, as it does after an hour.",
                billed=True,
                provider_code="data_removed",
            )
        return Outcome(document=prediction, counts=_counts(prediction))

    async def cancel(self, job: Job) -> bool:
        path = f"v1/predictions/{segment(job.external_id)}/cancel"
        reply = await self._wire.ask("POST", path, tenant_id=job.tenant_id)
        return reply.object().get("status") == "canceled"

    async def lookup(
        self,
        key: str,  # noqa: ARG002 - its list of predictions holds nothing that we name
        *,
        tenant_id: str,  # noqa: ARG002
        declaration: Declaration,  # noqa: ARG002
    ) -> Answer | None:
        return None

    async def _prediction(self, job: Job) -> dict[str, JsonValue]:
        # The addresses in `urls` say the same, but a key goes to no address out of an answer.
        path = f"v1/predictions/{segment(job.external_id)}"
        reply = await self._wire.ask("GET", path, tenant_id=job.tenant_id, judges=False)
        return reply.object()


def _failure(prediction: dict[str, JsonValue], declaration: Declaration) -> ProviderError:
    """What a failed prediction means. By time it costs what it ran, by output nothing."""
    said = str(prediction.get("error") or "")
    found = _CODE.search(said)
    code = found.group(1) if found else "failed"
    text = f"Replicate could not make this: {said[:300] or code}"
    price = declaration.price
    billed = price is not None and price.unit is Unit.SECOND and _seconds(prediction) is not None
    charged = actual_cost(declaration, _counts(prediction)) if billed else None
    cost = None if charged is None else charged.amount
    kind = ContentRefused if code == _MODERATION else Rejected
    return kind(text, billed=billed, cost=cost, provider_code=code)


def _counts(prediction: dict[str, JsonValue]) -> dict[Count, Decimal]:
    """One count: a model is billed by its images, or by its time where it makes none."""
    metrics = prediction.get("metrics")
    images = as_number(metrics.get("image_count")) if isinstance(metrics, dict) else None
    if images is not None:
        return {Count.OUTPUTS: Decimal(str(images))}
    seconds = _seconds(prediction)
    return {} if seconds is None else {Count.SECONDS: seconds}


def _seconds(prediction: dict[str, JsonValue]) -> Decimal | None:
    metrics = prediction.get("metrics")
    number = as_number(metrics.get("predict_time")) if isinstance(metrics, dict) else None
    return None if number is None else Decimal(str(number))


def _refusal(reply: Reply) -> Refusal | None:
    """Read Replicate's problem details; the title is its code where it has one."""
    document = reply.content
    if reply.status < 400 or not isinstance(document, dict):
        return None
    title, detail = document.get("title"), document.get("detail")
    if not isinstance(title, str) and not isinstance(detail, str):
        return None
    return refusal_by_status(
        reply,
        code=title if isinstance(title, str) and title else None,
        text=detail if isinstance(detail, str) else "",
    )
