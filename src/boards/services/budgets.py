"""Budgets in use: what they say about a submit, within its transaction, and who may change them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import Action, Actor, Duty, may
from boards.domain.budgets import (
    Budget,
    BudgetScope,
    Objection,
    Period,
    Reason,
    Spender,
    Standing,
    Strictness,
    judge,
    zone_named,
)
from boards.domain.costs import ZERO, usd
from boards.errors import Conflict, InvalidInput, NotFound, OverBudget, Problem
from boards.ids import new_id
from boards.services.audit import note
from boards.services.ports import Clock, Database, Tx
from boards.services.rights import require, scope_of, standing_on

__all__ = [
    "BudgetList",
    "BudgetService",
    "BudgetWarning",
    "hold_to_budgets",
    "refusal_of",
    "spender_of",
    "warning_of",
]

_WHOSE = {
    BudgetScope.TENANT: "of the whole tenant",
    BudgetScope.USER: "of this user",
    BudgetScope.BOARD: "of this board",
    BudgetScope.TOKEN: "of this API token",
    BudgetScope.SESSION: "of this agent's session",
}
_WHEN = {Period.DAY: "daily", Period.MONTH: "monthly", Period.TOTAL: "total"}


@dataclass(frozen=True, kw_only=True)
class BudgetWarning:
    """What a soft budget says about a request that it lets pass."""

    message: str
    standing: Standing
    reason: Reason


def spender_of(actor: Actor, board_id: UUID | None) -> Spender:
    """Say by whom and where something is spent."""
    return Spender(
        tenant_id=actor.tenant_id,
        user_id=actor.user_id,
        board_id=board_id,
        token_id=actor.token_id,
        session_id=actor.session_id,
    )


def hold_to_budgets(
    tx: Tx,
    spender: Spender,
    asked: Decimal | None,
    *,
    generator: str,
    allow_unpriced: bool,
    now: datetime,
) -> tuple[BudgetWarning, ...]:
    """Raise OverBudget when a hard budget forbids to spend `asked` USD, None for unpriced.

    Whoever else spends from the same budgets waits from here on until this transaction has ended:
    so its hold has to be written in it. What is free asks no budget. Gives what soft ones say.
    """
    if asked == ZERO:
        return ()
    standings = tx.budgets.standings(spender, now=now, lock=True)
    judgement = judge(standings, asked, allow_unpriced=allow_unpriced)
    if judgement.refusals:
        raise refusal_of(judgement.refusals[0], asked, generator=generator)
    return tuple(warning_of(one, asked, generator=generator) for one in judgement.warnings)


def refusal_of(objection: Objection, asked: Decimal | None, *, generator: str) -> OverBudget:
    """Put the refusal of a hard budget into words and figures."""
    one = objection.standing
    ending = (
        " Allow it explicitly (allow_unpriced, --allow-unpriced), or run something with a price."
        if objection.reason is Reason.UNPRICED
        else f" {_until(one)}"
    )
    return OverBudget(
        f"{_what(objection, asked, generator)}{ending} Nothing was spent.",
        limit=one.budget.amount,
        spent=one.spent,
        held=one.held,
        asked=asked,
        scope=one.budget.scope.value,
        period=one.budget.period.value,
        resets_at=one.resets_at,
        reason=objection.reason.value,
    )


def warning_of(objection: Objection, asked: Decimal | None, *, generator: str) -> BudgetWarning:
    """Put what a soft budget says into words."""
    return BudgetWarning(
        message=f"{_what(objection, asked, generator)} It only warns.",
        standing=objection.standing,
        reason=objection.reason,
    )


def _what(objection: Objection, asked: Decimal | None, generator: str) -> str:
    one = objection.standing
    budget = f"The {_WHEN[one.budget.period]} budget {_WHOSE[one.budget.scope]}"
    state = (
        f"{_dollars(one.budget.amount)}, of which {_dollars(one.spent)} are spent and "
        f"{_dollars(one.held)} held"
    )
    if asked is None:
        return f"Nobody knows what {generator!r} costs. {budget} is {state}."
    return f"This costs {_dollars(asked)}. {budget} is {state}."


def _until(one: Standing) -> str:
    if one.resets_at is None:
        return "It does not begin anew; ask an admin for more."
    return f"It begins anew at {one.resets_at:%Y-%m-%d %H:%M} UTC."


def _dollars(amount: Decimal) -> str:
    exact = f"{amount.normalize():f}"
    return f"${amount:.2f}" if amount == amount.quantize(Decimal("0.01")) else f"${exact}"


@dataclass(frozen=True, kw_only=True)
class BudgetList:
    """Budgets with what counts against them, and the time zone of their days."""

    standings: tuple[Standing, ...]
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class BudgetService:
    """Shows budgets to those whom they bound, and lets tenant admins change them."""

    database: Database
    clock: Clock

    async def list(self, actor: Actor) -> BudgetList:
        """List budgets with their standing: all to an admin, to others those of the tenant, their
        own, and those of boards they may look at with their recipes."""
        require(actor, Duty.SEE_SPENDING)

        def look(tx: Tx) -> BudgetList:
            now = self.clock.now()
            return BudgetList(
                standings=tuple(
                    tx.budgets.standing(one, now=now)
                    for one in tx.budgets.list()
                    if _concerns(tx, actor, one)
                ),
                time_zone=tx.budgets.time_zone(),
            )

        return await self.database.read(look, scope=scope_of(actor))

    async def get(self, actor: Actor, budget_id: UUID) -> Standing:
        """Give one budget with its standing. NotFound when it does not concern the actor."""
        require(actor, Duty.SEE_SPENDING)

        def look(tx: Tx) -> Standing:
            budget = tx.budgets.get(budget_id)
            if budget is None or not _concerns(tx, actor, budget):
                raise NotFound(f"Budget {budget_id} not found")
            return tx.budgets.standing(budget, now=self.clock.now())

        return await self.database.read(look, scope=scope_of(actor))

    async def create(
        self,
        actor: Actor,
        *,
        scope: BudgetScope,
        subject_id: UUID | None,
        period: Period,
        strictness: Strictness,
        amount: Decimal,
    ) -> Standing:
        """Set a budget; `subject_id` None is the tenant itself.

        Conflict when there is one of this scope, subject, period and strictness: change that.
        """
        require(actor, Duty.SET_BUDGETS)
        subject = _subject(actor, scope, subject_id)
        value = _amount(amount)

        def work(tx: Tx) -> Standing:
            _refuse_unknown(tx, scope, subject)
            if tx.budgets.find(scope, subject, period, strictness) is not None:
                raise Conflict(
                    f"There is a {strictness.value} {_WHEN[period]} budget {_WHOSE[scope]} "
                    "already; change its amount."
                )
            now = self.clock.now()
            budget = Budget(
                id=new_id(),
                tenant_id=actor.tenant_id,
                scope=scope,
                subject_id=subject,
                period=period,
                strictness=strictness,
                amount=value,
                created_at=now,
                updated_at=now,
            )
            tx.budgets.insert(budget)
            _note(tx, actor, "budget.create", budget.id, now=now, amount=value)
            return tx.budgets.standing(budget, now=now)

        return await self.database.write(work, scope=scope_of(actor))

    async def set(
        self,
        actor: Actor,
        *,
        scope: BudgetScope,
        subject_id: UUID | None,
        period: Period,
        strictness: Strictness,
        amount: Decimal,
    ) -> Standing:
        """Set a budget, or change the amount of the one that is there."""
        require(actor, Duty.SET_BUDGETS)
        subject = _subject(actor, scope, subject_id)
        found = await self.database.read(
            lambda tx: tx.budgets.find(scope, subject, period, strictness), scope=scope_of(actor)
        )
        if found is not None:
            return await self.change(actor, found.id, amount)
        return await self.create(
            actor,
            scope=scope,
            subject_id=subject_id,
            period=period,
            strictness=strictness,
            amount=amount,
        )

    async def change(self, actor: Actor, budget_id: UUID, amount: Decimal) -> Standing:
        """Set another amount. What is under way goes on; the next submit meets the new amount."""
        require(actor, Duty.SET_BUDGETS)
        value = _amount(amount)

        def work(tx: Tx) -> Standing:
            now = self.clock.now()
            tx.budgets.change(budget_id, value, now=now)
            budget = tx.budgets.get(budget_id)
            if budget is None:
                raise NotFound(f"Budget {budget_id} not found")
            _note(tx, actor, "budget.change", budget_id, now=now, amount=value)
            return tx.budgets.standing(budget, now=now)

        return await self.database.write(work, scope=scope_of(actor))

    async def remove(self, actor: Actor, budget_id: UUID) -> None:
        """Remove a budget."""
        require(actor, Duty.SET_BUDGETS)

        def work(tx: Tx) -> None:
            if not tx.budgets.delete(budget_id):
                raise NotFound(f"Budget {budget_id} not found")
            _note(tx, actor, "budget.remove", budget_id, now=self.clock.now())

        await self.database.write(work, scope=scope_of(actor))

    async def set_time_zone(self, actor: Actor, name: str) -> str:
        """Set the time zone in which the tenant's days and months begin."""
        require(actor, Duty.SET_BUDGETS)
        if zone_named(name) is None:
            message = f"{name!r} is no time zone that is known here; use one such as Europe/Berlin."
            raise InvalidInput(message, problems=(Problem(at="time_zone", message=message),))

        def work(tx: Tx) -> None:
            tx.budgets.set_time_zone(name)
            now, target = self.clock.now(), ("tenant", actor.tenant_id)
            note(tx, actor, "budget.time_zone", target=target, now=now, details={"zone": name})

        await self.database.write(work, scope=scope_of(actor))
        return name


