"""Luma: generations. A submit gives an id; status and result are one and the same question.

A generation that failed is refunded in full. Nothing tells what one cost. There is no call to stop
one: DELETE removes it together with its result, which may be paid, so it is never sent. Inputs are
addresses that anybody can open.
"""

from pydantic import JsonValue

from boards.adapters.providers.wire import (
    Connection,
    Refusal,
    RefusalKind,
    Reply,
    Wire,
    as_text,
    first_fault,
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
    InputFile,
    Job,
    Outcome,
    Rate,
    Traits,
    Way,
    Webhook,
)

__all__ = ["LumaTransport"]

# Luma has no codes. These sentences, and only whole, stand for one.
_MODERATION = frozenset({"Advanced moderation failed"})


class LumaTransport:
    """Speaks Luma's generations API."""

    traits = Traits(
        provider="luma",
        idempotency="none",
        cancels="none",
        bills_on="success",
        longest_run=1800.0,
        poll_every=3.0,
        # Luma names no limit; this one is ours.
        carries=(Carry(way=Way.SIGNED_URL, max_bytes=20 * 2**20),),
        # Its calls are not signed: a call is a hint to look.
        webhook=Webhook(signature="ask_again"),
        rate=Rate(per_second=10.0, burst=20),
    )

    def __init__(self, connection: Connection) -> None:
        self._keys = connection.keys
        self._callback = connection.callback
        self._wire = Wire(
            "luma",
            connection.base_url,
            connection=connection,
            auth=lambda key: {"authorization": f"Bearer {key}"},
            rate=self.traits.rate,
            read_refusal=_refusal,
        )

    @property
    def unavailable(self) -> str | None:
        return self._keys.missing("luma")

    async def upload(self, file: InputFile, *, tenant_id: str) -> str:  # noqa: ARG002
        raise Broken(f"Luma has no uploads to bring {file.name!r} to.", billed=False)

    async def submit(self, call: Call) -> Answer:
        body: dict[str, JsonValue] = dict(call.body)
        if call.declaration.model is not None:
            body["model"] = call.declaration.model
        callback = self._callback(call.key)
        if callback is not None:
            body["callback_url"] = callback
        reply = await self._wire.buy(call.declaration.endpoint, tenant_id=call.tenant_id, json=body)
        return Answer(external_id=as_text(reply.object().get("id"), "Luma's id of the generation"))

    async def look(self, job: Job) -> Poll:
        generation = await self._generation(job)
        match generation.get("state"):
            case "queued":
                return Poll(state=PollState.QUEUED, message="In Luma's queue")
            case "dreaming":
                return Poll(state=PollState.RUNNING)
            case "completed":
                return Poll(state=PollState.DONE)
            case "failed":
                return Poll(state=PollState.FAILED, error=_failure(generation))
            case other:
                raise Broken(f"Luma gave the state {other!r:.40}, which means nothing.")

    async def fetch(self, job: Job) -> Outcome:
        generation = await self._generation(job)
        match generation.get("state"):
            case "completed":
                return Outcome(document=generation)
            case "failed":
                raise _failure(generation)
            case other:
                raise Broken(f"Luma calls a finished generation {other!r:.40} all at once.")

    async def cancel(self, job: Job) -> bool:  # noqa: ARG002 - there is nothing to send
        return False

    async def lookup(
        self,
        key: str,  # noqa: ARG002 - its list holds no key of ours
        *,
        tenant_id: str,  # noqa: ARG002
        declaration: Declaration,  # noqa: ARG002
    ) -> Answer | None:
        return None

    async def callbacks_of(self, job: Job) -> tuple[str, ...]:
        """A generation repeats the request that it was made by."""
        request = (await self._generation(job)).get("request")
        callback = request.get("callback_url") if isinstance(request, dict) else None
        return (callback,) if isinstance(callback, str) else ()

    async def _generation(self, job: Job) -> dict[str, JsonValue]:
        path = f"generations/{segment(job.external_id)}"
        return (await self._wire.ask("GET", path, tenant_id=job.tenant_id, judges=False)).object()


def _failure(generation: dict[str, JsonValue]) -> ProviderError:
    """Read why a generation failed; Luma gives the money back (its page of questions)."""
    reason = str(generation.get("failure_reason") or "").strip()
    text = f"Luma could not make this: {reason[:300] or 'it gives no reason'}"
    if reason in _MODERATION:
        return ContentRefused(text, billed=False, provider_code=reason)
    return Rejected(text, billed=False, provider_code="failed")


def _refusal(reply: Reply) -> Refusal | None:
    """Read `detail`: a text, or a list of faults in the fields."""
    if reply.status < 400:
        return None
    document = reply.content if isinstance(reply.content, dict) else {}
    detail = document.get("detail")
    fault = first_fault(detail)
    if fault is not None:
        return refusal_by_status(reply, code=fault.code, text=fault.text)
    text = detail if isinstance(detail, str) else ""
    if text in _MODERATION:
        return Refusal(kind=RefusalKind.MODERATION, code=text, text=text)
    return refusal_by_status(reply, text=text)
