"""Failures that cost others money, seen from the budget: what counts against it, and what not.

The numbers are those of docs/reliability.md; tests/providers/ tells the same stories of runs.
F10 and F13 stand in test_budgets.py, F11 in tests/providers/test_stories_around.py, F12 in
test_one_cap.py.
"""

import asyncio
from decimal import Decimal

import pytest

from boards.domain.budgets import BudgetScope, Period, Strictness
from boards.domain.costs import ZERO, Confidence, Cost, CostSource
from boards.domain.generations import FINAL, Generation, Phase
from boards.errors import OverBudget, StorageError
from boards.services import deliver
from boards.services.ports import SYSTEM
from tests.services.studio import Studio, eventually

PRICE = Decimal("0.10")
"""Of one run of `fake-provider`."""


@pytest.fixture
async def tight(studio: Studio) -> Studio:
    """A studio with money for one run."""
    await studio.money.budgets.create(
        studio.actor,
        scope=BudgetScope.TENANT,
        subject_id=None,
        period=Period.TOTAL,
        strictness=Strictness.HARD,
        amount=PRICE,
    )
    return studio


async def counts(studio: Studio) -> tuple[Decimal, Decimal]:
    """What is spent and held against the budget."""
    (one,) = (await studio.money.budgets.list(studio.actor)).standings
    verified = await studio.money.ledger.verify(studio.actor)
    assert verified.faults == ()
    return one.spent, one.held


async def is_refused(studio: Studio) -> bool:
    try:
        await studio.ask("fake-provider")
    except OverBudget:
        return True
    return False


async def standing(studio: Studio, job_id) -> Generation:
    """Wait until a run has ended, or waits for a person."""
    for _ in range(1000):
        (one,) = (await studio.jobs.get(studio.actor, job_id)).generations
        if one.phase in FINAL or one.needs_attention:
            return one
        await asyncio.sleep(0.01)
    raise AssertionError("it never stood")


async def test_f5_a_deadline_gives_no_money_back_and_the_late_result_is_settled_once(
    tight, provider
):
    """elizaOS #11862: refunded at the timeout, then billed."""
    provider.looks = None
    async with tight.process():
        job_id = await tight.ask("fake-provider")
        await eventually(lambda: provider.jobs)
        tight.clock.advance(3601)
        assert (await standing(tight, job_id)).needs_attention
    assert await counts(tight) == (ZERO, PRICE)
    assert await is_refused(tight)

    provider.finish("fake-1")
    for _ in range(2):
        tight.clock.advance(3600)
        async with tight.process() as worker:
            await worker.sweep()
            await tight.ended(job_id)
    assert await counts(tight) == (PRICE, ZERO)
    assert await is_refused(tight)


async def test_f6_a_lost_answer_is_no_invitation_to_spend_again(tight, provider):
    """openhuman #5411: "timed out, try again" is the second bill."""
    provider.drop_answers = 1
    async with tight.process():
        one = await standing(tight, await tight.ask("fake-provider"))
    assert one.phase is Phase.SUBMIT_UNKNOWN
    assert await counts(tight) == (ZERO, PRICE)
    assert await is_refused(tight)
    assert provider.paid == 1


async def test_f7_looks_that_fail_cost_nothing(tight, provider):
    """oh-my-pi #6603: a 401 on a look, and the run was bought again."""
    provider.broken_polls = 5
    async with tight.process():
        await tight.make("fake-provider")
    assert (provider.submits, await counts(tight)) == (1, (PRICE, ZERO))


async def test_f8_what_fails_after_the_result_is_not_paid_again(tight, provider, monkeypatch):
    """tg_content_factory #1117: a step behind the image failed, and the image was bought anew."""
    real, failures = tight.storage.verify, [StorageError("full"), StorageError("full")]

    async def verify(key, sha256):
        if failures:
            raise failures.pop()
        return await real(key, sha256)

    monkeypatch.setattr(tight.storage, "verify", verify)
    async with tight.process():
        view = await tight.make("fake-provider")
    assert view.generations[0].phase is Phase.COMPLETED
    assert (provider.submits, await counts(tight)) == (1, (PRICE, ZERO))


async def test_f9_fifty_looks_are_one_cost(tight, provider):
    """LiteLLM #25015: each GET added the cost once more."""
    provider.looks = 50
    async with tight.process():
        view = await tight.make("fake-provider")
        for _ in range(50):
            await tight.jobs.get(tight.actor, view.job.id)
    assert provider.polls >= 50
    assert await counts(tight) == (PRICE, ZERO)


async def test_f22_a_result_that_is_told_twice_is_settled_once(tight, provider):
    """gumroad #6193: the callback raced the answer, and the money moved twice."""
    provider.looks = None
    provider.cancels = "none"
    async with tight.process():
        job_id = await tight.ask("fake-provider")
        await eventually(lambda: provider.jobs)
        (one,) = (await tight.jobs.get(tight.actor, job_id)).generations
        await tight.generations.cancel(tight.actor, one.id)
        await standing(tight, job_id)
    one = await tight.row(one.id)
    told = Cost(amount=PRICE, confidence=Confidence.EXACT, source=CostSource.PROVIDER)

    async def settle(money: deliver.Money) -> None:
        await tight.database.write(
            lambda tx: deliver.end_late(tx, one, money, now=tight.clock.now(), billed=told),
            scope=SYSTEM,
        )

    await asyncio.gather(
        *(settle(money) for money in (deliver.Money.SETTLE, deliver.Money.KEEP) * 8)
    )

    assert (await tight.ledger(one.id)).count("settle") == 1
    assert await counts(tight) == (PRICE, ZERO)


async def test_a_refund_is_there_for_the_next(tight, provider):
    """What is certainly not billed is free again at once."""
    provider.looks = None
    async with tight.process():
        job_id = await tight.ask("fake-provider")
        await eventually(lambda: provider.jobs)
        provider.fail("fake-1")
        await tight.ended(job_id)
    assert await counts(tight) == (ZERO, ZERO)
    assert not await is_refused(tight)
