"""The ledger in use: its rows, its examination, and putting right what turned out otherwise."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from boards.domain.access import Actor, Duty
from boards.domain.costs import Balance, Confidence, Cost, CostSource, Entry, LedgerKind, share, usd
from boards.domain.generations import FINAL, Generation
from boards.domain.ledger import Account, Fault, FaultKind, examine
from boards.errors import Conflict, InvalidInput, NotFound, Problem
from boards.services.audit import note
from boards.services.ports import Clock, Database, LedgerFilter, LedgerLine, Page, Scope, Tx
from boards.services.rights import require, scope_of, shown_to_decide

__all__ = ["LedgerService", "Verified"]

ACCOUNTS_AT_ONCE = 500
MOST_FAULTS = 1000
CAUSE_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What an examination came to: how many accounts were read, what they hold and have spent by
    their rows alone, and what is wrong, at most a thousand of it."""

    accounts: int
    balance: Balance
    faults: tuple[Fault, ...]
    is_complete: bool = True

    @property
    def is_sound(self) -> bool:
        return not self.faults


@dataclass(frozen=True, kw_only=True)
class LedgerService:
    """Shows the ledger: their own rows to everybody, all of the tenant's to its admins."""

    database: Database
    clock: Clock

    async def list(
        self, actor: Actor, which: LedgerFilter, *, limit: int, cursor: str | None
    ) -> Page[LedgerLine]:
        """List rows, the newest first."""
        require(actor, Duty.SEE_SPENDING)
        if not actor.is_tenant_admin:
            which = LedgerFilter(
                user_id=actor.user_id,
                board_id=which.board_id,
                generation_id=which.generation_id,
                kind=which.kind,
            )
        return await self.database.read(
            lambda tx: tx.ledger.list(which, limit=limit, cursor=cursor), scope=scope_of(actor)
        )

    async def verify(self, actor: Actor) -> Verified:
        """Derive every balance of the tenant anew, and hold it against what is shown and counted.

        Reads in parts, so that nobody has to wait; each account is of one moment.
        """
        require(actor, Duty.EXAMINE_LEDGER)
        return await self.examine(scope_of(actor))

    async def examine(self, scope: Scope) -> Verified:
        """The same for whoever may: one tenant, or all of them."""
        count, held, spent = 0, Decimal(0), Decimal(0)
        faults: list[Fault] = []
        async for account in self._accounts(scope):
            if account.entries:
                count += 1
                balance = account.balance
                held, spent = held + balance.held, spent + balance.spent
            faults += examine(account)
            if len(faults) >= MOST_FAULTS:
                break
        if scope.tenant_id is not None:
            now = self.clock.now()
            miscounted = await self.database.read(
                lambda tx: tx.budgets.miscounted(now=now), scope=scope
            )
            faults += [_miscounted(budget_id) for budget_id in miscounted]
        return Verified(
            accounts=count,
            balance=Balance(held=held, spent=spent),
            faults=tuple(faults[:MOST_FAULTS]),
            is_complete=len(faults) < MOST_FAULTS,
        )

    async def adjust(
        self, actor: Actor, generation_id: UUID, *, actual: Decimal, cause: str
    ) -> Generation:
        """Put right what a run came to, when its bill comes later: `actual` is all of it, in USD.

        `cause` names what says so, such as an invoice; each counts once. Conflict while its money
        is an open question, and when there was nothing to put right.
        """
        require(actor, Duty.SET_COSTS)
        cause = cause.strip()
        if not 0 < len(cause) <= CAUSE_LENGTH:
            raise _invalid("cause", f"Name what says so, in up to {CAUSE_LENGTH} characters.")
        try:
            amount = usd(actual)
        except ValueError as error:
            raise _invalid("actual", str(error)) from None

        def work(tx: Tx) -> Generation:
            generation = tx.generations.get(generation_id)
            if generation is None:
                raise NotFound(f"Generation {generation_id} not found")
            entries = tx.ledger.entries(generation_id)
            ends = (LedgerKind.SETTLE, LedgerKind.RELEASE)
            if generation.phase not in FINAL or not any(one.kind in ends for one in entries):
                raise Conflict(
                    f"The money of generation {generation_id} is not settled yet; decide about it "
                    "on the attention list, or wait for its end."
                )
            difference = amount - Balance.of(entries).spent
            if not difference:
                raise Conflict(f"Generation {generation_id} cost {amount} USD already.")
            entry = Entry(
                kind=LedgerKind.ADJUST,
                amount=difference,
                cause=cause,
                source=CostSource.PROVIDER,
            )
            now = self.clock.now()
            if not tx.ledger.add(generation, entry, now=now):
                raise Conflict(f"{cause!r} has been taken into account already.")
            cost = Cost(
                amount=share(amount, generation.batch_size),
                confidence=Confidence.EXACT,
                basis=generation.estimate.basis,
                source=CostSource.PROVIDER,
            )
            tx.generations.recost(generation, cost, now=now)
            note(
                tx,
                actor,
                "cost.adjust",
                target=("generation", generation_id),
                now=now,
                details={"amount": str(amount)},
            )
            return shown_to_decide(tx, actor, tx.generations.get(generation_id) or generation)

        return await self.database.write(work, scope=scope_of(actor))

    async def _accounts(self, scope: Scope) -> AsyncIterator[Account]:
        after: UUID | None = None
        while True:
            part = await self.database.read(
                lambda tx, at=after: tx.spending.accounts(  # type: ignore[misc]
                    after=at, limit=ACCOUNTS_AT_ONCE
                ),
                scope=scope,
            )
            for account in part:
                yield account
            if len(part) < ACCOUNTS_AT_ONCE:
                return
            after = part[-1].generation_id


def _miscounted(budget_id: UUID) -> Fault:
    return Fault(
        kind=FaultKind.COUNT_DIFFERS,
        budget_id=budget_id,
        message="It has counted something else than the ledger comes to; perhaps a clock went "
        "back. Set its amount again, and it is counted anew.",
    )


def _invalid(at: str, message: str) -> InvalidInput:
    return InvalidInput(message, problems=(Problem(at=at, message=message),))
