"""The tables, for SQLite and PostgreSQL alike.

Every table but those of people before they are in a tenant (`tenants`, `identities`, `passwords`,
`sessions`, `sign_in_links`), `turns`, `provider_states` and `webhook_receipts` has a `tenant_id`,
and refers to other tables by (tenant_id, id): a row of one tenant cannot point at a row of another,
whatever the code does.
Only `phase` is stored; the status follows from it. How the columns of `generations` that steer
runs fit each phase is said by the constraint `steering`.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    false,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.agent_table import AgentSession
from boards.adapters.db.base import Base, only_where, within_tenant
from boards.adapters.db.blob_table import Blob, BlobUse, StorageQuota
from boards.adapters.db.budget_table import Budget
from boards.adapters.db.columns import Json, Serial, one_of
from boards.adapters.db.generation_table import RUNNING, Generation
from boards.adapters.db.hold_table import OpenHold
from boards.adapters.db.key_table import ProviderKey
from boards.adapters.db.people_table import (
    ApiToken,
    AuditEntry,
    Password,
    Session,
    SignInLink,
)
from boards.adapters.db.preview_table import Preview
from boards.adapters.db.provider_table import ProviderState
from boards.adapters.db.replay_table import IdempotencyKey
from boards.adapters.db.resumable_table import ResumableUpload
from boards.adapters.db.search_table import InputWait, SearchEntry
from boards.adapters.db.sharing_table import BoardInvitation, BoardLink
from boards.adapters.db.story_table import StoryJob, StoryTake, Workspace, WorkspaceFile
from boards.adapters.db.tag_table import Favourite, GenerationTag, Note, Tag
from boards.adapters.db.trash_table import Undo
from boards.adapters.db.webhook_table import WebhookDelivery, WebhookEndpoint, WebhookReceipt
from boards.domain.access import TenantRole
from boards.domain.artifacts import ArtifactType
from boards.domain.boards import BoardRole
from boards.domain.costs import LedgerKind

__all__ = [
    "RUNNING",
    "SPENT",
    "AgentSession",
    "ApiToken",
    "AuditEntry",
    "Base",
    "Blob",
    "BlobUse",
    "Board",
    "BoardInvitation",
    "BoardLink",
    "BoardMember",
    "Budget",
    "Event",
    "Favourite",
    "Generation",
    "GenerationInput",
    "GenerationTag",
    "IdempotencyKey",
    "Identity",
    "InputWait",
    "Job",
    "LedgerEntry",
    "Note",
    "OpenHold",
    "Password",
    "Preview",
    "ProviderKey",
    "ProviderState",
    "ResumableUpload",
    "SearchEntry",
    "Session",
    "SignInLink",
    "StorageQuota",
    "StoryJob",
    "StoryTake",
    "Tag",
    "Tenant",
    "Turn",
    "Undo",
    "Upload",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookReceipt",
    "Workspace",
    "WorkspaceFile",
]


class Tenant(Base):
    """An organisation; nothing is shared between two."""

    __tablename__ = "tenants"
    __table_args__ = (UniqueConstraint("slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime]
    time_zone: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class Identity(Base):
    """A person as an identity provider knows them, whatever tenants they belong to."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("provider", "subject"),
        # An account of this server is found by its address; what others say of one finds nobody.
        Index(
            "uq_identities_local_email",
            "email",
            unique=True,
            **only_where(literal_column("provider = 'local'")),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    subject: Mapped[str]
    platform_admin: Mapped[bool]
    email: Mapped[str | None]
    email_verified: Mapped[bool] = mapped_column(server_default=false())
    display_name: Mapped[str | None]
    avatar_url: Mapped[str | None]
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
    avatar_url: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Board(Base):
    """Where results are kept. Deleting one sets `deleted_at`: it is in the trash, until its content
    is removed for good, which `purged_at` says. `details` are its metadata, a name that is taken.
    """

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
    purged_at: Mapped[datetime | None]
    cover_id: Mapped[UUID | None]
    share_recipes: Mapped[bool] = mapped_column(server_default=false())
    settings: Mapped[JsonValue] = mapped_column(Json, nullable=True)
    details: Mapped[JsonValue] = mapped_column(Json, nullable=True)

    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        within_tenant("owner_id", "users"),
        Index("ix_boards_owner", "owner_id", "updated_at", "id"),
        Index("ix_boards_tenant", "tenant_id", "updated_at", "id"),
        Index(
            "uq_boards_default",
            "owner_id",
            unique=True,
            **only_where(is_default.is_(True) & deleted_at.is_(None)),
        ),
    )


class BoardMember(Base):
    """A user's role on somebody else's board."""

    __tablename__ = "board_members"
    __table_args__ = (
        within_tenant("board_id", "boards"),
        within_tenant("user_id", "users"),
        one_of("role", BoardRole),
        Index("ix_board_members_user", "user_id"),
    )

    board_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    role: Mapped[str]
    created_at: Mapped[datetime]
    invited_by: Mapped[UUID | None]


class Job(Base):
    """What a caller submitted at once."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        within_tenant("board_id", "boards"),
        within_tenant("user_id", "users"),
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
    token_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]


class GenerationInput(Base):
    """A lineage edge: the output was made from the input that stood in `role` at `position`."""

    __tablename__ = "generation_inputs"
    __table_args__ = (
        within_tenant("output_id", "generations"),
        within_tenant("input_id", "generations"),
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


SPENT: ColumnElement[bool] = literal_column("kind IN ('settle', 'adjust') AND amount != 0", Boolean)
"""Rows that say what was spent. Words, not values: no database sees that a value to come fits the
condition of an index."""


class LedgerEntry(Base):
    """One row of the append-only ledger; rows are never changed and never deleted.

    `source` says where the amount of a settlement comes from.
    """

    __tablename__ = "ledger_entries"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    tenant_id: Mapped[UUID]
    board_id: Mapped[UUID]
    user_id: Mapped[UUID]
    job_id: Mapped[UUID | None]
    generation_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column()
    amount: Mapped[Decimal] = mapped_column()
    cause: Mapped[str]
    created_at: Mapped[datetime]
    token_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    source: Mapped[str | None]

    __table_args__ = (
        within_tenant("generation_id", "generations"),
        one_of("kind", LedgerKind),
        CheckConstraint("amount >= 0 OR kind = 'adjust'", name="amount"),
        Index(
            "uq_ledger_entries_kind",
            "generation_id",
            "kind",
            unique=True,
            **only_where(kind != LedgerKind.ADJUST.value),
        ),
        Index(
            "uq_ledger_entries_cause",
            "generation_id",
            "cause",
            unique=True,
            **only_where(kind == LedgerKind.ADJUST.value),
        ),
        Index("ix_ledger_entries_tenant", "tenant_id", "created_at"),
        # Sums of what was spent read this index and nothing else.
        Index(
            "ix_ledger_entries_spent",
            "tenant_id",
            "created_at",
            "amount",
            "user_id",
            "board_id",
            "token_id",
            "session_id",
            **only_where(SPENT),
        ),
        {"sqlite_autoincrement": True},
    )


class Upload(Base):
    """Where an uploaded generation came from."""

    __tablename__ = "uploads"
    __table_args__ = (
        within_tenant("generation_id", "generations"),
        within_tenant("user_id", "users"),
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
        within_tenant("generation_id", "generations"),
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


class Turn(Base):
    """When work that one process should do for all was last begun."""

    __tablename__ = "turns"

    name: Mapped[str] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]
