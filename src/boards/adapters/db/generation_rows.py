"""Between a generation and its row: every field in both directions, and nothing else."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Row

from boards.adapters.db.tables import Generation as Table
from boards.domain.artifacts import ArtifactType, MediaFacts, StoredFile
from boards.domain.costs import Basis, Confidence, Cost, CostSource
from boards.domain.generations import ExtraFile, Failure, Generation, Phase
from boards.services.ports import Changes, NewGeneration

__all__ = ["COLUMNS", "as_changes", "as_row", "to_generation"]

Values = dict[str, Any]

_FILE = ("key", "size", "sha256")
_FACTS = (
    *("format", "mime", "width", "height", "duration", "fps"),
    *("sample_rate", "channels", "has_alpha", "codec", "frames", "orientation", "is_signed"),
)
_FAILURE = ("code", "message", "retryable", "provider_code", "error_id")

COLUMNS = tuple(
    getattr(Table, name)
    for name in (
        *("id", "tenant_id", "board_id", "user_id", "job_id", "batch_id", "batch_index"),
        *("batch_size", "generator_name", "generator_version", "provider", "artifact_type"),
        *("phase", "priority", "input_params", "progress", "message", "external_id"),
        *(f"file_{name}" for name in (*_FILE, *_FACTS)),
        *("content", "thumbnail_key", "blurhash", "extra_files", "output_metadata"),
        *(f"failure_{name}" for name in _FAILURE),
        "needs_attention",
        *("estimate_amount", "estimate_confidence", "estimate_basis", "estimate_cached_units"),
        *("cost_amount", "cost_confidence", "cost_basis", "cost_cached_units"),
        "cost_source",
        *("created_at", "updated_at", "started_at", "completed_at", "cached_from"),
        "title",
    )
)
"""What a Generation is read from."""


def to_generation(row: Row[Any]) -> Generation:
    """Read a row that has at least COLUMNS."""
    return Generation(
        id=row.id,
        tenant_id=row.tenant_id,
        board_id=row.board_id,
        user_id=row.user_id,
        job_id=row.job_id,
        batch_id=row.batch_id,
        batch_index=row.batch_index,
        batch_size=row.batch_size,
        generator_name=row.generator_name,
        generator_version=row.generator_version,
        provider=row.provider,
        artifact_type=ArtifactType(row.artifact_type),
        phase=Phase(row.phase),
        priority=row.priority,
        input_params=row.input_params,
        progress=row.progress,
        message=row.message,
        external_id=row.external_id,
        file=None if row.file_key is None else _file_of(row),
        content=row.content,
        thumbnail_key=row.thumbnail_key,
        blurhash=row.blurhash,
        extra_files=tuple(_read_extra(extra) for extra in row.extra_files or ()),
        output_metadata=row.output_metadata or {},
        failure=None if row.failure_code is None else _failure_of(row),
        needs_attention=row.needs_attention,
        estimate=_cost_of(
            row.estimate_amount,
            row.estimate_confidence,
            row.estimate_basis,
            row.estimate_cached_units,
        ),
        cost=None
        if row.cost_confidence is None
        else _cost_of(
            row.cost_amount,
            row.cost_confidence,
            row.cost_basis,
            row.cost_cached_units,
            row.cost_source,
        ),
        created_at=row.created_at,
        updated_at=row.updated_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
        cached_from=row.cached_from,
        title=row.title,
    )


def as_row(new: NewGeneration) -> Values:
    """Write a new generation: a pending one waits for admission, from its creation on."""
    values: Values = {
        "id": new.id,
        "tenant_id": new.tenant_id,
        "board_id": new.board_id,
        "user_id": new.user_id,
        "job_id": new.job_id,
        "batch_id": new.batch_id,
        "batch_index": new.batch_index,
        "batch_size": new.batch_size,
        "generator_name": new.generator_name,
        "generator_version": new.generator_version,
        "provider": new.provider,
        "artifact_type": new.artifact_type.value,
        "phase": new.phase.value,
        "priority": new.priority,
        "repeatable": new.repeatable,
        "input_params": dict(new.input_params),
        "created_at": new.created_at,
        "updated_at": new.created_at,
        "available_at": new.created_at if new.phase is Phase.PENDING else None,
        "completed_at": new.completed_at,
        "output_metadata": dict(new.output_metadata) or None,
        "extra_files": [_write_extra(extra) for extra in new.extra_files] or None,
        "content": new.content,
        "cache_key": new.cache_key,
        "cached_from": new.cached_from,
        "title": new.title,
        "progress": 1.0 if new.phase is Phase.COMPLETED else 0.0,
    }
    values |= _cost_values("estimate", new.estimate)
    if new.phase is not Phase.PENDING:
        values |= _file_values(new.file)
        values |= _cost_values("cost", new.cost)
        values["completed_at"] = new.completed_at or new.created_at
    return values


def as_changes(changes: Changes) -> Values:
    """Write changes as columns and their values."""
    values: Values = dict(changes)
    if "file" in changes:
        values |= _file_values(values.pop("file"))
    if "failure" in changes:
        values |= _failure_values(values.pop("failure"))
    if "cost" in changes:
        values |= _cost_values("cost", values.pop("cost"))
    if "extra_files" in changes:
        values["extra_files"] = [_write_extra(extra) for extra in changes["extra_files"]] or None
    if "output_metadata" in changes:
        values["output_metadata"] = dict(changes["output_metadata"]) or None
    if "other_ids" in changes:
        values["other_ids"] = list(changes["other_ids"]) or None
    return values


def _file_of(row: Row[Any]) -> StoredFile:
    return StoredFile(
        key=row.file_key,
        size=row.file_size,
        sha256=row.file_sha256,
        facts=MediaFacts(
            format=row.file_format,
            mime=row.file_mime,
            width=row.file_width,
            height=row.file_height,
            duration=row.file_duration,
            fps=row.file_fps,
            sample_rate=row.file_sample_rate,
            channels=row.file_channels,
            has_alpha=row.file_has_alpha,
            codec=row.file_codec,
            frames=row.file_frames,
            orientation=row.file_orientation,
            is_signed=row.file_is_signed,
        ),
    )


def _file_values(file: StoredFile | None) -> Values:
    if file is None:
        return dict.fromkeys(f"file_{name}" for name in (*_FILE, *_FACTS))
    return {
        **{f"file_{name}": getattr(file, name) for name in _FILE},
        **{f"file_{name}": getattr(file.facts, name) for name in _FACTS},
    }


def _failure_of(row: Row[Any]) -> Failure:
    return Failure(
        code=row.failure_code,
        message=row.failure_message,
        retryable=row.failure_retryable,
        provider_code=row.failure_provider_code,
        error_id=row.failure_error_id,
    )


def _failure_values(failure: Failure | None) -> Values:
    return {
        f"failure_{name}": None if failure is None else getattr(failure, name) for name in _FAILURE
    }


def _cost_of(
    amount: Decimal | None,
    confidence: str,
    basis: Mapping[str, str] | None,
    cached_units: int,
    source: str | None = None,
) -> Cost:
    return Cost(
        amount=amount,
        confidence=Confidence(confidence),
        basis=None if basis is None else _read_basis(basis),
        cached_units=cached_units,
        source=None if source is None else CostSource(source),
    )


def _cost_values(prefix: str, cost: Cost | None) -> Values:
    # An estimate is one: only what something came to has a source.
    source = {} if prefix == "estimate" else {f"{prefix}_source": _source_of(cost)}
    if cost is None:
        return source | dict.fromkeys(
            f"{prefix}_{name}" for name in ("amount", "confidence", "basis", "cached_units")
        )
    return source | {
        f"{prefix}_amount": cost.amount,
        f"{prefix}_confidence": cost.confidence.value,
        f"{prefix}_basis": None if cost.basis is None else _write_basis(cost.basis),
        f"{prefix}_cached_units": cost.cached_units,
    }


def _source_of(cost: Cost | None) -> str | None:
    return None if cost is None or cost.source is None else cost.source.value


def _write_basis(basis: Basis) -> dict[str, JsonValue]:
    # Decimals as text: JSON numbers would come back as floats.
    return {
        "provider": basis.provider,
        "model": basis.model,
        "unit": basis.unit,
        "units": str(basis.units),
        "unit_price": None if basis.unit_price is None else str(basis.unit_price),
    }


def _read_basis(basis: Mapping[str, str | None]) -> Basis:
    price = basis["unit_price"]
    return Basis(
        provider=str(basis["provider"]),
        model=str(basis["model"]),
        unit=str(basis["unit"]),
        units=Decimal(str(basis["units"])),
        unit_price=None if price is None else Decimal(price),
    )


def _write_extra(extra: ExtraFile) -> dict[str, JsonValue]:
    return {
        "role": extra.role,
        "type": None if extra.type is None else extra.type.value,
        **{name: getattr(extra.file, name) for name in _FILE},
        "facts": {name: getattr(extra.file.facts, name) for name in _FACTS},
    }


def _read_extra(extra: Mapping[str, Any]) -> ExtraFile:
    return ExtraFile(
        role=extra["role"],
        type=None if extra["type"] is None else ArtifactType(extra["type"]),
        file=StoredFile(
            key=extra["key"],
            size=extra["size"],
            sha256=extra["sha256"],
            facts=MediaFacts(**extra["facts"]),
        ),
    )
