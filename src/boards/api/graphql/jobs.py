"""Jobs: what was submitted at once, and how far it is."""

from datetime import datetime
from uuid import UUID

import strawberry

from boards.api.graphql.connections import Connection, connect
from boards.api.graphql.context import Info
from boards.api.graphql.costs import Cost, cost_of
from boards.api.graphql.enums import JobState
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import PAGE
from boards.api.graphql.types import Generation, generation_of
from boards.api.links import Links
from boards.errors import NotFound
from boards.services.jobs import JobView

__all__ = ["Job", "JobMutations", "JobQueries", "job_of"]


@strawberry.type(description="What somebody submitted at once.")
class Job:
    id: UUID
    board_id: UUID
    user_id: UUID
    generator_name: str
    takes: int
    state: JobState
    partial: bool = strawberry.field(description="Done, but some of it gave no output.")
    needs_attention: bool = strawberry.field(description="Somebody has to decide about some of it.")
    progress: float = strawberry.field(description="A fraction from 0 to 1, over all of it.")
    cost_estimate: Cost = strawberry.field(description="What was held for all of it.")
    cost_actual: Cost = strawberry.field(description="What it has come to so far.")
    created_at: datetime
    generations: list[Generation] = strawberry.field(description="In the order of the submit.")


@strawberry.type
class JobQueries:
    """The queries of this noun."""

    @resolved("One job; null when there is none that you may follow.")
    async def job(self, info: Info, id: UUID) -> Job | None:
        context = info.context
        try:
            view = await context.services.jobs.get(context.actor, id)
        except NotFound:
            return None
        context.spend(len(view.generations))
        return job_of(view, context.links)

    @resolved("Jobs on one board, or on all of yours, newest first.")
    async def jobs(
        self,
        info: Info,
        board_id: UUID | None = None,
        first: int | None = PAGE,
        after: str | None = None,
    ) -> Connection[Job]:
        context = info.context
        service, actor = context.services.jobs, context.actor

        def show(view: JobView) -> Job:
            context.spend(len(view.generations))
            return job_of(view, context.links)

        return await connect(
            context,
            lambda size, cursor: service.list(actor, board_id=board_id, limit=size, cursor=cursor),
            lambda: service.count(actor, board_id=board_id),
            show,
            first=first,
            after=after,
        )


@strawberry.type
class JobMutations:
    """The mutations of this noun."""

    @resolved("Stop what of a job has not ended.")
    async def cancel_job(self, info: Info, id: UUID) -> Job:
        context = info.context
        return job_of(await context.services.jobs.cancel(context.actor, id), context.links)


def job_of(view: JobView, links: Links) -> Job:
    """Show a job."""
    job = view.job
    return Job(
        id=job.id,
        board_id=job.board_id,
        user_id=job.user_id,
        generator_name=job.generator_name,
        takes=job.takes,
        state=view.state,
        partial=view.partial,
        needs_attention=view.needs_attention,
        progress=view.progress,
        cost_estimate=cost_of(view.estimate),
        cost_actual=cost_of(view.actual),
        created_at=job.created_at,
        generations=[generation_of(one, links) for one in view.generations],
    )
