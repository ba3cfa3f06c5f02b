"""What was submitted at once."""

from typing import Protocol
from uuid import UUID

from boards.domain.jobs import Job
from boards.services.ports.scope import Page

__all__ = ["Jobs"]


class Jobs(Protocol):
    """Rows of jobs."""

    def insert(self, job: Job) -> None: ...
    def get(self, job_id: UUID) -> Job | None: ...
    def list(
        self, *, board_ids: frozenset[UUID] | None, limit: int, cursor: str | None
    ) -> Page[Job]: ...

    def count(self, *, board_ids: frozenset[UUID]) -> int:
        """How many there are on these boards of which a generation is left."""
        ...
