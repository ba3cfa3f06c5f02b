"""What a request or a whole plan would cost, and what the budgets would say to it."""

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from boards.api.shapes.base import FORM, Answer, Sent
from boards.api.shapes.budgets import (
    BudgetShape,
    BudgetWarningShape,
    RefusalShape,
    budget_shape,
    refusal_shape,
    warning_shapes,
)
from boards.api.shapes.costs import CostShape, cost_shape
from boards.api.shapes.generations import EstimateRequest
from boards.services.quotes import Quote

__all__ = ["MOST_PARTS", "Estimate", "OneOrMany", "PlanRequest", "estimate_shape"]

MOST_PARTS = 100


class PlanRequest(Sent):
    """Several requests that are to be estimated together."""

    plan: list[EstimateRequest] = Field(
        min_length=1, max_length=MOST_PARTS, description="The requests, in any order."
    )


def _form_of(body: object) -> str:
    is_plan = isinstance(body, PlanRequest) or (isinstance(body, dict) and "plan" in body)
    return f"{FORM}plan" if is_plan else f"{FORM}request"


OneOrMany = Annotated[
    Annotated[EstimateRequest, Tag(f"{FORM}request")] | Annotated[PlanRequest, Tag(f"{FORM}plan")],
    Discriminator(_form_of),
]
"""One request, or a plan of several."""


class EstimatePart(Answer):
    """What one request of a plan would cost."""

    generator: str = Field(description="The generator's name.")
    takes: int = Field(description="How many runs it is for.")
    cost_estimate: CostShape = Field(description="The cost of all its takes together.")


class Estimate(Answer):
    """What a request or a plan would cost. Nothing was spent."""

    cost_estimate: CostShape = Field(description="The cost of all takes of all parts together.")
    takes: int = Field(description="How many runs it is for.")
    parts: list[EstimatePart] = Field(description="Each request of the plan, in its order.")
    budget: BudgetShape | None = Field(
        description="Of the budgets that bound it the one with the least left; null without any."
    )
    warnings: list[BudgetWarningShape] = Field(description="What soft budgets say.")
    refusal: RefusalShape | None = Field(
        description="What a submit of all of it would be refused with now; null if it would pass."
    )


def estimate_shape(quote: Quote) -> Estimate:
    """Show what a plan would cost."""
    return Estimate(
        cost_estimate=cost_shape(quote.total),
        takes=sum(part.takes for part in quote.parts),
        parts=[
            EstimatePart(
                generator=part.generator, takes=part.takes, cost_estimate=cost_shape(part.cost)
            )
            for part in quote.parts
        ],
        budget=None if quote.budget is None else budget_shape(quote.budget),
        warnings=warning_shapes(quote.warnings),
        refusal=None if quote.refusal is None else refusal_shape(quote.refusal),
    )
