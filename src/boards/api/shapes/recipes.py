"""Recipes, drafts and waveforms as answers show them."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import Field, JsonValue

from boards.api.shapes.base import Answer
from boards.domain.artifacts import ArtifactType
from boards.services.drafts import Draft, Wrote

__all__ = ["DraftShape", "RecipeShape", "WaveformShape", "draft_shape"]


class RecipeSourceShape(Answer):
    """An input that was an artifact."""

    role: str = Field(description="The input field in which it stood.")
    position: int = Field(description="Its place in that field, from 0.")
    generation_id: UUID = Field(description="Which generation it was.")
    artifact_type: ArtifactType = Field(description="What it was.")
    sha256: str | None = Field(
        description="The hash of its bytes; null for text, and where you may not see it."
    )


class RecipeFileShape(Answer):
    """The output's bytes, before any recipe was put into them."""

    format: str = Field(description="The short name of the file format.")
    size: int = Field(description="Bytes.")
    sha256: str = Field(description="The hash of the bytes, 64 hex digits.")
    width: int | None = Field(description="Pixels, as shown.")
    height: int | None = Field(description="Pixels, as shown.")
    duration: float | None = Field(description="Seconds.")


class RecipeShape(Answer):
    """How one output was made; the same lies beside its file, and goes into it at a download."""

    schema_: str = Field(alias="schema", description="The kind of recipe: `boards.recipe/1`.")
    generation_id: UUID = Field(description="The generation.")
    job_id: UUID | None = Field(description="The job it belonged to.")
    batch_index: int = Field(description="The place in the batch, from 0.")
    batch_size: int = Field(description="How many outputs the batch had.")
    generator: str = Field(description="The generator's name.")
    generator_version: str | None = Field(description="Its version, if it has one.")
    provider: str = Field(description="Whose service or library did the work.")
    model: str | None = Field(description="The provider's model, where it is known.")
    artifact_type: ArtifactType = Field(description="What it made.")
    inputs: Mapping[str, JsonValue] = Field(
        description="The inputs with what held where nothing was said; artifacts by id and hash. "
        "What looked like a secret or a path is left out."
    )
    sources: list[RecipeSourceShape] = Field(description="The artifacts among the inputs.")
    seed: int | None = Field(description="The seed, where there was one.")
    cost: str | None = Field(description="What it came to; null while nobody knows.")
    currency: str = Field(description="The currency of the cost.")
    cached_from: UUID | None = Field(description="The generation whose result this is.")
    file: RecipeFileShape | None = Field(description="The output's file.")
    digital_source_type: str = Field(
        description="What kind of source it has, in the IPTC's vocabulary."
    )
    made_with: str = Field(description="The program and its version.")
    created_at: datetime = Field(description="When it was submitted.")
    started_at: datetime | None = Field(description="When the run began.")
    completed_at: datetime | None = Field(description="When it ended.")
    notes: Mapping[str, JsonValue] = Field(description="Anything else.")


class DraftShape(Answer):
    """Inputs read from a file, to look over before anything is made."""

    wrote: Wrote = Field(description="Who wrote the recipe that was read.")
    generator: str | None = Field(
        description="The generator to use; null where the file names none that is here."
    )
    made_by: str | None = Field(description="What the file says that made it.")
    inputs: Mapping[str, JsonValue] = Field(description="Its inputs, as `submit` takes them.")
    warnings: list[str] = Field(description="What could not be taken over.")


class WaveformShape(Answer):
    """How loud a sound is from moment to moment."""

    version: int = Field(description="Of this shape: 1.")
    duration: float = Field(description="Seconds.")
    covered: float = Field(description="How many of them, from the start, the peaks stand for.")
    peaks: list[float] = Field(
        description="The loudest moment of each of up to 500 equal parts, from 0 to 1."
    )


def draft_shape(draft: Draft) -> DraftShape:
    """Show a draft."""
    return DraftShape(
        wrote=draft.wrote,
        generator=draft.generator,
        made_by=draft.made_by,
        inputs=draft.inputs,
        warnings=list(draft.warnings),
    )
