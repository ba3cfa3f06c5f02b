"""What a server answers, as values: frozen, with Decimal for money and aware times.

What a newer server says beyond these is left out; `boards.client.reading` reads them from JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias
from uuid import UUID

__all__ = [
    "ArtifactType",
    "AttentionItem",
    "Basis",
    "Board",
    "Budget",
    "BudgetWarning",
    "Checked",
    "Cost",
    "End",
    "Estimate",
    "EstimatePart",
    "Event",
    "ExtraFile",
    "Failure",
    "File",
    "Generation",
    "Generator",
    "Job",
    "JobState",
    "Json",
    "Lineage",
    "Node",
    "Refusal",
    "Snapshot",
    "Status",
    "Submission",
]

ArtifactType: TypeAlias = Literal["image", "video", "audio", "text", "lora"]
Status: TypeAlias = Literal["pending", "processing", "completed", "failed", "cancelled"]
JobState: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled"]
Json: TypeAlias = str | int | float | bool | list[Any] | dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Generator:
    """A generator, with the JSON Schema of its inputs; `unavailable` says why it cannot run now."""

    name: str
    artifact_type: ArtifactType
    description: str
    provider: str
    input_schema: Mapping[str, Json]
    title: str | None = None
    version: str | None = None
    unavailable: str | None = None


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a cost was worked out from: so many units at a unit price, in USD."""

    provider: str
    model: str
    unit: str
    units: Decimal
    unit_price: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A cost; `amount` is None while nobody knows, which is not 0."""

    amount: Decimal | None
    currency: str
    known: bool
    confidence: str
    basis: Basis | None = None
    cached_units: int = 0


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A budget with what counts against it, in USD."""

    id: UUID
    scope: str
    period: str
    strictness: str
    amount: Decimal
    spent: Decimal
    held: Decimal
    left: Decimal
    resets_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class BudgetWarning:
    """What a soft budget says about a request that it lets pass."""

    message: str
    budget: Budget


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What a submit would be refused with; amounts are USD, `asked` None is unpriced."""

    message: str
    limit: Decimal
    spent: Decimal
    held: Decimal
    asked: Decimal | None = None
    scope: str | None = None
    period: str | None = None
    resets_at: datetime | None = None
    reason: str = "exceeded"


@dataclass(frozen=True, kw_only=True)
class EstimatePart:
    """What one request of a plan would cost, over all its takes."""

    generator: str
    takes: int
    cost_estimate: Cost


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a request or a plan would cost. Nothing was spent.

    `budget` is the one with the least left, `refusal` what a submit would be refused with now.
    """

    cost_estimate: Cost
    takes: int
    parts: tuple[EstimatePart, ...] = ()
    budget: Budget | None = None
    warnings: tuple[BudgetWarning, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a generation failed."""

    code: str
    message: str
    retryable: bool = False
    provider_code: str | None = None
    error_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class File:
    """A stored file: bytes, pixels, seconds. None where it does not apply."""

    format: str
    mime: str
    size: int
    sha256: str
    url: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None
    sample_rate: int | None = None
    channels: int | None = None
    has_alpha: bool | None = None
    codec: str | None = None
    frames: int | None = None
    orientation: int | None = None
    is_signed: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ExtraFile:
    """A file kept beside the output, such as a mask."""

    role: str
    type: ArtifactType | None
    format: str
    mime: str
    size: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Generation:
    """One run of one generator and its output; an upload is a generation too.

    `progress` is a fraction from 0 to 1. `cost_estimate` is what was held, `cost` what it came to.
    `content` is the output itself, for text.
    """

    id: UUID
    board_id: UUID
    generator: str
    provider: str
    artifact_type: ArtifactType
    status: Status
    phase: str
    needs_attention: bool
    progress: float
    cost_estimate: Cost
    created_at: datetime
    job_id: UUID | None = None
    batch_id: UUID | None = None
    batch_index: int = 0
    batch_size: int = 1
    generator_version: str | None = None
    message: str = ""
    inputs: Mapping[str, Json]
    output_metadata: Mapping[str, Json]
    cached_from: UUID | None = None
    error: Failure | None = None
    cost: Cost | None = None
    cost_source: str | None = None
    file: File | None = None
    content: str | None = None
    extra_files: tuple[ExtraFile, ...] = ()
    thumbnail_url: str | None = None
    blurhash: str | None = None
    started_at: datetime | None = None
    title: str | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a submit wrote; `is_replay` when an earlier one with its key had made this job."""

    job_id: UUID
    state: JobState
    cost_estimate: Cost
    generations: tuple[Generation, ...]
    is_replay: bool = False
    warnings: tuple[BudgetWarning, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Job:
    """What was submitted at once, and how far it is. `partial`: done, but not all of it."""

    job_id: UUID
    state: JobState
    partial: bool
    needs_attention: bool
    progress: float
    cost_estimate: Cost
    cost_actual: Cost
    generations: tuple[Generation, ...]
    created_at: datetime

    @property
    def is_final(self) -> bool:
        """Whether it has ended."""
        return self.state in {"done", "failed", "cancelled"}


@dataclass(frozen=True, kw_only=True)
class Board:
    """Where results are kept."""

    id: UUID
    title: str
    description: str | None
    is_public: bool
    owner_id: UUID
    created_at: datetime
    updated_at: datetime
    share_recipes: bool = False
    cover_id: UUID | None = None
    settings: Mapping[str, Json] = field(default_factory=dict)
    metadata: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Node:
    """One generation in a tree of lineage; not `known` where you may not see it."""

    generation_id: UUID
    known: bool
    generator: str | None
    artifact_type: ArtifactType | None
    status: Status | None
    role: str | None
    depth: int
    repeated: bool
    branches: tuple["Node", ...]


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """What a generation was made from, and what was made from it."""

    generation_id: UUID
    ancestors: Node
    descendants: Node


@dataclass(frozen=True, kw_only=True)
class AttentionItem:
    """A generation about which somebody has to decide, and the ways out, the safest first."""

    generation: Generation
    reason: str
    external_id: str | None
    ways: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What asking the provider came to."""

    outcome: str
    message: str
    generation: Generation


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something happened to a generation; `data` is its whole new state."""

    id: int
    type: str
    generation_id: UUID
    board_id: UUID
    sequence: int
    data: Mapping[str, Json]
    at: datetime
    job_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """How things stand; forget what you knew before. `job` in a stream of a job."""

    id: int
    job: Job | None = None
    board_id: UUID | None = None
    generations: tuple[Generation, ...] | None = None
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class End:
    """Nothing more comes on this connection: finished, forbidden or closing."""

    id: int
    reason: str
