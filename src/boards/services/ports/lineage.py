"""What was made from what, as the database keeps it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from boards.domain.lineage import Edge

__all__ = ["Lineage"]


class Lineage(Protocol):
    """Rows of lineage edges."""

    def insert(self, edges: Sequence[Edge], *, tenant_id: UUID) -> None: ...
    def inputs_of(self, ids: Sequence[UUID]) -> tuple[Edge, ...]:
        """The edges to the inputs of these generations, by role and position."""
        ...

    def ancestors(self, generation_id: UUID, *, max_depth: int) -> tuple[Edge, ...]:
        """All edges upwards, by one recursive query that visits each generation once."""
        ...

    def descendants(self, generation_id: UUID, *, max_depth: int) -> tuple[Edge, ...]:
        """All edges downwards, by one recursive query that visits each generation once."""
        ...
