"""What is done to many generations at once, taking it back, titles, and having back one by one."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException
from starlette.responses import Response

from boards.api.routing import Caller, answered, lay
from boards.api.shapes.base import Id
from boards.api.shapes.bulk import ChangedShape, ChangeRequest, TitleChange, changed_shape
from boards.api.shapes.generations import GenerationShape, generation_shape

__all__ = ["router"]

router = APIRouter(tags=["generations"])

GenerationId = Annotated[Id, Path(description="The id of the generation.")]


@router.post(
    "/generations/bulk",
    operation_id="change_generations",
    summary="Do one thing to many generations: tag, favourite, move, copy, delete, restore",
    responses=answered(ChangedShape, "What became of each.", also=(413, 415)),
)
async def change_generations(call: Caller, body: ChangeRequest) -> Response:
    return lay(changed_shape(await call.services.curation.bulk.do(call.actor, body.asked())))


@router.api_route(
    "/generations/bulk",
    methods=["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"],
    include_in_schema=False,
)
async def refuse_other_methods() -> Response:
    # Else a route of a single generation would take the word for an id.
    raise HTTPException(405, headers={"Allow": "POST"})


@router.post(
    "/undo/{undo_id}",
    operation_id="undo_change",
    summary="Take back what you did to many generations, once",
    responses=answered(ChangedShape, "What became of each.", also=(404, 413, 415)),
)
async def undo_change(
    call: Caller, undo_id: Annotated[Id, Path(description="The id of the undo.")]
) -> Response:
    return lay(changed_shape(await call.services.curation.bulk.undo(call.actor, undo_id)))


@router.patch(
    "/generations/{generation_id}",
    operation_id="update_generation",
    summary="Give a generation a title",
    responses=answered(GenerationShape, "The generation as it is now.", also=(404, 413, 415)),
)
async def update_generation(
    call: Caller, generation_id: GenerationId, body: TitleChange
) -> Response:
    generation = await call.services.curation.titles.entitle(call.actor, generation_id, body.title)
    return lay(generation_shape(generation, call.links))


@router.post(
    "/generations/{generation_id}/restore",
    operation_id="restore_generation",
    summary="Have a generation back from the trash",
    responses=answered(GenerationShape, "The generation.", also=(404, 409, 413, 415)),
)
async def restore_generation(call: Caller, generation_id: GenerationId) -> Response:
    generation = await call.services.curation.trash.restore_generation(call.actor, generation_id)
    return lay(generation_shape(generation, call.links))
