"""What is asked of a submit, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from pydantic import JsonValue

from boards.domain.costs import Cost
from boards.domain.generations import Generation
from boards.domain.jobs import Job
from boards.services.budgets import BudgetWarning

__all__ = ["Submission", "SubmitRequest"]


@dataclass(frozen=True, kw_only=True)
class SubmitRequest:
    """What somebody asks to be made.

    `takes` is the number of separate runs. `force` has it made anew although the same result is
    there already. `allow_unpriced` has it run under a hard budget although nobody knows what it
    costs. `key` is the idempotency key: sent again with the same request, it gives the same job.
    """

    generator: str
    inputs: Mapping[str, JsonValue]
    board_id: UUID | None = None
    takes: int = 1
    priority: int = 0
    force: bool = False
    allow_unpriced: bool = False
    key: str | None = None
    fingerprint: str | None = None
    """What a request sent again under the key must have in common with this one; None for all of
    the above. For what is asked in other words than these, such as takes for the cards of a story.
    """


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What was written for a request; `warnings` are those of soft budgets. `is_replay` says that
    an earlier request with the same key had written it."""

    job: Job
    generations: tuple[Generation, ...]
    estimate: Cost
    warnings: tuple[BudgetWarning, ...] = ()
    is_replay: bool = False
