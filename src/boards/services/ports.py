"""The ports: what the services need from a database, from storage, from dispatch and from clocks.

A unit of work is a plain function of a `Tx`; a `Database` calls it, in one transaction, and
commits when it returns. On SQLite it runs in a thread, on PostgreSQL inside `run_sync`; so it must
not await anything, and it returns values, never rows.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, Protocol, TypedDict, TypeVar, Unpack
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import Actor
from boards.domain.artifacts import ArtifactType, MediaFacts, StoredBytes, StoredFile
from boards.domain.boards import Board, BoardRole
from boards.domain.costs import Balance, Cost, Entry
from boards.domain.generations import ExtraFile, Failure, Generation, Phase, Status
from boards.domain.jobs import Job
from boards.domain.lineage import Edge

__all__ = [
    "SYSTEM",
    "Accounts",
    "Boards",
    "Changes",
    "Claim",
    "Clock",
    "Database",
    "Dispatch",
    "Dispatcher",
    "Event",
    "Events",
    "GenerationFilter",
    "Generations",
    "Jobs",
    "Ledger",
    "Limits",
    "Lineage",
    "Media",
    "NewGeneration",
    "Page",
    "Receiver",
    "Renewal",
    "Scope",
    "Storage",
    "Turns",
    "Tx",
    "UploadRecord",
    "Uploads",
]

T = TypeVar("T")
Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose rows a transaction may touch: those of one tenant, or of all (`SYSTEM`, workers)."""

    tenant_id: UUID | None


SYSTEM = Scope(tenant_id=None)


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Item]):
    """A part of an ordered list; `next` is the cursor of the following part, None at the end."""

    items: tuple[Item, ...]
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a generation: numbered per generation, from 1.

    `type` is created, phase, progress, attention or late_result; `data` is what surfaces show.
    """

    id: int
    tenant_id: UUID
    board_id: UUID
    user_id: UUID
    job_id: UUID | None
    generation_id: UUID
    sequence: int
    type: str
    data: Mapping[str, JsonValue]
    created_at: datetime


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
    """How many generations may be under way at once: over all, per provider, per tenant in it."""

    total: int = 2000
    default_provider: int = 20
    providers: Mapping[str, int] = field(default_factory=lambda: {"local": 2000})
    tenant_share: Mapping[str, int] = field(default_factory=dict)
    paused: frozenset[str] = frozenset()

    def of(self, provider: str) -> int:
        """The cap of one provider; 0 while it, or everything (`*`), is paused."""
        if provider in self.paused or "*" in self.paused:
            return 0
        return min(self.total, self.providers.get(provider, self.default_provider))


@dataclass(frozen=True, kw_only=True)
class GenerationFilter:
    """What to list; newest first. `board_ids` None means every board of the scope."""

    board_ids: frozenset[UUID] | None = None
    job_id: UUID | None = None
    user_id: UUID | None = None
    status: Status | None = None
    artifact_type: ArtifactType | None = None
    generator_name: str | None = None
    needs_attention: bool | None = None


class Generations(Protocol):
    """Rows of generations. All reads but `find_anywhere` see only the scope's tenant."""

    def insert(self, new: Sequence[NewGeneration]) -> None: ...
    def get(self, generation_id: UUID) -> Generation | None: ...
    def find_anywhere(
        self, ids: Iterable[UUID], *, include_deleted: bool = False
    ) -> Mapping[UUID, Generation]:
        """One query for all ids, other tenants' included: only for the input check, which must
        tell a foreign id from a missing one and never shows the row. A run also reads inputs that
        were deleted after its submit: their bytes are still there."""
        ...

    def of_job(self, job_id: UUID) -> tuple[Generation, ...]:
        """The generations of a job in order of submit, then batch index."""
        ...

    def list(
        self, which: GenerationFilter, *, limit: int, cursor: str | None
    ) -> Page[Generation]: ...

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

    def clear_attention(self, generation_id: UUID, *, now: datetime) -> bool:
        """Take a generation off the attention list."""
        ...

    def resolve(self, generation_id: UUID, *, now: datetime, **changes: Unpack[Changes]) -> bool:
        """Take a generation off the attention list by a decision, with what follows from it; False
        when it is not on the list (any more), or while a process runs it."""
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

    def delete(self, generation_id: UUID, *, now: datetime) -> bool:
        """Hide a final generation; its bytes stay until a sweep, its ledger rows for ever."""
        ...


