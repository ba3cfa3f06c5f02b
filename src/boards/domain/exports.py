"""What the manifest of an exported board says, and what makes it believable.

    manifest.json         this, as JSON
    recipes/{id}.json     how each generation was made
    files/{id}.{ext}      its file; files/{id}-{n}.{ext} its further ones, from 0

Ids are those of the board that was exported. Nothing in a manifest is a path, an address or a key
of anything but the files beside it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
)

from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput

__all__ = [
    "FORMAT",
    "MANIFEST",
    "MOST_GENERATIONS",
    "VERSION",
    "ExportedBoard",
    "ExportedEdge",
    "ExportedExtra",
    "ExportedFile",
    "ExportedGeneration",
    "ExportedNote",
    "Manifest",
    "earliest",
    "file_path",
    "in_order",
    "read_manifest",
    "recipe_path",
    "with_new_ids",
]

FORMAT: Literal["boards-export"] = "boards-export"
VERSION: Literal[1] = 1
MANIFEST = "manifest.json"
MOST_GENERATIONS = 10_000
"""As many as are written in one transaction without holding others up for long."""

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_FILE = rf"^files/{_ID}(?:-[0-9]{{1,3}})?\.[a-z0-9]{{1,16}}$"
_RECIPE = rf"^recipes/{_ID}\.json$"
_SHA256 = r"^[0-9a-f]{64}$"
_NUL = re.compile("\x00")

Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Said(BaseModel):
    """Strict: what is misspelt or of another type is refused, not guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ExportedFile(_Said):
    """A file beside the manifest: `size` in bytes, `sha256` in hex."""

    path: Annotated[str, StringConstraints(pattern=_FILE)]
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, StringConstraints(pattern=_SHA256)]


class ExportedExtra(_Said):
    """A further file, such as a mask."""

    role: Words
    type: ArtifactType | None = None
    file: ExportedFile


