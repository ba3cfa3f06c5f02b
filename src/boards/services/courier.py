"""Tells endpoints what the outbox holds: signed, at least once, and again until they answer.

Every process that works has one. A delivery is taken by an UPDATE that makes it due again a little
later, so it is tried by one of them at a time, and by another should that one die. The message's id
stays the same, so that a receiver can tell a repetition.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import structlog
from pydantic import JsonValue
from standardwebhooks import Webhook

from boards.domain.access import Actor
from boards.errors import BoardsError, NotConfigured
from boards.outbound.client import GuardedClient
from boards.services.jobs import JobView, read_view
from boards.services.notices import ends_something
from boards.services.ports import (
    SYSTEM,
    Clock,
    Database,
    Delivered,
    Delivery,
    Disabled,
    Endpoint,
    EndpointChanges,
    Event,
    MessageType,
    Sealer,
    Tried,
    Tx,
)
from boards.services.rights import shown_to_decide

__all__ = ["SCHEDULE", "Courier", "message_id", "sealed_for"]

log = structlog.get_logger(__name__)

_HOUR = 3600.0
SCHEDULE = (0.0, 5.0, 300.0, 1800.0, *(hours * _HOUR for hours in (2, 5, 10, 14, 20, 24)))
"""Seconds before each try, counted from the one before: the schedule of Standard Webhooks."""
JITTER = 0.1
ANSWER_SECONDS = 20.0
MOST_BYTES = 64 * 1024
LEASE = timedelta(seconds=90)
FAILING_FOR = timedelta(days=5)
"""How long an endpoint may fail without one success before it is told nothing more."""
_BUSY = frozenset({429, 502, 503, 504})
_GONE = 410


def message_id(delivery: Delivery) -> str:
    """The id that a receiver sees, the same at each try."""
    return f"msg_{delivery.id.hex}"


def sealed_for(endpoint_id: UUID, secret: str, sealer: Sealer) -> str:
    """Seal an endpoint's secret, as the courier opens it."""
    return f"{sealer.secret_id}:{sealer.seal(secret, about=_about(endpoint_id))}"


