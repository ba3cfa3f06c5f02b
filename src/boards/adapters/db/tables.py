"""The tables, for SQLite and PostgreSQL alike.

Every table but `tenants` and `identities` has a `tenant_id`, and refers to other tables by
(tenant_id, id): a row of one tenant cannot point at a row of another, whatever the code does.
Only `phase` is stored; the status follows from it. How the columns of `generations` that steer
runs fit each phase is said by the constraint `steering`.
"""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from boards.adapters.db.columns import Id, Instant, Json, Serial, Usd, one_of
from boards.domain.access import TenantRole
from boards.domain.artifacts import ArtifactType
from boards.domain.boards import BoardRole
from boards.domain.costs import Confidence, LedgerKind
from boards.domain.generations import Phase

__all__ = [
    "RUNNING",
    "Base",
    "Board",
    "BoardMember",
    "Event",
    "Generation",
    "GenerationInput",
    "GenerationTag",
    "Identity",
    "Job",
    "LedgerEntry",
    "Tag",
    "Tenant",
    "Upload",
    "User",
]

RUNNING: tuple[Phase, ...] = (
    Phase.SUBMITTING,
    Phase.SUBMITTED,
    Phase.FETCHING,
    Phase.STORING,
)
"""The phases in which a worker holds a lease; one that waits for a person holds none."""

_RUNNING = ", ".join(f"'{phase.value}'" for phase in RUNNING)


class Base(DeclarativeBase):
    """What every table has: one name scheme for constraints, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar = {UUID: Id, datetime: Instant, Decimal: Usd}


def _within_tenant(column: str, table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


class Tenant(Base):
    """An organisation; nothing is shared between two."""

    __tablename__ = "tenants"
    __table_args__ = (UniqueConstraint("slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime]


class Identity(Base):
    """A person as an identity provider knows them, whatever tenants they belong to."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("provider", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    subject: Mapped[str]
    platform_admin: Mapped[bool]
    created_at: Mapped[datetime]


