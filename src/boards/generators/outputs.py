"""Reads what a generator returned: which artifact is the primary, its siblings, its extra files.

Fields are read in order. The first artifact of the generator's own type is the primary; further
items of that type in the same list are its batch siblings; all other artifacts are extra files of
the primary, under their field's name; what is no artifact is metadata, kept and shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, JsonValue, TypeAdapter

from boards.domain.artifacts import ArtifactType
from boards.errors import PluginError
from boards.generators.artifacts import DigitalArtifact

__all__ = ["Outputs", "read_outputs"]

_plain: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """A generator's output, sorted. Extra files come with the role they play."""

    primary: DigitalArtifact
    siblings: tuple[DigitalArtifact, ...]
    extras: tuple[tuple[str, DigitalArtifact], ...]
    metadata: dict[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class _Found:
    role: str
    group: int
    artifact: DigitalArtifact


def read_outputs(result: object, artifact_type: ArtifactType, *, generator: str) -> Outputs:
    """Sort the artifacts of `result`. PluginError when there is none of the generator's type."""
    if not isinstance(result, BaseModel):
        raise PluginError(
            f"Generator {generator!r} returned {type(result).__name__}; it must return a Pydantic "
            "model that holds artifacts, or a GeneratorResult."
        )
    groups = iter(range(1_000_000))
    found: list[_Found] = []
    metadata: dict[str, JsonValue] = {}
    if isinstance(result, DigitalArtifact):
        found.append(_Found(role="result", group=0, artifact=result))
    else:
        for name in type(result).model_fields:
            value = getattr(result, name)
            artifacts = list(_walk(value, name, groups))
            found.extend(artifacts)
            facts = _beside_artifacts(value) if artifacts else _json(value)
            if not _is_empty(facts):
                metadata[name] = facts
    primary = next((f for f in found if f.artifact.artifact_type is artifact_type), None)
    if primary is None:
        made = ", ".join(sorted({f.artifact.artifact_type.value for f in found})) or "nothing"
        raise PluginError(
            f"Generator {generator!r} makes {artifact_type.value} but returned {made}."
        )
    rest = [f for f in found if f is not primary]
    siblings = [
        f for f in rest if f.group == primary.group and f.artifact.artifact_type is artifact_type
    ]
    return Outputs(
        primary=primary.artifact,
        siblings=tuple(f.artifact for f in siblings),
        extras=tuple((f.role, f.artifact) for f in rest if f not in siblings),
        metadata=metadata,
    )


def _walk(value: object, role: str, groups: Iterator[int]) -> Iterator[_Found]:
    """Find the artifacts in a field's value; the items of one list share a group."""
    if isinstance(value, DigitalArtifact):
        yield _Found(role=role, group=next(groups), artifact=value)
    elif isinstance(value, (list, tuple)):
        group = next(groups)
        for item in value:
            if isinstance(item, DigitalArtifact):
                yield _Found(role=role, group=group, artifact=item)
            else:
                yield from _walk(item, role, groups)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, f"{role}.{key}", groups)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), f"{role}.{name}", groups)


def _beside_artifacts(value: object) -> JsonValue:
    """Give what stands beside the artifacts of a field, such as a caption; None for nothing."""
    if isinstance(value, DigitalArtifact):
        return None
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, dict):
        facts = {str(key): _beside_artifacts(item) for key, item in value.items()}
        return {key: fact for key, fact in facts.items() if not _is_empty(fact)}
    if isinstance(value, (list, tuple)):
        items = [_beside_artifacts(item) for item in value]
        return items if any(not _is_empty(item) for item in items) else None
    return _json(value)


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, (dict, list)) and not value)


def _json(value: object) -> JsonValue:
    """Give plain JSON data; what JSON cannot say is kept as text, never lost."""
    if isinstance(value, BaseModel):
        return _plain.validate_python(value.model_dump(mode="json"))
    try:
        return _plain.validate_json(TypeAdapter(type(value)).dump_json(value))
    except Exception:  # noqa: BLE001 - an object of a plugin: any error means "not JSON"
        return str(value)
