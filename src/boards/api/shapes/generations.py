"""Generations as answers show them, and the request that makes some."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from pydantic import Field, JsonValue

from boards.api.links import Links
from boards.api.shapes.base import Answer, Id, JsonObject, Name, PageShape, Sent, Whole
from boards.api.shapes.budgets import BudgetWarningShape, warning_shapes
from boards.api.shapes.costs import CostShape, cost_shape
from boards.api.shapes.files import ExtraFileShape, FileShape, extra_file_shapes, file_shape
from boards.domain.artifacts import ArtifactType
from boards.domain.costs import CostSource
from boards.domain.generations import Failure, Generation, Phase, Status
from boards.domain.jobs import MAX_TAKES, JobState, state_of
from boards.services.submit import Submission, SubmitRequest

__all__ = [
    "EstimateRequest",
    "FailureShape",
    "GenerateRequest",
    "GenerationPage",
    "GenerationShape",
    "SubmissionShape",
    "failure_shape",
    "generation_shape",
    "submission_shape",
]

PRIORITIES = 100
"""A priority is a number from minus this to plus this."""


class EstimateRequest(Sent):
    """What somebody would like to be made."""

    generator: Name = Field(description="The generator's name or alias.", min_length=1)
    inputs: JsonObject = Field(
        description="The generator's inputs, as its `input_schema` says. Artifacts go in as ids."
    )
    takes: Whole = Field(default=1, ge=1, le=MAX_TAKES, description="How many separate runs.")
    board_id: Id | None = Field(
        default=None, description="The board to put results on; null is your default board."
    )
    allow_unpriced: bool = Field(
        default=False,
        description="Run it under a hard budget although nobody knows what it costs.",
    )

    force: bool = Field(
        default=False, description="Make it anew even where the same result is there already."
    )

    def asked(self) -> SubmitRequest:
        """What the services understand."""
        return SubmitRequest(
            generator=self.generator,
            inputs=self.inputs,
            takes=self.takes,
            board_id=self.board_id,
            allow_unpriced=self.allow_unpriced,
            force=self.force,
        )


class GenerateRequest(EstimateRequest):
    """What somebody asks to be made. This spends what the estimate says."""

    priority: Whole = Field(
        default=0, ge=-PRIORITIES, le=PRIORITIES, description="Higher starts earlier."
    )

    def asked(self, key: str | None = None) -> SubmitRequest:
        """What the services understand; `key` is the idempotency key."""
        return replace(super().asked(), priority=self.priority, key=key)


class FailureShape(Answer):
    """Why a generation failed."""

    code: str = Field(description="A stable code.")
    message: str = Field(description="What went wrong and what to do next.")
    retryable: bool = Field(description="Whether the same request may succeed later.")
    provider_code: str | None = Field(description="The provider's own code, as it gave it.")
    error_id: str | None = Field(description="Finds the private details in the server's log.")


class GenerationShape(Answer):
    """One run of one generator and its output; an upload is a generation too."""

    id: UUID = Field(description="The id of this generation.")
    job_id: UUID | None = Field(description="The job it belongs to; null for an upload.")
    board_id: UUID = Field(description="The board it is on.")
    title: str | None = Field(description="What people call it.")
    batch_id: UUID | None = Field(description="Shared by the outputs of one run.")
    batch_index: int = Field(description="The place in the batch, from 0.")
    batch_size: int = Field(description="How many outputs the batch has.")
    generator: str = Field(description="The generator's name.")
    generator_version: str | None = Field(description="The generator's version, if it has one.")
    provider: str = Field(description="Whose service or library does the work.")
    artifact_type: ArtifactType = Field(description="What it makes.")
    status: Status = Field(description="How it stands.")
    phase: Phase = Field(description="Where exactly the run stands.")
    needs_attention: bool = Field(
        description="Somebody has to decide: a paid call began and its answer was never stored."
    )
    progress: float = Field(description="A fraction from 0 to 1.")
    message: str = Field(description="What it is doing, for people.")
    inputs: Mapping[str, JsonValue] = Field(description="The inputs as they were sent.")
    cached_from: UUID | None = Field(
        description="The generation whose result this is, taken from the cache at no cost."
    )
    output_metadata: Mapping[str, JsonValue] = Field(
        description="What the generator told about its output, such as the seed."
    )
    error: FailureShape | None = Field(description="Why it failed, if it did.")
    cost_estimate: CostShape = Field(description="What was held for it.")
    cost: CostShape | None = Field(description="What it came to; null while nobody knows.")
    cost_source: CostSource | None = Field(
        description="Where that comes from: the provider's amount, its counts, the estimate, a "
        "person's decision, or nowhere."
    )
    file: FileShape | None = Field(description="The output's file; null before it is there.")
    content: str | None = Field(description="The output itself, for text.")
    extra_files: list[ExtraFileShape] = Field(description="Files kept beside the output.")
    thumbnail_url: str | None = Field(
        description="Where a small picture of it is served; null until it is made, and where there "
        "is nothing to be seen. `?size=` 256, 512 (the usual) or 1024."
    )
    blurhash: str | None = Field(
        description="A picture of it in a few letters, to be shown until the picture is there."
    )
    created_at: datetime = Field(description="When it was submitted.")
    started_at: datetime | None = Field(description="When the run began.")
    completed_at: datetime | None = Field(description="When it ended, in whatever way.")


class GenerationPage(PageShape[GenerationShape]):
    """A part of a list of generations."""


class SubmissionShape(Answer):
    """A request that was accepted and will be run."""

    job_id: UUID = Field(description="Poll this job.")
    state: JobState = Field(description="How the job stands.")
    cost_estimate: CostShape = Field(description="What was held for all of it.")
    generations: list[GenerationShape] = Field(description="One for each take.")
    is_replay: bool = Field(
        description="An earlier request with the same idempotency key had made this job."
    )
    warnings: list[BudgetWarningShape] = Field(description="What soft budgets say.")


def failure_shape(failure: Failure) -> FailureShape:
    """Show why a generation failed."""
    return FailureShape(
        code=failure.code,
        message=failure.message,
        retryable=failure.retryable,
        provider_code=failure.provider_code,
        error_id=failure.error_id,
    )


def generation_shape(generation: Generation, links: Links) -> GenerationShape:
    """Show a generation."""
    return GenerationShape(
        id=generation.id,
        job_id=generation.job_id,
        board_id=generation.board_id,
        title=generation.title,
        batch_id=generation.batch_id,
        batch_index=generation.batch_index,
        batch_size=generation.batch_size,
        generator=generation.generator_name,
        generator_version=generation.generator_version,
        provider=generation.provider,
        artifact_type=generation.artifact_type,
        status=generation.status,
        phase=generation.phase,
        needs_attention=generation.needs_attention,
        progress=generation.progress,
        message=generation.message,
        inputs=generation.input_params,
        cached_from=generation.cached_from,
        output_metadata=generation.output_metadata,
        error=None if generation.failure is None else failure_shape(generation.failure),
        cost_estimate=cost_shape(generation.estimate),
        cost=None if generation.cost is None else cost_shape(generation.cost),
        cost_source=None if generation.cost is None else generation.cost.source,
        file=file_shape(generation, links),
        content=generation.content,
        extra_files=extra_file_shapes(generation, links),
        thumbnail_url=links.thumbnail(generation.id) if generation.thumbnail_key else None,
        blurhash=generation.blurhash,
        created_at=generation.created_at,
        started_at=generation.started_at,
        completed_at=generation.completed_at,
    )


def submission_shape(submission: Submission, links: Links) -> SubmissionShape:
    """Show what a submit has written."""
    state, _ = state_of(generation.status for generation in submission.generations)
    return SubmissionShape(
        job_id=submission.job.id,
        state=state,
        cost_estimate=cost_shape(submission.estimate),
        generations=[generation_shape(one, links) for one in submission.generations],
        is_replay=submission.is_replay,
        warnings=warning_shapes(submission.warnings),
    )
