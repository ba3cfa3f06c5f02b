"""Admits what was left waiting, soon and in the background: many who ask at once are one look."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from boards.services.ports import SYSTEM, Claim, Clock, Database, Dispatch, Limits, Taker, Tx

__all__ = ["AT_ONCE", "Admission", "hand_over"]

log = structlog.get_logger(__name__)

AT_ONCE = 500
"""How many generations one look admits."""


async def hand_over(
    admitted: Sequence[UUID], claims: Sequence[Claim], *, dispatch: Dispatch, here: Taker | None
) -> None:
    """After the commit: run what was claimed here, and have a worker told of the rest."""
    if here is not None and claims:
        await here.begin(claims)
    claimed = {claim.generation.id for claim in claims}
    left = [one for one in admitted if one not in claimed]
    if left:
        await dispatch.enqueue(left)


@dataclass(kw_only=True)
class Admission:
    """Chooses which pending generations may start. The worker of this process, where `here` is
    one, runs what it has room for; of the rest dispatch tells one."""

    database: Database
    dispatch: Dispatch
    clock: Clock
    limits: Limits
    here: Taker | None = None
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

        def admit(tx: Tx) -> tuple[tuple[UUID, ...], tuple[Claim, ...]]:
            admitted = tx.generations.admit(self.limits, now=now, at_most=AT_ONCE)
            return admitted, self.here.claim(tx, admitted) if self.here and admitted else ()

        admitted, claims = await self.database.write(admit, scope=SYSTEM)
        await hand_over(admitted, claims, dispatch=self.dispatch, here=self.here)
        return len(admitted)

    async def _look(self) -> None:
        try:
            while self._asked:
                self._asked = False
                if await self.now() == AT_ONCE:
                    self._asked = True  # There may be more.
        except Exception:
            log.warning("admission_failed", exc_info=True)
