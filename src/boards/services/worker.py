"""A worker: claims admitted generations, runs them, renews their leases, and sweeps up.

The rows are the queue. Whatever dispatch loses, doubles or delays, the sweep finds: admitted rows
that nobody claimed, and runs whose lease has lapsed. A message that comes twice finds nothing to
claim.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from uuid import UUID

import structlog

from boards.services.admission import AT_ONCE, Admission
from boards.services.ports import SYSTEM, Claim, Clock, Database, Dispatch, Limits, Tx
from boards.services.run import RunService
from boards.services.work import Running

__all__ = ["Worker"]

log = structlog.get_logger(__name__)

SWEEP = "sweep"
HANDED_ON_AFTER = 0.2
"""Seconds after which a message for another worker is sent again."""


@dataclass(kw_only=True)
class Worker:
    """Runs generations in this process, at most `capacity` at once.

    `sweep_every` and `unclaimed_after` are seconds. With `takes_turns` other processes sweep the
    same database, and each sweep is done by one of them. `queues` are the providers whose runs are
    taken on here, all where it is empty; what comes for others is handed on to whoever is free.
    """

    database: Database
    runs: RunService
    dispatch: Dispatch
    clock: Clock
    limits: Limits
    capacity: int = 2000
    queues: frozenset[str] = frozenset()
    takes_turns: bool = False
    sweep_every: float = 1.0
    unclaimed_after: float = 5.0
    _running: dict[UUID, tuple[Running, asyncio.Task[None]]] = field(default_factory=dict)
    _background: list[asyncio.Task[None]] = field(default_factory=list)
    _handing_on: set[asyncio.Task[None]] = field(default_factory=set)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _freed: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False
    _closed: bool = False

    @property
    def running(self) -> int:
        """How many generations run in this process now."""
        return len(self._running)

    async def start(self) -> None:
        """Begin to renew and to sweep."""
        self._stopping = self._closed = False
        self._freed.set()
        self._background = [
            asyncio.create_task(self._renew_forever(), name="boards-renew"),
            asyncio.create_task(self._sweep_forever(), name="boards-sweep"),
        ]

    async def stop(self, *, drain_seconds: float = 0.0) -> None:
        """Take on nothing more, let runs end, and give the rest up at once.

        A run that only waits for its provider is given up first: another process goes on from its
        row. The others get `drain_seconds`; what still runs then is broken off. What is given up
        can be claimed elsewhere, or at the next start, without waiting for its lease.
        """
        self._stopping = True
        if self._running and drain_seconds:
            log.info("waiting_for_runs", count=len(self._running), at_most_seconds=drain_seconds)
        tokens = await self._drain(drain_seconds)
        tokens |= self._tokens()
        await self.break_off()
        try:
            await self._give_up(tokens)
        except Exception:
            # They lapse all the same.
            log.exception("leases_not_given_up", count=len(tokens))

    async def break_off(self) -> None:
        """Stop without tidying, as a kill does: the leases lapse, and a sweep elsewhere, or the
        next start, takes the runs on where their rows stand."""
        self._stopping = self._closed = True
        tasks = [task for _, task in self._running.values()] + self._background
        tasks += self._handing_on
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._background.clear()

    async def room(self) -> int:
        while self._stopping or self._free <= 0:
            self._freed.clear()
            await self._freed.wait()
        return self._free

    async def take(self, ids: Sequence[UUID]) -> None:
        def work(tx: Tx) -> tuple[tuple[Claim, ...], list[UUID]]:
            mine = self._served(tx, ids)
            return self._claim(tx, mine), [one for one in ids if one not in set(mine)]

        claims, others = await self.database.write(work, scope=SYSTEM)
        await self.begin(claims)
        if others and not self._stopping:
            self._hand_on(others)

    def claim(self, tx: Tx, ids: Sequence[UUID]) -> tuple[Claim, ...]:
        mine = () if self._stopping else self._served(tx, ids)[: max(self._free, 0)]
        return self._claim(tx, mine) if mine else ()

    def _served(self, tx: Tx, ids: Sequence[UUID]) -> Sequence[UUID]:
        """Those among `ids` whose provider is one of our queues."""
        if not self.queues:
            return ids
        rows = tx.generations.find_anywhere(ids)
        return [one for one in ids if one in rows and rows[one].provider in self.queues]

    def _hand_on(self, ids: Sequence[UUID]) -> None:
        """Send what is not ours again, after a pause in which another worker may be faster."""

        async def later() -> None:
            await asyncio.sleep(HANDED_ON_AFTER)
            await self.dispatch.enqueue(ids)

        task = asyncio.create_task(later(), name="boards-hand-on")
        self._handing_on.add(task)
        task.add_done_callback(self._handing_on.discard)

    def _claim(self, tx: Tx, ids: Sequence[UUID]) -> tuple[Claim, ...]:
        now = self.clock.now()
        lease_until = now + timedelta(seconds=self.runs.limits.lease)
        return tx.generations.claim(ids, now=now, lease_until=lease_until)

    async def begin(self, claims: Sequence[Claim]) -> None:
        if self._closed:
            # The stop came while this was under way, so nobody would run it.
            await self._give_up({claim.generation.id: claim.run_token for claim in claims})
            return
        for claim in claims:
            self._start(claim)

    def stop_run(self, generation_id: UUID) -> None:
        found = self._running.get(generation_id)
        if found is not None:
            found[0].stop()

    def look_at(self, generation_id: UUID) -> None:
        found = self._running.get(generation_id)
        if found is not None:
            found[0].stir.set()

    async def sweep(self) -> None:
        """Admit what may start, take on lapsed runs, and see to lost messages; in its turn."""
        now = self.clock.now()

        def look(tx: Tx) -> tuple[tuple[UUID, ...], tuple[UUID, ...], tuple[UUID, ...]]:
            every = timedelta(seconds=self.sweep_every)
            if self.takes_turns and not tx.turns.take(SWEEP, every=every, now=now):
                return (), (), ()
            before = now - timedelta(seconds=self.unclaimed_after)
            # First, for it takes back what was admitted before a provider was paused.
            admitted = tx.generations.admit(self.limits, now=now, at_most=AT_ONCE)
            lost = tx.generations.unclaimed(admitted_before=before, now=now)
            lapsed = tx.generations.lapsed(now=now, limit=AT_ONCE)
            return lost, admitted, lapsed

        lost, admitted, lapsed = await self.database.write(look, scope=SYSTEM)
        if lapsed:
            log.info("leases_lapsed", count=len(lapsed))
        found = [one for one in (*lapsed, *lost) if one not in self._running]
        # Taken on here and not only sent again: should dispatch be down, the work still goes on.
        mine = found[: max(self._free, 0)]
        if mine:
            await self.take(mine)
        others = (*found[len(mine) :], *admitted)
        if others:
            await self.dispatch.enqueue(others)
        if len(admitted) == AT_ONCE:
            self._admission.soon()

    @cached_property
    def _admission(self) -> Admission:
        return Admission(
            database=self.database,
            dispatch=self.dispatch,
            clock=self.clock,
            limits=self.limits,
            here=self,
        )

    @property
    def _free(self) -> int:
        return self.capacity - len(self._running)

    def _tokens(self) -> dict[UUID, UUID]:
        return {key: running.claim.run_token for key, (running, _) in self._running.items()}

    def _start(self, claim: Claim) -> None:
        running = Running(claim=claim)
        task = asyncio.create_task(self._run(running), name=f"boards-run-{claim.generation.id}")
        self._running[claim.generation.id] = (running, task)

    async def _run(self, running: Running) -> None:
        generation = running.claim.generation
        try:
            await self.runs.execute(running)
        except Exception:
            # The row stays as it is: the lease lapses and the sweep goes on from there.
            log.exception("run_broke_off", generation_id=str(generation.id))
        finally:
            found = self._running.get(generation.id)
            if found is not None and found[0] is running:
                del self._running[generation.id]
            self._ended.set()
            if not self._stopping:
                self._freed.set()

    async def _drain(self, seconds: float) -> dict[UUID, UUID]:
        """Give runs time to end; the tokens of those that were given up meanwhile."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        given_up: dict[UUID, UUID] = {}
        while self._running and (left := end - loop.time()) > 0:
            for key, (running, task) in self._running.items():
                if running.resumable and key not in given_up:
                    given_up[key] = running.claim.run_token
                    task.cancel()
            tasks = [task for _, task in self._running.values()]
            # Not for long: a run may begin to wait for its provider at any time.
            await asyncio.wait(tasks, timeout=min(left, 0.1))
        return given_up

    async def _give_up(self, tokens: dict[UUID, UUID]) -> None:
        """End these leases now; a start that was given up has not failed, so it does not count."""

        def work(tx: Tx) -> None:
            now = self.clock.now()
            for key, token in tokens.items():
                tx.generations.park(key, now=now, token=token, until=now)

        if tokens:
            await self.database.write(work, scope=SYSTEM)

    async def _sweep_forever(self) -> None:
        """Sweep now and then, and admit at once when runs have made room for one that waits."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not self._stopping:
            is_due = loop.time() >= due
            try:
                await (self.sweep() if is_due else self._admission.now())
            except Exception:
                log.exception("sweep_failed")
            if is_due:
                due = loop.time() + self.sweep_every
            self._ended.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._ended.wait()
                    # Many runs end together: one look serves them all.
                    await asyncio.sleep(min(0.05, self.sweep_every))

    async def _renew_forever(self) -> None:
        """Renew all leases of this process in one write, at a third of their length."""
        while True:
            await asyncio.sleep(self.runs.limits.lease / 3)
            try:
                await self._renew()
            except Exception:
                log.exception("renew_failed")

    async def _renew(self) -> None:
        tokens = self._tokens()
        if not tokens:
            return
        lease_until = self.clock.now() + timedelta(seconds=self.runs.limits.lease)
        renewals = await self.database.write(
            lambda tx: tx.generations.renew(tokens, lease_until=lease_until), scope=SYSTEM
        )
        lost: dict[UUID, asyncio.Task[None]] = {}
        for key, renewal in renewals.items():
            found = self._running.get(key)
            if found is None or found[0].claim.run_token != tokens[key]:
                continue
            running, task = found
            if renewal.cancel_requested:
                running.stop()
            elif not renewal.held and not running.cancel.is_set():
                lost[key] = task
        if lost:
            # Or it has just ended by itself, and its task is about to.
            await asyncio.wait(lost.values(), timeout=self.runs.limits.lease / 20)
        for key, task in lost.items():
            if not task.done():
                log.warning("lease_lost", generation_id=str(key))
                task.cancel()
