"""The tables of search, and of generations whose inputs are still being made.

Beside `search_entries` stands `search_words`, the index that the database itself keeps of it by
triggers (migration 0009): FTS5 on SQLite, a `tsvector` with a GIN index on PostgreSQL. It is in no
class here, because nothing is ever read from it alone: see `Door.words`.
"""

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, within_tenant
from boards.adapters.db.columns import Serial

__all__ = ["InputWait", "SearchEntry"]


class SearchEntry(Base):
    """By which words one generation is found, cut by `domain.search`; `number` grows with time."""

    __tablename__ = "search_entries"
    __table_args__ = (
        UniqueConstraint("generation_id"),
        within_tenant("generation_id", "generations"),
    )

    number: Mapped[int] = mapped_column(Serial, primary_key=True)
    generation_id: Mapped[UUID]
    tenant_id: Mapped[UUID]
    prompt: Mapped[str]
    name: Mapped[str]
    tags: Mapped[str]
    notes: Mapped[str]


class InputWait(Base):
    """A pending generation that may not start before its inputs are there."""

    __tablename__ = "input_waits"
    __table_args__ = (
        within_tenant("generation_id", "generations"),
        Index("ix_input_waits_tenant", "tenant_id"),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
