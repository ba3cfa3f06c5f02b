"""The table of idempotency keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, within_tenant

__all__ = ["IdempotencyKey"]


class IdempotencyKey(Base):
    """A key stands for one request of one user. The key is claimed before its job is written, in
    the same transaction, so the job is not referred to."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        within_tenant("user_id", "users"),
        Index("ix_idempotency_keys_created", "created_at"),
    )

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    fingerprint: Mapped[str]
    job_id: Mapped[UUID]
    created_at: Mapped[datetime]
