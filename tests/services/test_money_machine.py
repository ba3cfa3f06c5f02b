"""Money under everything that happens to runs, in any order: a model of what a provider billed,
against what the ledger says.

Never a negative hold, a second settlement, or more spent than was billed; and when all is over,
exactly what was billed.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from boards.domain.costs import Confidence, Cost, CostSource, LedgerKind
from boards.domain.generations import FINAL, Generation, Phase
from boards.errors import Conflict, Rejected
from boards.generators.base import PollState
from boards.services import deliver
from boards.services.open_questions import Way
from boards.services.ports import SYSTEM, GenerationFilter
from boards.testing.generators import FakeProvider, FakeProviderGenerator
from tests.services.studio import WAIT, Studio, open_studio

T = TypeVar("T")

ESTIMATE = Decimal("0.10")
BILLS = [None, Decimal("0.04"), Decimal("0.10"), Decimal("0.23")]
ENDED = (PollState.DONE, PollState.FAILED, PollState.CANCELLED)


class Billing(FakeProviderGenerator):
    """Hears what its jobs cost, where the provider tells; else it costs the estimate."""

    def __init__(self, provider: FakeProvider, told: dict[str, Decimal | None]) -> None:
        super().__init__(provider, price=ESTIMATE, idempotency="lookup", poll_every=0.002)
        self.told = told

    async def fetch(self, external_id, inputs, context):
        amount = self.told.get(external_id)
        if amount is not None:
            context.bill(
                Cost(amount=amount, confidence=Confidence.EXACT, source=CostSource.PROVIDER)
            )
        return await super().fetch(external_id, inputs, context)


class Money(RuleBasedStateMachine):
    """Runs against a provider whose bill is known."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="boards-money-"))
        self.provider = FakeProvider(looks=None)
        self.told: dict[str, Decimal | None] = {}
        self.billed: dict[str, Decimal] = {}
        self.decided: set[UUID] = set()
        self.asleep = True
        self.studio = self._do(self._open())

    def _do(self, work: Awaitable[T]) -> T:
        async def within() -> T:
            async with asyncio.timeout(WAIT):
                return await work

        return self.runner.run(within())

    async def _open(self) -> Studio:
        generator = Billing(self.provider, self.told)
        url = f"sqlite:///{self.folder / 'boards.db'}"
        return await self.stack.enter_async_context(open_studio(url, self.folder, [generator]))

    def teardown(self) -> None:
        try:
            self._bring_to_an_end()
        finally:
            self._do(self.stack.aclose())
            self.runner.close()
            shutil.rmtree(self.folder)

    # What happens

    @initialize(takes=st.integers(1, 3), cancels=st.sampled_from(["none", "running"]))
    def begin(self, takes: int, cancels: Literal["none", "running"]) -> None:
        self.provider.cancels = cancels
        self._do(self.studio.ask("fake-provider", takes=takes))
        self.work()

    @rule(takes=st.integers(1, 2), loses=st.booleans())
    def submit(self, takes: int, loses: bool) -> None:
        self.provider.drop_answers = int(loses)
        self._do(self.studio.ask("fake-provider", takes=takes))
        self.asleep = True

    @precondition(lambda self: self.asleep)
    @rule()
    def work(self) -> None:
        """A process works for a while, and is killed."""
        self._do(self._work())
        self.asleep = False

    @precondition(lambda self: self._open_job(0) is not None)
    @rule(which=st.integers(0, 9), amount=st.sampled_from(BILLS))
    def finish(self, which: int, amount: Decimal | None) -> None:
        job = self._open_job(which)
        if job is not None:
            self.told[job] = amount
            self.billed[job] = ESTIMATE if amount is None else amount
            self.provider.finish(job)
            self.asleep = True

    @precondition(lambda self: self._open_job(0) is not None)
    @rule(which=st.integers(0, 9), cost=st.sampled_from([None, Decimal(0), Decimal("0.07")]))
    def fail(self, which: int, cost: Decimal | None) -> None:
        job = self._open_job(which)
        if job is None:
            return
        # Billed at a price that it tells, billed at the estimate, or not billed.
        is_billed = cost is None or cost > 0
        self.billed[job] = ESTIMATE if cost is None else cost
        told = cost or None
        self.provider.fail(job, Rejected("No.", billed=is_billed, cost=told))
        self.asleep = True

    @rule(which=st.integers(0, 9))
    def cancel(self, which: int) -> None:
        rows = [one for one in self._rows() if one.phase not in FINAL]
        if rows:
            one = rows[which % len(rows)]
            self._do(self.studio.generations.cancel(self.studio.actor, one.id))
            self.asleep = True

    @rule()
    def let_time_pass(self) -> None:
        """Leases run out, deadlines pass, and parked runs are due."""
        self.studio.clock.advance(3600 * 24)
        self.asleep = True

    @rule()
    def reconcile(self) -> None:
        self._do(self.studio.reconciler.round())
        self.asleep = True

    @rule(which=st.integers(0, 9), amount=st.sampled_from([Decimal(0), Decimal(5)]))
    def settle_again(self, which: int, amount: Decimal) -> None:
        """A callback comes twice, or beside a look: what has ended stays as it ended."""
        ended = [one for one in self._rows() if self._has_ended(one)]
        if not ended:
            return
        one = ended[which % len(ended)]
        cost = Cost(amount=amount, confidence=Confidence.EXACT, source=CostSource.PROVIDER)
        now = self.studio.clock.now()
        settled = self._do(
            self.studio.database.write(
                lambda tx: (
                    deliver.settle(tx, one, cost, now=now)
                    if LedgerKind.SETTLE in [each.kind for each in tx.ledger.entries(one.id)]
                    else False
                ),
                scope=SYSTEM,
            )
        )
        assert settled is False
        self._do(
            self.studio.database.write(
                lambda tx: deliver.end_late(tx, one, deliver.Money.SETTLE, now=now), scope=SYSTEM
            )
        )

    @rule(which=st.integers(0, 9))
    def decide(self, which: int) -> None:
        """A person looks at the provider's bill, and says what stands there."""
        rows = [one for one in self._rows() if one.needs_attention]
        if rows:
            self._decide(rows[which % len(rows)])

    # What holds

    @invariant()
    def the_ledger_keeps_its_rules(self) -> None:
        verified = self._do(self.studio.money.ledger.verify(self.studio.actor))
        assert verified.faults == ()
        assert verified.balance.held >= 0
        billed = Decimal(0)
        for one in self._rows():
            kinds = self._do(self.studio.ledger(one.id))
            assert kinds.count("settle") <= 1
            assert kinds.count("hold") == 1
            balance = self._do(self.studio.balance(one.id))
            truth = self._truth(one)
            assert balance.spent <= truth, (one.phase, kinds)
            billed += truth
        assert verified.balance.held + verified.balance.spent <= billed + verified.balance.held

    # How

    def _bring_to_an_end(self) -> None:
        """Let every job end and every question be answered; then the books agree."""
        for number in range(50):
            if self._open_job(0) is None:
                break
            if number % 2:
                self.fail(0, Decimal("0.07"))
            else:
                self.finish(0, BILLS[number % len(BILLS)])
        for _ in range(6):
            self.studio.clock.advance(3600 * 24)
            self._do(self._work())
            self._do(self.studio.reconciler.round())
        for one in self._rows():
            if one.needs_attention:
                self._decide(one)
        for number in range(len(self._rows())):
            self.settle_again(number, Decimal(5))
        for one in self._rows():
            assert one.phase in FINAL, one.phase
            balance = self._do(self.studio.balance(one.id))
            assert balance.held == 0
            if one.id not in self.decided:
                assert balance.spent == self._truth(one), (one.phase, balance)
        self.the_ledger_keeps_its_rules()

    async def _work(self) -> None:
        async with self.studio.process() as worker:
            await worker.sweep()
            for _ in range(400):
                rows = await self._all()
                if all(self._waits(one) for one in rows):
                    return
                await asyncio.sleep(0.005)

    def _waits(self, one: Generation) -> bool:
        """Whether nothing more happens to a run before the world does something."""
        if one.phase in FINAL or one.phase is Phase.SUBMIT_UNKNOWN:
            return True
        job = self.provider.find(str(one.id))
        return one.phase is Phase.SUBMITTED and job is not None and job.state not in ENDED

    async def _all(self) -> tuple[Generation, ...]:
        page = await self.studio.database.read(
            lambda tx: tx.generations.list(GenerationFilter(), limit=200, cursor=None),
            scope=SYSTEM,
        )
        return page.items

    def _rows(self) -> tuple[Generation, ...]:
        return self._do(self._all())

    def _open_job(self, which: int) -> str | None:
        jobs = [one.id for one in self.provider.jobs.values() if one.state not in ENDED]
        return jobs[which % len(jobs)] if jobs else None

    def _truth(self, one: Generation) -> Decimal:
        """What the provider billed for it. What a person has decided counts as they said."""
        job = self.provider.find(str(one.id))
        billed = Decimal(0) if job is None else self.billed.get(job.id, Decimal(0))
        return max(billed, ESTIMATE) if one.id in self.decided else billed

    def _has_ended(self, one: Generation) -> bool:
        kinds = self._do(self.studio.ledger(one.id))
        return "settle" in kinds or "release" in kinds

    def _decide(self, one: Generation) -> None:
        way = Way.MARK_LOST if self._truth(one) or self._may_bill(one) else Way.RELEASE_HOLD
        attention = self.studio.attention
        decide = attention.mark_lost if way is Way.MARK_LOST else attention.release_hold
        try:
            self._do(decide(self.studio.actor, one.id))
        except Conflict:
            # Somebody runs it, or it is a parked one, which is not released.
            return
        self.decided.add(one.id)

    def _may_bill(self, one: Generation) -> bool:
        job = self.provider.find(str(one.id))
        return job is not None and job.state not in ENDED


def rounds(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=14,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


class MoneyAtLength(Money):
    """The same, for longer."""


Money.TestCase.settings = rounds(6)
MoneyAtLength.TestCase.settings = rounds(40)
TestMoney = Money.TestCase
TestMoneyAtLength = pytest.mark.soak(MoneyAtLength.TestCase)