class ExportedNote(_Said):
    """What somebody wrote about a generation; who is not told."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    created_at: AwareDatetime


class ExportedGeneration(_Said):
    """A generation that was completed. `cost` is what it came to, as decimal text in USD."""

    id: UUID
    generator: Words
    generator_version: Words | None = None
    provider: Words
    artifact_type: ArtifactType
    inputs: dict[str, JsonValue] = Field(default_factory=dict)
    output_metadata: dict[str, JsonValue] = Field(default_factory=dict)
    content: Annotated[str, StringConstraints(max_length=4 * 2**20)] | None = None
    batch_id: UUID | None = None
    batch_index: Annotated[int, Field(ge=0, lt=1000)] = 0
    batch_size: Annotated[int, Field(gt=0, le=1000)] = 1
    cost: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,9})?$")] | None = None
    created_at: AwareDatetime
    completed_at: AwareDatetime
    file: ExportedFile | None = None
    extra_files: Annotated[list[ExportedExtra], Field(max_length=1000)] = Field(
        default_factory=list
    )
    recipe: Annotated[str, StringConstraints(pattern=_RECIPE)] | None = None
    recipe_sha256: Annotated[str, StringConstraints(pattern=_SHA256)] | None = None
    tags: Annotated[list[Words], Field(max_length=1000)] = Field(default_factory=list)
    notes: Annotated[list[ExportedNote], Field(max_length=1000)] = Field(default_factory=list)

    @property
    def files(self) -> Iterator[ExportedFile]:
        """All of its files, the primary one first."""
        if self.file is not None:
            yield self.file
        for extra in self.extra_files:
            yield extra.file


class ExportedEdge(_Said):
    """The output was made from the input, which stood in the field `role` at `position`."""

    output: UUID
    input: UUID
    role: Words
    position: Annotated[int, Field(ge=0, lt=10_000)]


class ExportedBoard(_Said):
    """What is said of the board."""

    title: Words
    description: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    created_at: AwareDatetime


class Manifest(_Said):
    """All that an export says."""

    format: Literal["boards-export"] = FORMAT
    version: Literal[1] = VERSION
    made_at: AwareDatetime
    made_by: Words
    board: ExportedBoard
    generations: Annotated[list[ExportedGeneration], Field(max_length=MOST_GENERATIONS)]
    lineage: Annotated[list[ExportedEdge], Field(max_length=10 * MOST_GENERATIONS)]

    @property
    def paths(self) -> list[str]:
        """Every file that there has to be beside the manifest."""
        found = [file.path for one in self.generations for file in one.files]
        return found + [one.recipe for one in self.generations if one.recipe is not None]


def file_path(generation_id: UUID, extension: str, index: int | None = None) -> str:
    """Name the file of a generation, or its further one of that index."""
    return f"files/{generation_id}{'' if index is None else f'-{index}'}.{extension}"


def recipe_path(generation_id: UUID) -> str:
    """Name the recipe of a generation."""
    return f"recipes/{generation_id}.json"


def read_manifest(text: bytes) -> Manifest:
    """Read and check a manifest. InvalidInput when it is none, says something twice, leads to
    something that it does not have, or has something made from itself."""
    try:
        manifest = Manifest.model_validate_json(text)
    except (ValidationError, RecursionError) as error:
        raise InvalidInput(f"The manifest is not valid: {_first_fault(error)}") from None
    ids = [one.id for one in manifest.generations]
    _refuse_twice((str(each) for each in ids), "generation")
    _refuse_twice(manifest.paths, "file")
    _refuse_twice((f"{e.output} {e.role} {e.position}" for e in manifest.lineage), "lineage edge")
    known = set(ids)
    for edge in manifest.lineage:
        for end in (edge.output, edge.input):
            if end not in known:
                raise InvalidInput(f"The lineage names generation {end}, which is not there.")
    for one in manifest.generations:
        if one.file is None and one.content is None:
            raise InvalidInput(f"Generation {one.id} has neither a file nor a text.")
        if one.batch_index >= one.batch_size:
            raise InvalidInput(f"Generation {one.id} is outside of its batch.")
        if (one.recipe is None) != (one.recipe_sha256 is None):
            raise InvalidInput(f"The recipe of generation {one.id} has no checksum.")
        _refuse_nul(one.model_dump(mode="python", exclude={"id"}), one.id)
    in_order(manifest)
    return manifest


def in_order(manifest: Manifest) -> Sequence[UUID]:
    """Give the ids so that whatever something was made from comes before it. InvalidInput when
    there is no such order."""
    inputs: dict[UUID, set[UUID]] = {one.id: set() for one in manifest.generations}
    outputs: dict[UUID, list[UUID]] = {one.id: [] for one in manifest.generations}
    for edge in manifest.lineage:
        if edge.input not in inputs[edge.output]:
            inputs[edge.output].add(edge.input)
            outputs[edge.input].append(edge.output)
    missing = {each: len(found) for each, found in inputs.items()}
    ready = [each for each, count in missing.items() if not count]
    for each in ready:
        for output in outputs[each]:
            missing[output] -= 1
            if not missing[output]:
                ready.append(output)
    if len(ready) < len(inputs):
        stuck = next(each for each, count in missing.items() if count)
        raise InvalidInput(f"By its lineage generation {stuck} was made from itself.")
    return ready


def with_new_ids(value: JsonValue, ids: Mapping[str, str]) -> JsonValue:
    """The same value with new ids in place of the old ones, wherever one stands alone."""
    if isinstance(value, str):
        return ids.get(value.strip().lower(), value)
    if isinstance(value, list):
        return [with_new_ids(each, ids) for each in value]
    if isinstance(value, dict):
        return {key: with_new_ids(each, ids) for key, each in value.items()}
    return value


def _refuse_twice(names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidInput(f"The manifest has the {what} {name!r} twice.")
        seen.add(name)


def _refuse_nul(value: object, generation_id: UUID) -> None:
    """Neither database takes U+0000 everywhere."""
    todo: list[object] = [value]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            if _NUL.search(part):
                raise InvalidInput(f"A text of generation {generation_id} holds U+0000.")
        elif isinstance(part, Mapping):
            todo.extend(part)
            todo.extend(part.values())
        elif isinstance(part, list | tuple):
            todo.extend(part)
        elif isinstance(part, float) and part - part != 0:
            raise InvalidInput(f"A number of generation {generation_id} is not finite.")


def _first_fault(error: ValidationError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply."
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, fault['loc'])) or 'it'}: {fault['msg']}"[:500]


def earliest(moment: datetime, now: datetime) -> datetime:
    """A moment that somebody else wrote down, which is not to lie ahead."""
    return min(moment, now)
