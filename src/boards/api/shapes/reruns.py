"""Making things anew: what is asked, what it would cost, and a form's inputs."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from pydantic import Field, JsonValue

from boards.api.shapes.base import Answer, Id, Sent
from boards.api.shapes.budgets import (
    Amount,
    BudgetWarningShape,
    RefusalShape,
    refusal_shape,
    warning_shapes,
)
from boards.api.shapes.costs import CostShape, cost_shape
from boards.services.reruns import Draft, Rerun, RerunQuote, Swap

__all__ = [
    "RemixShape",
    "RerunEstimate",
    "RerunEstimateRequest",
    "RerunRequest",
    "remix_shape",
    "rerun_estimate",
]


class SwapRequest(Sent):
    """An input in place of another, wherever that stood."""

    old_id: Id = Field(description="What was an input of this generation.")
    new_id: Id = Field(description="What is to be one instead.")


class RerunEstimateRequest(Sent):
    """What is to be made anew."""

    swap: SwapRequest | None = Field(default=None, description="Exchange one input.")
    with_uses: bool = Field(
        default=False, description="Also all that was made from it, and from that."
    )
    board_id: Id | None = Field(
        default=None, description="The board to put results on; null is that of the generation."
    )
    allow_unpriced: bool = Field(
        default=False,
        description="Run it under a hard budget although nobody knows what it costs.",
    )

    def asked(self, generation_id: UUID) -> Rerun:
        """What the services understand."""
        swap = None
        if self.swap is not None:
            swap = Swap(old_id=self.swap.old_id, new_id=self.swap.new_id)
        return Rerun(
            generation_id=generation_id,
            swap=swap,
            with_uses=self.with_uses,
            board_id=self.board_id,
            allow_unpriced=self.allow_unpriced,
        )


class RerunRequest(RerunEstimateRequest):
    """The same, to be run. This spends what the estimate says."""

    most: Amount | None = Field(
        default=None,
        description="The estimate that was agreed to: if it has become more, nothing is run.",
    )

    def asked(self, generation_id: UUID, key: str | None = None) -> Rerun:
        """What the services understand; `key` is the idempotency key."""
        most = None if self.most is None else Decimal(self.most)
        return replace(super().asked(generation_id), most=most, key=key)


class RerunStep(Answer):
    """One generation that would be made anew."""

    generation_id: UUID = Field(description="The generation that is there now.")
    generator: str = Field(description="The generator's name.")
    cost_estimate: CostShape = Field(description="What it would cost.")


class LeftOutShape(Answer):
    """Something that was made from it and would not be made anew."""

    generation_id: UUID = Field(description="The generation.")
    reason: str = Field(description="Why not.")


class RerunEstimate(Answer):
    """What a rerun would cost, all of it together."""

    cost_estimate: CostShape = Field(description="What all of it would cost.")
    steps: list[RerunStep] = Field(description="In the order in which they are made.")
    left_out: list[LeftOutShape] = Field(description="What would stay as it is.")
    refusal: RefusalShape | None = Field(
        description="What a budget would refuse it with; null when it would pass."
    )
    warnings: list[BudgetWarningShape] = Field(description="What soft budgets say.")


class RemixShape(Answer):
    """What a generation was made with, for a form."""

    generation_id: UUID = Field(description="The generation.")
    generator: str = Field(description="The generator's name.")
    board_id: UUID = Field(description="The board it is on.")
    inputs: Mapping[str, JsonValue] = Field(
        description="Its inputs, without those that are gone or not yours to use."
    )
    missing: list[UUID] = Field(description="The ids of those.")


def rerun_estimate(found: RerunQuote) -> RerunEstimate:
    """Show what a rerun would cost."""
    quote = found.quote
    return RerunEstimate(
        cost_estimate=cost_shape(quote.total),
        steps=[
            RerunStep(
                generation_id=key, generator=part.generator, cost_estimate=cost_shape(part.cost)
            )
            for key, part in zip(found.again, quote.parts, strict=True)
        ],
        left_out=[
            LeftOutShape(generation_id=one.generation_id, reason=one.reason)
            for one in found.left_out
        ],
        refusal=None if quote.refusal is None else refusal_shape(quote.refusal),
        warnings=warning_shapes(quote.warnings),
    )


def remix_shape(draft: Draft) -> RemixShape:
    """Show a form's inputs."""
    return RemixShape(
        generation_id=draft.generation.id,
        generator=draft.generation.generator_name,
        board_id=draft.generation.board_id,
        inputs=draft.inputs,
        missing=list(draft.missing),
    )
