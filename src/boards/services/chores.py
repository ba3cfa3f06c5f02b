"""Work that comes round, and that one process of all does each time: whichever is there first.

Nobody leads. Every process looks now and then whether a chore is due, and takes its turn in the
database if so; one that dies holds nobody up, for the next turn is anybody's. A chore that was
broken off or failed comes round again, so each must be safe to begin anew.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from boards.services.ports import SYSTEM, Clock, Database

__all__ = ["Chore", "Chores"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Chore:
    """Something to do every so often; the name stands for it in all processes."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[object]]


@dataclass(kw_only=True)
class Chores:
    """Does the chores of this process when it is their turn. `look_every` is in seconds."""

    database: Database
    clock: Clock
    chores: Sequence[Chore]
    look_every: float = 10.0
    _task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look. ValueError for two chores of one name, which would share their turns."""
        names = [chore.name for chore in self.chores]
        if len(set(names)) < len(names):
            raise ValueError(f"Two chores have one name: {sorted(names)}.")
        self._task = asyncio.create_task(self._look_forever(), name="boards-chores")

    async def stop(self) -> None:
        """Stop, breaking off what is being done."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def look(self) -> tuple[str, ...]:
        """Do what is due, and say what it was. What fails is logged and comes round again."""
        done = []
        for chore in self.chores:
            try:
                if await self._is_due(chore):
                    await chore.work()
                    done.append(chore.name)
            except Exception:
                log.exception("chore_failed", name=chore.name)
        return tuple(done)

    async def _is_due(self, chore: Chore) -> bool:
        return await self.database.write(
            lambda tx: tx.turns.take(chore.name, every=chore.every, now=self.clock.now()),
            scope=SYSTEM,
        )

    async def _look_forever(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(self.look_every)
