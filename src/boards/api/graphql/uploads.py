"""Uploads: a file at a public address becomes a generation."""

from uuid import UUID

import strawberry

from boards.api.graphql.context import Info
from boards.api.graphql.enums import ArtifactType
from boards.api.graphql.fields import resolved
from boards.api.graphql.types import Generation, generation_of
from boards.domain.artifacts import PRODUCED
from boards.errors import InvalidInput, Problem
from boards.services.uploads import UploadWords

__all__ = ["UploadMutations"]

LONGEST = 10_000


@strawberry.input(description="A file that is to be fetched, and what is said about it.")
class UploadArtifactInput:
    board_id: UUID
    artifact_type: ArtifactType = strawberry.field(
        description="What it is; refused when its bytes say otherwise."
    )
    file_url: str | None = strawberry.field(
        default=None, description="Its public address. Files of your own go by REST."
    )
    original_filename: str | None = None
    user_description: str | None = None
    parent_generation_id: UUID | None = strawberry.field(
        default=None, description="The generation that it was made from."
    )
    idempotency_key: str | None = None


@strawberry.type
class UploadMutations:
    """The mutations of this noun."""

    @resolved("Fetch a file from a public address and keep it as a generation; it costs nothing.")
    async def upload_artifact(self, info: Info, input: UploadArtifactInput) -> Generation:  # noqa: A002
        if not input.file_url:
            raise _wrong("fileUrl", "fileUrl is missing; files of your own go by POST to REST.")
        if input.artifact_type not in PRODUCED:
            raise _wrong("artifactType", f"{input.artifact_type.value} cannot be uploaded.")
        context = info.context
        words = UploadWords(
            filename=input.original_filename,
            declared_type=input.artifact_type,
            board_id=input.board_id,
            parent_id=input.parent_generation_id,
            description=_description(input.user_description),
        )
        found = await context.services.uploads.upload_from_url(
            context.actor, input.file_url, words, key=input.idempotency_key
        )
        return generation_of(found, context.links)


def _description(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    if len(text) > LONGEST or "\x00" in text:
        raise _wrong("userDescription", f"A description has at most {LONGEST} characters.")
    return text


def _wrong(at: str, message: str) -> InvalidInput:
    return InvalidInput(message, problems=(Problem(at=at, message=message),))
