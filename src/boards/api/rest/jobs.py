"""Jobs: what was submitted at once, to be polled or waited for."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from boards.api.routing import Caller, Listing, answered, lay
from boards.api.shapes.base import Asked, Id
from boards.api.shapes.jobs import JobPage, JobShape, job_shape

__all__ = ["router"]

router = APIRouter(prefix="/jobs", tags=["jobs"])

JobId = Annotated[Id, Path(description="The id of the job.")]
LONGEST_WAIT = 60


class JobsAsked(Listing):
    """Which jobs to list."""

    board_id: Id | None = Field(default=None, description="Only those for this board.")


@router.get(
    "",
    operation_id="list_jobs",
    summary="List jobs, newest first",
    responses=answered(JobPage, "A part of the list.", also=(404,)),
)
async def list_jobs(call: Caller, asked: Annotated[JobsAsked, Query()]) -> Response:
    page = await call.services.jobs.list(
        call.actor, board_id=asked.board_id, limit=asked.limit, cursor=asked.cursor or None
    )
    return lay(JobPage(items=[job_shape(view, call.links) for view in page.items], next=page.next))


class JobAsked(Asked):
    """How to get a job."""

    wait: float = Field(
        default=0,
        ge=0,
        le=LONGEST_WAIT,
        allow_inf_nan=False,
        description="Wait so many seconds, or until the job is final.",
    )


@router.get(
    "/{job_id}",
    operation_id="get_job",
    summary="Get one job, at once or as soon as it is final",
    responses=answered(JobShape, "The job; after a wait it may still run.", also=(404,)),
)
async def get_job(
    request: Request, call: Caller, job_id: JobId, asked: Annotated[JobAsked, Query()]
) -> Response:
    jobs = call.services.jobs
    if asked.wait:
        await jobs.wait(call.actor, job_id, asked.wait)
        # A token may have been revoked meanwhile.
        view = await jobs.get(await call.services.actor_for(request), job_id)
    else:
        view = await jobs.get(call.actor, job_id)
    return lay(job_shape(view, call.links))


@router.post(
    "/{job_id}/cancel",
    operation_id="cancel_job",
    summary="Cancel what has not ended of a job",
    responses=answered(JobShape, "The job as it stands now.", also=(404, 409, 413, 415)),
)
async def cancel_job(call: Caller, job_id: JobId) -> Response:
    return lay(job_shape(await call.services.jobs.cancel(call.actor, job_id), call.links))
