"""What comes out of a story as a whole: its animatic, and all of it as one zip."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from boards.api.filenames import disposition
from boards.api.links import API
from boards.api.rest.exports import ZIP
from boards.api.rest.generations import IdempotencyKey
from boards.api.rest.workspaces import PATH, Slug, stories_of
from boards.api.routing import Caller, answered, errors, lay
from boards.api.shapes.base import Id, Sent
from boards.api.shapes.generations import SubmissionShape, submission_shape

__all__ = ["router"]

router = APIRouter(prefix=f"{PATH}/{{slug}}", tags=["stories"])


class AnimaticRequest(Sent):
    """What an animatic is made with, besides what is picked."""

    music_id: Id | None = Field(
        default=None, description="A sound on a board of yours; null for an animatic without one."
    )


@router.post(
    "/animatic",
    operation_id="make_animatic",
    summary="Have what is picked made into a video with words and music; this is free",
    status_code=202,
    responses=answered(
        SubmissionShape,
        "Accepted; poll the job at `Location`.",
        status=202,
        also=(402, 404, 409, 413, 415, 502, 503, 504),
    ),
)
async def make_animatic(
    call: Caller,
    slug: Slug,
    body: AnimaticRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    submission = await stories_of(call).animatics.make(
        call.actor, slug, music=None if body is None else body.music_id, key=idempotency_key
    )
    return lay(
        submission_shape(submission, call.links),
        status=202,
        location=f"{call.links.path}{API}/jobs/{submission.job.id}",
    )


@router.get(
    "/export",
    operation_id="export_workspace",
    summary="Get all of a story as one zip: its storyboard, takes, picks, cover and portrait",
    responses={
        200: {
            "description": "The zip, as it is made; its last file tells the hashes of all others.",
            "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
        },
        **errors(404, 409, 507),
    },
    response_class=StreamingResponse,
)
async def export_workspace(call: Caller, slug: Slug) -> Response:
    export = await stories_of(call).exports.open(call.actor, slug)
    headers = {
        "Content-Disposition": disposition(export.name, inline=False),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(export.chunks, media_type=ZIP, headers=headers)
