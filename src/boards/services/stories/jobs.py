"""Jobs of a story as callers poll them: how far, at what cost, how long still, which takes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from boards.domain.access import Action, Actor
from boards.domain.costs import Cost, add, free
from boards.domain.generations import Failure, Generation, Phase, Status
from boards.domain.jobs import JobState, state_of
from boards.domain.storyboards.takes import Slot
from boards.errors import NotFound
from boards.services.jobs import JobService
from boards.services.ports import Clock, Database, Tx
from boards.services.ports.stories import PlannedTake, StoryJob
from boards.services.rights import scope_of
from boards.services.stories.delivery import Delivery
from boards.services.stories.rights import job_to_cancel, workspace_for

__all__ = ["ItemView", "StoryJobService", "StoryJobView", "TakeView"]


@dataclass(frozen=True, kw_only=True)
class TakeView:
    """A take of a job. `file` is there as soon as it is in the workspace. `is_cached` says that it
    cost this job nothing: it was there, or an earlier job pays for it."""

    take: PlannedTake
    status: Status
    is_cached: bool
    file: str | None
    generation: Generation | None
    failure: Failure | None


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """What a job makes for one card, or for the cover or the portrait."""

    slot: Slot
    state: JobState
    partial: bool
    takes: tuple[TakeView, ...]
    estimate: Cost
    actual: Cost


@dataclass(frozen=True, kw_only=True)
class StoryJobView:
    """A job with what its takes come to. `progress` is a fraction from 0 to 1; `eta` is in seconds,
    None while nobody knows."""

    job: StoryJob
    state: JobState
    partial: bool
    needs_attention: bool
    done: int
    total: int
    progress: float
    estimate: Cost
    actual: Cost
    eta: float | None
    items: tuple[ItemView, ...]

    @property
    def takes(self) -> tuple[TakeView, ...]:
        return tuple(take for item in self.items for take in item.takes)

    @property
    def line(self) -> str:
        """How it stands in one line: "3 of 8 done, ~$0.12 spent, ~20 s left"."""
        parts = [f"{self.done} of {self.total} done"]
        if self.actual.amount is None:
            parts.append("cost unknown")
        elif self.actual.amount or not self.actual.cached_units:
            parts.append(f"~${self.actual.amount:.2f} spent")
        if self.actual.cached_units:
            parts.append(f"{self.actual.cached_units} cached: $0.00")
        if self.eta is not None and not self.state.is_final:
            parts.append(f"~{self.eta:.0f} s left")
        if self.needs_attention:
            parts.append("needs attention")
        return ", ".join(parts)


@dataclass(frozen=True, kw_only=True)
class StoryJobService:
    """Reads, waits for and cancels jobs of stories."""

    database: Database
    clock: Clock
    jobs: JobService
    delivery: Delivery

    async def get(
        self, actor: Actor, slug: str, job_id: UUID, *, wait: float = 0.0
    ) -> StoryJobView:
        """Give the job, at the latest after `wait` seconds, earlier when it has ended.

        What has been made is in the workspace by then. NotFound for a job that nobody remembers:
        then the takes tell what there is.
        """
        job = await self._job(actor, slug, job_id)
        if wait:
            await self._wait(actor, job, wait)
        workspace = await self.delivery.workspaces.find(actor, slug, Action.VIEW_RECIPES)
        await self.delivery.deliver(workspace)
        return await self._view(actor, job)

    async def cancel(self, actor: Actor, slug: str, job_id: UUID) -> StoryJobView:
        """Cancel what of the job has not ended; takes that an earlier job pays for go on."""
        job = await self._job(actor, slug, job_id)
        await self.database.read(
            lambda tx: job_to_cancel(tx, actor, slug, job), scope=scope_of(actor)
        )
        if await self._is_run(job, actor):
            await self.jobs.cancel(actor, job_id)
        return await self.get(actor, slug, job_id)

    async def _wait(self, actor: Actor, job: StoryJob, seconds: float) -> None:
        """Wait for whatever runs for it, be it by an earlier job."""

        def look(tx: Tx) -> set[UUID]:
            rows = (
                tx.generations.get(one.generation_id)
                for one in tx.stories.takes_of(job.id)
                if one.ended_at is None and one.generation_id is not None
            )
            return {row.job_id for row in rows if row is not None and row.job_id is not None}

        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        for run_id in await self.database.read(look, scope=scope_of(actor)):
            await self.jobs.wait(actor, run_id, max(end - loop.time(), 0.0))

    async def _job(self, actor: Actor, slug: str, job_id: UUID) -> StoryJob:
        def look(tx: Tx) -> StoryJob:
            workspace = workspace_for(tx, actor, slug, Action.VIEW_RECIPES)
            job = tx.stories.job(job_id)
            if job is None or job.workspace_id != workspace.id:
                raise NotFound(
                    f"Job {job_id} not found in the workspace {slug!r}. If it has ended long ago, "
                    "its takes are there."
                )
            return job

        return await self.database.read(look, scope=scope_of(actor))

    async def _is_run(self, job: StoryJob, actor: Actor) -> bool:
        return await self.database.read(
            lambda tx: bool(tx.generations.of_job(job.id)), scope=scope_of(actor)
        )

    async def _view(self, actor: Actor, job: StoryJob) -> StoryJobView:
        def look(tx: Tx) -> tuple[TakeView, ...]:
            return tuple(_take_view(tx, take) for take in tx.stories.takes_of(job.id))

        takes = await self.database.read(look, scope=scope_of(actor))
        slots = dict.fromkeys(view.take.slot for view in takes)
        items = tuple(_item([one for one in takes if one.take.slot == slot]) for slot in slots)
        state, partial = state_of(one.status.value for one in takes)
        done = sum(
            one.status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED) for one in takes
        )
        return StoryJobView(
            job=job,
            state=state,
            partial=partial,
            needs_attention=any(
                one.generation is not None and one.generation.needs_attention for one in takes
            ),
            done=done,
            total=len(takes),
            progress=sum(map(_progress, takes)) / max(len(takes), 1),
            estimate=add(item.estimate for item in items),
            actual=add(item.actual for item in items),
            eta=_eta(takes, self.clock.now()),
            items=items,
        )


def _take_view(tx: Tx, take: PlannedTake) -> TakeView:
    generation = None if take.generation_id is None else tx.generations.get(take.generation_id)
    if take.file is not None:
        status = Status.COMPLETED
    elif take.ended_at is not None:
        status = Status.FAILED if generation is None else generation.status
        status = Status.FAILED if status is Status.COMPLETED else status
    elif generation is None or generation.phase is Phase.COMPLETED:
        # It is made, and not in the workspace yet.
        status = Status.PROCESSING
    else:
        status = generation.status
    return TakeView(
        take=take,
        status=status,
        is_cached=take.is_shared,
        file=take.file,
        generation=generation,
        failure=None if generation is None else generation.failure,
    )


def _item(takes: Sequence[TakeView]) -> ItemView:
    state, partial = state_of(one.status.value for one in takes)
    return ItemView(
        slot=takes[0].take.slot,
        state=state,
        partial=partial,
        takes=tuple(takes),
        estimate=add(_estimate(one) for one in takes),
        actual=add(cost for one in takes if (cost := _actual(one)) is not None),
    )


def _estimate(view: TakeView) -> Cost:
    if view.is_cached:
        return free(cached_units=1)
    return free() if view.generation is None else view.generation.estimate


def _actual(view: TakeView) -> Cost | None:
    """What it has come to so far; None while nobody knows."""
    if view.is_cached:
        return free(cached_units=1)
    return None if view.generation is None else view.generation.cost


def _progress(view: TakeView) -> float:
    if view.status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED):
        return 1.0
    return 0.0 if view.generation is None else view.generation.progress


def _eta(takes: Sequence[TakeView], now: datetime) -> float | None:
    """By how long those took that have ended: what runs needs the rest of that, and what waits
    needs it after them."""
    spans = [
        (one.completed_at - one.started_at).total_seconds()
        for view in takes
        if (one := view.generation) is not None
        and not view.is_cached
        and one.phase is Phase.COMPLETED
        and one.started_at is not None
        and one.completed_at is not None
    ]
    left = [
        view.generation
        for view in takes
        if view.status in (Status.PENDING, Status.PROCESSING) and view.generation is not None
    ]
    if not left:
        return 0.0
    if not spans:
        return None
    usual = sum(spans, 0.0) / len(spans)
    rest = [
        max(usual - (now - one.started_at).total_seconds(), 0.0)
        for one in left
        if one.started_at is not None
    ]
    waiting = len(left) - len(rest)
    at_once = max(len(rest), 1)
    rounds = -(-waiting // at_once)
    return max(rest, default=0.0) + rounds * usual
