"""What a run has stored, as data: so that a crash after the bytes costs nothing but the finish."""

from dataclasses import dataclass, field

from pydantic import JsonValue, TypeAdapter

from boards.domain.artifacts import ArtifactType, StoredFile
from boards.domain.costs import Cost

__all__ = ["KeptArtifact", "Manifest", "dump_manifest", "load_manifest"]


@dataclass(frozen=True, kw_only=True)
class KeptArtifact:
    """One artifact whose bytes are in our storage. `content` is a text's content.

    `artifact_type` is None for an extra file of a format that Boards does not know.
    """

    artifact_type: ArtifactType | None
    file: StoredFile
    content: str | None = None
    metadata: dict[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """All that a run made: the primary, its siblings, extra files by role, and the facts.

    `billed` is what the provider charged for it all, None when it did not say.
    """

    primary: KeptArtifact
    siblings: tuple[KeptArtifact, ...] = ()
    extras: tuple[tuple[str, KeptArtifact], ...] = ()
    metadata: dict[str, JsonValue] = field(default_factory=dict)
    billed: Cost | None = None

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """Every file of the run."""
        kept = (self.primary, *self.siblings, *(extra for _, extra in self.extras))
        return tuple(one.file for one in kept)


_adapter: TypeAdapter[Manifest] = TypeAdapter(Manifest)
_plain: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


def dump_manifest(manifest: Manifest) -> JsonValue:
    """Give the manifest as plain JSON data."""
    return _plain.validate_python(_adapter.dump_python(manifest, mode="json"))


def load_manifest(data: JsonValue) -> Manifest:
    """Read a manifest back."""
    return _adapter.validate_python(data)