def _about(endpoint_id: UUID) -> str:
    return f"webhook:{endpoint_id}"


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What one request came to; no status when there was none."""

    status: int | None
    error: str = ""
    retry_after: float | None = None

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(kw_only=True)
class Courier:
    """Delivers. `show` makes of a job what the API shows of it.

    At most `at_once` requests are under way, `per_endpoint` to one of them: a slow endpoint holds
    up nobody else. `look_every` is how often, in seconds, it looks without being woken.
    """

    database: Database
    client: GuardedClient
    clock: Clock
    sealer: Sealer | None
    show: Callable[[JobView], JsonValue]
    at_once: int = 20
    per_endpoint: int = 4
    look_every: float = 5.0
    chance: Random = field(default_factory=Random)
    _under_way: dict[asyncio.Task[None], UUID] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None
    _anybody: bool = False

    async def start(self) -> None:
        """Begin to deliver."""
        self._task = asyncio.create_task(self._forever(), name="boards-courier")

    async def stop(self) -> None:
        """Stop; what is under way is tried again later."""
        tasks = [*self._under_way, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._under_way.clear()
        self._task = None

    def heard(self, events: Sequence[Event]) -> None:
        """Look at once if a commit may have brought something; called on the event loop."""
        if self._anybody and any(ends_something(event.data) for event in events):
            self._woken.set()

    def wake(self) -> None:
        """Look at once."""
        self._woken.set()

    async def look(self) -> float:
        """Begin what is due, and give the seconds until there is something to do again."""
        now = self.clock.now()
        busy = Counter(self._under_way.values())
        room = self.at_once - len(self._under_way)

        def find(tx: Tx) -> tuple[bool, datetime | None]:
            anybody = tx.webhooks.any_enabled()
            return anybody, tx.webhooks.next_due() if anybody else None

        self._anybody, due = await self.database.read(find, scope=SYSTEM)
        if due is None:
            return self.look_every
        if due > now:
            return min((due - now).total_seconds(), self.look_every)
        if room <= 0:
            return self.look_every
        full = [one for one, count in busy.items() if count >= self.per_endpoint]
        taken = await self.database.write(
            lambda tx: tx.webhooks.take(
                now=now,
                until=now + LEASE,
                limit=min(room, self.per_endpoint),
                but=full,
            ),
            scope=SYSTEM,
        )
        for delivery in taken:
            task = asyncio.create_task(self._try_it(delivery), name="boards-deliver")
            self._under_way[task] = delivery.endpoint_id
            task.add_done_callback(self._ended)
        return 0.0 if taken else self.look_every

    async def attempt(self, delivery_id: UUID) -> None:
        """Try one delivery now, in this process, whenever it is due."""
        now = self.clock.now()
        for delivery in await self.database.write(
            lambda tx: tx.webhooks.take(now=now, until=now + LEASE, limit=1, only=delivery_id),
            scope=SYSTEM,
        ):
            await self._deliver(delivery)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        self._woken.set()

    async def _forever(self) -> None:
        while True:
            wait = self.look_every
            self._woken.clear()
            try:
                wait = await self.look()
            except Exception:
                log.exception("courier_failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()

    async def _try_it(self, delivery: Delivery) -> None:
        try:
            await self._deliver(delivery)
        except Exception:
            # It stays due, and comes round again.
            log.exception("webhook_not_delivered", delivery_id=str(delivery.id))

    async def _deliver(self, delivery: Delivery) -> None:
        endpoint = await self.database.read(
            lambda tx: tx.webhooks.endpoint(delivery.endpoint_id), scope=SYSTEM
        )
        if endpoint is None:
            return
        body = delivery.payload or await self._body(delivery, endpoint)
        if body is None:
            gone = Tried(
                state=Delivered.FAILED, due_at=None, http_status=None, error="The job is gone."
            )
            await self._note(delivery, endpoint, gone, {})
            return
        answer = await self._post(delivery, endpoint, body)
        now = self.clock.now()
        what = self._verdict(delivery, answer, now)
        log.info(
            "webhook_delivery",
            delivery_id=str(delivery.id),
            endpoint_id=str(endpoint.id),
            attempt=delivery.attempts,
            state=what.state.value,
            http_status=answer.status,
        )
        changes = _health(endpoint, answer, now) | self._resealed(endpoint)
        await self._note(delivery, endpoint, what, changes)

    async def _body(self, delivery: Delivery, endpoint: Endpoint) -> str | None:
        """Make the body at the first try, and keep it for the others; None without the job."""
        view = None
        if delivery.type is not MessageType.TEST:
            view = await self.database.read(lambda tx: _view(tx, delivery, endpoint), scope=SYSTEM)
            if view is None:
                return None
        data: JsonValue = {"message": "This is a test."} if view is None else self.show(view)
        if delivery.type is MessageType.ATTENTION and isinstance(data, dict):
            data = {**data, "generation_id": str(delivery.generation_id)}
        message = {
            "type": delivery.type.value,
            "timestamp": delivery.created_at.isoformat(),
            "data": data,
        }
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        await self.database.write(
            lambda tx: tx.webhooks.keep_payload(delivery.id, body), scope=SYSTEM
        )
        return body

    async def _post(self, delivery: Delivery, endpoint: Endpoint, body: str) -> _Answer:
        try:
            answer = await self.client.request(
                "POST",
                endpoint.url,
                headers=self._headers(delivery, endpoint, body),
                content=body.encode(),
                max_bytes=MOST_BYTES,
                total_seconds=ANSWER_SECONDS,
            )
        except BoardsError as error:
            return _Answer(status=None, error=error.message)
        after = answer.headers.get("retry-after", "")
        return _Answer(
            status=answer.status,
            error="" if 200 <= answer.status < 300 else f"It answered {answer.status}.",
            retry_after=float(after) if after.isascii() and after.isdigit() else None,
        )

    def _headers(self, delivery: Delivery, endpoint: Endpoint, body: str) -> dict[str, str]:
        now = self.clock.now()
        sealed = [endpoint.secret]
        if endpoint.old_secret and endpoint.old_secret_until and now < endpoint.old_secret_until:
            sealed.append(endpoint.old_secret)
        signatures = [
            Webhook(self._opened(one, endpoint)).sign(message_id(delivery), now, body)
            for one in sealed
        ]
        return {
            "content-type": "application/json",
            "webhook-id": message_id(delivery),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }

    def _opened(self, sealed: str, endpoint: Endpoint) -> str:
        if self.sealer is None:
            raise NotConfigured("BOARDS_SECRET_KEY is not set, so nothing can be signed.")
        secret_id, _, rest = sealed.partition(":")
        return self.sealer.open(rest, secret_id=secret_id, about=_about(endpoint.id))

    def _resealed(self, endpoint: Endpoint) -> EndpointChanges:
        """The secret sealed anew, when BOARDS_SECRET_KEY has changed since."""
        if self.sealer is None or endpoint.secret.startswith(f"{self.sealer.secret_id}:"):
            return {}
        try:
            secret = self._opened(endpoint.secret, endpoint)
        except NotConfigured:
            return {}
        return {"secret": sealed_for(endpoint.id, secret, self.sealer)}

    def _verdict(self, delivery: Delivery, answer: _Answer, now: datetime) -> Tried:
        status, error = answer.status, answer.error
        if answer.is_good:
            return Tried(state=Delivered.DELIVERED, due_at=None, http_status=status, error="")
        if status == _GONE or delivery.attempts >= len(SCHEDULE):
            return Tried(state=Delivered.FAILED, due_at=None, http_status=status, error=error)
        wait = SCHEDULE[delivery.attempts] * (1 + self.chance.uniform(0, JITTER))
        if status in _BUSY and answer.retry_after is not None:
            wait = max(wait, min(answer.retry_after, SCHEDULE[-1]))
        due = now + timedelta(seconds=wait)
        return Tried(state=Delivered.PENDING, due_at=due, http_status=status, error=error)

    async def _note(
        self, delivery: Delivery, endpoint: Endpoint, what: Tried, changes: EndpointChanges
    ) -> None:
        def write(tx: Tx) -> None:
            now = self.clock.now()
            tx.webhooks.tried(delivery, what, now=now)
            if changes:
                tx.webhooks.change_endpoint(endpoint.id, now=now, **changes)

        await self.database.write(write, scope=SYSTEM)
        if "disabled_at" in changes:
            log.warning("webhook_endpoint_disabled", endpoint_id=str(endpoint.id))


def _health(endpoint: Endpoint, answer: _Answer, now: datetime) -> EndpointChanges:
    """What an answer changes in the endpoint itself."""
    if answer.is_good:
        return {} if endpoint.failing_since is None else {"failing_since": None}
    if answer.status == _GONE:
        return EndpointChanges(
            disabled_at=now,
            disabled_reason=Disabled.GONE,
            note="It answered 410, which says that it is there no more.",
        )
    since = endpoint.failing_since
    if since is None:
        return {"failing_since": now}
    if now - since < FAILING_FOR:
        return {}
    return EndpointChanges(
        disabled_at=now,
        disabled_reason=Disabled.FAILING,
        note=f"It has failed since {since:%Y-%m-%d %H:%M} UTC; the last time: {answer.error}",
    )


def _view(tx: Tx, delivery: Delivery, endpoint: Endpoint) -> JobView | None:
    """The job, as far as whoever made the endpoint may see it."""
    job = None if delivery.job_id is None else tx.jobs.get(delivery.job_id)
    view = None if job is None else read_view(tx, job)
    if view is None:
        return None
    owner = Actor(tenant_id=endpoint.tenant_id, user_id=endpoint.created_by)
    shown = tuple(shown_to_decide(tx, owner, one) for one in view.generations)
    return replace(view, generations=shown)