def _note(
    tx: Tx,
    actor: Actor,
    action: str,
    budget_id: UUID,
    *,
    now: datetime,
    amount: Decimal | None = None,
) -> None:
    details: dict[str, JsonValue] = {} if amount is None else {"amount": str(amount)}
    note(tx, actor, action, target=("budget", budget_id), now=now, details=details)


def _concerns(tx: Tx, actor: Actor, budget: Budget) -> bool:
    if actor.is_tenant_admin or budget.scope is BudgetScope.TENANT:
        return True
    if budget.scope is BudgetScope.BOARD:
        board = tx.boards.get(budget.subject_id)
        return board is not None and may(actor, Action.VIEW_RECIPES, standing_on(tx, actor, board))
    return spender_of(actor, None).subject(budget.scope) == budget.subject_id


def _subject(actor: Actor, scope: BudgetScope, subject_id: UUID | None) -> UUID:
    if scope is BudgetScope.TENANT:
        if subject_id not in (None, actor.tenant_id):
            raise _invalid("subject_id", "A budget of the tenant names nobody; leave it out.")
        return actor.tenant_id
    if subject_id is None:
        raise _invalid("subject_id", f"Say by its id which {scope.value} the budget is for.")
    return subject_id


def _refuse_unknown(tx: Tx, scope: BudgetScope, subject_id: UUID) -> None:
    """A budget for what is not there would bound nothing, and nobody would notice."""
    if scope is BudgetScope.BOARD and tx.boards.get(subject_id) is None:
        raise _invalid("subject_id", f"Board {subject_id} not found")
    if scope is BudgetScope.USER and not tx.budgets.has_user(subject_id):
        raise _invalid("subject_id", f"User {subject_id} not found")


def _amount(amount: Decimal) -> Decimal:
    try:
        return usd(amount)
    except ValueError as error:
        raise _invalid("amount", str(error)) from None


def _invalid(at: str, message: str) -> InvalidInput:
    return InvalidInput(message, problems=(Problem(at=at, message=message),))
