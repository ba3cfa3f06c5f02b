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
from uuid import UUID

import structlog

from boards.services.ports import SYSTEM, Claim, Clock, Database, Dispatch, Limits, Tx
from boards.services.run import RunService
from boards.services.work import Running

__all__ = ["Worker"]

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Worker:
    """Runs generations in this process. `sweep_every` and `unclaimed_after` are seconds."""

    database: Database
    runs: RunService
    dispatch: Dispatch
    clock: Clock
    limits: Limits
    sweep_every: float = 1.0
    unclaimed_after: float = 5.0
    admit_at_most: int = 500
    _running: dict[UUID, tuple[Running, asyncio.Task[None]]] = field(default_factory=dict)
    _background: list[asyncio.Task[None]] = field(default_factory=list)
    _room: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def running(self) -> int:
        """How many generations run in this process now."""
        return len(self._running)

    async def start(self) -> None:
        """Begin to renew and to sweep."""
        self._background = [
            asyncio.create_task(self._renew_forever(), name="boards-renew"),
            asyncio.create_task(self._sweep_forever(), name="boards-sweep"),
        ]

    async def stop(self, *, drain_seconds: float = 0.0) -> None:
        """Stop. Runs get `drain_seconds` to end; the leases of the others lapse, and a sweep
        elsewhere, or the next start, takes them on where their rows stand."""
        tasks = [task for _, task in self._running.values()]
        if tasks and drain_seconds > 0:
            await asyncio.wait(tasks, timeout=drain_seconds)
        for task in (*tasks, *self._background):
            task.cancel()
        await asyncio.gather(*tasks, *self._background, return_exceptions=True)
        self._background.clear()

    async def take(self, ids: Sequence[UUID]) -> None:
        """Claim what can be claimed of these and run it. Dispatch calls this with its messages."""
        now = self.clock.now()
        lease_until = now + timedelta(seconds=self.runs.limits.lease)
        claims = await self.database.write(
            lambda tx: tx.generations.claim(ids, now=now, lease_until=lease_until), scope=SYSTEM
        )
        for claim in claims:
            self._start(claim)

    def stop_run(self, generation_id: UUID) -> None:
        """Ask a run in this process to stop, if it is here."""
        found = self._running.get(generation_id)
        if found is not None:
            found[0].cancel.set()

    async def sweep(self) -> None:
        """Admit what may start, take on lapsed runs, and send lost messages again."""
        now = self.clock.now()

        def look(tx: Tx) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
            lost = tx.generations.unclaimed(
                admitted_before=now - timedelta(seconds=self.unclaimed_after), now=now
            )
            admitted = tx.generations.admit(self.limits, now=now, at_most=self.admit_at_most)
            return (*lost, *admitted), tx.generations.lapsed(now=now, limit=self.admit_at_most)

        waiting, lapsed = await self.database.write(look, scope=SYSTEM)
        if waiting:
            await self.dispatch.enqueue(waiting)
        mine = [one for one in lapsed if one not in self._running]
        if mine:
            log.info("leases_lapsed", count=len(mine))
            await self.take(mine)

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
            self._room.set()

    async def _sweep_forever(self) -> None:
        """Sweep once a second, and at once when a run has made room for one that waits."""
        while True:
            try:
                await self.sweep()
            except Exception:
                log.exception("sweep_failed")
            self._room.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.sweep_every):
                    await self._room.wait()
                    # Many runs end together: one sweep serves them all.
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
        tokens = {key: running.claim.run_token for key, (running, _) in self._running.items()}
        if not tokens:
            return
        lease_until = self.clock.now() + timedelta(seconds=self.runs.limits.lease)
        renewals = await self.database.write(
            lambda tx: tx.generations.renew(tokens, lease_until=lease_until), scope=SYSTEM
        )
        for key, renewal in renewals.items():
            found = self._running.get(key)
            if found is None or found[0].claim.run_token != tokens[key]:
                continue
            running, task = found
            if renewal.cancel_requested:
                running.cancel.set()
            elif not renewal.held and not running.cancel.is_set():
                log.warning("lease_lost", generation_id=str(key))
                task.cancel()
