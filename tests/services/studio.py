"""A composed Boards for tests: real database and storage, given generators, a clock to move."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from boards.adapters.db import migrate
from boards.adapters.db.database import connect
from boards.adapters.dispatch.in_process import InProcessDispatch
from boards.adapters.media.embedding.files import RecipeFiles
from boards.adapters.media.probe import MediaProbe
from boards.adapters.storage.objects import ObjectStorage
from boards.api.services import MoneyServices
from boards.domain.access import Actor
from boards.domain.costs import Balance
from boards.domain.generations import Generation
from boards.generators.base import BaseGenerator
from boards.generators.registry import GeneratorRegistry
from boards.ids import new_id
from boards.outbound.client import GuardedClient
from boards.services.attention import AttentionService
from boards.services.boards import BoardService
from boards.services.budgets import BudgetService
from boards.services.caching import ResultCache
from boards.services.curation import CurationServices, curation_over
from boards.services.file_links import FileLinks
from boards.services.generations import GenerationService
from boards.services.generators import GeneratorService
from boards.services.jobs import JobService, JobView
from boards.services.keyring import KeyRing
from boards.services.keys import KeyService
from boards.services.ledger import LedgerService
from boards.services.notices import Notices
from boards.services.ports import SYSTEM, Database, Dispatch, Limits, Storage
from boards.services.previews import PreviewService
from boards.services.provenance import RecipeWriter
from boards.services.providers import ProviderService
from boards.services.recipes import RecipeService
from boards.services.reconcile import Reconciler
from boards.services.resumable import ResumableService
from boards.services.run import RunService
from boards.services.spending import SpendingService
from boards.services.submit import SubmitRequest, SubmitService
from boards.services.uploads import UploadService
from boards.services.work import RunLimits
from boards.services.worker import Worker
from boards.testing.clock import MovableClock

WAIT = 20.0
"""Seconds after which a wait gives up; no test is decided by it."""


@dataclass(kw_only=True)
class Studio:
    """The services over one database. `process` stands for one worker process."""

    folder: Path
    database: Database
    storage: Storage
    media: MediaProbe
    registry: GeneratorRegistry
    client: GuardedClient
    clock: MovableClock
    limits: Limits
    run_limits: RunLimits
    notices: Notices
    actor: Actor
    keyring: KeyRing | None = None
    dispatch: InProcessDispatch = field(default_factory=InProcessDispatch)
    links: FileLinks = field(default_factory=FileLinks)

    @property
    def generators(self) -> GeneratorService:
        return GeneratorService(registry=self.registry, keyring=self.keyring)

    @property
    def keys(self) -> KeyService:
        return KeyService(
            database=self.database,
            sealer=None if self.keyring is None else self.keyring.sealer,
            clock=self.clock,
            providers=() if self.keyring is None else tuple(self.keyring.names),
        )

    @property
    def providers(self) -> ProviderService:
        keyring = self.keyring or KeyRing(sealer=None, names={}, configured={})
        keyring.database = self.database
        return ProviderService(
            database=self.database,
            registry=self.registry,
            keyring=keyring,
            clock=self.clock,
            limits=self.limits,
            titles={name: name.title() for name in keyring.names},
        )

    @property
    def submit(self) -> SubmitService:
        return SubmitService(
            database=self.database,
            generators=self.generators,
            dispatch=self.dispatch,
            clock=self.clock,
            limits=self.limits,
            cache=ResultCache(database=self.database, storage=self.storage),
        )

    @property
    def generations(self) -> GenerationService:
        return GenerationService(database=self.database, dispatch=self.dispatch, clock=self.clock)

    @property
    def jobs(self) -> JobService:
        return JobService(
            database=self.database,
            generations=self.generations,
            notices=self.notices,
            look_every=0.05,
        )

    @property
    def boards(self) -> BoardService:
        return BoardService(database=self.database, clock=self.clock)

    @property
    def curation(self) -> CurationServices:
        return curation_over(self.database, self.dispatch, self.clock)

    @property
    def uploads(self) -> UploadService:
        return UploadService(
            database=self.database,
            storage=self.storage,
            media=self.media,
            client=self.client,
            clock=self.clock,
            scratch=self.folder,
            max_bytes=10 * 2**20,
        )

    @property
    def resumable(self) -> ResumableService:
        return ResumableService(
            database=self.database, storage=self.storage, uploads=self.uploads, clock=self.clock
        )

    @property
    def money(self) -> MoneyServices:
        return MoneyServices(
            budgets=BudgetService(database=self.database, clock=self.clock),
            spending=SpendingService(database=self.database, clock=self.clock),
            ledger=LedgerService(database=self.database, clock=self.clock),
        )

    @property
    def reconciler(self) -> Reconciler:
        return Reconciler(
            database=self.database,
            registry=self.registry,
            runs=self._runs(),
            dispatch=self.dispatch,
            clock=self.clock,
        )

    @property
    def attention(self) -> AttentionService:
        return AttentionService(
            database=self.database,
            registry=self.registry,
            reconciler=self.reconciler,
            clock=self.clock,
        )

    @property
    def previews(self) -> PreviewService:
        return PreviewService(
            database=self.database,
            storage=self.storage,
            media=self.media,
            recipes=self.recipe_writer,
            clock=self.clock,
            scratch=self.folder,
        )

    @property
    def recipe_writer(self) -> RecipeWriter:
        return RecipeWriter(registry=self.registry, made_with="Boards 1.0")

    @property
    def recipes(self) -> RecipeService:
        return RecipeService(
            database=self.database,
            storage=self.storage,
            registry=self.registry,
            writer=self.recipe_writer,
            files=RecipeFiles(),
            media=self.media,
            scratch=self.folder,
            max_bytes=10 * 2**20,
        )

    def _runs(self, storage: Storage | None = None) -> RunService:
        return RunService(
            database=self.database,
            registry=self.registry,
            storage=storage or self.storage,
            media=self.media,
            client=self.client,
            clock=self.clock,
            scratch=self.folder,
            limits=self.run_limits,
            links=self.links,
        )

    def worker(self, dispatch: Dispatch | None = None, *, storage: Storage | None = None) -> Worker:
        """A worker that has not been started."""
        return Worker(
            database=self.database,
            runs=self._runs(storage),
            dispatch=dispatch or self.dispatch,
            clock=self.clock,
            limits=self.limits,
            sweep_every=0.02,
        )

    @asynccontextmanager
    async def process(self, *, storage: Storage | None = None) -> AsyncIterator[Worker]:
        """A worker process; leaving it is a kill: what runs is broken off and nothing is tidied."""
        self.dispatch = InProcessDispatch()
        worker = self.worker(storage=storage)
        await self.dispatch.start(worker)
        await worker.start()
        try:
            yield worker
        finally:
            await self.dispatch.stop()
            await worker.break_off()

    async def make(
        self,
        generator: str,
        *,
        takes: int = 1,
        actor: Actor | None = None,
        board_id: UUID | None = None,
        **inputs: object,
    ) -> JobView:
        """Submit and wait for the end."""
        job_id = await self.ask(generator, takes=takes, actor=actor, board_id=board_id, **inputs)
        return await self.ended(job_id, actor=actor)

    async def ask(
        self,
        generator: str,
        *,
        takes: int = 1,
        actor: Actor | None = None,
        board_id: UUID | None = None,
        **inputs: object,
    ) -> UUID:
        """Submit and give the job's id."""
        request = SubmitRequest(
            generator=generator,
            inputs=inputs,  # type: ignore[arg-type]
            takes=takes,
            board_id=board_id,
        )
        return (await self.submit.submit(actor or self.actor, request)).job.id

    async def ended(self, job_id: UUID, *, actor: Actor | None = None) -> JobView:
        """Wait until a job has ended or needs a person."""
        view = await self.jobs.wait(actor or self.actor, job_id, WAIT)
        assert view.is_settled, f"the job is still {view.state} after {WAIT} s"
        return view

    async def row(self, generation_id: UUID) -> Generation:
        """Read one generation, whoever may see it."""
        found = await self.database.read(lambda tx: tx.generations.get(generation_id), scope=SYSTEM)
        assert found is not None
        return found

    async def balance(self, generation_id: UUID) -> Balance:
        """What a generation holds and has spent."""
        return await self.database.read(lambda tx: tx.ledger.balance(generation_id), scope=SYSTEM)

    async def ledger(self, generation_id: UUID) -> list[str]:
        """The kinds of a generation's ledger rows, in order."""
        entries = await self.database.read(
            lambda tx: tx.ledger.entries(generation_id), scope=SYSTEM
        )
        return [entry.kind.value for entry in entries]

    async def lapse(self) -> None:
        """Let every lease run out, as time does after a kill."""
        self.clock.advance(self.run_limits.lease + 1)

    async def another_tenant(self, slug: str = "other") -> Actor:
        """An actor of another tenant."""
        return await self.database.write(
            lambda tx: tx.accounts.seed_default(slug=slug, name=slug, now=self.clock.now()),
            scope=SYSTEM,
        )

    async def colleague(self) -> Actor:
        """Another user of the same tenant."""
        return replace(self.actor, user_id=await self._add_user())

    async def _add_user(self) -> UUID:
        user_id = new_id()
        await self.database.write(
            lambda tx: tx.accounts.add_user(
                tenant_id=self.actor.tenant_id,
                user_id=user_id,
                provider="test",
                subject=str(user_id),
                now=self.clock.now(),
            ),
            scope=SYSTEM,
        )
        return user_id


