"""The table of generations. Only `phase` is stored; the status follows from it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import BigInteger, CheckConstraint, Double, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, only_where, within_tenant
from boards.adapters.db.columns import Json, one_of
from boards.domain.artifacts import ArtifactType
from boards.domain.costs import Confidence
from boards.domain.generations import Phase

__all__ = ["RUNNING", "Generation"]

RUNNING: tuple[Phase, ...] = (
    Phase.SUBMITTING,
    Phase.SUBMITTED,
    Phase.FETCHING,
    Phase.STORING,
)
"""The phases in which a worker holds a lease; one that waits for a person holds none."""

_RUNNING = ", ".join(f"'{phase.value}'" for phase in RUNNING)


class Generation(Base):
    """One run of one generator and its primary output, and what steers the run.

    Steering: `available_at` is set while the row waits for admission, and says from when it may
    be admitted; `admitted_at` is set while it takes up one of the provider's places, unless it is
    parked, which `needs_attention` says; `lease_until` and `run_token` say until when which process
    runs it. A final row has none of them.

    A deleted row is in the trash until `purged_at`; then it is a tombstone, which says that there
    was something, for lineage and money, and not what.

    `key_id` is the tenant's own key with which the paid call was made; it may be gone by now.
    """

    __tablename__ = "generations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    board_id: Mapped[UUID]
    user_id: Mapped[UUID]
    job_id: Mapped[UUID | None]
    batch_id: Mapped[UUID | None]
    batch_index: Mapped[int]
    batch_size: Mapped[int]
    generator_name: Mapped[str]
    generator_version: Mapped[str | None]
    provider: Mapped[str]
    artifact_type: Mapped[str]
    phase: Mapped[str]
    priority: Mapped[int] = mapped_column()
    repeatable: Mapped[bool]
    input_params: Mapped[JsonValue] = mapped_column(Json, nullable=False)
    progress: Mapped[float] = mapped_column(Double, insert_default=0.0)
    message: Mapped[str] = mapped_column(insert_default="")

    available_at: Mapped[datetime | None] = mapped_column()
    admitted_at: Mapped[datetime | None] = mapped_column()
    run_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None] = mapped_column()
    starts: Mapped[int] = mapped_column(insert_default=0)
    submit_started_at: Mapped[datetime | None]
    key_id: Mapped[UUID | None]
    external_id: Mapped[str | None] = mapped_column()
    other_ids: Mapped[JsonValue] = mapped_column(Json, nullable=True)
    manifest: Mapped[JsonValue] = mapped_column(Json, nullable=True)
    cache_key: Mapped[str | None] = mapped_column()
    cached_from: Mapped[UUID | None]
    cancel_requested_at: Mapped[datetime | None]
    late_result_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    needs_attention: Mapped[bool] = mapped_column(insert_default=False)

    file_key: Mapped[str | None]
    file_size: Mapped[int | None] = mapped_column(BigInteger)
    file_sha256: Mapped[str | None]
    file_format: Mapped[str | None]
    file_mime: Mapped[str | None]
    file_width: Mapped[int | None]
    file_height: Mapped[int | None]
    file_duration: Mapped[float | None] = mapped_column(Double)
    file_fps: Mapped[float | None] = mapped_column(Double)
    file_sample_rate: Mapped[int | None]
    file_channels: Mapped[int | None]
    file_has_alpha: Mapped[bool | None]
    file_codec: Mapped[str | None]
    file_frames: Mapped[int | None]
    file_orientation: Mapped[int | None]
    file_is_signed: Mapped[bool | None]
    content: Mapped[str | None]
    thumbnail_key: Mapped[str | None]
    blurhash: Mapped[str | None]
    extra_files: Mapped[JsonValue] = mapped_column(Json, nullable=True)
    output_metadata: Mapped[JsonValue] = mapped_column(Json, nullable=True)

    failure_code: Mapped[str | None]
    failure_message: Mapped[str | None]
    failure_retryable: Mapped[bool | None]
    failure_provider_code: Mapped[str | None]
    failure_error_id: Mapped[str | None]

    estimate_amount: Mapped[Decimal | None]
    estimate_confidence: Mapped[str]
    estimate_basis: Mapped[JsonValue] = mapped_column(Json, nullable=True)
    estimate_cached_units: Mapped[int]
    cost_amount: Mapped[Decimal | None]
    cost_confidence: Mapped[str | None]
    cost_basis: Mapped[JsonValue] = mapped_column(Json, nullable=True)
    cost_cached_units: Mapped[int | None]
    cost_source: Mapped[str | None]

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None] = mapped_column()
    purged_at: Mapped[datetime | None] = mapped_column()
    title: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        within_tenant("board_id", "boards"),
        within_tenant("user_id", "users"),
        within_tenant("job_id", "jobs"),
        one_of("phase", Phase),
        one_of("artifact_type", ArtifactType),
        one_of("estimate_confidence", Confidence),
        one_of("cost_confidence", Confidence),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        CheckConstraint("batch_index >= 0 AND batch_index < batch_size", name="batch"),
        CheckConstraint("estimate_amount >= 0", name="estimate_amount"),
        CheckConstraint("cost_amount >= 0", name="cost_amount"),
        CheckConstraint("file_key IS NULL OR file_sha256 IS NOT NULL", name="file"),
        CheckConstraint("deleted_at IS NULL OR completed_at IS NOT NULL", name="deleted"),
        # A paid call that may have begun is never forgotten by going back to the queue.
        CheckConstraint("phase <> 'pending' OR submit_started_at IS NULL", name="intent"),
        CheckConstraint(
            "CASE WHEN phase = 'pending' THEN (available_at IS NULL) <> (admitted_at IS NULL)"
            " AND lease_until IS NULL AND run_token IS NULL"
            f" WHEN phase IN ({_RUNNING}) THEN available_at IS NULL"
            " AND admitted_at IS NOT NULL AND lease_until IS NOT NULL"
            " ELSE available_at IS NULL AND admitted_at IS NULL"
            " AND lease_until IS NULL AND run_token IS NULL END",
            name="steering",
        ),
        # List orders. Deleted rows are left out, so that counts need no look at the table.
        Index(
            "ix_generations_board",
            "board_id",
            "tenant_id",
            "created_at",
            "id",
            # Nothing in these rows, but SQLite would look for it in the table.
            "deleted_at",
            **only_where(deleted_at.is_(None)),
        ),
        Index(
            "ix_generations_tenant",
            "tenant_id",
            "created_at",
            "id",
            **only_where(deleted_at.is_(None)),
        ),
        Index(
            "ix_generations_user",
            "user_id",
            "created_at",
            "id",
            **only_where(deleted_at.is_(None)),
        ),
        Index("ix_generations_job", "job_id"),
        Index(
            "ix_generations_attention",
            "tenant_id",
            "created_at",
            "id",
            **only_where(needs_attention.is_(True)),
        ),
        # Sweeps. Each holds only the rows that it is about, however many are done.
        Index(
            "ix_generations_waiting",
            "provider",
            "tenant_id",
            priority.desc(),
            "created_at",
            "id",
            "available_at",
            **only_where(available_at.is_not(None)),
        ),
        Index(
            "ix_generations_admitted",
            "provider",
            "tenant_id",
            "admitted_at",
            "needs_attention",
            **only_where(admitted_at.is_not(None)),
        ),
        Index(
            "ix_generations_lease",
            "lease_until",
            **only_where(lease_until.is_not(None)),
        ),
        Index(
            "ix_generations_cache",
            "tenant_id",
            "cache_key",
            "completed_at",
            **only_where(cache_key.is_not(None) & deleted_at.is_(None)),
        ),
        # The trash, and what in it is due.
        Index(
            "ix_generations_trash",
            "deleted_at",
            **only_where(deleted_at.is_not(None) & purged_at.is_(None)),
        ),
        Index(
            "ix_generations_external",
            "provider",
            "external_id",
            **only_where(external_id.is_not(None)),
        ),
    )
