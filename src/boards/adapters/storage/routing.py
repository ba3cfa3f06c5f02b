"""Where a new file goes, and how its key says so.

    {tenant}/at.{provider}/{yyyy}/{mm}/{type}/{file id}.{extension}

The provider's name stands in the key for good, so rules may change at any time: what was stored
before is found where it was stored. Keys without a name in them are older than this, or are made of
what they belong to, as receipts are; those are looked for in every provider.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from uuid import UUID

from boards.domain.artifacts import ArtifactType, check_key

__all__ = ["Rule", "Subject", "place_of", "placed", "provider_for"]

_MARK = "at."


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is known of a file about to be stored; `size` in bytes, None while nobody knows."""

    tenant_id: UUID
    artifact_type: ArtifactType | None = None
    size: int | None = None
    board_id: UUID | None = None
    generator: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Files that fit every condition go to `provider`; a rule without conditions fits all.

    A size that nobody knows fits no condition on sizes. `generators` are names, or patterns such
    as `fal-*`.
    """

    provider: str
    artifact_types: frozenset[ArtifactType] = frozenset()
    size_gt: int | None = None
    size_lte: int | None = None
    tenants: frozenset[UUID] = frozenset()
    boards: frozenset[UUID] = frozenset()
    generators: tuple[str, ...] = ()

    def fits(self, subject: Subject) -> bool:
        """Tell whether the rule is for this file."""
        size = subject.size
        return (
            (not self.artifact_types or subject.artifact_type in self.artifact_types)
            and (self.size_gt is None or (size is not None and size > self.size_gt))
            and (self.size_lte is None or (size is not None and size <= self.size_lte))
            and (not self.tenants or subject.tenant_id in self.tenants)
            and (not self.boards or subject.board_id in self.boards)
            and (not self.generators or self._fits_generator(subject.generator))
        )

    def _fits_generator(self, name: str | None) -> bool:
        return name is not None and any(fnmatchcase(name, each) for each in self.generators)


def provider_for(subject: Subject, rules: Sequence[Rule], default: str) -> str:
    """Name the provider for a file: that of the first rule that fits, else the default."""
    return next((rule.provider for rule in rules if rule.fits(subject)), default)


def placed(key: str, provider: str) -> str:
    """Give a new key with the provider's name in it."""
    tenant, rest = key.split("/", 1)
    return check_key(f"{tenant}/{_MARK}{provider}/{rest}")


def place_of(key: str) -> str | None:
    """Name the provider that has a key's bytes; None for a key without a name in it."""
    segments = key.split("/", 2)
    if len(segments) == 3 and segments[1].startswith(_MARK):
        return segments[1].removeprefix(_MARK)
    return None
