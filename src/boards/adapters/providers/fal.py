"""fal: its queue. A submit gives an id; status, result and cancel go by it.

A job that failed is COMPLETED as well, with an error. The one cost signal is the header
`x-fal-billable-units`, in units of the model's price. There is no idempotency key.
"""

from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from pydantic import JsonValue

from boards.adapters.providers.wire import (
    Connection,
    Refusal,
    RefusalKind,
    Reply,
    Wire,
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
    Webhook,
)

__all__ = ["FalTransport"]

_NAMESPACES = frozenset({"workflows", "comfy"})
_MODERATION = "content_policy_violation"
_CANCELLED = "client_cancelled"
_BILLABLE = "x-fal-billable-units"

# Ends of a job that say nothing about its input; fal does not charge for them.
_SERVER_FAULTS = frozenset(
    {
        "internal_error",
        "request_timeout",
        "runner_connection_error",
        "runner_connection_refused",
        "runner_connection_timeout",
        "runner_disconnected",
        "runner_incomplete_response",
        "runner_scheduling_failure",
        "runner_server_error",
        "startup_timeout",
    }
)


class FalTransport:
    """Speaks fal's queue API."""

    traits = Traits(
        provider="fal",
        idempotency="none",
        cancels="running",
        bills_on="success",
        longest_run=3600.0,
        poll_every=2.0,
        carries=(
            Carry(way=Way.DATA_URI, max_bytes=4 * 2**20),
            Carry(way=Way.UPLOAD, max_bytes=100 * 2**20),
        ),
        counts=frozenset({Count.BILLABLE_UNITS}),
        webhook=Webhook(signature="ed25519_jwks"),
        rate=Rate(per_second=100.0, burst=200),
    )

    def __init__(self, connection: Connection) -> None:
        self._keys = connection.keys
        self._callback = connection.callback
        self._queue = self._wire(connection.base_url, connection)
        self._rest = self._wire(connection.upload_url, connection)

    @property
    def unavailable(self) -> str | None:
        return self._keys.missing("fal")

    async def upload(self, file: InputFile, *, tenant_id: str) -> str:
        reply = await self._rest.ask(
            "POST",
            "storage/upload/initiate?storage_type=gcs",
            tenant_id=tenant_id,
            json={"file_name": file.name, "content_type": file.mime},
        )
        places = reply.object()
        await self._rest.put_file(as_text(places.get("upload_url"), "fal's upload_url"), file)
        return as_text(places.get("file_url"), "fal's file_url")

    async def submit(self, call: Call) -> Answer:
        path, callback = call.declaration.endpoint, self._callback(call.key)
        if callback is not None:
            path = f"{path}?{urlencode({'fal_webhook': callback})}"
        reply = await self._queue.buy(path, tenant_id=call.tenant_id, json=dict(call.body))
        accepted = reply.object()
        request_id = as_text(accepted.get("request_id"), "fal's request_id")
        # A request that fal sent again inside goes by another name; webhooks may use either.
        others = {accepted.get("gateway_request_id"), reply.headers.get("x-fal-request-id")}
        return Answer(
            external_id=request_id,
            other_ids=tuple(
                sorted(each for each in others if isinstance(each, str) and each != request_id)
            ),
        )

    async def look(self, job: Job) -> Poll:
        reply = await self._queue.ask("GET", f"{_address(job)}/status", tenant_id=job.tenant_id)
        status = reply.object()
        match status.get("status"):
            case "IN_QUEUE":
                position = status.get("queue_position")
                return Poll(state=PollState.QUEUED, message=f"In fal's queue at {position}")
            case "IN_PROGRESS":
                return Poll(state=PollState.RUNNING)
            case "COMPLETED":
                return _ended(status)
            case other:
                raise Broken(f"fal gave the status {other!r:.40}, which means nothing.")

    async def fetch(self, job: Job) -> Outcome:
        try:
            reply = await self._queue.ask("GET", _address(job), tenant_id=job.tenant_id)
        except Broken as error:
            if error.provider_code in _SERVER_FAULTS:
                raise Rejected(
                    error.message, billed=False, provider_code=error.provider_code
                ) from error
            raise
        return Outcome(document=reply.object(), counts=_counts(reply))

    async def cancel(self, job: Job) -> bool:
        reply = await self._queue.ask(
            "PUT", f"{_address(job)}/cancel", tenant_id=job.tenant_id, accept=(400, 404)
        )
        # CANCELLATION_REQUESTED is no end: the runner decides, and the status tells.
        status = reply.content.get("status") if isinstance(reply.content, dict) else None
        return reply.status == 200 and status == "OK"

    async def lookup(
        self,
        key: str,  # noqa: ARG002 - fal has no such call
        *,
        tenant_id: str,  # noqa: ARG002
        declaration: Declaration,  # noqa: ARG002
    ) -> Answer | None:
        return None

    def _wire(self, base_url: str, connection: Connection) -> Wire:
        return Wire(
            "fal",
            base_url,
            connection=connection,
            auth=lambda key: {"authorization": f"Key {key}"},
            rate=self.traits.rate,
            read_refusal=_refusal,
        )


def _address(job: Job) -> str:
    """Where a job is asked about: owner and name of the endpoint, without what follows them.

    The addresses in fal's answers say the same, but a key goes to no address out of an answer.
    """
    parts = job.declaration.endpoint.split("/")
    app = parts[: 3 if parts[0] in _NAMESPACES else 2]
    return f"{'/'.join(app)}/requests/{segment(job.external_id)}"


def _ended(status: dict[str, JsonValue]) -> Poll:
    error, kind = status.get("error"), status.get("error_type")
    if not error and not kind:
        return Poll(state=PollState.DONE)
    code = kind if isinstance(kind, str) and kind else "error"
    if code == _CANCELLED:
        return Poll(state=PollState.CANCELLED)
    text = f"fal could not make this: {str(error or code)[:300]}"
    failure: ProviderError
    if code == _MODERATION:
        failure = ContentRefused(text, billed=False, provider_code=code)
    elif code in _SERVER_FAULTS:
        failure = Broken(text, billed=False, provider_code=code)
    else:
        failure = Rejected(text, billed=False, provider_code=code)
    return Poll(state=PollState.FAILED, error=failure)


def _counts(reply: Reply) -> dict[Count, Decimal]:
    units = _units(reply)
    return {} if units is None else {Count.BILLABLE_UNITS: units}


def _units(reply: Reply) -> Decimal | None:
    try:
        units = Decimal(reply.headers.get(_BILLABLE, ""))
    except InvalidOperation:
        return None
    return units if units.is_finite() and units >= 0 else None


def _refusal(reply: Reply) -> Refusal | None:
    """Read fal's two error shapes: a model's list of faults, and a request's error type."""
    if reply.status < 400:
        return None
    document = reply.content if isinstance(reply.content, dict) else {}
    detail = document.get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        first = detail[0]
        code = str(first.get("type") or reply.status)
        place = first.get("loc")
        where = ".".join(str(part) for part in place[1:]) if isinstance(place, list) else ""
        said = str(first.get("msg") or "")
        kind = RefusalKind.MODERATION if code == _MODERATION else RefusalKind.INPUT
        text = f"{where}: {said}" if where else said
        return Refusal(kind=kind, code=code, text=text, billed=bool(_units(reply)))
    error_type = document.get("error_type") or reply.headers.get("x-fal-error-type")
    return refusal_by_status(
        reply,
        code=error_type if isinstance(error_type, str) and error_type else None,
        text=detail if isinstance(detail, str) else "",
    )
