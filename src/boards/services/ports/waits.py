"""Generations that wait for their inputs to be made, as the database keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from pydantic import JsonValue

from boards.domain.generations import Phase
from boards.domain.lineage import Edge

__all__ = ["InputWait", "InputWaits"]


@dataclass(frozen=True, kw_only=True)
class InputWait:
    """A generation that waits. `inputs` are the phases of what it is to be made from, None for what
    was deleted."""

    generation_id: UUID
    tenant_id: UUID
    inputs: tuple[Phase | None, ...]


class InputWaits(Protocol):
    """Rows of waits: a pending generation with one is admitted by nobody."""

    def hold_back(
        self,
        generation_id: UUID,
        *,
        tenant_id: UUID,
        inputs: Mapping[str, JsonValue],
        edges: Sequence[Edge],
    ) -> None:
        """Have a generation that was just written wait for what these edges lead to; inputs and
        edges take the place of those it was written with. Nothing is cached under its key."""
        ...

    def list(self, *, limit: int) -> tuple[InputWait, ...]:
        """Those that wait, of all tenants: what was submitted first comes first."""
        ...

    def let_go(self, generation_id: UUID, *, now: datetime) -> bool:
        """End a wait. The generation may start now; False when it is not pending any more."""
        ...
