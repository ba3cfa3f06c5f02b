"""Budgets bound what is spent and held together, whoever asks at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Row

from boards.adapters.db.door import Door
from boards.adapters.db.tables import Budget as BudgetTable
from boards.domain.access import Actor, TenantRole
from boards.domain.budgets import BudgetScope, Period, Standing, Strictness, window_of
from boards.domain.costs import ZERO, Entry, LedgerKind
from boards.domain.generations import Phase
from boards.domain.ledger import FaultKind
from boards.errors import Conflict, Forbidden, InvalidInput, NotFound, OverBudget
from boards.ids import new_id
from boards.services.budgets import BudgetService
from boards.services.ports import SYSTEM
from boards.services.rights import scope_of
from boards.services.submit import Submission, SubmitRequest
from boards.testing.generators import FakePaid, FakeProvider, FakeProviderGenerator
from tests.db.conftest import postgres_server, sqlite_template, url
from tests.db.world import door_of
from tests.services.studio import Studio, open_studio

__all__ = ["postgres_server", "sqlite_template", "url"]

QUARTER = Decimal("0.25")
PAID = SubmitRequest(generator="fake-paid", inputs={})
FREE = SubmitRequest(generator="free", inputs={})
UNPRICED = SubmitRequest(generator="unpriced", inputs={})


def makers() -> list[FakePaid | FakeProviderGenerator]:
    return [
        FakePaid(),
        FakePaid(name="free", price=Decimal(0)),
        FakePaid(name="unpriced", price=None),
        FakeProviderGenerator(FakeProvider()),
    ]


@pytest.fixture
async def studio(url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    """A studio on each database, in which nothing runs by itself."""
    async with open_studio(url, tmp_path, makers()) as opened:
        yield opened


def budgets(studio: Studio) -> BudgetService:
    return BudgetService(database=studio.database, clock=studio.clock)


async def bound(
    studio: Studio,
    amount: str | Decimal,
    *,
    scope: BudgetScope = BudgetScope.TENANT,
    subject_id: UUID | None = None,
    period: Period = Period.TOTAL,
    strictness: Strictness = Strictness.HARD,
) -> Standing:
    """Set a budget as the admin."""
    return await budgets(studio).create(
        studio.actor,
        scope=scope,
        subject_id=subject_id,
        period=period,
        strictness=strictness,
        amount=Decimal(amount),
    )


async def standing(studio: Studio, one: Standing) -> Standing:
    return await budgets(studio).get(studio.actor, one.budget.id)


async def settle(studio: Studio, submission: Submission, amount: str) -> None:
    """Have the hold of the first take end at what it cost."""
    entry = Entry(kind=LedgerKind.SETTLE, amount=Decimal(amount))
    await studio.database.write(
        lambda tx: tx.ledger.add(submission.generations[0], entry, now=studio.clock.now()),
        scope=SYSTEM,
    )


async def refused(studio: Studio, request: SubmitRequest, actor: Actor | None = None) -> OverBudget:
    """Submit, and give the refusal."""
    with pytest.raises(OverBudget) as caught:
        await studio.submit.submit(actor or studio.actor, request)
    return caught.value


class TestManyAtOnce:
    async def test_of_200_submits_for_whose_money_50_are_exactly_50_pass(self, studio):
        one = await bound(studio, 50 * QUARTER)
        answers = await asyncio.gather(
            *(studio.submit.submit(studio.actor, PAID) for _ in range(200)),
            return_exceptions=True,
        )

        passed = [answer for answer in answers if isinstance(answer, Submission)]
        assert len(passed) == 50
        assert {type(answer) for answer in answers} == {Submission, OverBudget}
        after = await standing(studio, one)
        assert (after.spent, after.held, after.left) == (ZERO, 50 * QUARTER, ZERO)

    async def test_submits_under_budgets_in_common_do_not_wait_for_each_other_in_a_ring(
        self, studio
    ):
        """Each takes the tenant's, its user's and its board's; whoever took them in another order
        would wait for one who waits for them."""
        people = [studio.actor, await studio.colleague(), await studio.colleague()]
        boards = [await studio.boards.create(one, f"of {n}") for n, one in enumerate(people)]
        for period in Period:
            await bound(studio, 30 * QUARTER, period=period)
        for one, board in zip(people, boards, strict=True):
            await bound(studio, 20 * QUARTER, scope=BudgetScope.USER, subject_id=one.user_id)
            await bound(studio, 20 * QUARTER, scope=BudgetScope.BOARD, subject_id=board.id)

        answers = await asyncio.gather(
            *(
                studio.submit.submit(people[n % 3], replace(PAID, board_id=boards[n % 3].id))
                for n in range(90)
            ),
            return_exceptions=True,
        )

        assert sum(isinstance(answer, Submission) for answer in answers) == 30
        assert {type(answer) for answer in answers} == {Submission, OverBudget}

    async def test_all_takes_are_held_against_the_budget_together(self, studio):
        await bound(studio, 3 * QUARTER)
        refusal = await refused(studio, replace(PAID, takes=4))
        assert refusal.asked == 1
        await studio.submit.submit(studio.actor, replace(PAID, takes=3))

    async def test_a_settlement_beside_a_submit_is_never_overlooked(self, studio):
        """What moves from held to spent is seen in one of the two, or in both."""
        one = await bound(studio, 2 * QUARTER)
        first = await studio.submit.submit(studio.actor, PAID)
        second = await studio.submit.submit(studio.actor, PAID)
        answers = await asyncio.gather(
            settle(studio, first, "0.25"),
            *(studio.submit.submit(studio.actor, PAID) for _ in range(10)),
            settle(studio, second, "0.25"),
            return_exceptions=True,
        )
        assert not any(isinstance(answer, Submission) for answer in answers)
        after = await standing(studio, one)
        assert (after.spent, after.held) == (2 * QUARTER, ZERO)


class TestRefusal:
    async def test_it_says_limit_spent_held_asked_and_when_it_begins_anew(self, studio):
        studio.clock.advance(0)
        await bound(studio, "0.60", period=Period.DAY)
        await settle(studio, await studio.submit.submit(studio.actor, PAID), "0.21")
        await studio.submit.submit(studio.actor, PAID)

        refusal = await refused(studio, PAID)

        assert (refusal.limit, refusal.spent, refusal.held, refusal.asked) == (
            Decimal("0.60"),
            Decimal("0.21"),
            QUARTER,
            QUARTER,
        )
        assert (refusal.scope, refusal.period, refusal.reason) == ("tenant", "day", "exceeded")
        tomorrow = (studio.clock.now() + timedelta(days=1)).date()
        assert refusal.resets_at == datetime(
            tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC
        )
        assert "$0.25" in refusal.message
        assert "Nothing was spent" in refusal.message

    async def test_nothing_is_written_for_what_is_refused(self, studio):
        await bound(studio, "0.10")
        await refused(studio, PAID)
        page = await studio.database.read(
            lambda tx: tx.jobs.list(board_ids=None, limit=9, cursor=None),
            scope=scope_of(studio.actor),
        )
        assert page.items == ()

    async def test_the_tightest_of_several_is_named(self, studio):
        board = await studio.boards.create(studio.actor, "small")
        await bound(studio, "0.20")
        await bound(studio, "0.10", scope=BudgetScope.BOARD, subject_id=board.id)
        refusal = await refused(studio, replace(PAID, board_id=board.id))
        assert (refusal.scope, refusal.limit) == ("board", Decimal("0.10"))

    async def test_the_same_request_passes_the_next_day(self, studio):
        await bound(studio, "0.25", period=Period.DAY)
        await settle(studio, await studio.submit.submit(studio.actor, PAID), "0.25")
        await refused(studio, PAID)
        studio.clock.advance(86_400)
        assert await studio.submit.submit(studio.actor, PAID)

    async def test_what_is_held_counts_across_midnight(self, studio):
        await bound(studio, "0.25", period=Period.DAY)
        await studio.submit.submit(studio.actor, PAID)
        studio.clock.advance(86_400)
        await refused(studio, PAID)


class TestPrices:
    async def test_f13_what_is_free_runs_under_a_budget_that_is_used_up(self, studio):
        one = await bound(studio, "1")
        await settle(studio, await studio.submit.submit(studio.actor, PAID), "1.40")
        assert (await standing(studio, one)).left < 0
        assert await studio.submit.submit(studio.actor, replace(FREE, takes=9))
        assert (await studio.submit.quote(studio.actor, [FREE])).refusal is None

    async def test_f10_what_has_no_price_needs_to_be_allowed(self, studio):
        await bound(studio, "5")
        refusal = await refused(studio, UNPRICED)
        assert (refusal.reason, refusal.asked) == ("unpriced", None)
        assert "allow_unpriced" in refusal.message

        submission = await studio.submit.submit(
            studio.actor, replace(UNPRICED, allow_unpriced=True)
        )
        assert submission.estimate.amount is None

    async def test_what_has_no_price_does_not_run_when_nothing_is_left(self, studio):
        await bound(studio, "0")
        refusal = await refused(studio, replace(UNPRICED, allow_unpriced=True))
        assert refusal.reason == "exceeded"

    async def test_without_a_budget_it_simply_runs(self, studio):
        assert await studio.submit.submit(studio.actor, UNPRICED)

    async def test_a_late_bill_may_exceed_is_shown_and_blocks_the_next(self, studio):
        one = await bound(studio, "1")
        await settle(studio, await studio.submit.submit(studio.actor, PAID), "1.40")
        after = await standing(studio, one)
        assert (after.spent, after.left) == (Decimal("1.40"), Decimal("-0.40"))
        assert (await refused(studio, PAID)).spent == Decimal("1.40")

    async def test_an_amount_that_is_just_enough_is_enough(self, studio):
        await bound(studio, "0.25")
        assert await studio.submit.submit(studio.actor, PAID)
        await refused(studio, PAID)


class TestScopes:
    async def test_each_scope_bounds_its_own_and_nobody_else(self, studio):
        other = await studio.colleague()
        own, others = new_id(), new_id()
        by_token = replace(studio.actor, token_id=own)
        in_session = replace(studio.actor, session_id=own)
        await bound(studio, "0", scope=BudgetScope.USER, subject_id=other.user_id)
        await bound(studio, "0", scope=BudgetScope.TOKEN, subject_id=own)
        await bound(studio, "0", scope=BudgetScope.SESSION, subject_id=own)

        for actor, scope in ((other, "user"), (by_token, "token"), (in_session, "session")):
            assert (await refused(studio, PAID, actor)).scope == scope
        for actor in (
            studio.actor,
            replace(studio.actor, token_id=others),
            replace(studio.actor, session_id=others),
        ):
            assert await studio.submit.submit(actor, PAID)

    async def test_another_tenants_spending_does_not_count(self, studio):
        elsewhere = await studio.another_tenant()
        one = await bound(studio, "0.25")
        await studio.submit.submit(elsewhere, replace(PAID, takes=9))
        assert (await standing(studio, one)).held == 0
        assert await studio.submit.submit(studio.actor, PAID)

    async def test_what_a_token_held_is_settled_for_the_same_token(self, studio):
        token = new_id()
        one = await bound(studio, "1", scope=BudgetScope.TOKEN, subject_id=token)
        by_token = replace(studio.actor, token_id=token)
        submission = await studio.submit.submit(by_token, PAID)
        assert (await standing(studio, one)).held == QUARTER
        await settle(studio, submission, "0.30")
        again = await standing(studio, one)
        assert (again.held, again.spent) == (ZERO, Decimal("0.30"))
        adjust = Entry(kind=LedgerKind.ADJUST, amount=Decimal("-0.10"), cause="invoice")
        await studio.database.write(
            lambda tx: tx.ledger.add(submission.generations[0], adjust, now=studio.clock.now()),
            scope=SYSTEM,
        )
        assert (await standing(studio, one)).spent == Decimal("0.20")


class TestSoft:
    async def test_it_warns_in_the_answer_and_in_an_event_and_lets_pass(self, studio):
        await bound(studio, "0.10", strictness=Strictness.SOFT)
        submission = await studio.submit.submit(studio.actor, PAID)
        (warning,) = submission.warnings
        assert "It only warns" in warning.message
        events = await studio.database.read(
            lambda tx: tx.events.after(last_id=0, job_id=submission.job.id), scope=SYSTEM
        )
        assert [(one.type, one.data["message"]) for one in events if one.type == "budget"] == [
            ("budget", warning.message)
        ]

    async def test_it_says_nothing_while_there_is_enough(self, studio):
        await bound(studio, "0.25", strictness=Strictness.SOFT)
        assert (await studio.submit.submit(studio.actor, PAID)).warnings == ()

    async def test_beside_a_hard_one_each_does_its_part(self, studio):
        await bound(studio, "0.10", strictness=Strictness.SOFT)
        await bound(studio, "0.40", strictness=Strictness.HARD)
        assert (await studio.submit.submit(studio.actor, PAID)).warnings
        await refused(studio, PAID)


class TestQuotes:
    async def test_a_plan_is_added_up_and_held_against_the_budget_as_a_whole(self, studio):
        await bound(studio, "0.60")
        plan = [replace(PAID, takes=2), FREE, PAID]
        quote = await studio.submit.quote(studio.actor, plan)
        assert [part.cost.amount for part in quote.parts] == [2 * QUARTER, 0, QUARTER]
        assert quote.total.amount == 3 * QUARTER
        assert quote.budget.left == Decimal("0.60")
        assert quote.refusal.asked == 3 * QUARTER
        single = await studio.submit.quote(studio.actor, plan[:1])
        assert single.refusal is None

    async def test_a_boards_budget_counts_only_what_goes_to_that_board(self, studio):
        board = await studio.boards.create(studio.actor, "small")
        await bound(studio, "0.25", scope=BudgetScope.BOARD, subject_id=board.id)
        quote = await studio.submit.quote(
            studio.actor, [replace(PAID, board_id=board.id), replace(PAID, takes=9)]
        )
        assert quote.refusal is None
        assert quote.budget.budget.scope is BudgetScope.BOARD

    async def test_an_unpriced_part_makes_the_sum_unknown_and_needs_its_own_allowance(self, studio):
        await bound(studio, "5")
        quote = await studio.submit.quote(studio.actor, [PAID, UNPRICED])
        assert quote.total.amount is None
        assert quote.refusal.reason == "unpriced"
        allowed = [replace(PAID, takes=21), replace(UNPRICED, allow_unpriced=True)]
        assert (await studio.submit.quote(studio.actor, allowed)).refusal.asked == 21 * QUARTER

    async def test_a_quote_is_what_a_submit_then_holds(self, studio):
        one = await bound(studio, "9")
        asked = replace(PAID, takes=7, inputs={"n": 3})
        quote = await studio.submit.quote(studio.actor, [asked])
        assert (await studio.submit.submit(studio.actor, asked)).estimate == quote.total
        assert (await standing(studio, one)).held == quote.total.amount


class TestSetting:
    async def test_a_second_one_of_the_same_kind_is_refused_and_the_first_is_changed(self, studio):
        one = await bound(studio, "1")
        with pytest.raises(Conflict, match="change its amount"):
            await bound(studio, "2")
        changed = await budgets(studio).change(studio.actor, one.budget.id, Decimal("0.10"))
        assert changed.left == Decimal("0.10")
        await refused(studio, PAID)

    async def test_without_it_everything_passes_again(self, studio):
        one = await bound(studio, "0")
        await refused(studio, PAID)
        await budgets(studio).remove(studio.actor, one.budget.id)
        assert await studio.submit.submit(studio.actor, PAID)
        with pytest.raises(NotFound):
            await budgets(studio).remove(studio.actor, one.budget.id)

    async def test_only_admins_set_them_and_others_see_those_that_bound_them(self, studio):
        member = replace(await studio.colleague(), tenant_role=TenantRole.MEMBER)
        member = replace(member, platform_admin=False)
        everybody = await bound(studio, "5")
        own = await bound(studio, "1", scope=BudgetScope.USER, subject_id=member.user_id)
        others = await bound(studio, "1", scope=BudgetScope.USER, subject_id=studio.actor.user_id)
        board = await studio.boards.create(studio.actor, "not theirs")
        hidden = await bound(studio, "1", scope=BudgetScope.BOARD, subject_id=board.id)

        seen = await budgets(studio).list(member)
        assert {one.budget.id for one in seen.standings} == {everybody.budget.id, own.budget.id}
        for one in (others, hidden):
            with pytest.raises(NotFound):
                await budgets(studio).get(member, one.budget.id)
        with pytest.raises(Forbidden):
            await budgets(studio).change(member, own.budget.id, Decimal(1000))
        with pytest.raises(Forbidden):
            await budgets(studio).remove(member, everybody.budget.id)

    @pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity"])
    async def test_what_is_no_amount_is_refused(self, studio, amount):
        with pytest.raises(InvalidInput):
            await bound(studio, amount)

    async def test_a_budget_for_what_is_not_there_is_refused(self, studio):
        for scope in (BudgetScope.BOARD, BudgetScope.USER):
            with pytest.raises(InvalidInput, match="not found"):
                await bound(studio, "1", scope=scope, subject_id=new_id())
            with pytest.raises(InvalidInput, match="which"):
                await bound(studio, "1", scope=scope)

    async def test_days_begin_in_the_tenants_time_zone(self, studio):
        one = await bound(studio, "1", period=Period.DAY)
        await budgets(studio).set_time_zone(studio.actor, "Asia/Tokyo")
        resets = (await standing(studio, one)).resets_at
        assert resets is not None
        assert (resets.astimezone(UTC).hour, resets.astimezone(UTC).minute) == (15, 0)
        for name in ("Mars/Olympus", "../etc/passwd", "", "Europe"):
            with pytest.raises(InvalidInput):
                await budgets(studio).set_time_zone(studio.actor, name)


async def test_a_run_from_end_to_end_counts_once(studio):
    one = await bound(studio, "1")
    async with studio.process():
        view = await studio.make("fake-paid")
    assert view.generations[0].phase is Phase.COMPLETED
    after = await standing(studio, one)
    assert (after.spent, after.held) == (QUARTER, ZERO)


class TestCounting:
    """What was spent up to an hour ago is added up once, and is right for ever."""

    async def test_sums_go_on_from_what_was_added_up_before(self, studio):
        kinds = [*Period]
        ones = [await bound(studio, "100", period=period) for period in kinds]
        spent = Decimal(0)
        for hours in (0, 3, 3, 1, 30, 2, 24 * 20, 5, 5):
            studio.clock.advance(3600 * hours)
            await settle(studio, await studio.submit.submit(studio.actor, PAID), "0.07")
            spent += Decimal("0.07")
            found = dict(zip(kinds, [await standing(studio, one) for one in ones], strict=True))
            assert found[Period.TOTAL].spent == spent
            for period in (Period.DAY, Period.MONTH):
                assert found[period].spent == await spent_since(studio, found[period])
        assert (await studio.money.ledger.verify(studio.actor)).faults == ()

    async def test_a_submit_reads_no_more_of_the_past_than_the_last_hours(self, studio):
        await bound(studio, "100")
        await settle(studio, await studio.submit.submit(studio.actor, PAID), "1.00")
        studio.clock.advance(3 * 3600)
        await studio.submit.submit(studio.actor, PAID)
        kept = await counted(studio)
        assert kept.counted == 1
        assert kept.counted_until == studio.clock.now() - timedelta(hours=1)
        studio.clock.advance(3600)
        await studio.submit.submit(studio.actor, PAID)
        assert await counted(studio) == kept, "it is added up now and then, not at each submit"

    async def test_a_count_that_is_wrong_is_found_and_made_anew(self, studio):
        one = await bound(studio, "100")
        await settle(studio, await studio.submit.submit(studio.actor, PAID), "1.00")
        studio.clock.advance(3 * 3600)
        await studio.submit.submit(studio.actor, PAID)
        await studio.database.write(
            lambda tx: door_of(tx).run(miscount), scope=scope_of(studio.actor)
        )
        (fault,) = (await studio.money.ledger.verify(studio.actor)).faults
        assert (fault.kind, fault.budget_id) == (FaultKind.COUNT_DIFFERS, one.budget.id)
        changed = await budgets(studio).change(studio.actor, one.budget.id, Decimal(50))
        assert changed.spent == 1
        assert (await studio.money.ledger.verify(studio.actor)).faults == ()

    async def test_another_time_zone_counts_anew(self, studio):
        one = await bound(studio, "100", period=Period.DAY)
        for _ in range(6):
            studio.clock.advance(3 * 3600)
            await settle(studio, await studio.submit.submit(studio.actor, PAID), "1.00")
        for name in ("Asia/Tokyo", "Pacific/Honolulu", "UTC"):
            await budgets(studio).set_time_zone(studio.actor, name)
            after = await standing(studio, one)
            assert after.spent == await spent_since(studio, after)


async def spent_since(studio: Studio, one: Standing) -> Decimal:
    """What the ledger has since the period began, added up in one go."""
    assert one.resets_at is not None
    zone = ZoneInfo(
        await studio.database.read(lambda tx: tx.budgets.time_zone(), scope=scope_of(studio.actor))
    )
    start = window_of(one.budget.period, studio.clock.now(), zone).start
    totals = await studio.database.read(
        lambda tx: tx.ledger.totals(since=start), scope=scope_of(studio.actor)
    )
    return totals.spent


async def counted(studio: Studio) -> Row[Any]:
    """What the one budget has kept."""

    def build(door: Door) -> Any:
        return door.select(BudgetTable, BudgetTable.counted, BudgetTable.counted_until)

    found = await studio.database.read(
        lambda tx: door_of(tx).run(build).one(), scope=scope_of(studio.actor)
    )
    return cast(Row[Any], found)


def miscount(door: Door) -> Any:
    return door.update(BudgetTable).values(counted=Decimal(7))
