"""Budgets with what counts against them, and what they say about a request."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from boards.api.shapes.base import Answer, Id, Sent, Text
from boards.api.shapes.costs import plain
from boards.domain.budgets import BudgetScope, Period, Standing, Strictness
from boards.errors import OverBudget
from boards.services.budgets import BudgetList, BudgetWarning

__all__ = [
    "Amount",
    "BudgetChange",
    "BudgetListShape",
    "BudgetRequest",
    "BudgetShape",
    "BudgetWarningShape",
    "RefusalShape",
    "TimeZoneRequest",
    "budget_list_shape",
    "budget_shape",
    "refusal_shape",
    "warning_shapes",
]

Amount = Annotated[
    str,
    Field(
        max_length=17,
        pattern=r"^[0-9]{1,7}(\.[0-9]{1,9})?$",
        description="USD as a plain decimal in a text, such as `12.50`.",
    ),
]
"""Money that is sent: a number of JSON would be a float on its way here."""


class BudgetRequest(Sent):
    """A budget that is to be set."""

    scope: BudgetScope = Field(description="Whose spending it bounds.", strict=False)
    subject_id: Id | None = Field(
        default=None,
        description="The id of that user, board, token or session; null for the tenant.",
    )
    period: Period = Field(
        description="When it begins anew, in the tenant's time zone; `total` never does.",
        strict=False,
    )
    strictness: Strictness = Field(
        default=Strictness.HARD,
        description="`hard` refuses what does not fit; `soft` only warns.",
        strict=False,
    )
    amount: Amount


class BudgetChange(Sent):
    """Another amount for a budget."""

    amount: Amount


class TimeZoneRequest(Sent):
    """The time zone in which the tenant's days begin."""

    time_zone: Text = Field(max_length=64, description="An IANA name, such as `Europe/Berlin`.")


class BudgetShape(Answer):
    """A budget, with what counts against it now. Amounts are USD."""

    id: UUID = Field(description="The id of this budget.")
    scope: BudgetScope = Field(description="Whose spending it bounds.")
    subject_id: UUID = Field(description="The id of whom or what; of the tenant for its own.")
    period: Period = Field(description="When it begins anew; `total` never does.")
    strictness: Strictness = Field(description="Whether it refuses or only warns.")
    amount: str = Field(description="How much may be spent.")
    spent: str = Field(description="Spent since it began.")
    held: str = Field(description="Held for runs under way, however long ago they began.")
    left: str = Field(description="What is left; below 0 when a late bill has exceeded it.")
    resets_at: datetime | None = Field(description="When it begins anew; null for never.")
    created_at: datetime = Field(description="When it was set.")
    updated_at: datetime = Field(description="When its amount was last changed.")


class BudgetListShape(Answer):
    """Budgets, and the time zone in which their days begin."""

    items: list[BudgetShape] = Field(description="Those that you may see.")
    time_zone: str = Field(description="The tenant's time zone.")


class BudgetWarningShape(Answer):
    """What a soft budget says about a request that it lets pass."""

    message: str = Field(description="What it says, for people.")
    budget: BudgetShape = Field(description="The budget as it stood before.")


class RefusalShape(Answer):
    """What a submit would be refused with. Amounts are USD."""

    message: str = Field(description="What stands against it, for people.")
    limit: str = Field(description="The amount of the budget.")
    spent: str = Field(description="Spent so far.")
    held: str = Field(description="Held for runs under way.")
    asked: str | None = Field(description="What this would cost; null if unpriced.")
    scope: str | None = Field(description="Whose budget it is.")
    period: str | None = Field(description="Its period.")
    resets_at: datetime | None = Field(description="When it begins anew; null for never.")
    reason: str = Field(description="`exceeded`, or `unpriced`, which can be allowed.")


def budget_shape(standing: Standing) -> BudgetShape:
    """Show a budget with its standing."""
    budget = standing.budget
    return BudgetShape(
        id=budget.id,
        scope=budget.scope,
        subject_id=budget.subject_id,
        period=budget.period,
        strictness=budget.strictness,
        amount=plain(budget.amount),
        spent=plain(standing.spent),
        held=plain(standing.held),
        left=plain(standing.left),
        resets_at=standing.resets_at,
        created_at=budget.created_at,
        updated_at=budget.updated_at,
    )


def budget_list_shape(found: BudgetList) -> BudgetListShape:
    """Show budgets."""
    return BudgetListShape(
        items=[budget_shape(one) for one in found.standings], time_zone=found.time_zone
    )


def warning_shapes(warnings: tuple[BudgetWarning, ...]) -> list[BudgetWarningShape]:
    """Show what soft budgets say."""
    return [
        BudgetWarningShape(message=one.message, budget=budget_shape(one.standing))
        for one in warnings
    ]


def refusal_shape(error: OverBudget) -> RefusalShape:
    """Show the refusal of a hard budget, of which every surface says the same."""

    def shown(amount: Decimal | None) -> str | None:
        return None if amount is None else plain(amount)

    return RefusalShape(
        message=error.message,
        limit=plain(error.limit),
        spent=plain(error.spent),
        held=plain(error.held),
        asked=shown(error.asked),
        scope=error.scope,
        period=error.period,
        resets_at=error.resets_at,
        reason=error.reason,
    )
