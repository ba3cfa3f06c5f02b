"""Several workers over one database, as several processes are, and generators that count runs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import BaseModel

from boards.adapters.db.database import OpenDatabase, connect
from boards.adapters.db.urls import asyncpg_dsn
from boards.adapters.dispatch.in_process import InProcessDispatch
from boards.adapters.dispatch.pgqueuer import PgQueuerDispatch
from boards.adapters.media.probe import MediaProbe
from boards.adapters.storage.objects import ObjectStorage
from boards.domain.access import Actor
from boards.domain.generations import FINAL
from boards.generators.base import BaseGenerator
from boards.generators.context import GeneratorContext
from boards.generators.registry import GeneratorRegistry
from boards.outbound.client import GuardedClient
from boards.services.clock import SystemClock
from boards.services.generators import GeneratorService
from boards.services.ports import SYSTEM, Dispatcher, GenerationFilter, Limits, Tx
from boards.services.run import RunService
from boards.services.submit import SubmitRequest, SubmitService
from boards.services.worker import Worker
from boards.testing.generators import tiny_png
from tests.services.samples import ImageOutput, PromptInput, Sample

WAIT = 60.0
"""Seconds after which a wait gives up; no test is decided by it."""


class Counts(Sample):
    """Runs until it is let go, one run at a time; tells which prompts run, and how many at most."""

    name = "counts"
    provider = "counts"

    def __init__(self) -> None:
        self.started: list[str] = []
        self.running: list[str] = []
        self.peak = 0
        self.open = False
        self._goes: dict[int, tuple[str, asyncio.Event]] = {}

    async def generate(self, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        assert isinstance(inputs, PromptInput)
        number, go = len(self.started), asyncio.Event()
        self._goes[number] = (inputs.prompt, go)
        self.started.append(inputs.prompt)
        self.running.append(inputs.prompt)
        self.peak = max(self.peak, len(self.running))
        try:
            if not self.open:
                await go.wait()
            await asyncio.sleep(0.005)
        finally:
            self.running.remove(inputs.prompt)
            self._goes.pop(number, None)
        return ImageOutput(image=await context.store_image(tiny_png(), format="png"))

    async def has_started(self, count: int) -> None:
        """Wait until so many runs have begun."""
        await eventually(lambda: len(self.started) == count)

    def let_go(self, prompt: str) -> None:
        """End the run of this prompt that began first."""
        number = min(number for number, (name, _) in self._goes.items() if name == prompt)
        self._goes.pop(number)[1].set()

    def let_all_go(self) -> None:
        """End what runs, and whatever begins from now on."""
        self.open = True
        for _, go in self._goes.values():
            go.set()


@dataclass(kw_only=True)
class Cluster:
    """The services of a cluster, and its workers."""

    database: OpenDatabase
    actor: Actor
    other: Actor
    sender: Dispatcher
    registry: GeneratorRegistry
    limits: Limits
    workers: Sequence[Worker] = field(default_factory=tuple)

    async def submit(
        self,
        prompt: str,
        *,
        times: int = 1,
        priority: int = 0,
        actor: Actor | None = None,
        generator: str = "counts",
    ) -> None:
        service = SubmitService(
            database=self.database,
            generators=GeneratorService(registry=self.registry),
            dispatch=self.sender,
            clock=SystemClock(),
            limits=self.limits,
        )
        request = SubmitRequest(
            generator=generator, inputs={"prompt": prompt}, takes=min(times, 10), priority=priority
        )
        for at in range(0, times, 10):
            takes = min(10, times - at)
            await service.submit(actor or self.actor, replace(request, takes=takes))

    async def left(self) -> int:
        """How many generations have not ended."""

        def look(tx: Tx) -> int:
            every = tx.generations.list(GenerationFilter(), limit=10_000, cursor=None).items
            return sum(one.phase not in FINAL for one in every)

        return await self.database.read(look, scope=SYSTEM)

    async def ended(self) -> None:
        """Wait until everything has."""
        async with asyncio.timeout(WAIT):
            while await self.left():  # noqa: ASYNC110 - it is the database that knows
                await asyncio.sleep(0.05)


@asynccontextmanager
async def open_cluster(
    url: str,
    folder: Path,
    *generators: BaseGenerator,
    workers: int = 1,
    limits: Limits,
    sweep_every: float = 0.2,
) -> AsyncIterator[Cluster]:
    """Open as many workers as asked for; on SQLite there can be one."""
    dsn = asyncpg_dsn(url)
    database = await connect(url)
    registry = GeneratorRegistry()
    for generator in generators:
        registry.register(generator)
    dispatches: list[Dispatcher] = (
        [InProcessDispatch()]
        if dsn is None
        else [PgQueuerDispatch(dsn=dsn) for _ in range(workers)]
    )

    def seeded(slug: str) -> Callable[[Tx], Actor]:
        now = SystemClock().now()
        return lambda tx: tx.accounts.seed_default(slug=slug, name=slug, now=now)

    async with GuardedClient() as client:
        cluster = Cluster(
            database=database,
            actor=await database.write(seeded("default"), scope=SYSTEM),
            other=await database.write(seeded("other"), scope=SYSTEM),
            sender=dispatches[0],
            registry=registry,
            limits=limits,
        )
        runs = RunService(
            database=database,
            registry=registry,
            storage=ObjectStorage.memory(),
            media=MediaProbe(),
            client=client,
            clock=SystemClock(),
            scratch=folder,
        )
        cluster.workers = [
            Worker(
                database=database,
                runs=runs,
                dispatch=dispatch,
                clock=SystemClock(),
                limits=limits,
                takes_turns=dsn is not None,
                sweep_every=sweep_every,
            )
            for dispatch in dispatches
        ]
        for dispatch, worker in zip(dispatches, cluster.workers, strict=True):
            await dispatch.start(worker)
            await worker.start()
        try:
            yield cluster
        finally:
            for worker in cluster.workers:
                await worker.stop()
            for dispatch in dispatches:
                await dispatch.stop()
            await database.close()


async def eventually(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not check():  # noqa: ASYNC110 - what is checked announces itself to nobody
            await asyncio.sleep(0.01)
