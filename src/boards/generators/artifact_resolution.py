"""Turns the generation ids of an input into typed artifacts, and checks everything on the way.

A submit does this inside its own transaction, with one query for all ids:

    ids = collect_ids(schema, inputs)
    found = ...                                       # ids → FoundGeneration, one query
    resolved = build_inputs(schema, inputs, found, tenant_id=tenant_id)

`resolve_input_artifacts` is the same in one call, for those who hold a `GenerationLookup`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel, ValidationError

from boards.domain.artifacts import ArtifactType
from boards.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    PluginError,
    Problem,
    StorageError,
)
from boards.generators.artifacts import ARTIFACT_CLASSES, FROM_CLIENT, DigitalArtifact
from boards.generators.nearest import suggestion
from boards.generators.slots import Place, Slot, fill, slots_of, types_of
from boards.generators.validation import as_problems, refuse
from boards.ids import parse_id

__all__ = [
    "MOST_IDS",
    "FoundGeneration",
    "GenerationLookup",
    "InputEdge",
    "ResolvedInputs",
    "Slot",
    "build_inputs",
    "collect_ids",
    "extract_artifact_fields",
    "resolve_generation_ids_to_artifacts",
    "resolve_input_artifacts",
]

MOST_IDS = 1000
"""How many different generations one submit may take as inputs."""

_DEFAULT_FORMATS = {
    ArtifactType.IMAGE: "png",
    ArtifactType.VIDEO: "mp4",
    ArtifactType.AUDIO: "mp3",
    ArtifactType.TEXT: "plain",
    ArtifactType.LORA: "safetensors",
}

_REFUSED = object()
"""Stands where a slot was refused: no field takes it, so no validator judges half an input."""

Artifact = TypeVar("Artifact", bound=DigitalArtifact)


@dataclass(frozen=True, kw_only=True)
class FoundGeneration:
    """What is known of a generation that an input names.

    `readable` says whether the caller may view it. `status` is the one that surfaces show.
    Width and height in pixels, duration in seconds, `sample_rate` in Hz; `content` is a text's
    whole content.
    """

    id: UUID
    tenant_id: UUID
    readable: bool
    status: str
    artifact_type: ArtifactType
    format: str | None = None
    storage_url: str | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None
    sample_rate: int | None = None
    channels: int | None = None
    content: str | None = None
    base_model: str | None = None
    trigger_words: tuple[str, ...] | None = None


class GenerationLookup(Protocol):
    """Looks generations up."""

    async def find(self, ids: Sequence[UUID]) -> Mapping[UUID, FoundGeneration]:
        """Find all of these with one query, other tenants' too; those that are none are absent."""
        ...


@dataclass(frozen=True, kw_only=True)
class InputEdge:
    """One step of lineage: `input_id` stands in the field `role`, at `position` of its list.

    `role` is the field's name, dotted where it is nested: `image_source`, `scenes.0.background`.
    """

    input_id: UUID
    role: str
    position: int
    artifact_type: ArtifactType


@dataclass(frozen=True, kw_only=True)
class ResolvedInputs:
    """A validated input model, and the lineage that it brings."""

    model: BaseModel
    edges: tuple[InputEdge, ...]


def extract_artifact_fields(schema: type[BaseModel]) -> dict[str, Slot]:
    """Find the artifact slots of an input model: path → slot, in the order of the fields."""
    return {slot.path: slot for slot in slots_of(schema)}


def collect_ids(schema: type[BaseModel], inputs: Mapping[str, object]) -> list[UUID]:
    """List the generations that an input names, each once, in order.

    What is no id is left to `build_inputs`, which says so. InvalidInput for more than `MOST_IDS`.
    """
    collected = _Collecting()
    fill(schema, _checked_mapping(inputs), collected)
    if len(collected.ids) > MOST_IDS:
        raise InvalidInput(
            f"This names {len(collected.ids)} generations; {MOST_IDS} can be inputs at once."
        )
    return list(collected.ids)


