"""Dispatch within one process: at once, in batches, by an asyncio event."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

__all__ = ["InProcessDispatch"]

log = structlog.get_logger(__name__)

Take = Callable[[Sequence[UUID]], Awaitable[None]]
Stop = Callable[[UUID], None]


@dataclass(kw_only=True)
class InProcessDispatch:
    """Hands ids to this process's worker. Ids that come while it claims go in its next batch."""

    batch: int = 200
    _ids: dict[UUID, None] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None
    _stop_run: Stop | None = None

    async def start(self, take: Take, stop_run: Stop) -> None:
        """Begin to hand over: `take` claims and starts, `stop_run` asks a run to stop."""
        self._stop_run = stop_run
        self._task = asyncio.create_task(self._deliver(take), name="boards-dispatch")

    async def stop(self) -> None:
        """Stop handing over; what is undelivered stays in its rows."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        self._ids.update(dict.fromkeys(ids))
        self._wake.set()

    async def cancel(self, generation_id: UUID) -> None:
        if self._stop_run is not None:
            self._stop_run(generation_id)

    async def _deliver(self, take: Take) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._ids:
                ids = list(self._ids)[: self.batch]
                for one in ids:
                    del self._ids[one]
                try:
                    await take(ids)
                except Exception:
                    # The rows stay admitted; the sweep sends them again.
                    log.exception("dispatch_failed", count=len(ids))
