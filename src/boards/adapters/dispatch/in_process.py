"""Dispatch within one process: at once, in batches, by an asyncio event."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from boards.services.ports import Receiver

__all__ = ["InProcessDispatch"]

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class InProcessDispatch:
    """Hands ids to this process's worker. Ids that come while it claims go in its next batch."""

    batch: int = 200
    _ids: dict[UUID, None] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None
    _receiver: Receiver | None = None

    @property
    def is_connected(self) -> bool:
        return True

    async def start(self, receiver: Receiver | None = None) -> None:
        self._receiver = receiver
        if receiver is not None:
            self._task = asyncio.create_task(self._deliver(receiver), name="boards-dispatch")

    async def stop(self) -> None:
        self._receiver = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def enqueue(self, ids: Sequence[UUID]) -> None:
        self._ids.update(dict.fromkeys(ids))
        self._wake.set()

    async def cancel(self, generation_id: UUID) -> None:
        if self._receiver is not None:
            self._receiver.stop_run(generation_id)

    async def look(self, generation_id: UUID) -> None:
        if self._receiver is not None:
            self._receiver.look_at(generation_id)

    async def _deliver(self, receiver: Receiver) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._ids:
                room = await receiver.room()
                ids = list(self._ids)[: min(room, self.batch)]
                for one in ids:
                    del self._ids[one]
                try:
                    await receiver.take(ids)
                except Exception:
                    # The rows stay admitted; the sweep sends them again.
                    log.exception("dispatch_failed", count=len(ids))
