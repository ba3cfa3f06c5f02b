"""The generations and the runs on them, as the database keeps them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol, TypedDict, Unpack
from uuid import UUID

from pydantic import JsonValue

from boards.domain.artifacts import ArtifactType, StoredFile
from boards.domain.costs import Cost
from boards.domain.generations import ExtraFile, Failure, Generation, Phase, Status
from boards.domain.search import Order
from boards.services.ports.scope import Page

__all__ = [
    "Changes",
    "Claim",
    "GenerationFilter",
    "Generations",
    "Limits",
    "NewGeneration",
    "Renewal",
]


@dataclass(frozen=True, kw_only=True)
class NewGeneration:
    """A generation about to be written. `phase` is pending for a submit, completed for an upload
    or a sibling that came with a batch."""

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
    input_params: Mapping[str, JsonValue]
    estimate: Cost
    repeatable: bool
    created_at: datetime
    file: StoredFile | None = None
    content: str | None = None
    output_metadata: Mapping[str, JsonValue] = field(default_factory=dict)
    extra_files: tuple[ExtraFile, ...] = ()
    cost: Cost | None = None
    completed_at: datetime | None = None
    cache_key: str | None = None
    cached_from: UUID | None = None
    title: str | None = None


class Changes(TypedDict, total=False):
    """What may change in a generation together with its phase, or while it runs."""

    progress: float
    message: str
    external_id: str | None
    other_ids: tuple[str, ...]
    file: StoredFile | None
    content: str | None
    thumbnail_key: str | None
    extra_files: tuple[ExtraFile, ...]
    output_metadata: Mapping[str, JsonValue]
    manifest: JsonValue
    failure: Failure | None
    needs_attention: bool
    cost: Cost | None
    batch_id: UUID | None
    batch_size: int
    available_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    submit_started_at: datetime | None
    deadline_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A generation that this process may run now, as long as it renews the lease.

    `starts` counts the claims so far, this one included. `submit_started_at` is the intent: a paid
    call may have begun. `manifest` is what a run left about outputs that are already stored,
    `other_ids` the provider's further ids of the same call.
    """

    generation: Generation
    run_token: UUID
    starts: int
    repeatable: bool
    submit_started_at: datetime | None
    cancel_requested: bool
    other_ids: tuple[str, ...] = ()
    deadline_at: datetime | None = None
    manifest: JsonValue = None


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """What a renewal found: False in `held` says that another process has taken the run over."""

    held: bool
    cancel_requested: bool


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many generations may be under way at once: over all, per provider, per tenant in it; and
    how many may begin at a provider in any minute. Pauses of the database come on top."""

    total: int = 2000
    default_provider: int = 20
    providers: Mapping[str, int] = field(default_factory=lambda: {"local": 2000})
    tenant_share: Mapping[str, int] = field(default_factory=dict)
    per_minute: Mapping[str, int] = field(default_factory=dict)
    paused: frozenset[str] = frozenset()

    def of(self, provider: str) -> int:
        """The cap of one provider; 0 while it, or everything (`*`), is paused."""
        if provider in self.paused or "*" in self.paused:
            return 0
        return min(self.total, self.providers.get(provider, self.default_provider))


@dataclass(frozen=True, kw_only=True)
class GenerationFilter:
    """What to list. `board_ids` None means every board of the scope. `since` and `until` bound
    when it was created, the second exclusively. `min_cost`, in USD, leaves out what cost less, or
    nobody knows how much; `favourite_of` is a user, `made_from` an input."""

    board_ids: frozenset[UUID] | None = None
    job_id: UUID | None = None
    user_id: UUID | None = None
    status: Status | None = None
    artifact_type: ArtifactType | None = None
    generator_name: str | None = None
    needs_attention: bool | None = None
    batch_id: UUID | None = None
    tag_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    provider: str | None = None
    favourite_of: UUID | None = None
    made_from: UUID | None = None
    min_cost: Decimal | None = None


class Generations(Protocol):
    """Rows of generations. All reads but `find_anywhere` see only the scope's tenant."""

    def insert(self, new: Sequence[NewGeneration]) -> None: ...
    def made_before(self, cache_key: str) -> tuple[Generation, ...]:
        """The outputs of the last run with this key that completed, by their place in the batch;
        empty when there was none or its first output was deleted."""
        ...

    def get(self, generation_id: UUID) -> Generation | None: ...
    def find_anywhere(
        self, ids: Iterable[UUID], *, include_deleted: bool = False
    ) -> Mapping[UUID, Generation]:
        """One query for all ids, other tenants' included: only for the input check, which must
        tell a foreign id from a missing one and never shows the row. A run also reads inputs that
        were deleted after its submit: their bytes are still there."""
        ...

    def among(self, ids: Iterable[UUID]) -> Mapping[UUID, Generation]:
        """Those of the scope's tenant among these."""
        ...

    def find_external(self, provider: str, external_ids: Iterable[str]) -> Generation | None:
        """The newest generation that has one of these ids at its provider."""
        ...

    def of_job(self, job_id: UUID) -> tuple[Generation, ...]:
        """The generations of a job in order of submit, then batch index."""
        ...

    def of_jobs(self, job_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Generation, ...]]:
        """The same for many jobs at once; a job without generations has an empty tuple."""
        ...

    def list(
        self,
        which: GenerationFilter,
        *,
        limit: int,
        cursor: str | None,
        order: Order = Order.NEWEST,
    ) -> Page[Generation]:
        """A part of the list. By cost, the cursor counts how many came before."""
        ...

    def ids(self, which: GenerationFilter, *, order: Order = Order.NEWEST) -> bytes:
        """Every id of a list in its order, 16 bytes each, for a gallery of any size."""
        ...

    def count(self, which: GenerationFilter) -> int: ...
    def move(
        self,
        generation_id: UUID,
        to: Phase,
        *,
        now: datetime,
        token: UUID | None = None,
        **changes: Unpack[Changes],
    ) -> bool:
        """Change the phase; False when the row's phase does not lead there, or when `token` is
        given and another process holds the run. Reaching a final phase ends the lease."""
        ...

    def update(
        self, generation_id: UUID, *, now: datetime, token: UUID, **changes: Unpack[Changes]
    ) -> bool:
        """Change a run's row without its phase, guarded by the run token."""
        ...

    def record_intent(self, generation_id: UUID, *, now: datetime, token: UUID) -> bool:
        """Write that a paid call begins now; False when one has begun before, or the token is
        not ours, or a cancel was requested: then the call must not be made."""
        ...

    def clear_intent(self, generation_id: UUID, *, now: datetime, token: UUID) -> bool:
        """Take the intent back after a refusal that certainly cost nothing."""
        ...

    def attach_late(
        self, generation_id: UUID, *, now: datetime, **changes: Unpack[Changes]
    ) -> bool:
        """Keep a result that arrived after the cancel: the row stays cancelled. Once only."""
        ...

    def remember_job(
        self,
        generation_id: UUID,
        *,
        now: datetime,
        external_id: str,
        other_ids: tuple[str, ...] = (),
    ) -> bool:
        """Write the provider's id down with a generation that has ended without one; the rest of
        it stays as it was decided."""
        ...

    def clear_attention(self, generation_id: UUID, *, now: datetime) -> bool:
        """Take a generation off the attention list."""
        ...

    def resolve(self, generation_id: UUID, *, now: datetime, **changes: Unpack[Changes]) -> bool:
        """Take a generation off the attention list by a decision, with what follows from it; False
        when it is not on the list (any more), or while a process runs it."""
        ...

    def recost(self, generation: Generation, cost: Cost, *, now: datetime) -> None:
        """Set what a final generation came to, and with it its siblings of a batch."""
        ...

    def look_now(self, generation_id: UUID, *, now: datetime) -> bool:
        """Have a parked run looked at now instead of later; False when it is none."""
        ...

    def admit(
        self, limits: Limits, *, now: datetime, at_most: int, provider: str | None = None
    ) -> tuple[UUID, ...]:
        """Choose pending generations that may start now, and mark them: by caps, fair between
        tenants (fewest under way first), then priority, then age. Looks at all tenants, whatever
        the scope; with `provider` at that one's rows only (a submit, a completion)."""
        ...

    def unclaimed(self, *, admitted_before: datetime, now: datetime) -> tuple[UUID, ...]:
        """Admitted generations that nobody claimed since: lost messages. Marks them anew."""
        ...

    def claim(
        self, ids: Sequence[UUID], *, now: datetime, lease_until: datetime
    ) -> tuple[Claim, ...]:
        """Take over admitted pending generations, each by a guarded UPDATE with a new token;
        those that are not to be had are left out. A pending row moves to submitting; a row whose
        lease has lapsed keeps its phase. `starts` goes up by one."""
        ...

    def lapsed(self, *, now: datetime, limit: int) -> tuple[UUID, ...]:
        """Processing generations whose lease has run out; submit_unknown ones have none."""
        ...

    def release_leases(self, *, now: datetime) -> int:
        """Let every lease lapse: at an embedded start, under the data directory's lock."""
        ...

    def renew(
        self, tokens: Mapping[UUID, UUID], *, lease_until: datetime
    ) -> Mapping[UUID, Renewal]:
        """Renew the leases of this process's runs: generation id → run token."""
        ...

    def park(self, generation_id: UUID, *, now: datetime, token: UUID, until: datetime) -> bool:
        """Give a run up until a later look: ends the lease; `lapsed` finds the row after `until`.
        The phase stays, and the starts are counted anew: so long a pause is no crash loop."""
        ...

    def request_cancel(self, generation_id: UUID, *, now: datetime) -> bool:
        """Mark that somebody wants it to stop; False when it is final already."""
        ...

    def is_cancel_requested(self, generation_id: UUID) -> bool:
        """Tell whether somebody has asked for it to stop."""
        ...

    def delete(self, generation_id: UUID, *, now: datetime) -> bool:
        """Hide a final generation; its bytes stay until a sweep, its ledger rows for ever."""
        ...
