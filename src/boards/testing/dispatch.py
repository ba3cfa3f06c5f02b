"""For those who write a dispatch: the contract it has to keep, and one that does everything wrong.

    class TestMine(DispatchContract):
        @pytest.fixture
        async def rig(self, tmp_path):
            ...
            yield Rig(database=..., storage=..., media=..., scratch=tmp_path, dispatches=[...])

The rows are the queue, so little is asked of a dispatch: hand over when it can, to a worker that
has room, and go on after an error. That nothing is lost or run twice must hold under any of them.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from uuid import UUID

from boards.domain.access import Actor
from boards.domain.generations import FINAL, Generation, Phase
from boards.generators.registry import GeneratorRegistry
from boards.ids import new_id
from boards.outbound.client import GuardedClient
from boards.services.clock import SystemClock
from boards.services.generations import GenerationService
from boards.services.generators import GeneratorService
from boards.services.ports import (
    SYSTEM,
    Database,
    Dispatcher,
    Limits,
    Media,
    Receiver,
    Storage,
    Tx,
)
from boards.services.run import RunService
from boards.services.submit import SubmitRequest, SubmitService
from boards.services.work import RunLimits
from boards.services.worker import Worker
from boards.testing.generators import FakePaid, FakeProvider, FakeProviderGenerator

__all__ = ["DispatchContract", "Recorder", "Rig", "UnreliableDispatch"]

WAIT = 60.0
"""Seconds after which a wait gives up; no test is decided by it."""
EACH = 20
"""Generations of each of the three kinds."""


@dataclass(kw_only=True)
class UnreliableDispatch:
    """Loses, delays, doubles and reorders the messages of another dispatch.

    `loses`, `doubles` and `delays` are the shares of messages that it happens to. What happens
    follows from the seed and the order of the calls. `ills` counts it.
    """

    through: Dispatcher
    seed: int
    loses: float = 0.25
    doubles: float = 0.25
    delays: float = 0.5
    longest_delay: float = 0.4
    ills: Counter[str] = field(default_factory=Counter)
    _on_the_way: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)

    @property
    def is_connected(self) -> bool:
        return self.through.is_connected

    async def start(self, receiver: Receiver | None = None) -> None:
        await self.through.start(receiver)

    async def stop(self) -> None:
        """What is on the way is lost."""
        for task in self._on_the_way:
            task.cancel()
        await asyncio.gather(*self._on_the_way, return_exceptions=True)
        await self.through.stop()

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        sent = [one for one in ids for _ in range(self._copies())]
        self._chance.shuffle(sent)
        at_once = [one for one in sent if not self._later(self.through.enqueue, [one])]
        if at_once:
            await self.through.enqueue(at_once)

    async def cancel(self, generation_id: UUID) -> None:
        for _ in range(self._copies()):
            if not self._later(self.through.cancel, generation_id):
                await self.through.cancel(generation_id)

    async def look(self, generation_id: UUID) -> None:
        for _ in range(self._copies()):
            if not self._later(self.through.look, generation_id):
                await self.through.look(generation_id)

    def _copies(self) -> int:
        if self._chance.random() < self.loses:
            self.ills["lost"] += 1
            return 0
        if self._chance.random() < self.doubles:
            self.ills["doubled"] += 1
            return 2
        return 1

    def _later(self, send: Callable[..., object], what: object) -> bool:
        if self._chance.random() >= self.delays:
            return False
        self.ills["delayed"] += 1
        pause = self._chance.uniform(0, self.longest_delay)

        async def deliver() -> None:
            await asyncio.sleep(pause)
            await send(what)  # type: ignore[misc]

        task = asyncio.create_task(deliver())
        self._on_the_way.add(task)
        task.add_done_callback(self._on_the_way.discard)
        return True


@dataclass(kw_only=True)
class Recorder:
    """A receiver that only writes down what it gets. `free` is its room; `errors` are raised."""

    free: int = 1000
    errors: list[Exception] = field(default_factory=list)
    taken: list[UUID] = field(default_factory=list)
    stopped: list[UUID] = field(default_factory=list)
    looked_at: list[UUID] = field(default_factory=list)

    async def room(self) -> int:
        await _eventually(lambda: self.free > 0)
        return self.free

    async def take(self, ids: Sequence[UUID]) -> None:
        if self.errors:
            raise self.errors.pop(0)
        assert len(ids) <= self.free, "more was handed over than there was room for"
        self.taken.extend(ids)

    def stop_run(self, generation_id: UUID) -> None:
        self.stopped.append(generation_id)

    def look_at(self, generation_id: UUID) -> None:
        self.looked_at.append(generation_id)


@dataclass(frozen=True, kw_only=True)
class Rig:
    """What a dispatch is tried out on.

    dispatches   one for each process that there can be; they reach each other. The first sends;
                 the others receive, or it does so itself when it is the only one.
    database     empty, with its tables
    is_reliable  False: messages may get lost, and only what the rows make of it is asked
    """

    database: Database
    storage: Storage
    media: Media
    scratch: Path
    dispatches: Sequence[Dispatcher]
    is_reliable: bool = True

    @property
    def sender(self) -> Dispatcher:
        return self.dispatches[0]

    @property
    def receivers(self) -> Sequence[Dispatcher]:
        return self.dispatches[1:] or self.dispatches


@dataclass(frozen=True, kw_only=True)
class _Program:
    """The services over a rig, with one generator of each kind."""

    rig: Rig
    client: GuardedClient
    actor: Actor
    lease: float
    free: FakePaid = field(
        default_factory=lambda: FakePaid(price=Decimal(0), repeatable=True, name="free")
    )
    paid: FakePaid = field(default_factory=lambda: FakePaid(name="paid"))
    provider: FakeProvider = field(default_factory=FakeProvider)
    registry: GeneratorRegistry = field(default_factory=GeneratorRegistry)

    def __post_init__(self) -> None:
        resumable = FakeProviderGenerator(self.provider, name="resumable", poll_every=0.01)
        for generator in (self.free, self.paid, resumable):
            self.registry.register(generator)

    def worker(self, dispatch: Dispatcher) -> Worker:
        runs = RunService(
            database=self.rig.database,
            registry=self.registry,
            storage=self.rig.storage,
            media=self.rig.media,
            client=self.client,
            clock=SystemClock(),
            scratch=self.rig.scratch,
            limits=RunLimits(lease=self.lease),
        )
        return Worker(
            database=self.rig.database,
            runs=runs,
            dispatch=dispatch,
            clock=SystemClock(),
            limits=Limits(),
            takes_turns=len(self.rig.receivers) > 1,
            sweep_every=0.1,
            unclaimed_after=0.5,
        )

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Sequence[Worker]]:
        """A worker at each receiver, and whoever only sends."""
        workers = [self.worker(dispatch) for dispatch in self.rig.receivers]
        for dispatch in self.rig.dispatches:
            if dispatch not in self.rig.receivers:
                await dispatch.start()
        for dispatch, worker in zip(self.rig.receivers, workers, strict=True):
            await dispatch.start(worker)
            await worker.start()
        try:
            yield workers
        finally:
            for worker in workers:
                await worker.stop()
            for dispatch in self.rig.dispatches:
                await dispatch.stop()

    async def submit(self, generator: str) -> UUID:
        service = SubmitService(
            database=self.rig.database,
            generators=GeneratorService(registry=self.registry),
            dispatch=self.rig.sender,
            clock=SystemClock(),
            limits=Limits(),
        )
        request = SubmitRequest(generator=generator, inputs={})
        return (await service.submit(self.actor, request)).generations[0].id

    async def cancel(self, generation_id: UUID) -> None:
        service = GenerationService(
            database=self.rig.database, dispatch=self.rig.sender, clock=SystemClock()
        )
        await service.cancel(self.actor, generation_id)

    async def ended(self, ids: Sequence[UUID]) -> list[Generation]:
        """Wait until all of these are final."""

        def look(tx: Tx) -> list[Generation]:
            found = tx.generations.find_anywhere(ids)
            return [found[one] for one in ids]

        async with asyncio.timeout(WAIT):
            while True:
                rows = await self.rig.database.read(look, scope=SYSTEM)
                if all(row.phase in FINAL for row in rows):
                    return rows
                await asyncio.sleep(0.02)

    async def completions(self) -> Counter[UUID]:
        """How often each generation was said to be completed."""

        def look(tx: Tx) -> Counter[UUID]:
            return Counter(
                event.generation_id
                for event in tx.events.after(last_id=0, limit=100_000)
                if event.data["phase"] == Phase.COMPLETED
            )

        return await self.rig.database.read(look, scope=SYSTEM)


class DispatchContract:
    """What every dispatch has to keep; subclass it and give a fixture `rig`. Needs asyncio mode
    `auto` of pytest-asyncio."""

    async def test_every_generation_runs_once_whatever_happens_to_messages(self, rig: Rig) -> None:
        async with _program(rig) as program, program.working():
            ids = await asyncio.gather(
                *(
                    program.submit(kind)
                    for _ in range(EACH)
                    for kind in ("free", "paid", "resumable")
                )
            )
            rows = await program.ended(ids)
            # Whatever is still on its way finds nothing to do.
            await rig.sender.enqueue(ids)
            await asyncio.sleep(0.3)
        assert [row.phase for row in rows] == [Phase.COMPLETED] * len(ids)
        assert program.free.calls == EACH
        assert program.paid.calls == EACH
        assert (program.provider.submits, program.provider.paid) == (EACH, EACH)
        assert await program.completions() == Counter(dict.fromkeys(ids, 1))

    async def test_a_cancel_reaches_whoever_runs_it(self, rig: Rig) -> None:
        # A lost cancel is found when the lease is renewed, which is soon only here.
        async with _program(rig, lease=30.0 if rig.is_reliable else 0.6) as program:
            program.free.gate = asyncio.Event()
            async with program.working():
                ids = [await program.submit("free") for _ in range(4)]
                await _eventually(lambda: program.free.running == 4)
                for one in ids:
                    await program.cancel(one)
                rows = await program.ended(ids)
        assert [row.phase for row in rows] == [Phase.CANCELLED] * 4

    async def test_a_look_reaches_whoever_waits_for_the_provider(self, rig: Rig) -> None:
        if not rig.is_reliable:
            return  # A lost one costs nothing but time: the run looks by itself.
        async with _program(rig) as program:
            program.provider.looks = None
            program.registry.register(
                FakeProviderGenerator(program.provider, name="slow", poll_every=WAIT * 10)
            )
            async with program.working():
                one = await program.submit("slow")
                await _eventually(lambda: program.provider.polls == 1)
                program.provider.finish("fake-1")
                await rig.sender.look(one)
                [row] = await program.ended([one])
        assert row.phase is Phase.COMPLETED
        assert program.provider.polls == 2

    async def test_what_was_submitted_while_nobody_worked_runs_later(self, rig: Rig) -> None:
        async with _program(rig) as program:
            ids = [await program.submit("free") for _ in range(5)]
            async with program.working():
                await program.ended(ids)
            more = [await program.submit("resumable") for _ in range(5)]
            async with program.working():
                rows = await program.ended([*ids, *more])
        assert [row.phase for row in rows] == [Phase.COMPLETED] * 10
        assert program.provider.submits == 5

    async def test_a_run_that_a_stop_gave_up_goes_on_elsewhere_at_once(self, rig: Rig) -> None:
        async with _program(rig) as program:
            program.provider.looks = None
            async with program.working():
                one = await program.submit("resumable")
                await _eventually(lambda: program.provider.polls > 0)
            program.provider.finish("fake-1")
            async with program.working():
                [row] = await program.ended([one])
        assert row.phase is Phase.COMPLETED
        assert program.provider.submits == 1

    async def test_what_is_sent_is_handed_over(self, rig: Rig) -> None:
        ids = [new_id() for _ in range(250)]
        async with _recording(rig) as recorders:
            for at in range(0, len(ids), 50):
                await rig.sender.enqueue(ids[at : at + 50])
            await _quiet(recorders, ids if rig.is_reliable else ())
        taken = Counter(one for recorder in recorders for one in recorder.taken)
        assert set(taken) <= set(ids)
        if rig.is_reliable:
            assert taken == Counter(ids)

    async def test_a_full_worker_is_handed_nothing(self, rig: Rig) -> None:
        ids = [new_id() for _ in range(20)]
        async with _recording(rig, free=0) as recorders:
            await rig.sender.enqueue(ids)
            await _quiet(recorders)
            assert [recorder.taken for recorder in recorders] == [[]] * len(recorders)
            recorders[-1].free = 3  # takes at most three at a time, as the recorder checks
            await _quiet(recorders, ids if rig.is_reliable else ())
        assert set(recorders[-1].taken) <= set(ids)
        assert [recorder.taken for recorder in recorders[:-1]] == [[]] * (len(recorders) - 1)
        if rig.is_reliable:
            assert set(recorders[-1].taken) == set(ids)

    async def test_an_error_while_taking_ends_nothing(self, rig: Rig) -> None:
        first, then = [new_id() for _ in range(4)], [new_id() for _ in range(40)]
        async with _recording(rig) as recorders:
            for recorder in recorders:
                recorder.errors.append(ConnectionError("the database is away"))
            for one in first:
                await rig.sender.enqueue([one])
            await _quiet(recorders)
            for recorder in recorders:
                recorder.errors.clear()
            await rig.sender.enqueue(then)
            await _quiet(recorders, then if rig.is_reliable else ())
        assert any(recorder.taken for recorder in recorders)

    async def test_nothing_is_handed_over_after_a_stop(self, rig: Rig) -> None:
        async with _recording(rig) as recorders:
            await _quiet(recorders)
        await rig.sender.enqueue([new_id()])
        await rig.sender.cancel(new_id())
        await _quiet(recorders)
        assert [recorder.taken for recorder in recorders] == [[]] * len(recorders)


@asynccontextmanager
async def _program(rig: Rig, *, lease: float = 30.0) -> AsyncIterator[_Program]:
    now = SystemClock().now()
    actor = await rig.database.write(
        lambda tx: tx.accounts.seed_default(slug="default", name="Default", now=now),
        scope=SYSTEM,
    )
    async with GuardedClient() as client:
        yield _Program(rig=rig, client=client, actor=actor, lease=lease)


@asynccontextmanager
async def _recording(rig: Rig, *, free: int = 1000) -> AsyncIterator[Sequence[Recorder]]:
    recorders = [Recorder(free=free) for _ in rig.receivers]
    for dispatch in rig.dispatches:
        if dispatch not in rig.receivers:
            await dispatch.start()
    for dispatch, recorder in zip(rig.receivers, recorders, strict=True):
        await dispatch.start(recorder)
    try:
        yield recorders
    finally:
        for dispatch in rig.dispatches:
            await dispatch.stop()


async def _quiet(recorders: Sequence[Recorder], wanted: Sequence[UUID] = ()) -> None:
    """Wait until all that is wanted has come; without, until nothing has come for a while."""
    if wanted:
        await _eventually(lambda: set(wanted) <= {one for each in recorders for one in each.taken})
        return
    before = -1
    while before != (now := sum(len(recorder.taken) for recorder in recorders)):
        before = now
        await asyncio.sleep(0.6)


async def _eventually(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not check():  # noqa: ASYNC110 - what is checked announces itself to nobody
            await asyncio.sleep(0.01)
