"""The index of words by which generations are found, as the database keeps it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from boards.domain.generations import Generation
from boards.domain.search import Order, Term
from boards.services.ports.generations import GenerationFilter
from boards.services.ports.scope import Page

__all__ = ["Search"]


class Search(Protocol):
    """Entries of generations. They are made where generations are inserted, in that transaction."""

    def find(
        self,
        terms: Sequence[Term],
        which: GenerationFilter,
        *,
        order: Order,
        limit: int,
        cursor: str | None,
    ) -> Page[Generation]:
        """Find what has all of the terms, in the order asked for. What is most relevant, or cost
        the most, is chosen among the newest few thousand that fit."""
        ...

    def refresh(self, generation_ids: Sequence[UUID]) -> None:
        """Enter anew by what these are found, after their tags, notes or names have changed; in
        the transaction of that change."""
        ...

    def refresh_tag(self, tag_id: UUID) -> None:
        """The same for all that have this tag, after it was renamed, or before it is deleted."""
        ...
