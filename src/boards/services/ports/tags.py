"""What people put on generations, as the database keeps it: tags, favourites, notes."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from boards.domain.tags import Note, Tag
from boards.services.ports.scope import Page

__all__ = ["Favourites", "Notes", "Tags"]


class Tags(Protocol):
    """Rows of tags, and of what they are on."""

    def add(self, tag: Tag) -> None:
        """Conflict when the slug is taken."""
        ...

    def get(self, tag_id: UUID) -> Tag | None: ...
    def by_slug(self, slug: str) -> Tag | None: ...
    def list(self) -> tuple[Tag, ...]:
        """All of the tenant, by name."""
        ...

    def count(self) -> int: ...
    def update(self, tag: Tag) -> bool:
        """Write it as it is now. Conflict when the slug is taken."""
        ...

    def delete(self, tag_id: UUID) -> bool:
        """Remove it, and take it off everything."""
        ...

    def attach(self, tag_id: UUID, ids: Collection[UUID], *, tenant_id: UUID) -> frozenset[UUID]:
        """Put it on generations; gives those that did not have it."""
        ...

    def detach(self, tag_id: UUID, ids: Collection[UUID]) -> frozenset[UUID]:
        """Take it off generations; gives those that had it."""
        ...

    def of_generations(self, ids: Collection[UUID]) -> Mapping[UUID, tuple[Tag, ...]]:
        """The tags of each, by name; one without any is left out."""
        ...


class Favourites(Protocol):
    """Rows of what somebody marked for themselves."""

    def add(
        self, user_id: UUID, ids: Collection[UUID], *, tenant_id: UUID, now: datetime
    ) -> frozenset[UUID]:
        """Mark generations; gives those that were not."""
        ...

    def remove(self, user_id: UUID, ids: Collection[UUID]) -> frozenset[UUID]:
        """Take the mark away; gives those that had it."""
        ...

    def among(self, user_id: UUID, ids: Collection[UUID]) -> frozenset[UUID]: ...
    def list(self, user_id: UUID, *, limit: int, cursor: str | None) -> Page[UUID]:
        """Those on boards that are there, the last marked first."""
        ...


class Notes(Protocol):
    """Rows of notes."""

    def add(self, note: Note) -> None: ...
    def get(self, note_id: UUID) -> Note | None: ...
    def of_generation(self, generation_id: UUID) -> tuple[Note, ...]:
        """The oldest first."""
        ...

    def change(self, note_id: UUID, text: str, *, now: datetime) -> bool: ...
    def delete(self, note_id: UUID) -> bool: ...
