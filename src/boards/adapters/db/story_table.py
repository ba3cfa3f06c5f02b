"""The tables of story projects: workspaces, their files, their jobs and takes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, only_where, within_tenant
from boards.adapters.db.columns import one_of
from boards.domain.storyboards.storyboard import MediaKind
from boards.domain.storyboards.takes import SlotKind
from boards.services.ports.stories import StoryJobKind, WorkspaceForm

__all__ = ["StoryJob", "StoryTake", "Workspace", "WorkspaceFile"]


class Workspace(Base):
    """A story project. `document` and `revision` are those of workspaces in the storage; others
    have theirs in a folder or in memory."""

    __tablename__ = "workspaces"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    board_id: Mapped[UUID]
    created_by: Mapped[UUID]
    slug: Mapped[str]
    form: Mapped[str]
    document: Mapped[str | None]
    revision: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        within_tenant("board_id", "boards"),
        within_tenant("created_by", "users"),
        one_of("form", WorkspaceForm),
        Index("ix_workspaces_board", "board_id", "updated_at"),
        Index(
            "uq_workspaces_slug",
            "tenant_id",
            "slug",
            unique=True,
            **only_where(deleted_at.is_(None)),
        ),
    )


class WorkspaceFile(Base):
    """A file of a workspace in the storage."""

    __tablename__ = "workspace_files"
    __table_args__ = (within_tenant("workspace_id", "workspaces"),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    key: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    created_at: Mapped[datetime]


class StoryJob(Base):
    """What was asked of a story at once. Its id is also that of the job that runs it, where
    something had to be run."""

    __tablename__ = "story_jobs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        within_tenant("workspace_id", "workspaces"),
        one_of("kind", StoryJobKind),
        Index("ix_story_jobs_created", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    workspace_id: Mapped[UUID]
    user_id: Mapped[UUID]
    kind: Mapped[str]
    created_at: Mapped[datetime]


class StoryTake(Base):
    """A take that a job of a story waits for, or found there. It has ended with its file's name or,
    when it failed, without."""

    __tablename__ = "story_takes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    workspace_id: Mapped[UUID]
    job_id: Mapped[UUID]
    slot_kind: Mapped[str]
    card_id: Mapped[int | None]
    number: Mapped[int]
    recipe: Mapped[str]
    round: Mapped[int]
    ordinal: Mapped[int]
    theme: Mapped[str]
    prompt: Mapped[str]
    aspect: Mapped[str]
    kind: Mapped[str]
    generator: Mapped[str]
    generation_id: Mapped[UUID | None]
    is_shared: Mapped[bool]
    file: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        within_tenant("workspace_id", "workspaces"),
        ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["story_jobs.tenant_id", "story_jobs.id"],
            ondelete="CASCADE",
        ),
        one_of("slot_kind", SlotKind),
        one_of("kind", MediaKind),
        Index("ix_story_takes_job", "job_id", "id"),
        Index("ix_story_takes_generation", "generation_id"),
        Index("ix_story_takes_slot", "workspace_id", "slot_kind", "card_id", "number"),
        Index("ix_story_takes_open", "created_at", **only_where(ended_at.is_(None))),
    )