def build_inputs(
    schema: type[BaseModel],
    inputs: Mapping[str, object],
    found: Mapping[UUID, FoundGeneration],
    *,
    tenant_id: UUID,
) -> ResolvedInputs:
    """Put artifacts in place of the ids and validate the whole.

    NotFound, Forbidden or Conflict for the first generation that cannot be an input. InvalidInput
    with all problems at once: wrong types, keys that no field takes, whatever Pydantic finds.
    PluginError when the model's own validators break.
    """
    building = _Building(found, tenant_id)
    filled = fill(schema, _checked_mapping(inputs), building)
    problems = building.problems
    model: BaseModel | None = None
    try:
        model = schema.model_validate(filled, context={FROM_CLIENT: True})
    except ValidationError as error:
        refused = {problem.at for problem in problems}
        problems += [p for p in as_problems(error, filled) if not _is_below(p.at, refused)]
    except Exception as error:
        raise PluginError(
            f"The input check of {schema.__name__} failed.",
            detail=f"{type(error).__name__}: {error}",
        ) from error
    if problems or model is None:
        raise refuse(problems)
    return ResolvedInputs(model=model, edges=tuple(building.edges))


async def resolve_input_artifacts(
    inputs: Mapping[str, object],
    schema: type[BaseModel],
    lookup: GenerationLookup,
    tenant_id: UUID,
) -> ResolvedInputs:
    """Look up and check all generations that an input names, and validate it. See `build_inputs`.

    Asks the lookup once, and not at all when there is no id.
    """
    ids = collect_ids(schema, inputs)
    found = await lookup.find(ids) if ids else {}
    return build_inputs(schema, inputs, found, tenant_id=tenant_id)


async def resolve_generation_ids_to_artifacts(
    generation_ids: Iterable[str | UUID],
    artifact_class: type[Artifact],
    lookup: GenerationLookup,
    tenant_id: UUID,
) -> list[Artifact]:
    """Turn ids into artifacts of one class, in the same order, with the same checks.

    Raises NotFound, Forbidden, Conflict, or InvalidInput for a wrong artifact type.
    """
    wanted = list(generation_ids)
    ids = [parsed for parsed in map(parse_id, wanted) if parsed is not None]
    found = await lookup.find(list(dict.fromkeys(ids))) if ids else {}
    artifacts = []
    for each in wanted:
        generation = _usable(each, found, tenant_id)
        if wrong := _wrong_type(generation, (artifact_class,)):
            raise InvalidInput(wrong)
        artifacts.append(cast(Artifact, _artifact(generation, (artifact_class,))))
    return artifacts


class _Collecting:
    """Notes the ids that stand in slots."""

    def __init__(self) -> None:
        self.ids: dict[UUID, None] = {}

    def put(self, place: Place, value: object) -> object:  # noqa: ARG002 - a Filling hears it
        for each in _as_list(value):
            parsed = parse_id(each)
            if parsed is not None:
                self.ids[parsed] = None
        return value

    def unknown(self, path: str, known: Collection[str]) -> None:
        pass


class _Building:
    """Puts artifacts into slots; notes problems and lineage."""

    def __init__(self, found: Mapping[UUID, FoundGeneration], tenant_id: UUID) -> None:
        self._found = found
        self._tenant_id = tenant_id
        self.problems: list[Problem] = []
        self.edges: list[InputEdge] = []
        self._places: set[tuple[str, int]] = set()

    def put(self, place: Place, value: object) -> object:
        values = _as_list(value)
        if not place.is_list and len(values) != 1:
            self._refuse(place, f"This takes one generation; {len(values)} were given.")
            return _REFUSED
        filled = [self._put_one(place, each, position) for position, each in enumerate(values)]
        return filled if place.is_list else filled[0]

    def _put_one(self, place: Place, value: object, position: int) -> object:
        if not isinstance(value, (str, UUID)) or not str(value).strip():
            self._refuse(place, _what_to_pass(place, value))
            return _REFUSED
        generation = _usable(value, self._found, self._tenant_id)
        if wrong := _wrong_type(generation, place.classes):
            self._refuse(place, wrong)
            return _REFUSED
        if (place.path, position) in self._places:
            self._refuse(place, "Two keys lead to this place; rename one, without dots.")
            return _REFUSED
        self._places.add((place.path, position))
        self.edges.append(
            InputEdge(
                input_id=generation.id,
                role=place.path,
                position=position,
                artifact_type=generation.artifact_type,
            )
        )
        return _artifact(generation, place.classes)

    def unknown(self, path: str, known: Collection[str]) -> None:
        key = path.rpartition(".")[2]
        message = f"There is no input {key!r}.{suggestion(key, known)}"
        self.problems.append(Problem(at=f"inputs.{path}", message=message))

    def _refuse(self, place: Place, message: str) -> None:
        self.problems.append(Problem(at=f"inputs.{place.path}", message=message))


