"""What a request would cost, before anything is spent."""

from fastapi import APIRouter
from starlette.responses import Response

from boards.api.routing import Caller, answered, lay
from boards.api.shapes.costs import cost_shape
from boards.api.shapes.generations import Estimate, EstimateRequest

__all__ = ["router"]

router = APIRouter(tags=["generations"])


@router.post(
    "/estimate",
    operation_id="estimate",
    summary="Tell what a request would cost; spends nothing",
    responses=answered(
        Estimate, "The cost of all takes together.", also=(404, 409, 413, 415, 502, 503, 504)
    ),
)
async def estimate(call: Caller, body: EstimateRequest) -> Response:
    cost = await call.services.submit.estimate(call.actor, body.asked())
    return lay(Estimate(cost_estimate=cost_shape(cost), takes=body.takes))