async def eventually(check: object, *, tries: int = 1000) -> None:
    """Wait until `check()` holds; for effects that no event announces."""
    assert callable(check)
    for _ in range(tries):
        if check():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came about")


_empty: dict[str, bytes] = {}
"""A database without rows, once one was made: tables take longer to make than to copy."""


def make_tables(url: str) -> None:
    """Make the tables of a database; of a new one on SQLite by copying those of another."""
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or path.exists():
        migrate.upgrade(url)
    elif "sqlite" in _empty:
        path.write_bytes(_empty["sqlite"])
    else:
        migrate.upgrade(url)
        _empty["sqlite"] = path.read_bytes()


@asynccontextmanager
async def open_studio(
    url: str, folder: Path, generators: Sequence[BaseGenerator]
) -> AsyncIterator[Studio]:
    """Open a studio on a database."""
    await asyncio.to_thread(make_tables, url)
    database = await connect(url)
    registry = GeneratorRegistry()
    for generator in generators:
        registry.register(generator)
    clock = MovableClock()
    notices = Notices()
    database.listen(notices.publish)
    actor = await database.write(
        lambda tx: tx.accounts.seed_default(slug="default", name="Default", now=clock.now()),
        scope=SYSTEM,
    )
    async with GuardedClient() as client:
        yield Studio(
            folder=folder,
            database=database,
            storage=ObjectStorage.memory(),
            media=MediaProbe(),
            registry=registry,
            client=client,
            clock=clock,
            limits=Limits(),
            run_limits=RunLimits(lease=30, backoff=0.001, busy_wait=0.0, report_every=0.0),
            notices=notices,
            actor=actor,
        )
    await database.close()
