"""The tables of webhooks: what providers have told us already, and whom we tell of ends."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, only_where, within_tenant
from boards.adapters.db.columns import Json, one_of
from boards.services.ports.webhooks import Delivered, Disabled

__all__ = ["WebhookDelivery", "WebhookEndpoint", "WebhookReceipt"]


class WebhookReceipt(Base):
    """A message of a provider that was taken in; it is never taken in again.

    Of no tenant: whose it is, is found out from what it says.
    """

    __tablename__ = "webhook_receipts"
    __table_args__ = (Index("ix_webhook_receipts_received", "received_at"),)

    provider: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]


class WebhookEndpoint(Base):
    """An address of a tenant that is told of ends. Secrets are sealed; the old one signs as well
    until `old_secret_until`."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    created_by: Mapped[UUID]
    url: Mapped[str]
    description: Mapped[str]
    events: Mapped[JsonValue] = mapped_column(Json, nullable=False)
    secret: Mapped[str]
    old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None] = mapped_column()
    disabled_reason: Mapped[str | None]
    note: Mapped[str]
    failing_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        within_tenant("created_by", "users"),
        one_of("disabled_reason", Disabled),
        CheckConstraint("(disabled_at IS NULL) = (disabled_reason IS NULL)", name="disabled"),
        Index("ix_webhook_endpoints_tenant", "tenant_id", "created_at", "id"),
        # Asked at each end of a job, so it holds only those that are told.
        Index("ix_webhook_endpoints_enabled", "tenant_id", **only_where(disabled_at.is_(None))),
    )


class WebhookDelivery(Base):
    """One message to one endpoint; its id is the message's. `due_at` is set while it has to be
    tried (again), and `cause` says what it tells of: each thing once."""

    __tablename__ = "webhook_deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    endpoint_id: Mapped[UUID]
    type: Mapped[str]
    cause: Mapped[str]
    job_id: Mapped[UUID | None]
    generation_id: Mapped[UUID | None]
    payload: Mapped[str | None]
    state: Mapped[str]
    attempts: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column()
    http_status: Mapped[int | None]
    error: Mapped[str]
    created_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("endpoint_id", "cause"),
        within_tenant("endpoint_id", "webhook_endpoints"),
        one_of("state", Delivered),
        CheckConstraint("(due_at IS NOT NULL) = (state = 'pending')", name="due"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_webhook_deliveries_endpoint", "endpoint_id", "created_at", "id"),
        Index("ix_webhook_deliveries_due", "due_at", **only_where(due_at.is_not(None))),
        Index("ix_webhook_deliveries_created", "created_at"),
    )