def _usable(
    given: str | UUID, found: Mapping[UUID, FoundGeneration], tenant_id: UUID
) -> FoundGeneration:
    """Check in the guide's order, so that nothing is told of what the caller may not see."""
    parsed = parse_id(given)
    generation = found.get(parsed) if parsed is not None else None
    if generation is None:
        raise NotFound(f"Generation {_shown(given)} not found")
    if generation.tenant_id != tenant_id:
        raise Forbidden(f"Access denied to generation {generation.id} - tenant mismatch")
    if not generation.readable:
        raise NotFound(f"Generation {_shown(given)} not found")
    if generation.status != "completed":
        raise Conflict(f"Generation {generation.id} is not completed (status: {generation.status})")
    return generation


def _wrong_type(
    generation: FoundGeneration, classes: tuple[type[DigitalArtifact], ...]
) -> str | None:
    expected = types_of(classes)
    if generation.artifact_type in expected:
        return None
    return (
        f"Generation {generation.id} has wrong artifact type: "
        f"expected {' or '.join(expected)}, got {generation.artifact_type}"
    )


def _artifact(
    generation: FoundGeneration, classes: tuple[type[DigitalArtifact], ...]
) -> DigitalArtifact:
    kind = ARTIFACT_CLASSES[generation.artifact_type]
    # A plugin's own subclass is used where its slot asks for one.
    kind = next((own for own in classes if issubclass(own, kind)), kind)
    known: dict[str, object] = {
        "generation_id": str(generation.id),
        "format": generation.format or _DEFAULT_FORMATS[generation.artifact_type],
        "storage_url": generation.storage_url,
        "width": generation.width,
        "height": generation.height,
        "duration": generation.duration,
        "fps": generation.fps,
        "sample_rate": generation.sample_rate,
        "channels": generation.channels,
        "content": generation.content,
        "base_model": generation.base_model or "unknown",
        "trigger_words": generation.trigger_words and list(generation.trigger_words),
    }
    try:
        return kind.model_validate({name: known[name] for name in kind.model_fields & known.keys()})
    except ValidationError as error:
        raise StorageError(
            f"Generation {generation.id} is completed, but what is stored of it is damaged.",
            detail=str(error),
        ) from error


def _checked_mapping(inputs: object) -> Mapping[str, object]:
    if not isinstance(inputs, Mapping):
        message = f"The inputs must be an object with a value for each name, not {inputs!r:.80}."
        raise InvalidInput(message, problems=(Problem(at="inputs", message=message),))
    return inputs


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _what_to_pass(place: Place, value: object) -> str:
    kinds = " or ".join(types_of(place.classes))
    if isinstance(value, Mapping):
        return f"Pass the generation's id, not an artifact: this takes the id of {kinds}."
    return f"Pass the id of a generation ({kinds}), not {value!r:.80}."


def _shown(given: str | UUID) -> str:
    """Echo an id as it was given, but no control characters and no book."""
    return "".join(c for c in str(given).strip() if c.isprintable())[:100]


def _is_below(at: str, refused: set[str]) -> bool:
    return any(at == each or at.startswith(f"{each}.") for each in refused)
