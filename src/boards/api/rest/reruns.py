"""Making things anew: one generation or all that was made from it, and its inputs for a form."""

from fastapi import APIRouter
from starlette.responses import Response

from boards.api.links import API
from boards.api.rest.generations import GenerationId, IdempotencyKey
from boards.api.routing import Caller, answered, lay
from boards.api.shapes.generations import SubmissionShape, submission_shape
from boards.api.shapes.reruns import (
    RemixShape,
    RerunEstimate,
    RerunEstimateRequest,
    RerunRequest,
    remix_shape,
    rerun_estimate,
)
from boards.services.reruns import RerunService

__all__ = ["router"]


def router(service: RerunService) -> APIRouter:
    """Give the routes over this service."""
    routes = APIRouter(prefix=f"{API}/generations", tags=["generations"])

    @routes.get(
        "/{generation_id}/remix",
        operation_id="remix_generation",
        summary="Get what it was made with, for a form",
        responses=answered(RemixShape, "Its generator and inputs.", also=(404, 409)),
    )
    async def remix_generation(call: Caller, generation_id: GenerationId) -> Response:
        return lay(remix_shape(await service.remix(call.actor, generation_id)))

    @routes.post(
        "/{generation_id}/rerun/estimate",
        operation_id="estimate_rerun",
        summary="Tell what making it anew would cost; spends nothing",
        responses=answered(
            RerunEstimate, "All of it together.", also=(404, 409, 413, 415, 502, 503, 504)
        ),
    )
    async def estimate_rerun(
        call: Caller, generation_id: GenerationId, body: RerunEstimateRequest
    ) -> Response:
        return lay(rerun_estimate(await service.quote(call.actor, body.asked(generation_id))))

    @routes.post(
        "/{generation_id}/rerun",
        operation_id="rerun_generation",
        summary="Make it anew, or all that was made from it as well; spends what the estimate says",
        status_code=202,
        responses=answered(
            SubmissionShape,
            "Accepted as one job; poll it at `Location`.",
            status=202,
            also=(402, 404, 409, 413, 415, 502, 503, 504),
        ),
    )
    async def rerun_generation(
        call: Caller,
        generation_id: GenerationId,
        body: RerunRequest,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        submission = await service.run(call.actor, body.asked(generation_id, idempotency_key))
        return lay(
            submission_shape(submission, call.links),
            status=202,
            location=f"{call.links.path}{API}/jobs/{submission.job.id}",
        )

    return routes
