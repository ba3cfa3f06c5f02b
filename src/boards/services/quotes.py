"""Quotes: what a plan of several requests would cost, and what the budgets would say to it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from boards.domain.access import Actor
from boards.domain.budgets import Standing, judge, tightest
from boards.domain.costs import ZERO, Cost, add
from boards.errors import OverBudget
from boards.services.budgets import BudgetWarning, refusal_of, spender_of, warning_of
from boards.services.planning import Plan
from boards.services.ports import Tx
from boards.services.submissions import SubmitRequest

__all__ = ["Part", "Quote", "quote_of"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One request of a plan, and what all of its takes come to."""

    generator: str
    takes: int
    cost: Cost


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What a plan costs. `budget` is the one with the least left, if any applies.

    `refusal` is what a submit of all of it would be answered with now, None when it would pass;
    `warnings` are those of soft budgets.
    """

    parts: tuple[Part, ...]
    total: Cost
    budget: Standing | None = None
    refusal: OverBudget | None = None
    warnings: tuple[BudgetWarning, ...] = ()


def quote_of(
    tx: Tx, actor: Actor, requests: Sequence[SubmitRequest], plans: Sequence[Plan], *, now: datetime
) -> Quote:
    """Add a plan up, and hold each budget against the parts that it bounds."""
    own: UUID | None = None
    if actor.user_id is not None and any(request.board_id is None for request in requests):
        # The default board is made at first use; before that nothing bounds it.
        board = tx.boards.default_of(actor.user_id)
        own = None if board is None else board.id
    standings: dict[UUID, Standing] = {}
    bounded: dict[UUID, list[tuple[SubmitRequest, Plan]]] = defaultdict(list)
    on_board: dict[UUID | None, tuple[Standing, ...]] = {}
    for request, plan in zip(requests, plans, strict=True):
        board_id = request.board_id or own
        if board_id not in on_board:
            on_board[board_id] = tx.budgets.standings(
                spender_of(actor, board_id), now=now, lock=False
            )
        for one in on_board[board_id]:
            standings[one.budget.id] = one
            bounded[one.budget.id].append((request, plan))
    refusals: list[tuple[Standing, OverBudget]] = []
    warnings: list[BudgetWarning] = []
    for budget_id, parts in bounded.items():
        one = standings[budget_id]
        for asked, allowed, named in _asked_of(parts):
            judgement = judge([one], asked, allow_unpriced=allowed)
            refusals += [
                (one, refusal_of(each, asked, generator=named)) for each in judgement.refusals
            ]
            warnings += [warning_of(each, asked, generator=named) for each in judgement.warnings]
    return Quote(
        parts=tuple(
            Part(generator=plan.generator.name, takes=plan.takes, cost=plan.cost) for plan in plans
        ),
        total=add(plan.cost for plan in plans),
        budget=tightest(list(standings.values())),
        refusal=min(refusals, key=lambda one: one[0].left)[1] if refusals else None,
        warnings=tuple(warnings),
    )


def _asked_of(
    parts: Sequence[tuple[SubmitRequest, Plan]],
) -> Iterator[tuple[Decimal | None, bool, str]]:
    """What the parts ask of one budget: the sum of the prices, and whatever has none."""
    known = [plan.cost.amount for _, plan in parts if plan.cost.amount is not None]
    if known:
        yield sum(known, ZERO), False, parts[0][1].generator.name
    for request, plan in parts:
        if plan.cost.amount is None:
            yield None, request.allow_unpriced, plan.generator.name
