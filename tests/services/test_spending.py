"""Reports on what was spent say the same as the ledger, in the days of the tenant."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from boards.domain.access import TenantRole
from boards.domain.costs import ZERO, Confidence, Cost, CostSource, Entry, LedgerKind
from boards.domain.spending import Display, SpendBy
from boards.errors import Broken, Forbidden, InvalidInput, Unauthenticated
from boards.services.budgets import BudgetService
from boards.services.ports import SYSTEM
from boards.services.spending import SpendingService
from boards.testing.generators import FakePaid
from tests.db.conftest import postgres_server, sqlite_template, url
from tests.services.studio import Studio, open_studio

__all__ = ["postgres_server", "sqlite_template", "url"]


class Counted(FakePaid):
    """Its provider counts what it really cost."""

    def __init__(self, *, name: str, factor: str) -> None:
        super().__init__(name=name)
        self.factor = Decimal(factor)

    async def generate(self, inputs, context):
        amount = Decimal("0.25") * inputs.n * self.factor
        context.bill(Cost(amount=amount, confidence=Confidence.EXACT, source=CostSource.USAGE))
        return await super().generate(inputs, context)


@pytest.fixture
async def studio(url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    generators = [
        FakePaid(),
        FakePaid(name="free", price=Decimal(0), repeatable=True),
        FakePaid(name="unpriced", price=None),
        FakePaid(Broken("No.", billed=False), name="refuses"),
        Counted(name="dearer", factor="1.5"),
        Counted(name="as-told", factor="1.02"),
    ]
    async with open_studio(url, tmp_path, generators) as opened:
        yield opened


def spending(studio: Studio, display: Display | None = None) -> SpendingService:
    return SpendingService(database=studio.database, clock=studio.clock, display=display)


async def make(studio: Studio, *names: str, **more: object) -> None:
    async with studio.process():
        for name in names:
            await studio.make(name, **more)  # type: ignore[arg-type]


async def test_rows_add_up_to_what_the_ledger_has_by_whatever_they_stand_for(studio):
    await make(studio, "fake-paid", "free", "unpriced", "refuses", "dearer")
    await studio.ask("fake-paid", takes=3)
    totals = await studio.database.read(lambda tx: tx.ledger.totals(), scope=SYSTEM)
    for by in SpendBy:
        report = await spending(studio).report(studio.actor, by)
        assert report.total.spent == totals.spent == Decimal("0.625"), by
        assert report.total.held == totals.held == Decimal("0.75"), by
        assert (report.total.runs, report.total.unpriced, report.total.measured) == (4, 1, 1), by
        # What was released was neither estimated in vain nor spent.
        assert report.total.estimated == Decimal("0.50"), by


async def test_it_tells_generators_providers_boards_and_people_apart(studio):
    member = await studio.colleague()
    board = await studio.boards.create(studio.actor, "=SUM(A1)")
    await make(studio, "fake-paid", board_id=board.id)
    await make(studio, "dearer")
    await make(studio, "fake-paid", actor=member)

    async def rows(by: SpendBy) -> dict[str, Decimal]:
        report = await spending(studio).report(studio.actor, by)
        return {row.key: row.figures.spent for row in report.rows}

    assert await rows(SpendBy.GENERATOR) == {
        "fake-paid": Decimal("0.50"),
        "dearer": Decimal("0.375"),
    }
    assert await rows(SpendBy.PROVIDER) == {"fake": Decimal("0.875")}
    assert (await rows(SpendBy.BOARD))[str(board.id)] == Decimal("0.25")
    assert (await rows(SpendBy.USER))[str(member.user_id)] == Decimal("0.25")
    by_board = await spending(studio).report(studio.actor, SpendBy.BOARD)
    assert "=SUM(A1)" in {row.label for row in by_board.rows}


async def test_a_day_is_the_tenants(studio):
    budgets = BudgetService(database=studio.database, clock=studio.clock)
    now = studio.clock.now()
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    studio.clock.advance((midnight - now).total_seconds() - 3600)
    job = await studio.ask("fake-paid")
    (one,) = (await studio.jobs.get(studio.actor, job)).generations
    settled = Entry(kind=LedgerKind.SETTLE, amount=Decimal("0.25"))
    await studio.database.write(
        lambda tx: tx.ledger.add(one, settled, now=studio.clock.now()), scope=SYSTEM
    )
    today = studio.clock.now().date()

    async def days() -> list[str]:
        report = await spending(studio).report(
            studio.actor, SpendBy.DAY, first=today, last=today + timedelta(days=1)
        )
        return [row.key for row in report.rows]

    assert await days() == [today.isoformat()]
    await budgets.set_time_zone(studio.actor, "Asia/Tokyo")
    assert await days() == [(today + timedelta(days=1)).isoformat()]


async def test_days_outside_of_the_time_are_left_out(studio):
    await make(studio, "fake-paid")
    today = studio.clock.now().date()
    before = await spending(studio).report(
        studio.actor, SpendBy.GENERATOR, first=today - timedelta(days=9), last=today - timedelta(1)
    )
    assert before.total.spent == 0
    on_the_day = await spending(studio).report(
        studio.actor, SpendBy.GENERATOR, first=today, last=today
    )
    assert on_the_day.total.spent == Decimal("0.25")


async def test_a_model_whose_costs_leave_its_estimates_is_flagged(studio):
    for _ in range(5):
        await make(studio, "dearer", "as-told", "fake-paid")
    report = await spending(studio).drift(studio.actor)
    assert [row.key for row in report.rows] == ["dearer"]
    (row,) = report.rows
    assert (row.figures.measured_spent, row.figures.measured_estimated) == (
        Decimal("1.875"),
        Decimal("1.25"),
    )


async def test_a_few_runs_say_nothing(studio):
    for _ in range(4):
        await make(studio, "dearer")
    assert (await spending(studio).drift(studio.actor)).rows == ()


async def test_others_see_only_what_they_spent(studio):
    member = replace(await studio.colleague(), tenant_role=TenantRole.MEMBER, platform_admin=False)
    await make(studio, "fake-paid")
    await make(studio, "dearer", actor=member)
    await studio.ask("fake-paid")
    for by in SpendBy:
        report = await spending(studio).report(member, by)
        assert (report.total.spent, report.total.held) == (Decimal("0.375"), ZERO), by
    with pytest.raises(Forbidden):
        await spending(studio).drift(member)
    with pytest.raises(Unauthenticated):
        await spending(studio).report(replace(member, user_id=None), SpendBy.DAY)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 2, 2), date(2026, 2, 1)),
        (date(2024, 1, 1), date(2026, 1, 1)),
        (date(1, 1, 1), date(1, 1, 2)),
        (date(9999, 12, 30), date(9999, 12, 31)),
    ],
    ids=str,
)
async def test_days_that_make_no_time_are_refused(studio, first, last):
    await BudgetService(database=studio.database, clock=studio.clock).set_time_zone(
        studio.actor, "Asia/Tokyo"
    )
    with pytest.raises(InvalidInput):
        await spending(studio).report(studio.actor, SpendBy.DAY, first=first, last=last)


def test_amounts_are_shown_in_another_currency_by_its_rate():
    display = Display(currency="EUR", rate=Decimal("0.92"))
    assert display.of(Decimal("0.25")) == Decimal("0.23")
    assert display.of(Decimal("0.001")) == Decimal("0.0009")
