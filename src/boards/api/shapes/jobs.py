"""Jobs as answers show them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from boards.api.links import Links
from boards.api.shapes.base import Answer, PageShape
from boards.api.shapes.costs import CostShape, cost_shape
from boards.api.shapes.generations import (
    FailureShape,
    GenerationShape,
    failure_shape,
    generation_shape,
)
from boards.domain.generations import Status
from boards.domain.jobs import JobState
from boards.services.jobs import JobView

__all__ = ["JobItem", "JobLinks", "JobPage", "JobShape", "job_shape"]


class JobItem(Answer):
    """How one generation of a job stands, in brief."""

    generation_id: UUID = Field(description="The generation.")
    status: Status = Field(description="How it stands.")
    error: FailureShape | None = Field(description="Why it failed, if it did.")


class JobLinks(Answer):
    """Where to go on from a job."""

    self: str = Field(description="This job; `?wait=30` waits until it is final.")
    cancel: str = Field(description="POST here to cancel what has not ended.")


class JobShape(Answer):
    """What somebody submitted at once, and how far it is."""

    job_id: UUID = Field(description="The id of this job.")
    state: JobState = Field(description="done, failed and cancelled are final.")
    partial: bool = Field(description="Done, but some of its generations gave no output.")
    needs_attention: bool = Field(description="Somebody has to decide about a generation of it.")
    progress: float = Field(description="A fraction from 0 to 1, over all its generations.")
    cost_estimate: CostShape = Field(description="What was held for all of it.")
    cost_actual: CostShape = Field(description="What it has come to so far.")
    generations: list[GenerationShape] = Field(description="Its generations, in order.")
    items: list[JobItem] = Field(description="The same in brief: status and error of each.")
    created_at: datetime = Field(description="When it was submitted.")
    links: JobLinks = Field(description="Where to go on.")


class JobPage(PageShape[JobShape]):
    """A part of a list of jobs."""


def job_shape(view: JobView, links: Links) -> JobShape:
    """Show a job."""
    return JobShape(
        job_id=view.job.id,
        state=view.state,
        partial=view.partial,
        needs_attention=view.needs_attention,
        progress=view.progress,
        cost_estimate=cost_shape(view.estimate),
        cost_actual=cost_shape(view.actual),
        generations=[generation_shape(one, links) for one in view.generations],
        items=[
            JobItem(
                generation_id=one.id,
                status=one.status,
                error=None if one.failure is None else failure_shape(one.failure),
            )
            for one in view.generations
        ],
        created_at=view.job.created_at,
        links=JobLinks(self=links.job(view.job.id), cancel=links.cancel_job(view.job.id)),
    )
