"""The tables of stored bytes: each object once, who uses it, and how much a tenant may keep."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, only_where

__all__ = ["Blob", "BlobUse", "StorageQuota"]


class Blob(Base):
    """One object in storage.

    `tombstoned_at` says since when nobody has used it; from `doomed_at` on it may be gone, and
    nobody may use it any more. `same_as` is the key under which the tenant had the same bytes
    already when these came.
    """

    __tablename__ = "blobs"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    tombstoned_at: Mapped[datetime | None] = mapped_column()
    doomed_at: Mapped[datetime | None]
    same_as: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("doomed_at IS NULL OR tombstoned_at IS NOT NULL", name="doomed"),
        # The sum of what a tenant keeps reads this index and nothing else.
        Index(
            "ix_blobs_content",
            "tenant_id",
            "sha256",
            "size",
            **only_where(tombstoned_at.is_(None)),
        ),
        Index("ix_blobs_tombstoned", "tombstoned_at", **only_where(tombstoned_at.is_not(None))),
    )


class BlobUse(Base):
    """Somebody's claim to an object: `owner_id` is a generation's, or that of another thing with
    files; `role` tells the files of one owner apart."""

    __tablename__ = "blob_uses"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "key"], ["blobs.tenant_id", "blobs.key"]),
        Index("ix_blob_uses_owner", "tenant_id", "owner_id"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class StorageQuota(Base):
    """How many bytes a tenant may keep."""

    __tablename__ = "storage_quotas"
    __table_args__ = (CheckConstraint("max_bytes >= 0", name="max_bytes"),)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    max_bytes: Mapped[int] = mapped_column(BigInteger)
    set_at: Mapped[datetime]
