"""Money in the schema: budgets with what is left, reports, the ledger, and the price of a plan."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from boards.api.graphql.context import Context, Info
from boards.api.graphql.costs import Cost, cost_of
from boards.api.graphql.enums import CostSource
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import PAGE, check_window
from boards.api.graphql.sent import checked
from boards.api.shapes.budgets import BudgetRequest, budget_shape, refusal_shape
from boards.api.shapes.costs import plain
from boards.api.shapes.estimates import PlanRequest
from boards.api.shapes.spending import SpendRowShape, report_shape
from boards.domain.budgets import BudgetScope, Period, Standing, Strictness
from boards.domain.costs import LedgerKind
from boards.domain.spending import SpendBy
from boards.errors import OverBudget
from boards.services.ports import LedgerFilter, LedgerLine
from boards.services.quotes import Quote

__all__ = ["MoneyMutations", "MoneyQueries"]

strawberry.enum(BudgetScope, description="Whose spending a budget bounds.")
strawberry.enum(Period, name="BudgetPeriod", description="When a budget begins anew.")
strawberry.enum(Strictness, name="BudgetStrictness", description="Whether it refuses or warns.")
strawberry.enum(LedgerKind, description="The kinds of rows in the ledger.")
strawberry.enum(SpendBy, description="What the rows of a report stand for.")


@strawberry.type(description="A budget with what counts against it now. Amounts are USD.")
class Budget:
    id: UUID
    scope: BudgetScope
    subject_id: UUID
    period: Period
    strictness: Strictness
    amount: str
    spent: str
    held: str
    left: str = strawberry.field(description="Below 0 when a late bill has exceeded it.")
    resets_at: datetime | None = strawberry.field(description="Null for never.")


@strawberry.type(description="What a submit would be refused with. Amounts are USD.")
class BudgetRefusal:
    message: str
    limit: str
    spent: str
    held: str
    asked: str | None = strawberry.field(description="Null if unpriced.")
    scope: str | None
    period: str | None
    resets_at: datetime | None
    reason: str = strawberry.field(description="`exceeded`, or `unpriced`, which can be allowed.")


@strawberry.type(description="One request of a plan.")
class PlanPart:
    generator_name: str
    takes: int
    cost: Cost


@strawberry.type(description="What a plan would cost, and what the budgets would say to it.")
class PlanEstimate:
    cost: Cost = strawberry.field(description="Everything together.")
    parts: list[PlanPart]
    budget: Budget | None = strawberry.field(description="The one with the least left.")
    warnings: list[str] = strawberry.field(description="What soft budgets say.")
    refusal: BudgetRefusal | None = strawberry.field(description="Null if it would pass.")


@strawberry.input(description="One request of a plan.")
class PlanPartInput:
    generator_name: str
    inputs: JSON
    board_id: UUID | None = None
    takes: int = 1
    allow_unpriced: bool = False


@strawberry.type(description="Sums over runs that were settled in a time. Amounts are USD.")
class SpendRow:
    key: str = strawberry.field(description="A day, a name or an id.")
    label: str
    runs: int
    spent: str
    estimated: str
    held: str = strawberry.field(description="Held now for runs under way.")
    unpriced: int
    measured: int = strawberry.field(description="How many have a cost that the provider told.")
    ratio: str | None = strawberry.field(description="What these cost for each estimated dollar.")
    drifting: bool


@strawberry.type(description="What was spent in some days, estimate against actual.")
class SpendReport:
    by: SpendBy
    first: date
    last: date
    time_zone: str
    currency: str
    rows: list[SpendRow]
    total: SpendRow


@strawberry.type(description="One row of the ledger. Rows are never changed and never deleted.")
class LedgerRow:
    number: str = strawberry.field(description="Counts up over all rows.")
    kind: LedgerKind
    amount: str
    source: CostSource | None
    cause: str
    generation_id: UUID
    job_id: UUID | None
    board_id: UUID
    user_id: UUID
    created_at: datetime


@strawberry.type(description="A part of the ledger.")
class LedgerRows:
    items: list[LedgerRow]
    next: str | None = strawberry.field(description="The `cursor` of the following part.")


@strawberry.input(description="A budget that is to be set. Amounts are USD as plain decimals.")
class BudgetInput:
    scope: BudgetScope
    period: Period
    amount: str
    subject_id: UUID | None = strawberry.field(
        default=None, description="The id of that user, board, token or session."
    )
    strictness: Strictness = Strictness.HARD


@strawberry.type
class MoneyQueries:
    """The queries of this noun."""

    @resolved("The budgets that you may see, with what is left.")
    async def budgets(self, info: Info) -> list[Budget]:
        context = info.context
        found = await context.services.money.budgets.list(context.actor)
        context.spend(len(found.standings))
        return [_budget(one) for one in found.standings]

    @resolved("What a plan of several requests would cost; spends nothing.")
    async def estimate_plan(self, info: Info, plan: list[PlanPartInput]) -> PlanEstimate:
        context = info.context
        asked = checked(
            PlanRequest,
            plan=[
                {
                    "generator": one.generator_name,
                    "inputs": one.inputs,
                    "board_id": one.board_id,
                    "takes": one.takes,
                    "allow_unpriced": one.allow_unpriced,
                }
                for one in plan
            ],
        )
        requests = [part.asked() for part in asked.plan]
        return _estimate(await context.services.submit.quote(context.actor, requests))

    @resolved("What was spent: all of the tenant's to its admins, to others their own.")
    async def spend(
        self,
        info: Info,
        by: SpendBy = SpendBy.DAY,
        first: date | None = None,
        last: date | None = None,
    ) -> SpendReport:
        context = info.context
        report = await context.services.money.spending.report(
            context.actor, by, first=first, last=last
        )
        context.spend(len(report.rows))
        shape = report_shape(report)
        return SpendReport(
            by=shape.by,
            first=shape.first,
            last=shape.last,
            time_zone=shape.time_zone,
            currency=shape.currency,
            rows=[_row(row) for row in shape.rows],
            total=_row(shape.total),
        )

    @resolved("The rows of the ledger, newest first: all to admins, to others their own.")
    async def ledger(
        self,
        info: Info,
        board_id: UUID | None = None,
        generation_id: UUID | None = None,
        kind: LedgerKind | None = None,
        limit: int | None = PAGE,
        cursor: str | None = None,
    ) -> LedgerRows:
        _, size = check_window(limit, 0)
        context = info.context
        page = await context.services.money.ledger.list(
            context.actor,
            LedgerFilter(board_id=board_id, generation_id=generation_id, kind=kind),
            limit=size,
            cursor=cursor or None,
        )
        context.spend(len(page.items))
        return LedgerRows(items=[_ledger_row(one) for one in page.items], next=page.next)


@strawberry.type
class MoneyMutations:
    """The mutations of this noun."""

    @resolved("Set a budget, or another amount for the one that is there; admins only.")
    async def set_budget(self, info: Info, input: BudgetInput) -> Budget:  # noqa: A002
        return await _set(info.context, input)

    @resolved("Remove a budget; admins only.")
    async def remove_budget(self, info: Info, id: UUID) -> bool:
        context = info.context
        await context.services.money.budgets.remove(context.actor, id)
        return True


async def _set(context: Context, wanted: BudgetInput) -> Budget:
    asked = checked(
        BudgetRequest,
        scope=wanted.scope,
        subject_id=wanted.subject_id,
        period=wanted.period,
        strictness=wanted.strictness,
        amount=wanted.amount,
    )
    return _budget(
        await context.services.money.budgets.set(
            context.actor,
            scope=asked.scope,
            subject_id=asked.subject_id,
            period=asked.period,
            strictness=asked.strictness,
            amount=Decimal(asked.amount),
        )
    )


def _budget(standing: Standing) -> Budget:
    shape = budget_shape(standing)
    return Budget(**{name: getattr(shape, name) for name in Budget.__annotations__})


def _refusal(error: OverBudget) -> BudgetRefusal:
    shape = refusal_shape(error)
    return BudgetRefusal(**{name: getattr(shape, name) for name in BudgetRefusal.__annotations__})


def _estimate(quote: Quote) -> PlanEstimate:
    return PlanEstimate(
        cost=cost_of(quote.total),
        parts=[
            PlanPart(generator_name=part.generator, takes=part.takes, cost=cost_of(part.cost))
            for part in quote.parts
        ],
        budget=None if quote.budget is None else _budget(quote.budget),
        warnings=[one.message for one in quote.warnings],
        refusal=None if quote.refusal is None else _refusal(quote.refusal),
    )


def _row(shape: SpendRowShape) -> SpendRow:
    return SpendRow(**{name: getattr(shape, name) for name in SpendRow.__annotations__})


def _ledger_row(line: LedgerLine) -> LedgerRow:
    return LedgerRow(
        number=str(line.number),
        kind=line.entry.kind,
        amount=plain(line.entry.amount),
        source=line.entry.source,
        cause=line.entry.cause,
        generation_id=line.generation_id,
        job_id=line.job_id,
        board_id=line.board_id,
        user_id=line.user_id,
        created_at=line.created_at,
    )
