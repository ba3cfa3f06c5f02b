"""Writes recipes: gathers from the rows how an output was made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import JsonValue
from pydantic_core import PydanticSerializationError, PydanticUndefined, to_jsonable_python

from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Generation
from boards.domain.lineage import Edge
from boards.domain.provenance import (
    DigitalSource,
    Recipe,
    RecipeFile,
    RecipeSource,
    digital_source,
    without_secrets,
)
from boards.generators.artifacts import DigitalArtifact
from boards.generators.base import BaseGenerator
from boards.generators.registry import GeneratorRegistry
from boards.services.ports import Tx

__all__ = ["UPLOADED", "RecipeWriter"]

UPLOADED = "upload"
"""The provider of what somebody sent: nobody here knows how it was made."""

_MAX_DEPTH = 25
_SHOWN = frozenset({ArtifactType.IMAGE, ArtifactType.VIDEO, ArtifactType.AUDIO})

Sources = Callable[[Sequence[UUID]], Mapping[UUID, Generation]]


@dataclass(frozen=True, kw_only=True)
class RecipeWriter:
    """Says how outputs were made. `made_with` names this program and its version."""

    registry: GeneratorRegistry
    made_with: str = field(default="Boards")

    def write(self, tx: Tx, generation: Generation, *, seen: Sources | None = None) -> Recipe:
        """Write the recipe of a generation that was not uploaded.

        `seen` finds those of its inputs whose content may be named; by default all are. Call it in
        a transaction of the generation's tenant, or of the system.
        """
        edges = tx.lineage.inputs_of([generation.id])
        ids = [edge.input_id for edge in edges]
        found = (seen or tx.generations.find_anywhere)(ids) if ids else {}
        sources = tuple(_source(edge, found.get(edge.input_id)) for edge in edges)
        generator = self.registry.get(generation.generator_name)
        inputs = {**_defaults(generator), **generation.input_params}
        by_id = {str(one.generation_id): one for one in sources}
        clean = without_secrets({name: _named(value, by_id) for name, value in inputs.items()})
        basis = (generation.cost and generation.cost.basis) or generation.estimate.basis
        cost = generation.cost.amount if generation.cost else None
        return Recipe(
            generation_id=generation.id,
            job_id=generation.job_id,
            batch_index=generation.batch_index,
            batch_size=generation.batch_size,
            generator=generation.generator_name,
            generator_version=generation.generator_version,
            provider=generation.provider,
            model=basis.model if basis else None,
            artifact_type=generation.artifact_type,
            inputs=clean if isinstance(clean, dict) else {},
            sources=sources,
            seed=_seed(generation),
            cost=None if cost is None else f"{cost.normalize():f}",
            cached_from=generation.cached_from,
            file=_file(generation),
            digital_source_type=self._kind(tx, generation).uri,
            made_with=self.made_with,
            created_at=generation.created_at,
            started_at=generation.started_at,
            completed_at=generation.completed_at,
        )

    def _kind(self, tx: Tx, generation: Generation) -> DigitalSource:
        """Look at everything that went into it, however long ago."""
        edges = tx.lineage.ancestors(generation.id, max_depth=_MAX_DEPTH)
        before = tx.generations.find_anywhere({edge.input_id for edge in edges}) if edges else {}
        all_of_it = [generation, *before.values()]
        return digital_source(
            has_trained=any(self._is_trained(one) for one in all_of_it),
            has_uploads=any(
                one.provider == UPLOADED and one.artifact_type in _SHOWN for one in all_of_it
            ),
        )

    def _is_trained(self, generation: Generation) -> bool:
        """A model made it, unless its generator says of itself that it only follows rules."""
        if generation.provider == UPLOADED:
            return False
        generator = self.registry.get(generation.generator_name)
        return generator is None or not generator.is_algorithmic


def _source(edge: Edge, row: Generation | None) -> RecipeSource:
    return RecipeSource(
        role=edge.role,
        position=edge.position,
        generation_id=edge.input_id,
        artifact_type=edge.artifact_type,
        sha256=row.file.sha256 if row is not None and row.file is not None else None,
    )


def _named(value: JsonValue, sources: Mapping[str, RecipeSource]) -> JsonValue:
    """Put what an artifact is in the place of its id."""
    if isinstance(value, str) and value.strip().lower() in sources:
        source = sources[value.strip().lower()]
        return {"generation_id": str(source.generation_id), "sha256": source.sha256}
    if isinstance(value, list):
        return [_named(each, sources) for each in value]
    if isinstance(value, Mapping):
        return {key: _named(each, sources) for key, each in value.items()}
    return value


def _defaults(generator: BaseGenerator | None) -> dict[str, JsonValue]:
    """What holds where nothing was said; unknown once a generator is gone."""
    if generator is None:
        return {}
    said: dict[str, JsonValue] = {}
    for name, each in generator.get_input_schema().model_fields.items():
        if each.is_required():
            continue
        default = each.get_default(call_default_factory=True, validated_data={})
        if default is None or default is PydanticUndefined or isinstance(default, DigitalArtifact):
            continue
        try:
            said[name] = to_jsonable_python(default)
        except PydanticSerializationError:
            continue
    return said


def _seed(generation: Generation) -> int | None:
    """What the provider says it was, else what was asked for."""
    for said in (generation.output_metadata.get("seed"), generation.input_params.get("seed")):
        if isinstance(said, int) and not isinstance(said, bool) and said >= 0:
            return said
    return None


def _file(generation: Generation) -> RecipeFile | None:
    file = generation.file
    if file is None:
        return None
    return RecipeFile(
        format=file.facts.format,
        size=file.size,
        sha256=file.sha256,
        width=file.facts.width,
        height=file.facts.height,
        duration=file.facts.duration,
    )
