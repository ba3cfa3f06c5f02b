"""The attention list: what waits for a person's decision, and the three ways out."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from boards.api.routing import Caller, Listing, answered, lay
from boards.api.shapes.attention import (
    AttentionPage,
    CheckedShape,
    attention_item_shape,
    checked_shape,
)
from boards.api.shapes.base import Id
from boards.api.shapes.generations import GenerationShape, generation_shape

__all__ = ["router"]

router = APIRouter(tags=["attention"])

GenerationId = Annotated[Id, Path(description="The id of the generation.")]
REFUSALS = (404, 409, 413, 415)


@router.get(
    "/attention",
    operation_id="list_attention",
    summary="List what waits for a decision that you may make, newest first",
    responses=answered(AttentionPage, "A part of the list."),
)
async def list_attention(call: Caller, asked: Annotated[Listing, Query()]) -> Response:
    page = await call.services.attention.list(
        call.actor, limit=asked.limit, cursor=asked.cursor or None
    )
    items = [attention_item_shape(one, call.links) for one in page.items]
    return lay(AttentionPage(items=items, next=page.next))


@router.post(
    "/generations/{generation_id}/check",
    operation_id="check_generation",
    summary="Ask the provider what became of it; spends nothing",
    responses=answered(CheckedShape, "What it came to.", also=(*REFUSALS, 502, 503, 504, 507)),
)
async def check_generation(call: Caller, generation_id: GenerationId) -> Response:
    checked = await call.services.attention.check_again(call.actor, generation_id)
    return lay(checked_shape(checked, call.links))


@router.post(
    "/generations/{generation_id}/mark-lost",
    operation_id="mark_generation_lost",
    summary="Give it up; its cost counts as spent, at the estimate",
    responses=answered(GenerationShape, "The generation as it stands now.", also=REFUSALS),
)
async def mark_generation_lost(call: Caller, generation_id: GenerationId) -> Response:
    generation = await call.services.attention.mark_lost(call.actor, generation_id)
    return lay(generation_shape(generation, call.links))


@router.post(
    "/generations/{generation_id}/release-hold",
    operation_id="release_hold",
    summary="Say that it was not billed; what was held for it is free again",
    responses=answered(GenerationShape, "The generation as it stands now.", also=REFUSALS),
)
async def release_hold(call: Caller, generation_id: GenerationId) -> Response:
    generation = await call.services.attention.release_hold(call.actor, generation_id)
    return lay(generation_shape(generation, call.links))
