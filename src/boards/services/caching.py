"""The result cache: what was made once from the same inputs need not be paid for again.

The key of a run is its generator, the generator's version, and its inputs as they were understood:
defaults filled in, contents in place of ids, no display fields, no signatures in URLs. Only runs
that would give the same result again are found: those with a seed, and those of a generator that
says it is deterministic. A hit is shown as one, costs nothing, and is only a hit while its bytes
are there. Nothing goes from one tenant to another.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from pydantic import BaseModel, JsonValue

from boards.domain.access import Actor
from boards.domain.costs import Cost
from boards.domain.generations import Generation, Phase
from boards.domain.jobs import Job
from boards.generators.artifact_resolution import ResolvedInputs
from boards.generators.artifacts import DigitalArtifact
from boards.generators.base import BaseGenerator
from boards.ids import new_id
from boards.services.ports import Database, NewGeneration, Storage, Tx
from boards.services.rights import scope_of

__all__ = ["ResultCache", "cache_key", "is_cacheable", "made_again"]

_SIGNATURES = frozenset(
    {
        *("signature", "sig", "expires", "token", "policy", "key-pair-id", "awsaccesskeyid"),
        *("googleaccessid", "se", "sp", "sv", "sr", "st", "spr", "skoid", "sktid", "ske", "sks"),
    }
)
"""Parts of a query by which clouds sign addresses; those that begin with x-amz- or x-goog-, too."""


def is_cacheable(generator: BaseGenerator, inputs: BaseModel) -> bool:
    """Tell whether a run would give the same result again."""
    if generator.version is None:
        return False
    seed = getattr(inputs, "seed", None)
    has_seed = isinstance(seed, int) and not isinstance(seed, bool) and seed >= 0
    return generator.deterministic or has_seed


def cache_key(
    generator: BaseGenerator, inputs: BaseModel, contents: Mapping[UUID, str | None]
) -> str | None:
    """The key of a run; `contents` gives the SHA-256 of each input's content.

    None when an input has no content that could be told from another's.
    """
    try:
        plain = _plain(inputs, contents)
    except LookupError:
        return None
    text = json.dumps(
        [generator.name, generator.version, plain],
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class ResultCache:
    """Finds what was made before."""

    database: Database
    storage: Storage

    async def find(
        self, actor: Actor, generator: BaseGenerator, resolved: ResolvedInputs
    ) -> tuple[str | None, tuple[Generation, ...]]:
        """Give the key of a run, None if it is never cached, and the outputs of an earlier one."""
        if not is_cacheable(generator, resolved.model):
            return None, ()

        def look(tx: Tx) -> tuple[str | None, tuple[Generation, ...]]:
            ids = [edge.input_id for edge in resolved.edges]
            rows = tx.generations.find_anywhere(ids) if ids else {}
            key = cache_key(
                generator, resolved.model, {one.id: _content(one) for one in rows.values()}
            )
            return key, () if key is None else tx.generations.made_before(key)

        key, found = await self.database.read(look, scope=scope_of(actor))
        if found and await self._is_there(found):
            return key, found
        return key, ()

    async def _is_there(self, outputs: tuple[Generation, ...]) -> bool:
        """Whether all outputs of the run are left, with every byte."""
        if len(outputs) != outputs[0].batch_size:
            return False
        for one in outputs:
            files = [*([one.file] if one.file else ()), *(extra.file for extra in one.extra_files)]
            if not files and one.content is None:
                return False
            for file in files:
                if await self.storage.size(file.key) != file.size:
                    return False
        return True


def made_again(
    cached: Sequence[Generation], job: Job, inputs: Mapping[str, JsonValue], cost: Cost
) -> list[NewGeneration]:
    """The outputs of an earlier run as those of a new one: the same bytes, for nothing."""
    batch_id = new_id() if len(cached) > 1 else None
    return [
        NewGeneration(
            id=new_id(),
            tenant_id=job.tenant_id,
            board_id=job.board_id,
            user_id=job.user_id,
            job_id=job.id,
            batch_id=batch_id,
            batch_index=one.batch_index,
            batch_size=one.batch_size,
            generator_name=one.generator_name,
            generator_version=one.generator_version,
            provider=one.provider,
            artifact_type=one.artifact_type,
            phase=Phase.COMPLETED,
            input_params=inputs,
            estimate=cost,
            cost=cost,
            repeatable=True,
            created_at=job.created_at,
            completed_at=job.created_at,
            file=one.file,
            content=one.content,
            extra_files=one.extra_files,
            output_metadata=one.output_metadata,
            cached_from=one.id,
        )
        for one in cached
    ]


def _content(generation: Generation) -> str | None:
    if generation.file is not None:
        return generation.file.sha256
    if generation.content is not None:
        return hashlib.sha256(generation.content.encode()).hexdigest()
    return None


def _plain(value: Any, contents: Mapping[UUID, str | None]) -> Any:
    """Values as JSON has them. LookupError for an artifact without content."""
    if isinstance(value, DigitalArtifact):
        content = contents.get(UUID(str(value.generation_id)))
        if content is None:
            raise LookupError(value.generation_id)
        return {"sha256": content}
    if isinstance(value, BaseModel):
        return {
            name: _plain(getattr(value, name), contents)
            for name, field in type(value).model_fields.items()
            if not _is_display(field.json_schema_extra)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(each, contents) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, contents) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(_plain(each, contents) for each in value)
    if isinstance(value, str):
        return _unsigned(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def _is_display(extra: object) -> bool:
    return isinstance(extra, Mapping) and extra.get("x-display") is True


def _unsigned(text: str) -> str:
    """A URL without what signs it; any other text as it is."""
    if not text.startswith(("http://", "https://")):
        return text
    try:
        parts = urlsplit(text)
        sent = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return text
    kept = [
        (name, value)
        for name, value in sent
        if name.lower() not in _SIGNATURES and not name.lower().startswith(("x-amz-", "x-goog-"))
    ]
    return text if len(kept) == len(sent) else urlunsplit(parts._replace(query=urlencode(kept)))
