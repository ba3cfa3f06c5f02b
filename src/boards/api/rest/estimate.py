"""What a request would cost, before anything is spent."""

from fastapi import APIRouter
from starlette.responses import Response

from boards.api.routing import Caller, answered, lay
from boards.api.shapes.estimates import Estimate, OneOrMany, PlanRequest, estimate_shape

__all__ = ["router"]

router = APIRouter(tags=["generations"])


@router.post(
    "/estimate",
    operation_id="estimate",
    summary="Tell what a request or a whole plan would cost; spends nothing",
    responses=answered(
        Estimate, "The cost of everything together.", also=(404, 409, 413, 415, 502, 503, 504)
    ),
)
async def estimate(call: Caller, body: OneOrMany) -> Response:
    parts = body.plan if isinstance(body, PlanRequest) else [body]
    quote = await call.services.submit.quote(call.actor, [part.asked() for part in parts])
    return lay(estimate_shape(quote))