class User(Base):
    """An identity within one tenant."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "identity_id"),
        one_of("role", TenantRole),
        Index("ix_users_identity", "identity_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id"))
    role: Mapped[str]
    email: Mapped[str | None]
    display_name: Mapped[str | None]
    created_at: Mapped[datetime]


class Board(Base):
    """Where results are kept. Deleting one sets `deleted_at`."""

    __tablename__ = "boards"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    owner_id: Mapped[UUID]
    title: Mapped[str]
    description: Mapped[str | None]
    is_public: Mapped[bool]
    is_default: Mapped[bool] = mapped_column()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        _within_tenant("owner_id", "users"),
        Index("ix_boards_owner", "owner_id", "updated_at", "id"),
        Index("ix_boards_tenant", "tenant_id", "updated_at", "id"),
        Index(
            "uq_boards_default",
            "owner_id",
            unique=True,
            sqlite_where=is_default.is_(True) & deleted_at.is_(None),
            postgresql_where=is_default.is_(True) & deleted_at.is_(None),
        ),
    )


class BoardMember(Base):
    """A user's role on somebody else's board."""

    __tablename__ = "board_members"
    __table_args__ = (
        _within_tenant("board_id", "boards"),
        _within_tenant("user_id", "users"),
        one_of("role", BoardRole),
        Index("ix_board_members_user", "user_id"),
    )

    board_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    role: Mapped[str]
    created_at: Mapped[datetime]


class Job(Base):
    """What a caller submitted at once."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        _within_tenant("board_id", "boards"),
        _within_tenant("user_id", "users"),
        CheckConstraint("takes > 0", name="takes"),
        Index("ix_jobs_board", "board_id", "created_at", "id"),
        Index("ix_jobs_tenant", "tenant_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    board_id: Mapped[UUID]
    user_id: Mapped[UUID]
    generator_name: Mapped[str]
    takes: Mapped[int]
    created_at: Mapped[datetime]


class Generation(Base):
    """One run of one generator and its primary output, and what steers the run.

    Steering: `available_at` is set while the row waits for admission, and says from when it may
    be admitted; `admitted_at` is set while it takes up one of the provider's places; `lease_until`
    and `run_token` say until when which process runs it. A final row has none of them.
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
    external_id: Mapped[str | None] = mapped_column()
    other_ids: Mapped[JsonValue] = mapped_column(Json, nullable=True)
    manifest: Mapped[JsonValue] = mapped_column(Json, nullable=True)
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
    content: Mapped[str | None]
    thumbnail_key: Mapped[str | None]
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

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        _within_tenant("board_id", "boards"),
        _within_tenant("user_id", "users"),
        _within_tenant("job_id", "jobs"),
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
            "created_at",
            "id",
            sqlite_where=deleted_at.is_(None),
            postgresql_where=deleted_at.is_(None),
        ),
        Index(
            "ix_generations_tenant",
            "tenant_id",
            "created_at",
            "id",
            sqlite_where=deleted_at.is_(None),
            postgresql_where=deleted_at.is_(None),
        ),
        Index(
            "ix_generations_user",
            "user_id",
            "created_at",
            "id",
            sqlite_where=deleted_at.is_(None),
            postgresql_where=deleted_at.is_(None),
        ),
        Index("ix_generations_job", "job_id"),
        Index(
            "ix_generations_attention",
            "tenant_id",
            "created_at",
            "id",
            sqlite_where=needs_attention.is_(True),
            postgresql_where=needs_attention.is_(True),
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
            sqlite_where=available_at.is_not(None),
            postgresql_where=available_at.is_not(None),
        ),
        Index(
            "ix_generations_admitted",
            "provider",
            "tenant_id",
            sqlite_where=admitted_at.is_not(None),
            postgresql_where=admitted_at.is_not(None),
        ),
        Index(
            "ix_generations_lease",
            "lease_until",
            sqlite_where=lease_until.is_not(None),
            postgresql_where=lease_until.is_not(None),
        ),
        Index(
            "ix_generations_external",
            "provider",
            "external_id",
            sqlite_where=external_id.is_not(None),
            postgresql_where=external_id.is_not(None),
        ),
    )


class GenerationInput(Base):
    """A lineage edge: the output was made from the input that stood in `role` at `position`."""

    __tablename__ = "generation_inputs"
    __table_args__ = (
        _within_tenant("output_id", "generations"),
        _within_tenant("input_id", "generations"),
        one_of("artifact_type", ArtifactType),
        CheckConstraint("position >= 0", name="position"),
        Index("ix_generation_inputs_input", "input_id"),
    )

    output_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    input_id: Mapped[UUID]
    tenant_id: Mapped[UUID]
    artifact_type: Mapped[str]


class Tag(Base):
    """A word that a tenant sorts generations by."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("tenant_id", "id"), UniqueConstraint("tenant_id", "slug"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    slug: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime]


class GenerationTag(Base):
    """A tag on a generation."""

    __tablename__ = "generation_tags"
    __table_args__ = (
        _within_tenant("generation_id", "generations"),
        _within_tenant("tag_id", "tags"),
        Index("ix_generation_tags_tag", "tag_id"),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]


class LedgerEntry(Base):
    """One row of the append-only ledger; rows are never changed and never deleted."""

    __tablename__ = "ledger_entries"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    tenant_id: Mapped[UUID]
    board_id: Mapped[UUID]
    user_id: Mapped[UUID]
    job_id: Mapped[UUID | None]
    generation_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column()
    amount: Mapped[Decimal]
    cause: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (
        _within_tenant("generation_id", "generations"),
        one_of("kind", LedgerKind),
        CheckConstraint("amount >= 0 OR kind = 'adjust'", name="amount"),
        Index(
            "uq_ledger_entries_kind",
            "generation_id",
            "kind",
            unique=True,
            sqlite_where=kind != LedgerKind.ADJUST.value,
            postgresql_where=kind != LedgerKind.ADJUST.value,
        ),
        Index(
            "uq_ledger_entries_cause",
            "generation_id",
            "cause",
            unique=True,
            sqlite_where=kind == LedgerKind.ADJUST.value,
            postgresql_where=kind == LedgerKind.ADJUST.value,
        ),
        Index("ix_ledger_entries_tenant", "tenant_id", "created_at"),
        {"sqlite_autoincrement": True},
    )


class Upload(Base):
    """Where an uploaded generation came from."""

    __tablename__ = "uploads"
    __table_args__ = (
        _within_tenant("generation_id", "generations"),
        _within_tenant("user_id", "users"),
        CheckConstraint("size >= 0", name="size"),
        Index("ix_uploads_user", "user_id", "created_at"),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID]
    source: Mapped[str]
    filename: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    created_at: Mapped[datetime]


class Event(Base):
    """Something that happened to a generation; `id` counts up in the order of commits."""

    __tablename__ = "events"
    __table_args__ = (
        _within_tenant("generation_id", "generations"),
        UniqueConstraint("generation_id", "sequence"),
        CheckConstraint("sequence > 0", name="sequence"),
        Index("ix_events_job", "job_id", "id"),
        Index("ix_events_board", "board_id", "id"),
        # Ids of deleted events are never given out again: clients resume by id.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    tenant_id: Mapped[UUID]
    board_id: Mapped[UUID]
    user_id: Mapped[UUID]
    job_id: Mapped[UUID | None]
    generation_id: Mapped[UUID]
    sequence: Mapped[int]
    type: Mapped[str]
    data: Mapped[JsonValue] = mapped_column(Json, nullable=False)
    created_at: Mapped[datetime]
