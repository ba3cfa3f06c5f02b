"""The table of uploads that come in pieces."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, within_tenant
from boards.adapters.db.columns import Json, one_of
from boards.domain.artifacts import ArtifactType

__all__ = ["ResumableUpload"]


class ResumableUpload(Base):
    """A file of which so many bytes have come. `parts` names where they are kept, in order.

    `generation_id` is what it became; the row then stays until it expires, so that a client whose
    last answer was lost can ask. `board_id` and `parent_id` are looked at again at the end, and
    hold nothing up until then.
    """

    __tablename__ = "resumable_uploads"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        within_tenant("user_id", "users"),
        one_of("artifact_type", ArtifactType),
        CheckConstraint("received BETWEEN 0 AND size", name="received"),
        CheckConstraint("generation_id IS NULL OR received = size", name="ended"),
        Index("ix_resumable_uploads_expires", "expires_at"),
        Index("ix_resumable_uploads_user", "user_id", "generation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID]
    board_id: Mapped[UUID | None]
    parent_id: Mapped[UUID | None]
    filename: Mapped[str | None]
    artifact_type: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger)
    parts: Mapped[JsonValue] = mapped_column(Json, nullable=False)
    generation_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
