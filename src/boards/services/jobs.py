"""Jobs as callers poll them: one state, one progress and one cost over all their generations."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from operator import attrgetter
from uuid import UUID

from boards.domain.access import Action, Actor, Duty
from boards.domain.costs import Cost, add
from boards.domain.generations import FINAL, Generation, Phase
from boards.domain.jobs import Job, JobState, state_of
from boards.errors import Conflict, NotFound
from boards.services.generations import GenerationService
from boards.services.notices import Notices
from boards.services.ports import Database, Page, Tx
from boards.services.rights import board_for, generation_for, require_person, scope_of

__all__ = ["JobService", "JobView", "job_for", "read_view", "view_of"]


@dataclass(frozen=True, kw_only=True)
class JobView:
    """A job with what its generations come to. `progress` is a fraction from 0 to 1."""

    job: Job
    state: JobState
    partial: bool
    needs_attention: bool
    progress: float
    generations: tuple[Generation, ...]
    estimate: Cost
    actual: Cost

    @property
    def is_settled(self) -> bool:
        """True when waiting any longer makes no sense: it is final, or only a person can help."""
        return all(
            one.phase in FINAL or one.phase is Phase.SUBMIT_UNKNOWN for one in self.generations
        )


def view_of(
    job: Job,
    generations: tuple[Generation, ...],
    cost_of_call: Callable[[Generation], Cost | None] = attrgetter("cost"),
) -> JobView:
    """Work the view out. Costs are those of the calls: shares of a batch are never summed."""
    state, partial = state_of(one.status.value for one in generations)
    calls = [one for one in generations if one.batch_index == 0]
    costs = [cost for one in calls if (cost := cost_of_call(one)) is not None]
    return JobView(
        job=job,
        state=state,
        partial=partial,
        needs_attention=any(one.needs_attention for one in generations),
        progress=sum(1.0 if one.phase in FINAL else one.progress for one in calls)
        / max(len(calls), 1),
        generations=generations,
        estimate=add(one.estimate for one in calls),
        actual=add(costs),
    )


def read_view(tx: Tx, job: Job) -> JobView | None:
    """Read the view of a job; None when all of its generations were deleted."""
    return _view(tx, job, tx.generations.of_job(job.id))


def _view(tx: Tx, job: Job, generations: tuple[Generation, ...]) -> JobView | None:
    if not generations:
        return None
    view = view_of(job, generations, lambda call: _cost_of_call(tx, call))
    # What was moved to another board still counts, and is shown to whoever may see that board.
    here = tuple(one for one in generations if one.board_id == job.board_id)
    return replace(view, generations=here)


def _cost_of_call(tx: Tx, call: Generation) -> Cost | None:
    """What a call came to, as far as it is known by now."""
    if call.cost is None or call.batch_size == 1 or not call.cost.known:
        return call.cost
    return replace(call.cost, amount=tx.ledger.balance(call.id).spent)


def job_for(tx: Tx, actor: Actor, job_id: UUID) -> JobView:
    """Give the job if the actor may see how its things are made; errors as `board_for`."""
    job = tx.jobs.get(job_id)
    if job is None:
        raise NotFound(f"Job {job_id} not found")
    try:
        board_for(tx, actor, job.board_id, Action.VIEW_RECIPES)
    except NotFound:
        raise NotFound(f"Job {job_id} not found") from None
    view = read_view(tx, job)
    if view is None:
        raise NotFound(f"Job {job_id} not found: its generations were deleted")
    return view


@dataclass(frozen=True, kw_only=True)
class JobService:
    """Reads, waits for and cancels jobs."""

    database: Database
    generations: GenerationService
    notices: Notices
    look_every: float = field(default=1.0)

    async def get(self, actor: Actor, job_id: UUID) -> JobView:
        """Give the job. NotFound when there is none that the actor may see."""
        return await self.database.look(
            lambda tx: job_for(tx, actor, job_id), scope=scope_of(actor)
        )

    async def wait(self, actor: Actor, job_id: UUID, seconds: float) -> JobView:
        """Give the job as soon as it has ended or needs a person, at the latest after `seconds`."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        with self.notices.ends_of(job_id) as notice:
            while True:
                notice.clear()
                view = await self.get(actor, job_id)
                left = end - loop.time()
                if view.is_settled or left <= 0:
                    return view
                # Other processes' events do not reach this notice: look now and then as well.
                try:
                    async with asyncio.timeout(min(left, self.look_every)):
                        await notice.wait()
                except TimeoutError:
                    pass

    async def cancel(self, actor: Actor, job_id: UUID) -> JobView:
        """Cancel what of the job has not ended. Errors as for each of its generations."""

        def look(tx: Tx) -> JobView:
            view = job_for(tx, actor, job_id)
            for one in view.generations:
                generation_for(tx, actor, one.id, Action.CANCEL)
            return view

        view = await self.database.read(look, scope=scope_of(actor))
        for one in view.generations:
            if one.phase not in FINAL:
                # Whatever has ended in the meantime, by itself or with what it waited for, is over.
                with suppress(Conflict):
                    await self.generations.cancel(actor, one.id)
        return await self.get(actor, job_id)

    async def list(
        self, actor: Actor, *, board_id: UUID | None, limit: int, cursor: str | None
    ) -> Page[JobView]:
        """List jobs, newest first: those of one board, or of all the actor's boards."""

        def look(tx: Tx) -> Page[JobView]:
            boards = _boards(tx, actor, board_id)
            page = tx.jobs.list(board_ids=boards, limit=limit, cursor=cursor)
            generations = tx.generations.of_jobs([job.id for job in page.items])
            views = [_view(tx, job, generations[job.id]) for job in page.items]
            kept = [
                (view, cursor)
                for view, cursor in zip(views, page.cursors, strict=True)
                if view is not None
            ]
            return Page(
                items=tuple(view for view, _ in kept),
                next=page.next,
                cursors=tuple(cursor for _, cursor in kept),
            )

        return await self.database.read(look, scope=scope_of(actor))

    async def count(self, actor: Actor, *, board_id: UUID | None) -> int:
        """Count what such a list has; errors as `list`."""

        return await self.database.read(
            lambda tx: tx.jobs.count(board_ids=_boards(tx, actor, board_id)), scope=scope_of(actor)
        )


def _boards(tx: Tx, actor: Actor, board_id: UUID | None) -> frozenset[UUID]:
    """The boards whose jobs are asked for."""
    if board_id is None:
        return tx.boards.ids_visible_to(require_person(actor, Duty.SEE_OWN))
    board_for(tx, actor, board_id, Action.VIEW_RECIPES)
    return frozenset({board_id})
