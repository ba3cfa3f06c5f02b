"""Generations: one run of one generator and its outputs, and the only ways its phase may change.

    pending ─> submitting ─> submitted ─> fetching ─> storing ─> completed
                   │
                   └─> submit_unknown    a paid call began and its answer was never stored

`failed` and `cancelled` can be reached from every phase that is not final. A generator without
steps goes from submitting to storing; a repeatable one, which may simply run again, straight to
completed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import JsonValue

from boards.domain.artifacts import ArtifactType, StoredFile
from boards.domain.costs import Cost

__all__ = [
    "FINAL",
    "TRANSITIONS",
    "ExtraFile",
    "Failure",
    "Generation",
    "Phase",
    "Status",
    "sources_of",
]


class Status(StrEnum):
    """The status that surfaces show."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """Where exactly a run stands; the second field beside the status."""

    PENDING = "pending"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    FETCHING = "fetching"
    STORING = "storing"
    SUBMIT_UNKNOWN = "submit_unknown"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def status(self) -> Status:
        return _STATUS.get(self, Status.PROCESSING)


_STATUS = {
    Phase.PENDING: Status.PENDING,
    Phase.COMPLETED: Status.COMPLETED,
    Phase.FAILED: Status.FAILED,
    Phase.CANCELLED: Status.CANCELLED,
}

_ENDS = frozenset({Phase.FAILED, Phase.CANCELLED})

TRANSITIONS: Mapping[Phase, frozenset[Phase]] = {
    Phase.PENDING: _ENDS | {Phase.SUBMITTING},
    # Back to pending: a certain refusal (rate limit) that may be tried again later.
    Phase.SUBMITTING: _ENDS
    | {
        Phase.PENDING,
        Phase.SUBMITTED,
        Phase.STORING,
        Phase.COMPLETED,
        Phase.SUBMIT_UNKNOWN,
    },
    Phase.SUBMITTED: _ENDS | {Phase.FETCHING},
    Phase.FETCHING: _ENDS | {Phase.STORING},
    Phase.STORING: _ENDS | {Phase.COMPLETED},
    # Left only by an answer that was found, or by somebody's explicit decision.
    Phase.SUBMIT_UNKNOWN: _ENDS | {Phase.SUBMITTED, Phase.STORING},
    Phase.COMPLETED: frozenset(),
    Phase.FAILED: frozenset(),
    Phase.CANCELLED: frozenset(),
}
"""Phase → the phases that may follow it. Every UPDATE of a phase carries this as its guard."""

FINAL = frozenset(phase for phase, following in TRANSITIONS.items() if not following)


def sources_of(phase: Phase) -> frozenset[Phase]:
    """List the phases from which `phase` may be reached."""
    return frozenset(before for before, following in TRANSITIONS.items() if phase in following)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a generation failed. `message` is public; `error_id` finds the rest in the log."""

    code: str
    message: str
    retryable: bool = False
    provider_code: str | None = None
    error_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExtraFile:
    """A file kept with a generation beside its primary output, such as a mask or a transcript."""

    role: str
    type: ArtifactType | None
    file: StoredFile


@dataclass(frozen=True, kw_only=True)
class Generation:
    """One generation as its row tells. `progress` is a fraction from 0 to 1.

    `estimate` is what was held for it; `cost` is what it came to, None while nobody knows. For
    siblings of a batch both are an equal share, which is shown and never summed. `cached_from` is
    the generation whose result this one has, if it was taken from the cache. `blurhash` is a
    picture of it in a few letters, to be shown until the picture itself is there.
    """

    id: UUID
    tenant_id: UUID
    board_id: UUID
    user_id: UUID
    job_id: UUID | None
    batch_id: UUID | None = None
    batch_index: int = 0
    batch_size: int = 1
    generator_name: str
    generator_version: str | None = None
    provider: str
    artifact_type: ArtifactType
    phase: Phase
    priority: int = 0
    input_params: Mapping[str, JsonValue] = field(default_factory=dict)
    progress: float = 0.0
    message: str = ""
    external_id: str | None = None
    file: StoredFile | None = None
    content: str | None = None
    thumbnail_key: str | None = None
    blurhash: str | None = None
    extra_files: tuple[ExtraFile, ...] = ()
    output_metadata: Mapping[str, JsonValue] = field(default_factory=dict)
    failure: Failure | None = None
    needs_attention: bool = False
    estimate: Cost
    cost: Cost | None = None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    cached_from: UUID | None = None
    title: str | None = None

    @property
    def status(self) -> Status:
        return self.phase.status
