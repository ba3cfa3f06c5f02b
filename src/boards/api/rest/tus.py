"""Uploads in pieces, by the protocol tus 1.0: https://tus.io/protocols/resumable-upload.

With its extensions creation, expiration, termination and checksum. What the file became is told by
the header `Boards-Generation-Id` of the last piece's answer, and of every question after it.
"""

import base64
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Request
from pydantic import Field, ValidationError, WithJsonSchema
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from boards.api.errors import HttpRefusal
from boards.api.links import API
from boards.api.rest.generations import IdempotencyKey
from boards.api.rest.uploads import PATH as UPLOADS
from boards.api.rest.uploads import UploadFields, refused_fields
from boards.api.routing import Call, Caller, answered, errors, lay
from boards.api.shapes.base import Answer, Id
from boards.errors import InvalidInput, Problem, Unsupported
from boards.services.ports import Resumable
from boards.services.resumable import CHECKSUM, CHECKSUMS, Checksum, ResumableService
from boards.services.uploads import UploadWords, display_name

__all__ = ["PATH", "PIECE", "router"]

router = APIRouter(tags=["uploads"])

PATH = f"{UPLOADS}/tus"
PIECE = "application/offset+octet-stream"
"""The media type of a piece."""
VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination,checksum"
METADATA_LENGTH = 8192
BASE64 = "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"
WRONG_CHECKSUM = 460
LARGEST = 2**53

UploadId = Annotated[Id, Path(description="The id of the upload.")]
Resuming = Annotated[
    # Every client of tus sends it; others need not, so the contract does not ask for it.
    str | None,
    Header(alias="Tus-Resumable", include_in_schema=False),
]
Length = Annotated[
    int, Header(alias="Upload-Length", ge=0, le=LARGEST, description="The bytes of the file.")
]
Offset = Annotated[
    int,
    Header(alias="Upload-Offset", ge=0, le=LARGEST, description="Where in the file it begins."),
]
Metadata = Annotated[
    str | None,
    Header(
        alias="Upload-Metadata",
        max_length=METADATA_LENGTH,
        description="Pairs `key base64`, separated by commas; the keys are `filename`, `board_id`, "
        "`artifact_type` and `parent_id`, all optional.",
    ),
]
Sum = Annotated[
    str | None,
    Header(
        alias="Upload-Checksum",
        max_length=500,
        description=f"`algorithm base64`, by one of {', '.join(CHECKSUMS)}. A piece that does not "
        "come to it is thrown away.",
    ),
    WithJsonSchema(
        {"type": "string", "maxLength": 500, "pattern": f"^({'|'.join(CHECKSUMS)}) {BASE64}$"}
    ),
]


class ResumableShape(Answer):
    """A file that comes in pieces."""

    id: UUID = Field(description="The id of this upload.")
    size: int = Field(description="The bytes of the file.")
    received: int = Field(description="The bytes that have come.")
    filename: str | None = Field(description="Its name, as it is shown.")
    generation_id: UUID | None = Field(description="What it became, once all of it had come.")
    expires_at: datetime = Field(description="When it is forgotten, unless more of it comes.")


def _headers(described: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: {"description": what, "schema": {"type": "string"}}
        for name, what in described.items()
    }


STANDING = _headers(
    {
        "Tus-Resumable": "The version that is spoken.",
        "Upload-Offset": "How many bytes have come.",
        "Upload-Expires": "When it is forgotten.",
        "Boards-Generation-Id": "What it became, once all of it had come.",
    }
)


@router.options(PATH, include_in_schema=False)
async def options(call: Caller) -> Response:
    """Say what is spoken here."""
    headers = {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(_service(call).max_bytes),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }
    return Response(status_code=204, headers=headers)


