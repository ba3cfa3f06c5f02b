"""Whole boards as zip files: out, and in again under new ids."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from boards.api.filenames import disposition
from boards.api.links import API
from boards.api.multipart import read_form
from boards.api.rest.uploads import checked_fields
from boards.api.routing import Caller, answered, errors, lay
from boards.api.shapes.base import Answer, Asked, Id, Text
from boards.api.shapes.boards import BoardShape, board_shape

__all__ = ["IMPORT_PATH", "router"]

router = APIRouter(prefix="/boards", tags=["boards"])

IMPORT_PATH = "/boards/import"
FILE = "file"
ZIP = "application/zip"


class ImportFields(Asked):
    """What is said about an import, in fields before the file."""

    title: Text | None = Field(
        default=None, max_length=1000, description="A title for the board; by default its own."
    )


class ImportedShape(Answer):
    """A board that was imported."""

    board: BoardShape = Field(description="The new board.")
    generations: int = Field(description="How many generations are on it.")
    files: int = Field(description="How many files came with them.")


FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": [FILE],
                    "properties": {
                        "title": {
                            "type": "string",
                            "maxLength": 200,
                            "description": "A title for the board; by default its own.",
                        },
                        FILE: {
                            "type": "string",
                            "format": "binary",
                            "description": "The zip of an export. It comes last.",
                        },
                    },
                }
            }
        },
    }
}


@router.get(
    "/{board_id}/export",
    operation_id="export_board",
    summary="Get all of a board as one zip, with recipes, lineage and files",
    responses={
        200: {
            "description": "The zip, as it is made.",
            "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
        },
        **errors(404, 413),
    },
    response_class=StreamingResponse,
)
async def export_board(
    call: Caller, board_id: Annotated[Id, Path(description="The id of the board.")]
) -> Response:
    export = await call.services.transfers.exports.open(call.actor, board_id)
    headers = {
        "Content-Disposition": disposition(export.name, inline=False),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(export.chunks, media_type=ZIP, headers=headers)


@router.post(
    "/import",
    operation_id="import_board",
    summary="Make a board of an export; it gets new ids and costs nothing",
    status_code=201,
    responses=answered(ImportedShape, "The new board.", status=201, also=(409, 413, 415, 507)),
    openapi_extra=FORM,
)
async def import_board(call: Caller, request: Request) -> Response:
    form = await read_form(
        request,
        file_field=FILE,
        text_fields=ImportFields.model_fields,
        max_bytes=call.services.transfers.imports.max_bytes,
    )
    said = checked_fields(form, ImportFields)
    done = await call.services.transfers.imports.import_board(
        call.actor, source=form.content, title=said.title
    )
    return lay(
        ImportedShape(
            board=board_shape(done.board), generations=done.generations, files=done.files
        ),
        status=201,
        location=f"{call.links.path}{API}/boards/{done.board.id}",
    )
