"""Webhooks as the database keeps them: what came in, whom to tell, and what was told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypedDict, Unpack
from uuid import UUID

from boards.services.ports.scope import Page

__all__ = [
    "Delivered",
    "Delivery",
    "Disabled",
    "Endpoint",
    "EndpointChanges",
    "MessageType",
    "Receipts",
    "Tried",
    "Webhooks",
]


class MessageType(StrEnum):
    """What an endpoint can be told."""

    JOB_DONE = "job.done"
    JOB_FAILED = "job.failed"
    JOB_CANCELLED = "job.cancelled"
    ATTENTION = "generation.attention"
    TEST = "webhook.test"
    """Sent only when somebody asks for it, whatever the endpoint has chosen."""


class Disabled(StrEnum):
    """Why an endpoint is told nothing."""

    BY_HAND = "by_hand"
    GONE = "gone"
    """It answered 410."""
    FAILING = "failing"
    """It failed for days."""


class Delivered(StrEnum):
    """How a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An address that a tenant's admins have chosen. `events` empty means all of them.

    `secret` and `old_secret` are sealed. What it is told of a job is what `created_by` may see.
    """

    id: UUID
    tenant_id: UUID
    created_by: UUID
    url: str
    description: str
    events: tuple[MessageType, ...]
    secret: str = field(repr=False)
    old_secret: str | None = field(default=None, repr=False)
    old_secret_until: datetime | None = None
    disabled_at: datetime | None = None
    disabled_reason: Disabled | None = None
    note: str = ""
    failing_since: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def is_enabled(self) -> bool:
        return self.disabled_at is None

    def wants(self, type: MessageType) -> bool:
        """Tell whether it is told of such things."""
        return self.is_enabled and (not self.events or type in self.events)


class EndpointChanges(TypedDict, total=False):
    """What may change in an endpoint."""

    url: str
    description: str
    events: tuple[MessageType, ...]
    secret: str
    old_secret: str | None
    old_secret_until: datetime | None
    disabled_at: datetime | None
    disabled_reason: Disabled | None
    note: str
    failing_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message to one endpoint. `payload` is the body as it is sent, None before the first try:
    from then on it stays the same."""

    id: UUID
    tenant_id: UUID
    endpoint_id: UUID
    type: MessageType
    cause: str
    job_id: UUID | None = None
    generation_id: UUID | None = None
    payload: str | None = field(default=None, repr=False)
    state: Delivered = Delivered.PENDING
    attempts: int = 0
    due_at: datetime | None = None
    http_status: int | None = None
    error: str = ""
    created_at: datetime
    tried_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What one try came to; `due_at` is when to try again, set while it is pending."""

    state: Delivered
    due_at: datetime | None
    http_status: int | None
    error: str


class Receipts(Protocol):
    """Messages of providers that were taken in. All of it needs SYSTEM scope."""

    def add(self, provider: str, message_id: str, *, now: datetime) -> bool:
        """Note a message; False when it was noted before."""
        ...

    def forget(self, *, before: datetime, limit: int) -> int:
        """Remove notes from before then, and count them."""
        ...


class Webhooks(Protocol):
    """Endpoints and deliveries of the scope's tenant; `due`, `take` and `forget` need SYSTEM."""

    def insert_endpoint(self, endpoint: Endpoint) -> None: ...
    def endpoint(self, endpoint_id: UUID) -> Endpoint | None: ...
    def endpoints(self, *, limit: int, cursor: str | None) -> Page[Endpoint]: ...
    def count_endpoints(self) -> int: ...
    def enabled(self, tenant_id: UUID) -> tuple[Endpoint, ...]:
        """The tenant's endpoints that are told of something."""
        ...

    def any_enabled(self) -> bool:
        """Tell whether anybody of the scope is told of anything."""
        ...

    def change_endpoint(
        self, endpoint_id: UUID, *, now: datetime, **changes: Unpack[EndpointChanges]
    ) -> bool: ...
    def delete_endpoint(self, endpoint_id: UUID) -> bool:
        """Remove an endpoint with its deliveries."""
        ...

    def add_deliveries(self, new: Sequence[Delivery]) -> int:
        """Write deliveries, and count them; one whose cause the endpoint has been told is passed
        over."""
        ...

    def delivery(self, delivery_id: UUID) -> Delivery | None: ...
    def deliveries(
        self, endpoint_id: UUID, *, limit: int, cursor: str | None
    ) -> Page[Delivery]: ...
    def next_due(self) -> datetime | None:
        """When the next delivery to an enabled endpoint is to be tried."""
        ...

    def take(
        self,
        *,
        now: datetime,
        until: datetime,
        limit: int,
        but: Collection[UUID] = (),
        only: UUID | None = None,
    ) -> tuple[Delivery, ...]:
        """Take deliveries that are due, none to the endpoints in `but`; each try is counted. They
        are due again at `until` unless their end was written by then. `only` takes one delivery,
        due or not."""
        ...

    def keep_payload(self, delivery_id: UUID, payload: str) -> None:
        """Write the body that was made for the first try."""
        ...

    def tried(self, delivery: Delivery, what: Tried, *, now: datetime) -> bool:
        """Write what a try came to; False when another try has begun since."""
        ...

    def again(self, delivery_id: UUID, *, now: datetime) -> bool:
        """Have a delivery tried again from the start, under its own id."""
        ...

    def forget(self, *, before: datetime, limit: int) -> int:
        """Remove deliveries that have come to an end before then, and count them."""
        ...