class Jobs(Protocol):
    """Rows of jobs."""

    def insert(self, job: Job) -> None: ...
    def get(self, job_id: UUID) -> Job | None: ...
    def list(
        self, *, board_ids: frozenset[UUID] | None, limit: int, cursor: str | None
    ) -> Page[Job]: ...


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


class Boards(Protocol):
    """Rows of boards and members."""

    def insert(self, board: Board, *, is_default: bool = False) -> None: ...
    def get(self, board_id: UUID) -> Board | None: ...
    def default_of(self, user_id: UUID) -> Board | None: ...
    def ensure_default(self, board: Board) -> Board:
        """Insert this as its owner's default board; give the one that there is if another
        transaction has made it meanwhile."""
        ...

    def role_of(self, board_id: UUID, user_id: UUID) -> BoardRole | None: ...
    def add_member(
        self, board_id: UUID, user_id: UUID, role: BoardRole, *, now: datetime
    ) -> None: ...
    def visible_to(self, user_id: UUID, *, limit: int, cursor: str | None) -> Page[Board]:
        """Boards that the user owns or is a member of, most recently updated first."""
        ...

    def ids_visible_to(self, user_id: UUID) -> frozenset[UUID]: ...
    def ids_administered_by(self, user_id: UUID) -> frozenset[UUID]:
        """The boards that the user owns or is an admin of."""
        ...

    def generation_count(self, board_id: UUID) -> int: ...


class Accounts(Protocol):
    """Rows of tenants, identities and users."""

    def seed_default(self, *, slug: str, name: str, now: datetime) -> Actor:
        """Make the default tenant, identity and user unless they exist; needs SYSTEM scope."""
        ...

    def add_user(
        self, *, tenant_id: UUID, user_id: UUID, provider: str, subject: str, now: datetime
    ) -> Actor:
        """Add a user of a tenant, known to `provider` as `subject`. Conflict when there is one."""
        ...


class Ledger(Protocol):
    """The append-only ledger."""

    def add(self, generation: Generation | NewGeneration, entry: Entry, *, now: datetime) -> bool:
        """Append one row; False when the row's unique key is there already (nothing changes)."""
        ...

    def entries(self, generation_id: UUID) -> tuple[Entry, ...]: ...
    def balance(self, generation_id: UUID) -> Balance: ...
    def totals(self, *, since: datetime | None = None) -> Balance:
        """What the scope's tenant holds and has spent."""
        ...


class Events(Protocol):
    """Rows of events, written in the transaction that changes what they tell of."""

    def append(
        self,
        generation: Generation | NewGeneration,
        type: str,
        data: Mapping[str, JsonValue],
        *,
        now: datetime,
    ) -> None:
        """Have an event written at the end of the transaction, which numbers it."""
        ...

    def after(
        self,
        *,
        last_id: int,
        job_id: UUID | None = None,
        board_id: UUID | None = None,
        board_ids: frozenset[UUID] | None = None,
        limit: int = 500,
    ) -> tuple[Event, ...]: ...
    def last_id(self) -> int: ...
    def forget(self, *, before: datetime, limit: int) -> int:
        """Remove events that were written before then, the oldest first, and count them. Needs
        SYSTEM scope."""
        ...


@dataclass(frozen=True, kw_only=True)
class UploadRecord:
    """Where an uploaded generation came from."""

    generation_id: UUID
    tenant_id: UUID
    user_id: UUID
    source: str
    filename: str | None
    size: int
    sha256: str
    created_at: datetime


