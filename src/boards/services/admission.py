"""Admits what was left waiting, soon and in the background: many who ask at once are one look."""

import asyncio
from dataclasses import dataclass

import structlog

from boards.services.ports import SYSTEM, Clock, Database, Dispatch, Limits

__all__ = ["AT_ONCE", "Admission"]

log = structlog.get_logger(__name__)

AT_ONCE = 500
"""How many generations one look admits."""


@dataclass(kw_only=True)
class Admission:
    """Chooses which pending generations may start, and has dispatch tell a worker."""

    database: Database
    dispatch: Dispatch
    clock: Clock
    limits: Limits
    _task: asyncio.Task[None] | None = None
    _asked: bool = False

    def soon(self) -> None:
        """Look as soon as may be, without being waited for. The sweep makes good what fails."""
        self._asked = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look(), name="boards-admission")

    async def now(self) -> int:
        """Look once; gives how many were admitted."""
        now = self.clock.now()
        admitted = await self.database.write(
            lambda tx: tx.generations.admit(self.limits, now=now, at_most=AT_ONCE), scope=SYSTEM
        )
        if admitted:
            await self.dispatch.enqueue(admitted)
        return len(admitted)

    async def _look(self) -> None:
        try:
            while self._asked:
                self._asked = False
                if await self.now() == AT_ONCE:
                    self._asked = True  # There may be more.
        except Exception:
            log.warning("admission_failed", exc_info=True)
