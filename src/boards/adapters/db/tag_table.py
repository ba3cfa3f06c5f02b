"""The tables of what people put on generations: tags, favourites and notes."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, within_tenant
from boards.adapters.db.columns import Json

__all__ = ["Favourite", "GenerationTag", "Note", "Tag"]


class Tag(Base):
    """A word that a tenant sorts generations by. `details` are its metadata; `updated_at` is empty
    where nobody has changed it since there is such a column."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("tenant_id", "id"), UniqueConstraint("tenant_id", "slug"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    slug: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    description: Mapped[str | None]
    details: Mapped[JsonValue] = mapped_column(Json, nullable=True)


class GenerationTag(Base):
    """A tag on a generation."""

    __tablename__ = "generation_tags"
    __table_args__ = (
        within_tenant("generation_id", "generations"),
        within_tenant("tag_id", "tags"),
        Index("ix_generation_tags_tag", "tag_id"),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]


class Favourite(Base):
    """A generation that somebody marked for themselves."""

    __tablename__ = "favourites"
    __table_args__ = (
        within_tenant("generation_id", "generations"),
        within_tenant("user_id", "users"),
        Index("ix_favourites_generation", "generation_id"),
        Index("ix_favourites_user", "user_id", "created_at", "generation_id"),
    )

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    created_at: Mapped[datetime]


class Note(Base):
    """What a member wrote about a generation."""

    __tablename__ = "notes"
    __table_args__ = (
        within_tenant("generation_id", "generations"),
        within_tenant("user_id", "users"),
        Index("ix_notes_generation", "generation_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    generation_id: Mapped[UUID]
    user_id: Mapped[UUID]
    text: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
