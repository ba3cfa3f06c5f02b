"""Tags, favourites and notes: what people put on generations."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from boards.api.links import API
from boards.api.routing import Caller, Listing, answered, errors, lay
from boards.api.shapes.base import Id
from boards.api.shapes.generations import GenerationPage, generation_shape
from boards.api.shapes.tags import (
    NoteListShape,
    NoteRequest,
    NoteShape,
    TagChange,
    TagListShape,
    TagRequest,
    TagShape,
    note_shape,
    tag_shape,
)

__all__ = ["router"]

router = APIRouter()

TagId = Annotated[Id, Path(description="The id of the tag.")]
NoteId = Annotated[Id, Path(description="The id of the note.")]
GenerationId = Annotated[Id, Path(description="The id of the generation.")]


@router.get(
    "/tags",
    tags=["tags"],
    operation_id="list_tags",
    summary="List the tenant's tags, by name",
    responses=answered(TagListShape, "All of them."),
)
async def list_tags(call: Caller) -> Response:
    found = await call.services.curation.tags.list(call.actor)
    return lay(TagListShape(items=[tag_shape(one) for one in found]))


@router.post(
    "/tags",
    tags=["tags"],
    operation_id="create_tag",
    summary="Make a tag",
    status_code=201,
    responses=answered(TagShape, "The new tag.", status=201, also=(409, 413, 415)),
)
async def create_tag(call: Caller, body: TagRequest) -> Response:
    tag = await call.services.curation.tags.create(
        call.actor,
        body.name,
        slug=body.slug,
        description=body.description,
        metadata=body.metadata,
    )
    return lay(tag_shape(tag), status=201, location=f"{call.links.path}{API}/tags/{tag.id}")


@router.get(
    "/tags/{tag_id}",
    tags=["tags"],
    operation_id="get_tag",
    summary="Get one tag",
    responses=answered(TagShape, "The tag.", also=(404,)),
)
async def get_tag(call: Caller, tag_id: TagId) -> Response:
    return lay(tag_shape(await call.services.curation.tags.get(call.actor, tag_id)))


@router.patch(
    "/tags/{tag_id}",
    tags=["tags"],
    operation_id="update_tag",
    summary="Change a tag; what is left out stays",
    responses=answered(TagShape, "The tag as it is now.", also=(404, 409, 413, 415)),
)
async def update_tag(call: Caller, tag_id: TagId, body: TagChange) -> Response:
    tag = await call.services.curation.tags.update(call.actor, tag_id, **body.changes())
    return lay(tag_shape(tag))


@router.delete(
    "/tags/{tag_id}",
    tags=["tags"],
    operation_id="delete_tag",
    summary="Delete a tag, and take it off everything",
    status_code=204,
    responses={204: {"description": "It is deleted."}, **errors(404)},
)
async def delete_tag(call: Caller, tag_id: TagId) -> Response:
    await call.services.curation.tags.delete(call.actor, tag_id)
    return Response(status_code=204)


@router.get(
    "/generations/{generation_id}/tags",
    tags=["tags"],
    operation_id="list_generation_tags",
    summary="List the tags of a generation, by name; to visitors none",
    responses=answered(TagListShape, "Its tags.", also=(404,)),
)
async def list_generation_tags(call: Caller, generation_id: GenerationId) -> Response:
    await call.services.generations.get(call.actor, generation_id)
    found = await call.services.curation.tags.of(call.actor, [generation_id])
    return lay(TagListShape(items=[tag_shape(one) for one in found.get(generation_id, ())]))


@router.put(
    "/generations/{generation_id}/tags/{tag_id}",
    tags=["tags"],
    operation_id="tag_generation",
    summary="Put a tag on a generation",
    responses=answered(TagShape, "The tag.", also=(404, 413, 415)),
)
async def tag_generation(call: Caller, generation_id: GenerationId, tag_id: TagId) -> Response:
    tag = await call.services.curation.tags.attach(call.actor, generation_id, tag_id)
    return lay(tag_shape(tag))


@router.delete(
    "/generations/{generation_id}/tags/{tag_id}",
    tags=["tags"],
    operation_id="untag_generation",
    summary="Take a tag off a generation",
    status_code=204,
    responses={204: {"description": "It is not on it any more."}, **errors(404)},
)
async def untag_generation(call: Caller, generation_id: GenerationId, tag_id: TagId) -> Response:
    await call.services.curation.tags.detach(call.actor, generation_id, tag_id)
    return Response(status_code=204)


@router.get(
    "/favourites",
    tags=["favourites"],
    operation_id="list_favourites",
    summary="List your favourites, the last marked first",
    responses=answered(GenerationPage, "A part of the list."),
)
async def list_favourites(call: Caller, asked: Annotated[Listing, Query()]) -> Response:
    page = await call.services.curation.favourites.list(
        call.actor, limit=asked.limit, cursor=asked.cursor or None
    )
    items = [generation_shape(one, call.links) for one in page.items]
    return lay(GenerationPage(items=items, next=page.next))


@router.put(
    "/generations/{generation_id}/favourite",
    tags=["favourites"],
    operation_id="mark_favourite",
    summary="Mark a generation for yourself",
    status_code=204,
    responses={204: {"description": "It is marked."}, **errors(404, 413, 415)},
)
async def mark_favourite(call: Caller, generation_id: GenerationId) -> Response:
    await call.services.curation.favourites.mark(call.actor, generation_id)
    return Response(status_code=204)


@router.delete(
    "/generations/{generation_id}/favourite",
    tags=["favourites"],
    operation_id="unmark_favourite",
    summary="Take your mark off a generation",
    status_code=204,
    responses={204: {"description": "It is not marked."}, **errors(404)},
)
async def unmark_favourite(call: Caller, generation_id: GenerationId) -> Response:
    await call.services.curation.favourites.unmark(call.actor, generation_id)
    return Response(status_code=204)


@router.get(
    "/generations/{generation_id}/notes",
    tags=["notes"],
    operation_id="list_notes",
    summary="List the notes about a generation, the oldest first",
    responses=answered(NoteListShape, "All of them.", also=(404,)),
)
async def list_notes(call: Caller, generation_id: GenerationId) -> Response:
    found = await call.services.curation.notes.list(call.actor, generation_id)
    return lay(NoteListShape(items=[note_shape(one) for one in found]))


@router.post(
    "/generations/{generation_id}/notes",
    tags=["notes"],
    operation_id="add_note",
    summary="Write a note about a generation",
    status_code=201,
    responses=answered(NoteShape, "The new note.", status=201, also=(404, 409, 413, 415)),
)
async def add_note(call: Caller, generation_id: GenerationId, body: NoteRequest) -> Response:
    note = await call.services.curation.notes.add(call.actor, generation_id, body.text)
    return lay(note_shape(note), status=201)


@router.patch(
    "/notes/{note_id}",
    tags=["notes"],
    operation_id="change_note",
    summary="Write your note anew",
    responses=answered(NoteShape, "The note as it is now.", also=(404, 413, 415)),
)
async def change_note(call: Caller, note_id: NoteId, body: NoteRequest) -> Response:
    note = await call.services.curation.notes.change(call.actor, note_id, body.text)
    return lay(note_shape(note))


@router.delete(
    "/notes/{note_id}",
    tags=["notes"],
    operation_id="delete_note",
    summary="Delete a note: your own, or as the board's owner or admin anybody's",
    status_code=204,
    responses={204: {"description": "It is deleted."}, **errors(404)},
)
async def delete_note(call: Caller, note_id: NoteId) -> Response:
    await call.services.curation.notes.delete(call.actor, note_id)
    return Response(status_code=204)
