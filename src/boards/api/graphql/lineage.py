"""Making things anew: one generation or all that was made from it, and its inputs for a form."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from boards.api.graphql.context import Info
from boards.api.graphql.costs import Cost, cost_of
from boards.api.graphql.fields import resolved
from boards.api.graphql.sent import checked
from boards.api.graphql.types import Generation, generation_of
from boards.api.shapes.reruns import RerunRequest
from boards.services.reruns import Rerun

__all__ = ["LineageMutations", "LineageQueries"]


@strawberry.input(description="An input in place of another, wherever that stood.")
class SwapInput:
    old_id: UUID
    new_id: UUID


@strawberry.input(description="What is to be made anew.")
class RerunInput:
    generation_id: UUID
    swap: SwapInput | None = None
    with_uses: bool = strawberry.field(
        default=False, description="Also all that was made from it, and from that."
    )
    board_id: UUID | None = strawberry.field(
        default=None, description="Where results go; null is the board of the generation."
    )
    allow_unpriced: bool = False
    most: str | None = strawberry.field(
        default=None,
        description="The estimate that was agreed to, in USD: if it has become more, nothing is "
        "run.",
    )
    idempotency_key: str | None = None


@strawberry.type(description="One generation that would be made anew.")
class RerunStep:
    generation_id: UUID
    generator_name: str
    cost: Cost


@strawberry.type(description="Something that was made from it and would not be made anew.")
class RerunLeftOut:
    generation_id: UUID
    reason: str


@strawberry.type(description="What a rerun would cost, all of it together.")
class RerunEstimate:
    cost: Cost
    steps: list[RerunStep]
    left_out: list[RerunLeftOut]


@strawberry.type(description="A job that makes things anew.")
class RerunJob:
    job_id: UUID
    cost_estimate: Cost
    generations: list[Generation]


@strawberry.type(description="What a generation was made with, for a form.")
class GenerationDraft:
    generation_id: UUID
    generator_name: str
    board_id: UUID
    inputs: JSON = strawberry.field(description="Without those that are gone or not yours to use.")
    missing: list[UUID]


@strawberry.type
class LineageQueries:
    """The queries of this noun."""

    @resolved("What making something anew would cost; spends nothing.")
    async def estimate_rerun(self, info: Info, input: RerunInput) -> RerunEstimate:  # noqa: A002
        context = info.context
        found = await context.reruns.quote(context.actor, _asked(input))
        context.spend(len(found.again) + len(found.left_out))
        return RerunEstimate(
            cost=cost_of(found.quote.total),
            steps=[
                RerunStep(generation_id=key, generator_name=part.generator, cost=cost_of(part.cost))
                for key, part in zip(found.again, found.quote.parts, strict=True)
            ],
            left_out=[
                RerunLeftOut(generation_id=one.generation_id, reason=one.reason)
                for one in found.left_out
            ],
        )

    @resolved("What a generation was made with, for a form.")
    async def remix(self, info: Info, id: UUID) -> GenerationDraft:
        context = info.context
        draft = await context.reruns.remix(context.actor, id)
        return GenerationDraft(
            generation_id=draft.generation.id,
            generator_name=draft.generation.generator_name,
            board_id=draft.generation.board_id,
            inputs=JSON(dict(draft.inputs)),
            missing=list(draft.missing),
        )


@strawberry.type
class LineageMutations:
    """The mutations of this noun."""

    @resolved(
        "Make something anew, or all that was made from it as well, as one job; spends what "
        "`estimateRerun` says."
    )
    async def rerun(self, info: Info, input: RerunInput) -> RerunJob:  # noqa: A002
        context = info.context
        submission = await context.reruns.run(context.actor, _asked(input))
        context.spend(len(submission.generations))
        return RerunJob(
            job_id=submission.job.id,
            cost_estimate=cost_of(submission.estimate),
            generations=[generation_of(one, context.links) for one in submission.generations],
        )


def _asked(sent: RerunInput) -> Rerun:
    swap = None
    if sent.swap is not None:
        swap = {"old_id": str(sent.swap.old_id), "new_id": str(sent.swap.new_id)}
    asked = checked(
        RerunRequest,
        swap=swap,
        with_uses=sent.with_uses,
        board_id=sent.board_id,
        allow_unpriced=sent.allow_unpriced,
        most=sent.most,
    )
    return asked.asked(sent.generation_id, sent.idempotency_key)