class Uploads(Protocol):
    """Rows of uploads."""

    def insert(self, upload: UploadRecord) -> None: ...


class Turns(Protocol):
    """Whose turn it is at work that all processes could do, and one should."""

    def take(self, name: str, *, every: timedelta, now: datetime) -> bool:
        """Take the turn; False when anybody has taken it less than `every` ago. A process that
        dies holds nobody up: the next turn is anybody's. Needs SYSTEM scope."""
        ...


class Tx(Protocol):
    """One transaction and the rows it reaches."""

    @property
    def scope(self) -> Scope: ...
    @property
    def generations(self) -> Generations: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def lineage(self) -> Lineage: ...
    @property
    def boards(self) -> Boards: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def events(self) -> Events: ...
    @property
    def uploads(self) -> Uploads: ...
    @property
    def turns(self) -> Turns: ...


class Database(Protocol):
    """Runs units of work, each in one transaction."""

    async def write(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        """Call `work` in a transaction that may write; commit when it returns, else roll back.

        After a statement has failed nothing is committed, even if `work` goes on. It may be called
        again when the database took the transaction back for no fault of its own. Cancelling the
        caller does not stop it: the cancellation is raised when the transaction has ended.
        """
        ...

    async def read(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        """Call `work` in a transaction that only reads, and sees one unchanging state."""
        ...

    def listen(self, listener: Callable[[Sequence[Event]], None]) -> None:
        """Have `listener` called, on the event loop, with the events of each commit."""
        ...


class Storage(Protocol):
    """Bytes by key. Keys are made by the server, never by a caller."""

    def new_key(
        self, tenant_id: UUID, artifact_type: ArtifactType | None, extension: str
    ) -> str: ...
    async def put(
        self, key: str, source: AsyncIterator[bytes] | Path | bytes, *, max_bytes: int | None = None
    ) -> StoredBytes:
        """Write atomically and hash on the way. StorageError leaves nothing visible."""
        ...

    def stream(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]: ...
    async def read(self, key: str, *, max_bytes: int) -> bytes: ...
    async def size(self, key: str) -> int | None: ...
    async def verify(self, key: str, sha256: str) -> bool: ...
    async def delete(self, key: str) -> None: ...
    async def copy_to(self, key: str, path: Path) -> None: ...
    def local_path(self, key: str) -> Path | None: ...


class Media(Protocol):
    """Looks into files, never on the event loop."""

    async def probe(self, path: Path) -> MediaFacts:
        """Read what a file is from its bytes. InvalidInput, TooLarge or Unsupported otherwise."""
        ...


class Dispatch(Protocol):
    """Wakes workers. It may lose, delay, double or reorder messages: the rows are the queue."""

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        """Tell a worker, some time, that these admitted generations can be claimed."""
        ...

    async def cancel(self, generation_id: UUID) -> None:
        """Tell whoever runs it to look at the row again, soon."""
        ...


class Receiver(Protocol):
    """A worker as dispatch knows it."""

    async def room(self) -> int:
        """Wait until one more run can be taken on, then say how many can. Ask before each take: a
        message that a full worker holds is kept from one that is free."""
        ...

    async def take(self, ids: Sequence[UUID]) -> None:
        """Claim what can be claimed of these and run it; comes back when it is claimed, not when
        it has run. Errors of the database come out: then nothing has been claimed."""
        ...

    def stop_run(self, generation_id: UUID) -> None:
        """Have the run look at its row, if it is here."""
        ...


class Dispatcher(Dispatch, Protocol):
    """A dispatch with its beginning and its end, for whoever composes the program."""

    @property
    def is_connected(self) -> bool:
        """False while messages do not get through, as far as is known: work then starts late."""
        ...

    async def start(self, receiver: Receiver | None = None) -> None:
        """Begin to send and, with a receiver, to hand over to it."""
        ...

    async def stop(self) -> None:
        """Hand nothing over any more. What is undelivered stays in its rows."""
        ...


class Clock(Protocol):
    """Tells the time; tests hand in one that they move."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        ...
