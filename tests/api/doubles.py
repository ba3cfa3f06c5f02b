"""Doubles of the services: what they answer is put into them, and what they got is kept."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from pydantic import BaseModel, Field

from boards.domain.access import Actor
from boards.domain.artifacts import ArtifactType, MediaFacts, StoredFile
from boards.domain.boards import Board
from boards.domain.budgets import Budget, BudgetScope, Period, Standing, Strictness
from boards.domain.costs import (
    Balance,
    Basis,
    Confidence,
    Cost,
    CostSource,
    Entry,
    LedgerKind,
    add,
    free,
)
from boards.domain.generations import Generation, Phase
from boards.domain.jobs import Job
from boards.domain.ledger import Fault, FaultKind
from boards.domain.lineage import Node
from boards.domain.spending import Display, Figures, SpendBy, SpendRow
from boards.errors import Conflict, InvalidInput, NotFound, OverBudget, Problem, StorageError
from boards.generators.base import BaseGenerator
from boards.generators.registry import GeneratorRegistry
from boards.services.budgets import BudgetList
from boards.services.exporting import Export
from boards.services.generations import GenerationQuery, LineageView
from boards.services.generators import GeneratorService
from boards.services.hooks import Hook, HookOutcome
from boards.services.importing import Imported
from boards.services.jobs import JobView, view_of
from boards.services.keys import Rotated
from boards.services.ledger import Verified
from boards.services.open_questions import AttentionItem, Reason, Way
from boards.services.ports import (
    Delivered,
    Delivery,
    Endpoint,
    KeyInfo,
    LedgerFilter,
    LedgerLine,
    MessageType,
    Page,
    Queue,
    Resumable,
)
from boards.services.providers import ProviderView
from boards.services.quotes import Part, Quote
from boards.services.reconcile import Checked, Outcome
from boards.services.resumable import CHECKSUM, Checksum
from boards.services.spending import Report
from boards.services.submit import Submission, SubmitRequest
from boards.services.uploads import UploadWords
from boards.services.webhooks import EndpointAsked, NewEndpoint
from tests.api.curating import curation_double

MakeApp = Callable[..., FastAPI]
BASE = "http://localhost:8088"
TENANT = UUID(int=1)
USER = UUID(int=2)
BOARD = UUID("01890a5d-ac96-774b-bcce-000000000003")
JOB = UUID("01890a5d-ac96-774b-bcce-000000000004")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRICE = Cost(
    amount=Decimal("0.156000000"),
    confidence=Confidence.LISTED,
    basis=Basis(
        provider="acme",
        model="paint-1",
        unit="image",
        units=Decimal(4),
        unit_price=Decimal("0.039000000"),
    ),
)


STANDING = Standing(
    budget=Budget(
        id=UUID("01890a5d-ac96-774b-bcce-00000000000b"),
        tenant_id=TENANT,
        scope=BudgetScope.BOARD,
        subject_id=BOARD,
        period=Period.DAY,
        strictness=Strictness.HARD,
        amount=Decimal("5.00"),
        created_at=NOW,
        updated_at=NOW,
    ),
    spent=Decimal("4.50"),
    held=Decimal("0.25"),
    resets_at=NOW + timedelta(hours=12),
)


def gen_id(number: int) -> UUID:
    return UUID(f"01890a5d-ac96-774b-bcce-{number:012x}")


def stored(key: str, data: bytes, *, mime: str = "image/png", format: str = "png") -> StoredFile:
    return StoredFile(
        key=key,
        size=len(data),
        sha256="ab" * 32,
        facts=MediaFacts(format=format, mime=mime, width=4, height=3),
    )


def generation(number: int = 100, **changes: Any) -> Generation:
    facts: dict[str, Any] = {
        "id": gen_id(number),
        "tenant_id": TENANT,
        "board_id": BOARD,
        "user_id": USER,
        "job_id": JOB,
        "generator_name": "paint",
        "generator_version": "1",
        "provider": "acme",
        "artifact_type": ArtifactType.IMAGE,
        "phase": Phase.PENDING,
        "input_params": {"prompt": "a red boat"},
        "estimate": PRICE,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Generation(**facts | changes)


def job() -> Job:
    return Job(
        id=JOB,
        tenant_id=TENANT,
        board_id=BOARD,
        user_id=USER,
        generator_name="paint",
        takes=1,
        created_at=NOW,
    )


def board(number: int = 3, **changes: Any) -> Board:
    facts: dict[str, Any] = {
        "id": gen_id(number),
        "tenant_id": TENANT,
        "owner_id": USER,
        "title": "Boats",
        "description": None,
        "is_public": False,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Board(**facts | changes)


class PaintInput(BaseModel):
    prompt: str = Field(description="What to paint")


class Paint(BaseGenerator):
    name = "paint"
    title = "Paint"
    artifact_type = "image"
    description = "Paints"
    provider = "acme"
    version = "1"

    def get_input_schema(self) -> type[BaseModel]:
        return PaintInput

    async def estimate_cost(self, inputs: Any) -> float:
        return 0.156

    async def generate(self, *args: Any, **kwargs: Any) -> BaseModel:
        raise NotImplementedError


class Speak(Paint):
    name = "speak"
    title = ""
    artifact_type = "audio"
    description = "Speaks"
    version = None  # type: ignore[assignment]
    unavailable = "Set SPEAK_KEY."


@dataclass
class Spoken:
    """What a double is made to raise, once, and the calls it got."""

    raises: Exception | None = None
    calls: list[Any] = field(default_factory=list)

    def heard(self, *what: Any) -> None:
        self.calls.append(what)
        if self.raises is not None:
            raise self.raises


@dataclass
class SubmitDouble(Spoken):
    rows: tuple[Generation, ...] = (generation(),)
    refusal: OverBudget | None = None

    async def quote(self, actor: Actor, requests: Sequence[SubmitRequest]) -> Quote:
        self.heard(actor, *requests)
        parts = tuple(
            Part(generator=one.generator, takes=one.takes, cost=PRICE) for one in requests
        )
        return Quote(
            parts=parts, total=add(one.cost for one in parts), budget=STANDING, refusal=self.refusal
        )

    async def estimate(self, actor: Actor, request: SubmitRequest) -> Cost:
        self.heard(actor, request)
        return PRICE

    async def submit(self, actor: Actor, request: SubmitRequest) -> Submission:
        self.heard(actor, request)
        return Submission(job=job(), generations=self.rows, estimate=PRICE)


@dataclass
class GenerationsDouble(Spoken):
    rows: dict[UUID, Generation] = field(default_factory=dict)
    next: str | None = None
    view: LineageView | None = None

    def add(self, *rows: Generation) -> None:
        self.rows.update({row.id: row for row in rows})

    async def get(self, actor: Actor, generation_id: UUID) -> Generation:
        self.heard(actor, generation_id)
        if generation_id not in self.rows:
            raise NotFound(f"Generation {generation_id} not found")
        return self.rows[generation_id]

    async def list(
        self, actor: Actor, which: GenerationQuery, *, limit: int, cursor: str | None
    ) -> Page[Generation]:
        self.heard(which, limit, cursor)
        return Page(items=tuple(self.rows.values())[:limit], next=self.next)

    async def some(self, actor: Actor, ids: Collection[UUID]) -> tuple[Generation, ...]:
        self.heard(actor, ids)
        return tuple(self.rows[one] for one in dict.fromkeys(ids) if one in self.rows)

    async def cancel(self, actor: Actor, generation_id: UUID) -> Generation:
        return await self.get(actor, generation_id)

    async def delete(self, actor: Actor, generation_id: UUID) -> None:
        await self.get(actor, generation_id)
        del self.rows[generation_id]

    async def lineage(self, actor: Actor, generation_id: UUID, *, max_depth: int) -> LineageView:
        row = await self.get(actor, generation_id)
        self.heard(max_depth)
        root = Node(generation_id=row.id, generation=row, role=None, depth=0)
        return self.view or LineageView(ancestors=root, descendants=root)

    async def content(self, actor: Actor, generation_id: UUID) -> tuple[Generation, StoredFile]:
        row = await self.get(actor, generation_id)
        if row.file is None:
            raise NotFound(f"Generation {generation_id} has no file")
        return row, row.file

    async def extra_file(
        self, actor: Actor, generation_id: UUID, index: int
    ) -> tuple[Generation, StoredFile]:
        row = await self.get(actor, generation_id)
        if index >= len(row.extra_files):
            raise NotFound(f"Generation {generation_id} has no extra file {index}")
        return row, row.extra_files[index].file


@dataclass
class AttentionDouble(Spoken):
    """Every way out gives the one row."""

    row: Generation = field(
        default_factory=lambda: generation(phase=Phase.SUBMIT_UNKNOWN, needs_attention=True)
    )

    async def list(self, actor: Actor, *, limit: int, cursor: str | None) -> Page[AttentionItem]:
        self.heard(limit, cursor)
        item = AttentionItem(
            generation=replace(self.row, external_id="acme-7"),
            reason=Reason.SUBMIT_UNKNOWN,
            ways=(Way.MARK_LOST, Way.RELEASE_HOLD),
        )
        return Page(items=(item,), next="more")

    async def check_again(self, actor: Actor, generation_id: UUID) -> Checked:
        self.heard("check_again", generation_id)
        return Checked(generation=self.row, outcome=Outcome.NOT_FOUND, message="Nothing there.")

    async def mark_lost(self, actor: Actor, generation_id: UUID) -> Generation:
        self.heard("mark_lost", generation_id)
        return self.row

    async def release_hold(self, actor: Actor, generation_id: UUID) -> Generation:
        self.heard("release_hold", generation_id)
        return self.row


@dataclass
class JobsDouble(Spoken):
    rows: tuple[Generation, ...] = (generation(),)

    async def get(self, actor: Actor, job_id: UUID) -> JobView:
        self.heard("get", job_id)
        if job_id != JOB:
            raise NotFound(f"Job {job_id} not found")
        return view_of(job(), self.rows)

    async def wait(self, actor: Actor, job_id: UUID, seconds: float) -> JobView:
        self.heard("wait", job_id, seconds)
        return view_of(job(), self.rows)

    async def cancel(self, actor: Actor, job_id: UUID) -> JobView:
        self.heard("cancel", job_id)
        return view_of(job(), self.rows)

    async def list(
        self, actor: Actor, *, board_id: UUID | None, limit: int, cursor: str | None
    ) -> Page[JobView]:
        self.heard(board_id, limit, cursor)
        return Page(items=(view_of(job(), self.rows),))


@dataclass
class BoardsDouble(Spoken):
    rows: tuple[Board, ...] = (board(),)

    async def create(
        self,
        actor: Actor,
        title: str,
        *,
        description: str | None = None,
        is_public: bool = False,
        settings: dict[str, Any],
        metadata: dict[str, Any],
    ) -> Board:
        self.heard(title, description, is_public, settings, metadata)
        return board(9, title=title, description=description, is_public=is_public)

    async def covers(self, actor: Actor, board_ids: list[UUID]) -> dict[UUID, UUID]:
        return {}

    async def update(self, actor: Actor, board_id: UUID, **changes: Any) -> Board:
        self.heard(board_id, changes)
        return replace(await self.get(actor, board_id), **changes)

    async def get(self, actor: Actor, board_id: UUID) -> Board:
        for row in self.rows:
            if row.id == board_id:
                return row
        raise NotFound(f"Board {board_id} not found")

    async def list(self, actor: Actor, *, limit: int, cursor: str | None) -> Page[Board]:
        self.heard(limit, cursor)
        return Page(items=self.rows, next="more")


@dataclass
class BudgetsDouble(Spoken):
    async def list(self, actor: Actor) -> BudgetList:
        self.heard("list")
        return BudgetList(standings=(STANDING,), time_zone="Europe/Berlin")

    async def get(self, actor: Actor, budget_id: UUID) -> Standing:
        self.heard("get", budget_id)
        if budget_id != STANDING.budget.id:
            raise NotFound(f"Budget {budget_id} not found")
        return STANDING

    async def create(self, actor: Actor, **asked: Any) -> Standing:
        self.heard("create", asked)
        return STANDING

    async def set(self, actor: Actor, **asked: Any) -> Standing:
        self.heard("set", asked)
        return STANDING

    async def change(self, actor: Actor, budget_id: UUID, amount: Decimal) -> Standing:
        self.heard("change", budget_id, amount)
        return STANDING

    async def remove(self, actor: Actor, budget_id: UUID) -> None:
        await self.get(actor, budget_id)

    async def set_time_zone(self, actor: Actor, name: str) -> str:
        self.heard("zone", name)
        return name


@dataclass
class SpendingDouble(Spoken):
    label: str = "Boats"

    async def report(
        self, actor: Actor, by: SpendBy, *, first: date | None, last: date | None
    ) -> Report:
        self.heard(by, first, last)
        figures = Figures(runs=2, spent=Decimal("0.30"), estimated=Decimal("0.312"))
        return Report(
            by=by,
            first=first or NOW.date(),
            last=last or NOW.date(),
            time_zone="UTC",
            rows=(SpendRow(key="fake", label=self.label, figures=figures),),
            total=figures,
            display=Display(currency="EUR", rate=Decimal("0.92")),
        )

    async def drift(self, actor: Actor, *, first: date | None, last: date | None) -> Report:
        return await self.report(actor, SpendBy.GENERATOR, first=first, last=last)


@dataclass
class LedgerDouble(Spoken):
    async def list(
        self, actor: Actor, which: LedgerFilter, *, limit: int, cursor: str | None
    ) -> Page[LedgerLine]:
        self.heard(which, limit, cursor)
        line = LedgerLine(
            number=7,
            entry=Entry(kind=LedgerKind.SETTLE, amount=Decimal("0.156"), source=CostSource.USAGE),
            generation_id=gen_id(100),
            job_id=JOB,
            board_id=BOARD,
            user_id=USER,
            token_id=None,
            session_id=None,
            created_at=NOW,
        )
        return Page(items=(line,), next="n7")

    async def verify(self, actor: Actor) -> Verified:
        self.heard("verify")
        fault = Fault(kind=FaultKind.NEGATIVE, generation_id=gen_id(100), message="It is less.")
        balance = Balance(held=Decimal(0), spent=Decimal("-0.1"))
        return Verified(accounts=1, balance=balance, faults=(fault,))

    async def adjust(
        self, actor: Actor, generation_id: UUID, *, actual: Decimal, cause: str
    ) -> Generation:
        self.heard("adjust", generation_id, actual, cause)
        return generation(100, cost=PRICE, phase=Phase.COMPLETED)


@dataclass
class MoneyDouble:
    """What the surfaces say about money."""

    budgets: BudgetsDouble = field(default_factory=BudgetsDouble)
    spending: SpendingDouble = field(default_factory=SpendingDouble)
    ledger: LedgerDouble = field(default_factory=LedgerDouble)


UPLOADED = generation(
    500, phase=Phase.COMPLETED, job_id=None, estimate=free(), cost=free(), input_params={}
)


@dataclass
class UploadsDouble(Spoken):
    """Keeps the pieces as they came; a source that raises leaves nothing."""

    max_bytes: int = 1_000_000
    kept: bytes | None = None
    pieces: int = 0

    async def upload(
        self,
        actor: Actor,
        *,
        source: AsyncIterator[bytes],
        filename: str | None,
        declared_type: ArtifactType | None,
        board_id: UUID | None,
        parent_id: UUID | None,
        key: str | None = None,
    ) -> Generation:
        self.heard(filename, declared_type, board_id, parent_id, *([key] if key else []))
        data = bytearray()
        async for piece in source:
            data += piece
            self.pieces += 1
        self.kept = bytes(data)
        return UPLOADED

    async def upload_from_url(
        self, actor: Actor, url: str, words: UploadWords, *, key: str | None = None
    ) -> Generation:
        self.heard(url, words, key)
        return UPLOADED


COMING = Resumable(
    id=gen_id(600),
    tenant_id=TENANT,
    user_id=USER,
    board_id=BOARD,
    parent_id=None,
    filename="boat.png",
    artifact_type=None,
    size=100,
    received=40,
    parts=(),
    generation_id=None,
    created_at=NOW,
    expires_at=NOW + timedelta(days=1),
)


@dataclass
class ResumableDouble(Spoken):
    """One file, of which some bytes have come."""

    max_bytes: int = 1_000_000
    row: Resumable = COMING
    kept: bytes = b""

    async def begin(
        self, actor: Actor, *, size: int, words: UploadWords, key: str | None = None
    ) -> Resumable:
        self.heard(size, words, key)
        return replace(self.row, size=size, received=0)

    async def get(self, actor: Actor, upload_id: UUID) -> Resumable:
        if upload_id != self.row.id:
            raise NotFound(f"Upload {upload_id} not found; it may have expired.")
        return self.row

    async def append(
        self,
        actor: Actor,
        upload_id: UUID,
        *,
        offset: int,
        source: AsyncIterator[bytes],
        checksum: Checksum | None = None,
    ) -> Resumable:
        row = await self.get(actor, upload_id)
        self.heard(offset, checksum)
        self.kept = b"".join([piece async for piece in source])
        if offset != row.received:
            raise Conflict("40 of 100 bytes have come; send what follows them.")
        if checksum is not None:
            message = "The piece does not come to its checksum."
            raise InvalidInput(message, problems=(Problem(at=CHECKSUM, message=message),))
        return replace(row, received=row.size, generation_id=UPLOADED.id)

    async def end(self, actor: Actor, upload_id: UUID) -> None:
        await self.get(actor, upload_id)
        self.heard("end")


@dataclass
class ExportsDouble(Spoken):
    async def open(self, actor: Actor, board_id: UUID) -> Export:
        if board_id != BOARD:
            raise NotFound(f"Board {board_id} not found")

        async def chunks() -> AsyncGenerator[bytes]:
            for piece in (b"PK", b"zipped"):
                yield piece

        return Export(name="Boats.boards.zip", chunks=chunks())


@dataclass
class ImportsDouble(Spoken):
    max_bytes: int = 1_000_000

    async def import_board(
        self, actor: Actor, *, source: AsyncIterator[bytes], title: str | None = None
    ) -> Imported:
        data = b"".join([piece async for piece in source])
        self.heard(data, title)
        return Imported(board=board(9), generations=2, files=3)


@dataclass
class TransfersDouble:
    """What brings much in and out."""

    resumable: ResumableDouble = field(default_factory=ResumableDouble)
    exports: ExportsDouble = field(default_factory=ExportsDouble)
    imports: ImportsDouble = field(default_factory=ImportsDouble)


KEY = KeyInfo(provider="fal", ending="wxyz", set_at=NOW, set_by=USER, set_by_name="Ada Lovelace")
ACME = ProviderView(
    name="acme",
    title="Acme",
    key_name="ACME_KEY",
    configured=False,
    needs="set ACME_KEY",
    own_key=False,
    max_running=20,
    max_per_tenant=None,
    per_minute=60,
    paused=True,
    paused_by_settings=False,
    queue=Queue(running=2, parked=1, waiting=7),
)


@dataclass
class KeysDouble(Spoken):
    """What is heard of a key is its length: a test that fails must not print it."""

    async def list(self, actor: Actor) -> tuple[KeyInfo, ...]:
        self.heard("list")
        return (KEY,)

    async def set(self, actor: Actor, provider: str, key: str) -> KeyInfo:
        self.heard("set", provider, len(key))
        return KEY

    async def remove(self, actor: Actor, provider: str) -> None:
        self.heard("remove", provider)

    async def rotate(self, actor: Actor) -> Rotated:
        self.heard("rotate")
        return Rotated(rotated=3, current=1, unreadable=0)


@dataclass
class ProvidersDouble(Spoken):
    async def list(self, actor: Actor) -> tuple[ProviderView, ...]:
        self.heard("list")
        return (ACME,)

    async def pause(self, actor: Actor, name: str) -> tuple[ProviderView, ...]:
        self.heard("pause", name)
        return (ACME,)

    async def resume(self, actor: Actor, name: str) -> tuple[ProviderView, ...]:
        self.heard("resume", name)
        return (replace(ACME, paused=False),)


@dataclass
class HooksDouble(Spoken):
    async def receive(self, hook: Hook) -> HookOutcome:
        self.heard(hook)
        return HookOutcome.WOKEN


ENDPOINT = Endpoint(
    id=gen_id(700),
    tenant_id=TENANT,
    created_by=USER,
    url="https://hooks.example/boards",
    description="",
    events=(),
    secret="sealed",
    created_at=NOW,
    updated_at=NOW,
)
DELIVERY = Delivery(
    id=gen_id(701),
    tenant_id=TENANT,
    endpoint_id=ENDPOINT.id,
    type=MessageType.JOB_DONE,
    cause="job:1",
    job_id=JOB,
    state=Delivered.DELIVERED,
    attempts=1,
    http_status=204,
    created_at=NOW,
    tried_at=NOW,
)


@dataclass
class WebhooksDouble(Spoken):
    """Every endpoint is the one, and so is every delivery."""

    def _found(self, endpoint_id: UUID) -> Endpoint:
        if endpoint_id != ENDPOINT.id:
            raise NotFound(f"Endpoint {endpoint_id} not found")
        return ENDPOINT

    async def create(self, actor: Actor, asked: EndpointAsked) -> NewEndpoint:
        self.heard(asked)
        return NewEndpoint(endpoint=ENDPOINT, secret="whsec_AAAA")

    async def list(self, actor: Actor, *, limit: int, cursor: str | None) -> Page[Endpoint]:
        self.heard(limit, cursor)
        return Page(items=(ENDPOINT,))

    async def get(self, actor: Actor, endpoint_id: UUID) -> Endpoint:
        return self._found(endpoint_id)

    async def update(self, actor: Actor, endpoint_id: UUID, asked: EndpointAsked) -> Endpoint:
        self.heard(asked)
        return self._found(endpoint_id)

    async def delete(self, actor: Actor, endpoint_id: UUID) -> None:
        self._found(endpoint_id)

    async def rotate(self, actor: Actor, endpoint_id: UUID) -> NewEndpoint:
        return NewEndpoint(endpoint=self._found(endpoint_id), secret="whsec_BBBB")

    async def test(self, actor: Actor, endpoint_id: UUID) -> Delivery:
        self._found(endpoint_id)
        return DELIVERY

    async def deliveries(
        self, actor: Actor, endpoint_id: UUID, *, limit: int, cursor: str | None
    ) -> Page[Delivery]:
        self._found(endpoint_id)
        return Page(items=(DELIVERY,))

    async def redeliver(self, actor: Actor, endpoint_id: UUID, delivery_id: UUID) -> Delivery:
        self._found(endpoint_id)
        return DELIVERY


@dataclass
class StorageDouble(Spoken):
    """Files in memory, or below `folder`."""

    files: dict[str, bytes] = field(default_factory=dict)
    folder: Path | None = None

    async def stream(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        self.heard(key, start, end)
        if key not in self.files:
            raise StorageError(f"{key!r} is gone")
        data = self.files[key][start:end]
        for at in range(0, len(data), 4):
            yield data[at : at + 4]

    async def size(self, key: str) -> int | None:
        return len(self.files[key]) if key in self.files else None

    def local_path(self, key: str) -> Path | None:
        return self.folder / key if self.folder else None


class PreviewsDouble:
    """Shows the one small picture of a generation in all sizes, and no waveforms."""

    def __init__(self, generations: GenerationsDouble) -> None:
        self.generations = generations

    async def picture(self, actor: Actor, generation_id: UUID, size: int) -> tuple[Generation, str]:
        generation = await self.generations.get(actor, generation_id)
        if generation.thumbnail_key is None:
            raise NotFound(f"Generation {generation_id} has no small picture.")
        return generation, generation.thumbnail_key

    async def waveform(self, actor: Actor, generation_id: UUID) -> tuple[Generation, str]:
        raise NotFound(f"Generation {generation_id} has no waveform.")


class RecipesDouble:
    """Knows no recipes; reads none."""

    max_bytes = 1000

    async def get(self, actor: Actor, generation_id: UUID) -> Any:
        raise NotFound(f"Generation {generation_id} has no recipe.")

    with_recipe = get

    async def read(self, actor: Actor, source: Any, *, generator: str | None = None) -> Any:
        async for _ in source:
            pass
        raise InvalidInput("This file does not say how it was made.")


@dataclass(frozen=True)
class ShowingDouble:
    previews: PreviewsDouble
    recipes: RecipesDouble = field(default_factory=RecipesDouble)


class NothingThere:
    """Services that have nothing of what is asked for; what they do is shown over a studio."""

    def __getattr__(self, noun: str) -> Any:
        if noun.startswith("_"):
            raise AttributeError(noun)
        return self

    async def __call__(self, *asked: Any, **details: Any) -> Any:
        raise NotFound(f"Nothing of {asked[1:]} found")


@dataclass
class Doubles:
    """All doubles behind one app."""

    generators: GeneratorService
    submit: SubmitDouble = field(default_factory=SubmitDouble)
    generations: GenerationsDouble = field(default_factory=GenerationsDouble)
    attention: AttentionDouble = field(default_factory=AttentionDouble)
    jobs: JobsDouble = field(default_factory=JobsDouble)
    boards: BoardsDouble = field(default_factory=BoardsDouble)
    curation: Any = field(default_factory=lambda: curation_double(board(), generation()))
    uploads: UploadsDouble = field(default_factory=UploadsDouble)
    transfers: TransfersDouble = field(default_factory=TransfersDouble)
    showing: ShowingDouble = field(init=False)
    keys: KeysDouble = field(default_factory=KeysDouble)
    providers: ProvidersDouble = field(default_factory=ProvidersDouble)
    money: MoneyDouble = field(default_factory=MoneyDouble)
    hooks: HooksDouble = field(default_factory=HooksDouble)
    webhooks: WebhooksDouble = field(default_factory=WebhooksDouble)
    storage: StorageDouble = field(default_factory=StorageDouble)
    keeping: NothingThere = field(default_factory=NothingThere)
    file_links: NothingThere = field(default_factory=NothingThere)
    stories: None = None
    health: None = None
    actor: Actor = field(default_factory=lambda: Actor(tenant_id=TENANT, user_id=USER))

    def __post_init__(self) -> None:
        self.showing = ShowingDouble(PreviewsDouble(self.generations))

    async def actor_for(self, request: object) -> Actor:
        return self.actor


def make_doubles() -> Doubles:
    registry = GeneratorRegistry()
    registry.register(Paint(), aliases=["painter"])
    registry.register(Speak())
    return Doubles(generators=GeneratorService(registry=registry))


def client_of(app: Any, base_url: str = BASE) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=base_url)
