"""Uploads: a file of one's own becomes a generation, stored as it comes in."""

from typing import Any, TypeVar

from fastapi import APIRouter, Request
from pydantic import Field, ValidationError
from starlette.responses import Response

from boards.api.links import API
from boards.api.multipart import UploadForm, read_form
from boards.api.rest.generations import IdempotencyKey
from boards.api.routing import Call, Caller, answered, lay
from boards.api.shapes.base import Asked, Id, Produced, Text
from boards.api.shapes.generations import GenerationShape, generation_shape
from boards.domain.artifacts import PRODUCED
from boards.domain.generations import Generation
from boards.errors import InvalidInput, Problem
from boards.services.uploads import UploadWords

__all__ = ["PATH", "UploadFields", "checked_fields", "refused_fields", "router"]

router = APIRouter(tags=["uploads"])

Fields = TypeVar("Fields", bound=Asked)

PATH = "/uploads"
URL_PATH = f"{PATH}/from-url"
FILE = "file"


class UploadFields(Asked):
    """What is said about an upload, in fields before the file."""

    artifact_type: Produced | None = Field(
        default=None, description="What it is; by default what its bytes say."
    )
    board_id: Id | None = Field(
        default=None, description="The board to put it on; by default your default board."
    )
    parent_id: Id | None = Field(default=None, description="The generation it was made from.")


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
                        "artifact_type": {
                            "type": "string",
                            "enum": [kind.value for kind in PRODUCED],
                            "description": "What it is; by default what its bytes say.",
                        },
                        "board_id": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The board to put it on; by default your default one.",
                        },
                        "parent_id": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The generation it was made from.",
                        },
                        FILE: {
                            "type": "string",
                            "format": "binary",
                            "description": "The file. It comes last.",
                        },
                    },
                }
            }
        },
    }
}


@router.post(
    PATH,
    operation_id="upload",
    summary="Upload a file; the fields come first, the file last",
    status_code=201,
    responses=answered(
        GenerationShape, "The upload as a generation.", status=201, also=(404, 409, 413, 415, 507)
    ),
    openapi_extra=FORM,
)
async def upload(
    call: Caller, request: Request, idempotency_key: IdempotencyKey = None
) -> Response:
    form = await read_form(
        request,
        file_field=FILE,
        text_fields=UploadFields.model_fields,
        max_bytes=call.services.uploads.max_bytes,
    )
    said = checked_fields(form, UploadFields)
    generation = await call.services.uploads.upload(
        call.actor,
        source=form.content,
        filename=form.filename,
        declared_type=said.artifact_type,
        board_id=said.board_id,
        parent_id=said.parent_id,
        key=idempotency_key,
    )
    return _laid(call, generation)


class UrlRequest(UploadFields):
    """A file that is fetched from its address, and what is said about it."""

    url: Text = Field(
        min_length=1, max_length=8000, description="A public address, by http or https."
    )
    filename: Text | None = Field(
        default=None, max_length=1000, description="Its name; by default as in the address."
    )


@router.post(
    URL_PATH,
    operation_id="upload_from_url",
    summary="Upload a file by its address; the server fetches it",
    status_code=201,
    responses=answered(
        GenerationShape,
        "The upload as a generation.",
        status=201,
        also=(404, 409, 413, 415, 502, 503, 504, 507),
    ),
)
async def upload_from_url(
    call: Caller, body: UrlRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    words = UploadWords(
        filename=body.filename,
        declared_type=body.artifact_type,
        board_id=body.board_id,
        parent_id=body.parent_id,
    )
    generation = await call.services.uploads.upload_from_url(
        call.actor, body.url, words, key=idempotency_key
    )
    return _laid(call, generation)


def _laid(call: Call, generation: Generation) -> Response:
    return lay(
        generation_shape(generation, call.links),
        status=201,
        location=f"{call.links.path}{API}/generations/{generation.id}",
    )


def checked_fields(form: UploadForm, kind: type[Fields]) -> Fields:
    """Read what a form says in its text fields. InvalidInput says which of them are wrong."""
    try:
        # An empty field is what a form sends where nothing was chosen.
        return kind.model_validate({key: text for key, text in form.fields.items() if text})
    except ValidationError as error:
        raise refused_fields(error) from None


def refused_fields(error: ValidationError) -> InvalidInput:
    """Say which fields are wrong."""
    problems = tuple(
        Problem(at=".".join(map(str, fault["loc"])), message=fault["msg"])
        for fault in error.errors(include_url=False, include_context=False)
    )
    said = "; ".join(f"{one.at}: {one.message}" for one in problems)
    return InvalidInput(said, problems=problems)
