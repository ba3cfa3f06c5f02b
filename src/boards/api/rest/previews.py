"""What shows an output without the output itself: small pictures and waveforms."""

from pathlib import PurePosixPath
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from boards.api.files import Served, serve
from boards.api.rest.generations import BYTES, HEADERS_ONLY, BytesAsked, GenerationId, file_name
from boards.api.routing import Caller, answered
from boards.api.shapes.recipes import WaveformShape
from boards.domain.artifacts import mime_for_format

__all__ = ["router"]

router = APIRouter(prefix="/generations", tags=["generations"])

MAX_WAVEFORM_BYTES = 2**20


def _number(text: object) -> object:
    # A query is text, and a choice of numbers takes no text for one of them.
    return int(text) if isinstance(text, str) and text.isdecimal() else text


class PictureAsked(BytesAsked):
    """Which picture, and how to get it."""

    size: Annotated[Literal[256, 512, 1024], BeforeValidator(_number)] = Field(
        default=512, description="The longer edge in pixels; a small output has smaller ones."
    )


@router.head(
    "/{generation_id}/thumbnail",
    operation_id="head_thumbnail",
    summary="Get the headers of the small picture",
    response_class=Response,
    responses=HEADERS_ONLY,
)
@router.get(
    "/{generation_id}/thumbnail",
    operation_id="get_thumbnail",
    summary="Get a small picture of the output: its poster, or its waveform",
    response_class=Response,
    responses=BYTES,
)
async def get_thumbnail(
    call: Caller,
    request: Request,
    generation_id: GenerationId,
    asked: Annotated[PictureAsked, Query()],
) -> Response:
    generation, key = await call.services.showing.previews.picture(
        call.actor, generation_id, asked.size
    )
    suffix = PurePosixPath(key).suffix.removeprefix(".")
    served = Served(
        key=key,
        mime=mime_for_format(suffix),
        name=file_name(generation, suffix, "-small"),
        # A key is written once, so it names its bytes as well as a hash would.
        tag=PurePosixPath(key).stem,
        size=None,
    )
    return await serve(request, call.services.storage, served, download=asked.download)


@router.get(
    "/{generation_id}/waveform",
    operation_id="get_waveform",
    summary="Get the waveform of a sound",
    responses=answered(WaveformShape, "The waveform.", also=(404, 507)),
)
async def get_waveform(call: Caller, generation_id: GenerationId) -> Response:
    _, key = await call.services.showing.previews.waveform(call.actor, generation_id)
    data = await call.services.storage.read(key, max_bytes=MAX_WAVEFORM_BYTES)
    return Response(data, media_type="application/json")
