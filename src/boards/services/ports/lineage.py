"""What was made from what, as the database keeps it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from boards.domain.lineage import Edge

__all__ = ["MOST_WALKED", "Lineage"]

MOST_WALKED = 10_000
"""Where a walk ends at the latest."""


class Lineage(Protocol):
    """Rows of lineage edges."""

    def insert(self, edges: Sequence[Edge], *, tenant_id: UUID) -> None:
        """Write the edges of outputs together with these: inputs are there before what is made of
        them, so no walk comes back to where it began."""
        ...

    def inputs_of(self, ids: Sequence[UUID]) -> tuple[Edge, ...]:
        """The edges to the inputs of these generations, by role and position."""
        ...

    def ancestors(
        self, generation_id: UUID, *, max_depth: int, most: int = MOST_WALKED
    ) -> tuple[Edge, ...]:
        """All edges upwards, the nearest first, by one recursive query that visits each generation
        once, and no more than `most`."""
        ...

    def descendants(
        self, generation_id: UUID, *, max_depth: int, most: int = MOST_WALKED
    ) -> tuple[Edge, ...]:
        """The same downwards."""
        ...
