"""Takes of a story: price them, have them made, poll, pick, upload; for cards, cover, portrait."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from boards.api.links import API
from boards.api.multipart import read_files, read_form
from boards.api.rest.generations import IdempotencyKey
from boards.api.rest.workspaces import PATH, Slug, stories_of
from boards.api.routing import Call, Caller, answered, errors, lay
from boards.api.shapes.base import Asked, Id
from boards.api.shapes.takes import (
    BatchRequest,
    PickedShape,
    PickRequest,
    RerollRequest,
    StartedShape,
    StoryEstimateShape,
    StoryJobShape,
    TakeList,
    TakesRequest,
    estimate_shape,
    job_shape,
    picked_shape,
    started_shape,
    take_list,
)
from boards.api.workspace_files import serve_opened
from boards.domain.access import Action
from boards.domain.storyboards.takes import Slot, SlotKind
from boards.errors import Conflict, Refused
from boards.services.ports.stories import StoryJobKind
from boards.services.stories.jobs import StoryJobView
from boards.services.stories.planning import TakesAsked
from boards.services.stories.takes import MOST_REFERENCES, Batch

__all__ = ["FORMS", "router"]

FORMS = (f"{PATH}/*/cards/*/media", f"{PATH}/*/assets", f"{PATH}/*/portrait")
"""The routes that take multipart forms; a star stands for one part of the path."""

router = APIRouter(prefix=f"{PATH}/{{slug}}", tags=["stories"])

CardNumber = Annotated[int, Path(description="The card, counted from 1.")]
JobId = Annotated[Id, Path(description="The id of the job.")]
LONGEST_WAIT = 60
COVER, PORTRAIT = Slot(kind=SlotKind.COVER), Slot(kind=SlotKind.PORTRAIT)
STARTS = (404, 409, 413, 415, 402, 502, 503, 504)


def _file_form(field: str, *, also: dict[str, Any] | None = None, many: bool = False) -> Any:
    file: dict[str, Any] = {"type": "string", "format": "binary"}
    properties: dict[str, Any] = dict(also or {})
    files = {"type": "array", "items": file, "maxItems": MOST_REFERENCES}
    properties[field] = files if many else file
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    }


async def _may_upload(call: Call, slug: str) -> None:
    """Refuse before the first byte of a form is read."""
    await stories_of(call).workspaces.find(call.actor, slug, Action.UPLOAD)


async def _estimated(call: Call, slug: str, batch: Batch, asked: TakesAsked) -> Response:
    stories = stories_of(call)
    estimate = await stories.takes.estimate(call.actor, slug, batch, asked)
    story = await stories.workspaces.get(call.actor, slug)
    return lay(estimate_shape(estimate, story.storyboard))


async def _started(
    call: Call, slug: str, batch: Batch, asked: TakesAsked, key: str | None
) -> Response:
    submission = await stories_of(call).takes.generate(call.actor, slug, batch, asked, key=key)
    return lay(
        started_shape(submission),
        status=202,
        location=f"{call.links.path}{API}{PATH}/{slug}/jobs/{submission.job.id}",
    )


_ESTIMATED: Any = answered(
    StoryEstimateShape, "The price; nothing was spent.", also=(404, 409, 413, 415, 502, 503, 504)
)
_STARTED: Any = answered(StartedShape, "It has begun; poll the job.", status=202, also=STARTS)


@router.post(
    "/cards/generate",
    operation_id="generate_cards",
    summary="Have takes made for several cards as one job; this spends money",
    status_code=202,
    responses=_STARTED,
)
async def generate_cards(
    call: Caller,
    slug: Slug,
    body: BatchRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    return await _started(call, slug, _batch(body), _asked(body), idempotency_key)


@router.post(
    "/cards/estimate",
    operation_id="estimate_cards",
    summary="Tell what takes for several cards would cost; spends nothing",
    responses=_ESTIMATED,
)
async def estimate_cards(call: Caller, slug: Slug, body: BatchRequest | None = None) -> Response:
    return await _estimated(call, slug, _batch(body), _asked(body))


@router.post(
    "/cards/{n}/generate",
    operation_id="generate_takes",
    summary="Have takes made for a card; this spends money",
    status_code=202,
    responses=_STARTED,
)
async def generate_takes(
    call: Caller,
    slug: Slug,
    n: CardNumber,
    body: TakesRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    return await _started(call, slug, Batch.card(n), _asked(body), idempotency_key)


@router.post(
    "/cards/{n}/estimate",
    operation_id="estimate_takes",
    summary="Tell what takes for a card would cost; spends nothing",
    responses=_ESTIMATED,
)
async def estimate_takes(
    call: Caller, slug: Slug, n: CardNumber, body: TakesRequest | None = None
) -> Response:
    return await _estimated(call, slug, Batch.card(n), _asked(body))


@router.get(
    "/cards/{n}/takes",
    operation_id="list_takes",
    summary="List the takes of a card, as the files tell",
    responses=answered(TakeList, "The takes.", also=(404, 409, 507)),
)
async def list_takes(call: Caller, slug: Slug, n: CardNumber) -> Response:
    stories = stories_of(call)
    await stories.delivery.deliver_for(call.actor, slug)
    return lay(take_list(slug, await stories.takes.takes(call.actor, slug, n)))


@router.post(
    "/cards/{n}/pick",
    operation_id="pick_take",
    summary="Choose a take for a card",
    responses=answered(PickedShape, "The card's media.", also=(404, 409, 413, 415, 507)),
)
async def pick_take(call: Caller, slug: Slug, n: CardNumber, body: PickRequest) -> Response:
    story = await stories_of(call).takes.pick(call.actor, slug, n, body.take)
    card = story.storyboard.card_at(n)
    return lay(picked_shape(story, Slot(kind=SlotKind.CARD, card_id=card.id if card else 0)))


@router.post(
    "/cards/{n}/media",
    operation_id="upload_card_media",
    summary="Upload an image or a video for a card, which is used as it is",
    status_code=201,
    responses=answered(
        PickedShape, "The card's media.", status=201, also=(404, 409, 413, 415, 507)
    ),
    openapi_extra=_file_form("file"),
)
async def upload_card_media(call: Caller, slug: Slug, n: CardNumber, request: Request) -> Response:
    await _may_upload(call, slug)
    form = await read_form(
        request, file_field="file", text_fields=(), max_bytes=call.services.uploads.max_bytes
    )
    uploaded = await stories_of(call).takes.upload(
        call.actor, slug, n, source=form.content, filename=form.filename
    )
    card = uploaded.story.storyboard.card_at(n)
    slot = Slot(kind=SlotKind.CARD, card_id=card.id if card else 0)
    return lay(picked_shape(uploaded.story, slot), status=201)


async def _lay_job(call: Call, slug: str, view: StoryJobView) -> Response:
    """Lay a job out. That goes on while somebody mends the storyboard by hand."""
    try:
        board = (await stories_of(call).workspaces.get(call.actor, slug)).storyboard
    except Conflict:
        board = None
    return lay(job_shape(slug, view, board))


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
    "/jobs/{job_id}",
    operation_id="get_story_job",
    summary="Get a job of the story: state, cost, time left and takes",
    responses=answered(StoryJobShape, "The job.", also=(404, 409, 507)),
)
async def get_story_job(
    call: Caller, slug: Slug, job_id: JobId, asked: Annotated[JobAsked, Query()]
) -> Response:
    view = await stories_of(call).jobs.get(call.actor, slug, job_id, wait=asked.wait)
    return await _lay_job(call, slug, view)


@router.post(
    "/jobs/{job_id}/cancel",
    operation_id="cancel_story_job",
    summary="Cancel what has not ended of a job",
    responses=answered(StoryJobShape, "The job as it stands.", also=(404, 409, 413, 415)),
)
async def cancel_story_job(call: Caller, slug: Slug, job_id: JobId) -> Response:
    return await _lay_job(call, slug, await stories_of(call).jobs.cancel(call.actor, slug, job_id))


@router.get(
    "/takes",
    operation_id="list_all_takes",
    summary="List the takes of all cards, the cover and the portrait",
    responses=answered(TakeList, "The takes.", also=(404, 409, 507)),
)
async def list_all_takes(call: Caller, slug: Slug) -> Response:
    stories = stories_of(call)
    await stories.delivery.deliver_for(call.actor, slug)
    return lay(take_list(slug, await stories.takes.all_takes(call.actor, slug)))


@router.get(
    "/takes/{file:path}",
    operation_id="get_take",
    summary="Get the bytes of a take, or of another picture of the workspace",
    responses={
        200: {
            "description": "The file.",
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        },
        206: {"description": "The part that was asked for."},
        304: {"description": "It has not changed."},
        **errors(404, 409, 416, 507),
    },
)
async def get_take(
    request: Request,
    call: Caller,
    slug: Slug,
    file: Annotated[str, Path(max_length=300, description="Its name, such as `03-2.png`.")],
) -> Response:
    _, opened = await stories_of(call).takes.file(call.actor, slug, file)
    return await serve_opened(request, call.services.storage, opened)


class SheetAsked(Asked):
    """What a contact sheet shows."""

    card: int | None = Field(default=None, description="Only this card, counted from 1.")


@router.get(
    "/sheet",
    operation_id="get_sheet",
    summary="Get a contact sheet of all takes, a JPEG",
    responses={
        200: {
            "description": "The sheet.",
            "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
        },
        **errors(404, 409, 507),
    },
)
async def get_sheet(call: Caller, slug: Slug, asked: Annotated[SheetAsked, Query()]) -> Response:
    stories = stories_of(call)
    await stories.delivery.deliver_for(call.actor, slug)
    data = await stories.sheets.sheet(call.actor, slug, card=asked.card)
    return Response(data, media_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})


@router.post(
    "/reroll",
    operation_id="reroll",
    summary="Make anew what was made under another theme, as one job; this spends money",
    status_code=202,
    responses=_STARTED,
)
async def reroll(
    call: Caller,
    slug: Slug,
    body: RerollRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    return await _started(
        call, slug, _flagged(body), (body or RerollRequest()).asked(), idempotency_key
    )


@router.post(
    "/reroll/estimate",
    operation_id="estimate_reroll",
    summary="Tell what a re-roll would cost; spends nothing",
    responses=_ESTIMATED,
)
async def estimate_reroll(call: Caller, slug: Slug, body: RerollRequest | None = None) -> Response:
    return await _estimated(call, slug, _flagged(body), (body or RerollRequest()).asked())


@router.post(
    "/cover/generate",
    operation_id="generate_cover",
    summary="Have a cover made; this spends money",
    status_code=202,
    responses=_STARTED,
)
async def generate_cover(
    call: Caller,
    slug: Slug,
    body: TakesRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    return await _started(call, slug, _of(StoryJobKind.COVER), _one(body), idempotency_key)


@router.post(
    "/cover/estimate",
    operation_id="estimate_cover",
    summary="Tell what a cover would cost; spends nothing",
    responses=_ESTIMATED,
)
async def estimate_cover(call: Caller, slug: Slug, body: TakesRequest | None = None) -> Response:
    return await _estimated(call, slug, _of(StoryJobKind.COVER), _one(body))


@router.post(
    "/cover/pick",
    operation_id="pick_cover",
    summary="Choose an earlier cover",
    responses=answered(PickedShape, "The cover.", also=(404, 409, 413, 415, 507)),
)
async def pick_cover(call: Caller, slug: Slug, body: PickRequest) -> Response:
    story = await stories_of(call).takes.pick(call.actor, slug, COVER, body.take)
    return lay(picked_shape(story, COVER))


class AssetFields(Asked):
    """What an upload is for."""

    kind: str = Field(default="cover", description="`cover`.")


@router.post(
    "/assets",
    operation_id="upload_asset",
    summary="Upload the cover: the field `kind` comes first, the file last",
    status_code=201,
    responses=answered(PickedShape, "The cover.", status=201, also=(404, 409, 413, 415, 507)),
    openapi_extra=_file_form("file", also={"kind": {"type": "string", "enum": ["cover"]}}),
)
async def upload_asset(call: Caller, slug: Slug, request: Request) -> Response:
    await _may_upload(call, slug)
    form = await read_form(
        request,
        file_field="file",
        text_fields=("kind",),
        max_bytes=call.services.uploads.max_bytes,
    )
    kind = form.fields.get("kind", "")
    if kind != "cover":
        raise Refused(f"There is no asset {kind!r:.40}; the kind is 'cover'.")
    uploaded = await stories_of(call).takes.upload(
        call.actor, slug, COVER, source=form.content, filename=form.filename
    )
    return lay(picked_shape(uploaded.story, COVER), status=201)


@router.post(
    "/portrait",
    operation_id="upload_portrait_references",
    summary="Upload reference photos of the portrait, each in a field `refs`",
    responses=answered(PickedShape, "The portrait.", also=(404, 409, 413, 415, 507)),
    openapi_extra=_file_form("refs", many=True),
)
async def upload_portrait_references(call: Caller, slug: Slug, request: Request) -> Response:
    stories = stories_of(call)
    await _may_upload(call, slug)
    uploaded = None
    async for form in read_files(
        request,
        file_field="refs",
        max_bytes=call.services.uploads.max_bytes,
        most=MOST_REFERENCES,
    ):
        uploaded = await stories.takes.upload_reference(
            call.actor, slug, source=form.content, filename=form.filename
        )
    if uploaded is None:
        raise Refused("There is no file; send each photo in a field 'refs'.")
    return lay(picked_shape(uploaded.story, PORTRAIT))


@router.post(
    "/portrait/generate",
    operation_id="generate_portrait",
    summary="Have a portrait made after its reference photos; this spends money",
    status_code=202,
    responses=_STARTED,
)
async def generate_portrait(
    call: Caller,
    slug: Slug,
    body: TakesRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    return await _started(call, slug, _of(StoryJobKind.PORTRAIT), _one(body), idempotency_key)


@router.post(
    "/portrait/estimate",
    operation_id="estimate_portrait",
    summary="Tell what a portrait would cost; spends nothing",
    responses=_ESTIMATED,
)
async def estimate_portrait(call: Caller, slug: Slug, body: TakesRequest | None = None) -> Response:
    return await _estimated(call, slug, _of(StoryJobKind.PORTRAIT), _one(body))


@router.post(
    "/portrait/pick",
    operation_id="pick_portrait",
    summary="Choose an earlier portrait",
    responses=answered(PickedShape, "The portrait.", also=(404, 409, 413, 415, 507)),
)
async def pick_portrait(call: Caller, slug: Slug, body: PickRequest) -> Response:
    story = await stories_of(call).takes.pick(call.actor, slug, PORTRAIT, body.take)
    return lay(picked_shape(story, PORTRAIT))


def _asked(body: TakesRequest | None) -> TakesAsked:
    return TakesAsked() if body is None else body.asked()


def _batch(body: BatchRequest | None) -> Batch:
    cards = None if body is None or body.cards is None else tuple(body.cards)
    return Batch(kind=StoryJobKind.BATCH, cards=cards)


def _flagged(body: RerollRequest | None) -> Batch:
    cards = None if body is None or body.cards is None else tuple(body.cards)
    return Batch(kind=StoryJobKind.BATCH, cards=cards, flagged=True)


def _of(kind: StoryJobKind) -> Batch:
    return Batch(kind=kind)


def _one(body: TakesRequest | None) -> TakesAsked:
    """A cover and a portrait are made once unless more are asked for."""
    asked = _asked(body)
    return asked if asked.takes is not None else replace(asked, takes=1)