@router.post(
    PATH,
    operation_id="create_resumable_upload",
    summary="Announce a file that will come in pieces (tus)",
    status_code=201,
    responses={
        201: {"description": "Send the pieces to `Location`.", "headers": STANDING},
        **errors(404, 409, 412, 413, 415),
    },
)
async def create(
    call: Caller,
    length: Length,
    version: Resuming = None,
    metadata: Metadata = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    _check_version(version)
    upload = await _service(call).begin(
        call.actor, size=length, words=_words(metadata), key=idempotency_key
    )
    location = f"{call.links.base}{API}{PATH}/{upload.id}"
    return Response(status_code=201, headers={**_standing(upload), "Location": location})


@router.get(
    f"{PATH}/{{upload_id}}",
    operation_id="get_resumable_upload",
    summary="Tell how far a file has come, and what it became",
    responses=answered(ResumableShape, "How it stands.", also=(404,)),
)
async def get(call: Caller, upload_id: UploadId) -> Response:
    upload = await _service(call).get(call.actor, upload_id)
    return lay(
        ResumableShape(
            id=upload.id,
            size=upload.size,
            received=upload.received,
            filename=upload.filename,
            generation_id=upload.generation_id,
            expires_at=upload.expires_at,
        )
    )


@router.head(
    f"{PATH}/{{upload_id}}",
    operation_id="head_resumable_upload",
    summary="Tell how far a file has come (tus)",
    responses={200: {"description": "How it stands.", "headers": STANDING}, **errors(404, 412)},
)
async def head(call: Caller, upload_id: UploadId, version: Resuming = None) -> Response:
    _check_version(version)
    upload = await _service(call).get(call.actor, upload_id)
    headers = {"Upload-Length": str(upload.size), "Cache-Control": "no-store"}
    return Response(status_code=200, headers={**_standing(upload), **headers})


@router.patch(
    f"{PATH}/{{upload_id}}",
    operation_id="append_to_resumable_upload",
    summary="Send the next piece of a file (tus)",
    status_code=204,
    responses={
        204: {"description": "So much has come.", "headers": STANDING},
        **errors(404, 409, 412, 413, 415, WRONG_CHECKSUM, 507),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {PIECE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def append(
    call: Caller,
    request: Request,
    upload_id: UploadId,
    offset: Offset,
    version: Resuming = None,
    checksum: Sum = None,
) -> Response:
    _check_version(version)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PIECE:
        raise Unsupported(f"Send a piece as {PIECE!r}.")
    try:
        upload = await _service(call).append(
            call.actor,
            upload_id,
            offset=offset,
            source=_until_broken_off(request.stream()),
            checksum=None if checksum is None else Checksum.read(checksum),
        )
    except InvalidInput as error:
        if any(one.at == CHECKSUM for one in error.problems):
            raise HttpRefusal(WRONG_CHECKSUM, "wrong_checksum", error.message) from None
        raise
    return Response(status_code=204, headers=_standing(upload))


@router.delete(
    f"{PATH}/{{upload_id}}",
    operation_id="end_resumable_upload",
    summary="Give up a file that comes in pieces (tus)",
    status_code=204,
    responses={204: {"description": "What had come is thrown away."}, **errors(404, 412)},
)
async def end(call: Caller, upload_id: UploadId, version: Resuming = None) -> Response:
    _check_version(version)
    await _service(call).end(call.actor, upload_id)
    return Response(status_code=204, headers={"Tus-Resumable": VERSION})


def _service(call: Call) -> ResumableService:
    return call.services.transfers.resumable


def _check_version(version: str | None) -> None:
    if version not in (None, VERSION):
        raise HttpRefusal(
            412,
            "unsupported",
            f"This server speaks tus {VERSION}, not {version[:20]!r}.",
            {"Tus-Version": VERSION},
        )


def _standing(upload: Resumable) -> dict[str, str]:
    headers = {
        "Tus-Resumable": VERSION,
        "Upload-Offset": str(upload.received),
        "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
    }
    if upload.generation_id is not None:
        headers["Boards-Generation-Id"] = str(upload.generation_id)
    return headers


def _words(metadata: str | None) -> UploadWords:
    """Read what is said about a file; other keys than ours are the client's own business."""
    said = dict(_pairs(metadata or ""))
    try:
        fields = UploadFields.model_validate(
            {key: said[key] for key in UploadFields.model_fields if said.get(key)}
        )
    except ValidationError as error:
        raise refused_fields(error) from None
    return UploadWords(
        filename=display_name(said.get("filename") or said.get("name")),
        declared_type=fields.artifact_type,
        board_id=fields.board_id,
        parent_id=fields.parent_id,
    )


def _pairs(metadata: str) -> list[tuple[str, str]]:
    pairs = []
    for pair in filter(None, (each.strip() for each in metadata.split(","))):
        key, _, encoded = pair.partition(" ")
        try:
            pairs.append((key, base64.b64decode(encoded, validate=True).decode()))
        except ValueError:
            message = f"{key[:80]!r} is not text in base64."
            raise InvalidInput(
                message, problems=(Problem(at="Upload-Metadata", message=message),)
            ) from None
    return pairs


async def _until_broken_off(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give what comes; a connection that breaks ends the piece, whose beginning is kept."""
    try:
        async for chunk in body:
            yield chunk
    except ClientDisconnect:
        return
