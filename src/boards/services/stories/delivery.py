"""Brings what was made to where it belongs: a completed take becomes a file of its workspace.

The generation is safe on the board before; this only copies. It can be done again at any time, by
anybody who looks: the file's name was given out with the submit, and the row says when it is done.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from boards.domain.access import Action, Actor
from boards.domain.artifacts import ArtifactType, StoredFile, extension_for_format
from boards.domain.generations import FINAL, Generation, Phase
from boards.domain.storyboards.storyboard import MediaKind
from boards.domain.storyboards.takes import TAKES, SlotKind, TakeName
from boards.errors import BoardsError
from boards.services.ports import SYSTEM, Clock, Database, Scope, Tx
from boards.services.ports.stories import PlannedTake, Workspace, WorkspaceForm
from boards.services.stories.gallery import Take, TakeNote
from boards.services.stories.takes import TakeService
from boards.services.stories.workspaces import WorkspaceService

__all__ = ["Delivery"]

log = structlog.get_logger(__name__)

AT_ONCE = 500
_TYPES = {MediaKind.IMAGE: ArtifactType.IMAGE, MediaKind.VIDEO: ArtifactType.VIDEO}


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Delivers takes. Jobs are remembered for `keep`."""

    database: Database
    clock: Clock
    workspaces: WorkspaceService
    takes: TakeService
    keep: timedelta = timedelta(days=30)

    async def deliver_all(self) -> int:
        """Deliver what has ended of all workspaces, as a chore; give how many takes."""
        waiting = await self.database.read(
            lambda tx: tx.stories.waiting(limit=AT_ONCE), scope=SYSTEM
        )
        by_workspace: dict[tuple[UUID, UUID], list[PlannedTake]] = defaultdict(list)
        for take in waiting:
            by_workspace[take.tenant_id, take.workspace_id].append(take)
        count = 0
        for (tenant_id, workspace_id), takes in by_workspace.items():
            try:
                count += await self._deliver(tenant_id, workspace_id, takes)
            except BoardsError:
                log.warning("takes_not_delivered", workspace=str(workspace_id), exc_info=True)
        return count

    async def deliver_for(self, actor: Actor, slug: str) -> int:
        """The same for somebody who may see the workspace; errors as for reading it."""
        return await self.deliver(await self.workspaces.find(actor, slug, Action.VIEW_RECIPES))

    async def deliver(self, workspace: Workspace) -> int:
        """Deliver what has ended of one workspace; give how many takes."""
        takes = await self.database.read(
            lambda tx: tx.stories.open_takes(workspace.id),
            scope=Scope(tenant_id=workspace.tenant_id),
        )
        return await self._deliver(workspace.tenant_id, workspace.id, takes) if takes else 0

    async def forget_jobs(self) -> int:
        """Forget jobs that ended long ago."""
        before = self.clock.now() - self.keep
        return await self.database.write(
            lambda tx: tx.stories.forget_jobs(before=before), scope=SYSTEM
        )

    async def _deliver(
        self, tenant_id: UUID, workspace_id: UUID, takes: Sequence[PlannedTake]
    ) -> int:
        scope = Scope(tenant_id=tenant_id)

        def look(tx: Tx) -> tuple[Workspace | None, dict[UUID, Generation]]:
            found = (tx.generations.get(take.generation_id) for take in takes if take.generation_id)
            return tx.stories.get(workspace_id), {one.id: one for one in found if one is not None}

        workspace, generations = await self.database.read(look, scope=scope)
        if workspace is not None and await self._is_elsewhere(workspace):
            if takes[0].created_at > self.clock.now() - timedelta(days=1):
                return 0
            workspace = None
        count = 0
        for take in takes:
            generation = generations.get(take.generation_id or take.id)
            if generation is not None and generation.phase not in FINAL:
                continue
            file = None
            if workspace is not None and generation is not None and _has_result(generation, take):
                try:
                    file = await self._put(workspace, take, generation)
                except BoardsError:
                    # It is safe on the board, and comes round again.
                    log.warning("take_not_delivered", take=str(take.id), exc_info=True)
                    continue
                count += 1
            await self._end(take, file, scope)
        return count

    async def _is_elsewhere(self, workspace: Workspace) -> bool:
        """Whether it is in another process's memory, or gone with it."""
        if workspace.form is not WorkspaceForm.MEMORY:
            return False
        return not await self.workspaces.files(workspace).is_there(workspace)

    async def _put(self, workspace: Workspace, take: PlannedTake, generation: Generation) -> str:
        """Copy the file, then write beside it how it was made, then announce it."""
        stored = _stored(generation)
        stem = TakeName(slot=take.slot, number=take.number).stem
        file = f"{stem}.{extension_for_format(stored.facts.format)}"
        files = self.workspaces.files(workspace)
        note = TakeNote.of(take, file)
        await files.put(workspace, f"{TAKES}/{stem}.json", note.text())
        facts = await files.put(workspace, f"{TAKES}/{file}", stored)
        if take.slot.kind is not SlotKind.CARD:
            # The cover and the portrait are what was made for them last.
            made = Take(
                file=file,
                slot=take.slot,
                number=take.number,
                kind=take.kind,
                size=facts.size,
                created_at=facts.modified_at,
                is_picked=True,
                note=note,
            )
            try:
                await self.takes.use(workspace, made)
            except BoardsError:
                # The storyboard is being mended by hand, say; the take is there to be picked.
                log.warning("take_not_used", take=str(take.id), exc_info=True)
        return file

    async def _end(self, take: PlannedTake, file: str | None, scope: Scope) -> None:
        generation_id, now = take.generation_id, self.clock.now()
        if generation_id is not None:
            await self.database.write(
                lambda tx: tx.stories.end_take(generation_id, file=file, now=now), scope=scope
            )


def _has_result(generation: Generation, take: PlannedTake) -> bool:
    return (
        generation.phase is Phase.COMPLETED
        and generation.file is not None
        and generation.artifact_type is _TYPES[take.kind]
    )


def _stored(generation: Generation) -> StoredFile:
    assert generation.file is not None  # noqa: S101 - asked right before
    return generation.file
