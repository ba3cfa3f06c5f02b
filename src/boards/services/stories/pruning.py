"""Frees the takes of workspaces in memory that nobody picked, when their grace window is over.

A pick frees nothing: within the window an earlier round can be gone back to. What is freed is the
workspace's copy; what was paid for stays on the board. Workspaces elsewhere are never pruned.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from boards.domain.storyboards.takes import TAKES, Slot, SlotKind
from boards.services.ports import SYSTEM, Clock, Database, Scope, Tx
from boards.services.ports.stories import Workspace
from boards.services.stories.planning import Planner

__all__ = ["Pruning"]

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 15.0


@dataclass(kw_only=True)
class Pruning:
    """Sweeps the memory of this process. `held` names the workspaces there; `forget_unused` drops
    those that nobody has used for long, and names them."""

    database: Database
    clock: Clock
    planner: Planner
    held: Callable[[], tuple[UUID, ...]]
    forget_unused: Callable[[], tuple[UUID, ...]]
    sweep_every: float = SWEEP_SECONDS
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    async def start(self) -> None:
        """Begin to sweep now and then."""
        self._task = asyncio.create_task(self._sweep_forever(), name="boards-prune-takes")

    async def stop(self) -> None:
        """Stop sweeping."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def sweep(self) -> int:
        """Free what may be freed, and count it. One workspace that fails holds up no other."""
        count = 0
        for workspace_id in self.held():
            try:
                count += await self._prune(workspace_id)
            except Exception:
                log.exception("takes_not_pruned", workspace=str(workspace_id))
        for workspace_id in self.forget_unused():
            await self._delete(workspace_id)
        return count

    async def _prune(self, workspace_id: UUID) -> int:
        workspace = await self._workspace(workspace_id)
        if workspace is None:
            return 0
        story = await self.planner.workspaces.read(workspace)
        board = story.storyboard
        slots = [Slot(kind=SlotKind.CARD, card_id=card.id) for card in board.cards]
        slots += [Slot(kind=SlotKind.COVER), Slot(kind=SlotKind.PORTRAIT)]
        takes = await self.planner.gallery(workspace).takes(board, slots)
        spared = await self._spared_until(workspace)
        window = timedelta(minutes=board.settings.prune_minutes)
        now, files, count = self.clock.now(), self.planner.workspaces.files(workspace), 0
        for take in takes:
            since = spared.get(take.file, take.created_at)
            if take.is_picked or since is None or now - since < window:
                continue
            await files.remove(workspace, take.path)
            await files.remove(workspace, f"{TAKES}/{take.file.rpartition('.')[0]}.json")
            count += 1
        return count

    async def _spared_until(self, workspace: Workspace) -> dict[str, datetime | None]:
        """From when the window of each take counts: from the end of the job that made it; None
        while that runs."""

        def look(tx: Tx) -> dict[str, datetime | None]:
            found: dict[str, datetime | None] = {}
            for job_id in tx.stories.jobs_of(workspace.id):
                rows = tx.stories.takes_of(job_id)
                ends = [one.ended_at for one in rows]
                end = None if None in ends else max((one for one in ends if one), default=None)
                for one in rows:
                    if one.file is not None and (one.file not in found or not one.is_shared):
                        found[one.file] = end
            return found

        return await self.database.read(look, scope=Scope(tenant_id=workspace.tenant_id))

    async def _workspace(self, workspace_id: UUID) -> Workspace | None:
        return await self.database.read(lambda tx: tx.stories.get(workspace_id), scope=SYSTEM)

    async def _delete(self, workspace_id: UUID) -> None:
        now = self.clock.now()
        await self.database.write(lambda tx: tx.stories.delete(workspace_id, now=now), scope=SYSTEM)

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(self.sweep_every)
            try:
                await self.sweep()
            except Exception:
                log.exception("prune_failed")
