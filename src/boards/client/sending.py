"""Turns what callers pass into what is sent: ids, JSON, and the parts of a request."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeAlias
from urllib.parse import quote
from uuid import UUID

from boards.client.answers import (
    ArtifactType,
    Board,
    Generation,
    Job,
    Json,
    Status,
    Submission,
)
from boards.client.errors import Misused

__all__ = [
    "Artifact",
    "BoardLike",
    "Body",
    "FileLike",
    "GenerationLike",
    "JobLike",
    "Request",
    "Upload",
    "filters_of",
    "id_of",
    "opened",
    "request_of",
    "segment",
    "sendable",
    "upload_fields",
]

GenerationLike: TypeAlias = Generation | UUID | str
JobLike: TypeAlias = Job | Submission | UUID | str
BoardLike: TypeAlias = Board | UUID | str
Artifact: TypeAlias = Generation | UUID | str
"""What goes into a slot: an earlier generation or its id."""
FileLike: TypeAlias = Path | str | bytes | BinaryIO
"""A file: its path, its bytes, or the open file."""
Body: TypeAlias = dict[str, Json]


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file to be sent, after the fields that say something about it."""

    file: BinaryIO | bytes
    filename: str
    fields: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Request:
    """A generator and its inputs: what can be estimated and generated.

    The functions of generated stubs make these, with the inputs checked by their types.
    """

    generator: str
    inputs: Mapping[str, object] = field(default_factory=dict)


def id_of(value: Generation | Board | Job | Submission | UUID | str) -> str:
    """The id that a value has or is."""
    match value:
        case Generation() | Board():
            return str(value.id)
        case Job() | Submission():
            return str(value.job_id)
        case _:
            return str(value)


def segment(name: str) -> str:
    """One segment of a path, whatever stands in the name. Misused when it would be another path."""
    if name in {"", ".", ".."}:
        raise Misused(f"{name!r} is no name and no id.")
    return quote(name, safe="")


def sendable(value: object, at: str) -> Json:
    """A value as JSON; a generation goes as its id. Misused names the place of what cannot."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            if not math.isfinite(value):
                raise Misused(f"{at}: {value!r} is no number that JSON can say.")
            return value
        case UUID() | Generation() | Board() | Job() | Submission():
            return id_of(value)
        case Mapping():
            return {str(key): sendable(each, f"{at}.{key}") for key, each in value.items()}
        case list() | tuple():
            return [sendable(each, f"{at}.{index}") for index, each in enumerate(value)]
        case _:
            raise Misused(
                f"{at}: {type(value).__name__} cannot be sent as JSON; a file of yours is uploaded "
                "first, and what upload() gives goes here."
            )


def request_of(what: Request | str, inputs: Mapping[str, object] | None) -> Request:
    """The request that `generate(...)` was called with. Misused when its inputs come twice."""
    if isinstance(what, str):
        return Request(generator=what, inputs=inputs or {})
    if inputs is not None:
        raise Misused("A Request has its inputs already; leave out the second argument.")
    return what


def filters_of(
    board: BoardLike | None,
    artifact_type: ArtifactType | None,
    status: Status | None,
    generator: str | None,
    needs_attention: bool | None,
) -> Mapping[str, str | None]:
    """Which generations to list."""
    return {
        "board_id": None if board is None else id_of(board),
        "type": artifact_type,
        "status": status,
        "generator": generator,
        "needs_attention": None if needs_attention is None else str(needs_attention).lower(),
    }


def upload_fields(
    artifact_type: ArtifactType | None, board: BoardLike | None, parent: GenerationLike | None
) -> Mapping[str, str | None]:
    """What is said about an upload."""
    return {
        "artifact_type": artifact_type,
        "board_id": None if board is None else id_of(board),
        "parent_id": None if parent is None else id_of(parent),
    }


@contextmanager
def opened(
    file: FileLike, *, filename: str | None, fields: Mapping[str, str | None]
) -> Iterator[Upload]:
    """Open what is to be uploaded, if it is named by its path. OSError when it cannot be read."""
    said = {name: value for name, value in fields.items() if value is not None}
    if isinstance(file, str | Path):
        path = Path(file)
        with path.open("rb") as stream:
            yield Upload(file=stream, filename=filename or path.name, fields=said)
        return
    named = getattr(file, "name", None)
    own = Path(named).name if isinstance(named, str) and named else "upload"
    yield Upload(file=file, filename=filename or own, fields=said)
