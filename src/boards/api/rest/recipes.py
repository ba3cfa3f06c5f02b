"""Recipes: look at one, take a file with its recipe, or fill a form from a file."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response, StreamingResponse

from boards.api.conditions import etag_of, is_unchanged
from boards.api.filenames import disposition
from boards.api.files import CONTENT_POLICY
from boards.api.multipart import read_form
from boards.api.rest.generations import GenerationId, file_name
from boards.api.routing import Caller, answered, errors, lay
from boards.api.shapes.base import Asked, Name
from boards.api.shapes.recipes import DraftShape, RecipeShape, draft_shape
from boards.domain.provenance import dump_recipe
from boards.errors import InvalidInput

__all__ = ["EMBEDDING", "PATH", "router"]

router = APIRouter(tags=["recipes"])

PATH = "/recipes/read"
EMBEDDING = "X-Boards-Recipe"
"""Says where the recipe of a download is."""

FILE = "file"
GENERATOR = "generator"
BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.get(
    "/generations/{generation_id}/recipe",
    operation_id="get_recipe",
    summary="Get how an output was made",
    responses=answered(RecipeShape, "The recipe.", also=(404,)),
)
async def get_recipe(call: Caller, generation_id: GenerationId) -> Response:
    recipe = await call.services.showing.recipes.get(call.actor, generation_id)
    # As it stands beside the file and in it.
    return Response(dump_recipe(recipe), media_type="application/json")


@router.get(
    "/generations/{generation_id}/with-recipe",
    operation_id="get_content_with_recipe",
    summary="Download the output with its recipe in it",
    response_class=Response,
    responses={
        200: {
            "description": f"The bytes. `{EMBEDDING}` says where the recipe is: `embedded` in "
            "them; not in them because they are `signed` or have `no_place` for it; or there is "
            "`none`.",
            "content": BINARY,
            "headers": {
                EMBEDDING: {
                    "description": "Where the recipe is.",
                    "schema": {"type": "string"},
                }
            },
        },
        304: {"description": "You have these bytes already."},
        **errors(404, 507),
    },
)
async def get_content_with_recipe(
    call: Caller, request: Request, generation_id: GenerationId
) -> Response:
    recipes = call.services.showing.recipes
    given = await recipes.with_recipe(call.actor, generation_id)
    etag = etag_of(given.tag)
    facts = given.file.facts
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(file_name(given.generation, facts.format), inline=False),
        "Content-Security-Policy": CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
        EMBEDDING: given.embedding.value,
    }
    if is_unchanged(request.headers, etag):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(given.size)
    pieces = recipes.stream(given)
    # Before the status is sent: bytes that are gone must not begin as a 200.
    first = await anext(pieces, b"")

    async def body() -> Any:
        yield first
        async for piece in pieces:
            yield piece

    return StreamingResponse(body(), headers=headers, media_type=facts.mime)


class ReadFields(Asked):
    """What is said about a file, in fields before it."""

    generator: Name | None = None


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
                        GENERATOR: {
                            "type": "string",
                            "maxLength": 200,
                            "description": "The generator to make inputs for; by default the one "
                            "that the file names.",
                        },
                        FILE: {
                            "type": "string",
                            "format": "binary",
                            "description": "The file, or the JSON beside it. It comes last.",
                        },
                    },
                }
            }
        },
    }
}


@router.post(
    PATH,
    operation_id="read_recipe",
    summary="Read from a file how it was made; the file is not kept",
    responses=answered(
        DraftShape, "Inputs to look over. Nothing is made.", also=(404, 413, 415, 507)
    ),
    openapi_extra=FORM,
)
async def read_recipe(call: Caller, request: Request) -> Response:
    recipes = call.services.showing.recipes
    form = await read_form(
        request, file_field=FILE, text_fields=(GENERATOR,), max_bytes=recipes.max_bytes
    )
    try:
        said = ReadFields.model_validate({key: text for key, text in form.fields.items() if text})
    except ValidationError:
        raise InvalidInput("The field 'generator' is the name of a generator.") from None
    draft = await recipes.read(call.actor, form.content, generator=said.generator)
    return lay(draft_shape(draft))
