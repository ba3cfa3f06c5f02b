"""Generations: submit, list, look at, cancel, delete, their lineage and their bytes."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from boards.api.files import Served, serve
from boards.api.links import API
from boards.api.routing import Caller, Listing, answered, errors, lay
from boards.api.shapes.base import Asked, Id
from boards.api.shapes.finding import Filters
from boards.api.shapes.generations import (
    GenerateRequest,
    GenerationPage,
    GenerationShape,
    SubmissionShape,
    generation_shape,
    submission_shape,
)
from boards.api.shapes.lineage import LineageShape, lineage_shape
from boards.domain.artifacts import (
    StoredFile,
    extension_for_format,
)
from boards.domain.generations import Generation
from boards.domain.search import Order
from boards.errors import InvalidInput, Problem
from boards.ids import parse_id
from boards.services.generations import MAX_DEPTH, MOST_AT_ONCE
from boards.services.ports import Page

__all__ = ["BYTES", "HEADERS_ONLY", "BytesAsked", "GenerationId", "file_name", "router"]

router = APIRouter(prefix="/generations", tags=["generations"])

EXAMPLE_ID = "01890a5d-ac96-774b-bcce-b302099a8057"

IdempotencyKey = Annotated[
    str | None,
    Header(
        description="Any text of your own for this request. Sent again with the same body within a "
        "day, it gives the same job and spends nothing.",
        min_length=1,
        max_length=255,
        pattern=r"^[ -~]+$",
    ),
]

GenerationId = Annotated[Id, Path(description="The id of the generation.")]


@router.post(
    "",
    operation_id="submit_generation",
    summary="Have something made; spends what the estimate says",
    status_code=202,
    responses=answered(
        SubmissionShape,
        "Accepted; poll the job at `Location`.",
        status=202,
        also=(402, 404, 409, 413, 415, 502, 503, 504),
    ),
)
async def submit_generation(
    call: Caller, body: GenerateRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    submission = await call.services.submit.submit(call.actor, body.asked(idempotency_key))
    return lay(
        submission_shape(submission, call.links),
        status=202,
        location=f"{call.links.path}{API}/jobs/{submission.job.id}",
    )


_AN_ID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
IdList = Annotated[str, Field(json_schema_extra={"pattern": f"^({_AN_ID})?(,({_AN_ID})?)*$"})]
"""Ids with commas between them; what is none is said by name, so only the contract has the form."""


class GenerationsAsked(Filters, Listing):
    """Which generations to list."""

    board_id: Id | None = Field(default=None, description="Only those on this board.")
    order: Order = Field(
        default=Order.NEWEST, description="What comes first; for relevance there is the search."
    )
    ids: IdList | None = Field(
        default=None,
        max_length=37 * MOST_AT_ONCE,
        description="Only these and in this order, without a cursor and other filters: ids with "
        f"commas between them, at most {MOST_AT_ONCE}. What you may not see is left out.",
    )

    def ids_asked(self) -> list[UUID] | None:
        """The ids. InvalidInput for what is none."""
        if self.ids is None:
            return None
        found = [(text, parse_id(text)) for text in self.ids.split(",") if text]
        wrong = next((text for text, one in found if one is None), None)
        if wrong is not None:
            message = f"{wrong[:80]!r} is no id; ids look like {EXAMPLE_ID}."
            raise InvalidInput(message, problems=(Problem(at="ids", message=message),))
        return [one for _, one in found if one is not None]


@router.get(
    "",
    operation_id="list_generations",
    summary="List generations, newest first unless another order is asked for",
    responses=answered(GenerationPage, "A part of the list.", also=(404,)),
)
async def list_generations(call: Caller, asked: Annotated[GenerationsAsked, Query()]) -> Response:
    ids = asked.ids_asked()
    if ids is not None:
        page = Page(items=await call.services.generations.some(call.actor, ids))
    else:
        page = await call.services.generations.list(
            call.actor,
            asked.query(asked.board_id, asked.order),
            limit=asked.limit,
            cursor=asked.cursor or None,
        )
    return lay(
        GenerationPage(
            items=[generation_shape(one, call.links) for one in page.items], next=page.next
        )
    )


@router.get(
    "/{generation_id}",
    operation_id="get_generation",
    summary="Get one generation",
    responses=answered(GenerationShape, "The generation.", also=(404,)),
)
async def get_generation(call: Caller, generation_id: GenerationId) -> Response:
    generation = await call.services.generations.get(call.actor, generation_id)
    return lay(generation_shape(generation, call.links))


@router.delete(
    "/{generation_id}",
    operation_id="delete_generation",
    summary="Delete a generation that has ended",
    status_code=204,
    responses={204: {"description": "It is deleted."}, **errors(404, 409)},
)
async def delete_generation(call: Caller, generation_id: GenerationId) -> Response:
    await call.services.generations.delete(call.actor, generation_id)
    return Response(status_code=204)


@router.post(
    "/{generation_id}/cancel",
    operation_id="cancel_generation",
    summary="Cancel a generation that has not ended",
    responses=answered(
        GenerationShape, "The generation as it stands now.", also=(404, 409, 413, 415)
    ),
)
async def cancel_generation(call: Caller, generation_id: GenerationId) -> Response:
    generation = await call.services.generations.cancel(call.actor, generation_id)
    return lay(generation_shape(generation, call.links))


class LineageAsked(Asked):
    """How much of a lineage to show."""

    max_depth: int = Field(default=25, ge=1, le=MAX_DEPTH, description="Steps in each direction.")


@router.get(
    "/{generation_id}/lineage",
    operation_id="get_lineage",
    summary="Get what a generation was made from, and what was made from it",
    responses=answered(LineageShape, "Both trees, with the generation as root.", also=(404,)),
)
async def get_lineage(
    call: Caller, generation_id: GenerationId, asked: Annotated[LineageAsked, Query()]
) -> Response:
    lineage = await call.services.generations.lineage(
        call.actor, generation_id, max_depth=asked.max_depth
    )
    return lay(lineage_shape(generation_id, lineage))


class BytesAsked(Asked):
    """How to get the bytes."""

    download: bool = Field(default=False, description="To be saved, not shown.")


Bytes = Annotated[BytesAsked, Query()]
BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bytes. `ETag` is their sha256.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    206: {
        "description": "The one range that was asked for.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    304: {"description": "You have these bytes already."},
    **errors(404, 409, 416, 507),
}
HEADERS_ONLY: dict[int | str, dict[str, Any]] = {
    200: {"description": "The headers of the bytes."},
    304: {"description": "You have these bytes already."},
    **errors(404, 409, 507),
}


@router.head(
    "/{generation_id}/content",
    operation_id="head_content",
    summary="Get the headers of the output's bytes",
    response_class=Response,
    responses=HEADERS_ONLY,
)
@router.get(
    "/{generation_id}/content",
    operation_id="get_content",
    summary="Get the output's bytes, or a range of them",
    response_class=Response,
    responses=BYTES,
)
async def get_content(
    call: Caller, request: Request, generation_id: GenerationId, asked: Bytes
) -> Response:
    generation, file = await call.services.generations.content(call.actor, generation_id)
    served = _served(file, file_name(generation, file.facts.format))
    return await serve(request, call.services.storage, served, download=asked.download)


@router.head(
    "/{generation_id}/files/{index}",
    operation_id="head_extra_file",
    summary="Get the headers of an extra file's bytes",
    response_class=Response,
    responses=HEADERS_ONLY,
)
@router.get(
    "/{generation_id}/files/{index}",
    operation_id="get_extra_file",
    summary="Get the bytes of an extra file, or a range of them",
    response_class=Response,
    responses=BYTES,
)
async def get_extra_file(
    call: Caller,
    request: Request,
    generation_id: GenerationId,
    index: Annotated[int, Path(ge=0, le=10_000, description="Its place among the extra files.")],
    asked: Bytes,
) -> Response:
    generation, file = await call.services.generations.extra_file(call.actor, generation_id, index)
    served = _served(file, file_name(generation, file.facts.format, f"-{index}"))
    return await serve(request, call.services.storage, served, download=asked.download)


def _served(file: StoredFile, name: str) -> Served:
    return Served(key=file.key, mime=file.facts.mime, name=name, tag=file.sha256, size=file.size)


def file_name(generation: Generation, format_name: str, more: str = "") -> str:
    """Name a download after its generator; the end of the id, unlike its start, is random."""
    extension = extension_for_format(format_name)
    return f"{generation.generator_name}-{generation.id.hex[-8:]}{more}.{extension}"
