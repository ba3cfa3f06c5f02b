"""The ledger is examined against everything that is shown and counted, and put right by rows."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from boards.adapters.db.door import Door
from boards.adapters.db.tables import Generation as GenerationTable
from boards.adapters.db.tables import LedgerEntry, OpenHold
from boards.domain.access import TenantRole
from boards.domain.costs import Balance, CostSource, Entry, LedgerKind
from boards.domain.generations import Phase
from boards.domain.ledger import FaultKind
from boards.errors import Broken, Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from boards.ids import new_id
from boards.services.ledger import LedgerService
from boards.services.ports import SYSTEM, LedgerFilter, LedgerLine, Tx
from boards.services.rights import scope_of
from boards.testing.generators import FakePaid, FakeProvider, FakeProviderGenerator
from tests.db.conftest import postgres_server, sqlite_template, url
from tests.db.world import door_of
from tests.services.studio import Studio, open_studio

__all__ = ["postgres_server", "sqlite_template", "url"]


@pytest.fixture
async def studio(url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    generators = [
        FakePaid(),
        FakePaid(name="free", price=Decimal(0), repeatable=True),
        FakePaid(name="unpriced", price=None),
        FakePaid(Broken("Who knows."), name="breaks"),
        FakePaid(Broken("No.", billed=False), name="refuses"),
        FakeProviderGenerator(FakeProvider()),
    ]
    async with open_studio(url, tmp_path, generators) as opened:
        yield opened


def ledger(studio: Studio) -> LedgerService:
    return LedgerService(database=studio.database, clock=studio.clock)


async def some_of_everything(studio: Studio) -> None:
    async with studio.process():
        for name in ("fake-paid", "free", "unpriced", "breaks", "refuses", "fake-provider"):
            await studio.make(name)
        await studio.make("fake-paid", n=3)
        await studio.make("fake-paid", takes=2)
    await studio.ask("fake-paid")


async def force(studio: Studio, build: Any) -> None:
    """Do to the database what no code of ours does."""
    await studio.database.write(lambda tx: door_of(tx).run(build), scope=SYSTEM)


async def found(studio: Studio) -> list[FaultKind]:
    return [one.kind for one in (await ledger(studio).verify(studio.actor)).faults]


async def made(studio: Studio, name: str = "fake-paid", **inputs: object):
    async with studio.process():
        return (await studio.make(name, **inputs)).generations[0]  # type: ignore[arg-type]


class TestVerify:
    async def test_it_finds_nothing_in_a_ledger_that_was_written_by_runs(self, studio):
        await some_of_everything(studio)
        verified = await ledger(studio).verify(studio.actor)
        assert verified.faults == ()
        totals = await studio.database.read(
            lambda tx: tx.ledger.totals(), scope=scope_of(studio.actor)
        )
        # The sums over all rows, and those over what the list of open holds has, are the same.
        assert verified.balance == totals
        assert totals == Balance(held=Decimal("0.50"), spent=Decimal("1.60"))
        assert verified.accounts == 10

    async def test_a_hold_that_was_never_ended_is_found(self, studio):
        one = await made(studio)

        def forget(door: Door) -> Any:
            return door.delete(LedgerEntry).where(
                LedgerEntry.generation_id == one.id, LedgerEntry.kind == "settle"
            )

        await force(studio, forget)
        assert set(await found(studio)) == {FaultKind.HOLD_LEFT_OPEN, FaultKind.HELD_DIFFERS}

    async def test_two_ends_are_found(self, studio):
        one = await made(studio)
        await add(studio, one, LedgerKind.RELEASE, "0.25")
        assert await found(studio) == [FaultKind.ENDED_TWICE]

    async def test_a_negative_sum_is_found(self, studio):
        one = await made(studio)
        await add(studio, one, LedgerKind.ADJUST, "-0.30")
        assert FaultKind.NEGATIVE in await found(studio)

    async def test_a_settlement_without_a_hold_is_found(self, studio):
        one = await made(studio)

        def forget(door: Door) -> Any:
            return door.delete(LedgerEntry).where(
                LedgerEntry.generation_id == one.id, LedgerEntry.kind == "hold"
            )

        await force(studio, forget)
        assert await found(studio) == [FaultKind.NO_HOLD]

    async def test_a_cost_that_is_not_the_ledgers_is_found(self, studio):
        one = await made(studio)

        def change(door: Door) -> Any:
            return (
                door.update(GenerationTable)
                .where(GenerationTable.id == one.id)
                .values(cost_amount=Decimal("0.01"))
            )

        await force(studio, change)
        assert await found(studio) == [FaultKind.COST_DIFFERS]

    async def test_a_hold_that_budgets_do_not_count_is_found(self, studio):
        await studio.ask("fake-paid")

        def forget(door: Door) -> Any:
            return door.delete(OpenHold)

        await force(studio, forget)
        assert await found(studio) == [FaultKind.HELD_DIFFERS]

    async def test_it_reads_in_parts(self, studio, monkeypatch):
        monkeypatch.setattr("boards.services.ledger.ACCOUNTS_AT_ONCE", 2)
        await some_of_everything(studio)
        assert (await ledger(studio).verify(studio.actor)).accounts == 10

    async def test_it_looks_at_one_tenant_only(self, studio):
        elsewhere = await studio.another_tenant()
        await studio.ask("fake-paid", actor=elsewhere)
        assert (await ledger(studio).verify(studio.actor)).accounts == 0
        assert (await ledger(studio).examine(SYSTEM)).accounts == 1

    async def test_only_admins_may(self, studio):
        with pytest.raises(Forbidden):
            await ledger(studio).verify(await member_of(studio))


class TestAdjust:
    async def test_a_later_bill_makes_up_the_difference_and_is_shown(self, studio):
        one = await made(studio)
        after = await ledger(studio).adjust(
            studio.actor, one.id, actual=Decimal("0.31"), cause="invoice 7"
        )
        assert after.cost is not None
        assert (after.cost.amount, after.cost.source) == (Decimal("0.31"), CostSource.PROVIDER)
        assert (await studio.balance(one.id)).spent == Decimal("0.31")
        assert await studio.ledger(one.id) == ["hold", "settle", "adjust"]
        assert await found(studio) == []

    async def test_a_lower_bill_gives_back(self, studio):
        one = await made(studio)
        await ledger(studio).adjust(studio.actor, one.id, actual=Decimal(0), cause="credit")
        assert (await studio.balance(one.id)).spent == 0

    async def test_each_cause_counts_once(self, studio):
        one = await made(studio)
        service = ledger(studio)
        await service.adjust(studio.actor, one.id, actual=Decimal("0.31"), cause="invoice 7")
        with pytest.raises(Conflict, match="taken into account"):
            await service.adjust(studio.actor, one.id, actual=Decimal("0.99"), cause="invoice 7")
        assert (await studio.balance(one.id)).spent == Decimal("0.31")

    async def test_the_outputs_of_a_batch_share_it(self, studio):
        async with studio.process():
            view = await studio.make("fake-paid", n=3)
        first = view.generations[0]
        await ledger(studio).adjust(studio.actor, first.id, actual=Decimal("0.90"), cause="x")
        shown = [(await studio.row(one.id)).cost.amount for one in view.generations]
        assert shown == [Decimal("0.30")] * 3
        assert await found(studio) == []

    async def test_an_open_question_is_not_answered_by_it(self, studio):
        one = await made(studio, "breaks")
        with pytest.raises(Conflict, match="attention"):
            await ledger(studio).adjust(studio.actor, one.id, actual=Decimal(1), cause="x")

    async def test_nonsense_is_refused(self, studio):
        one = await made(studio)
        service = ledger(studio)
        for amount, cause in (("-1", "x"), ("NaN", "x"), ("1", " "), ("1", "x" * 101)):
            with pytest.raises(InvalidInput):
                await service.adjust(studio.actor, one.id, actual=Decimal(amount), cause=cause)
        with pytest.raises(Conflict, match="already"):
            await service.adjust(studio.actor, one.id, actual=Decimal("0.25"), cause="x")
        with pytest.raises(NotFound):
            await service.adjust(studio.actor, new_id(), actual=Decimal(1), cause="x")
        with pytest.raises(Forbidden):
            await service.adjust(await member_of(studio), one.id, actual=Decimal(1), cause="x")


class TestRows:
    async def test_they_come_in_parts_the_newest_first(self, studio):
        await some_of_everything(studio)
        service = ledger(studio)
        whole = await service.list(studio.actor, LedgerFilter(), limit=100, cursor=None)
        numbers = [one.number for one in whole.items]
        assert numbers == sorted(numbers, reverse=True)
        got: list[LedgerLine] = []
        cursor: str | None = None
        while True:
            part = await service.list(studio.actor, LedgerFilter(), limit=4, cursor=cursor)
            got += part.items
            cursor = part.next
            if cursor is None:
                break
        assert tuple(got) == whole.items

    async def test_they_can_be_chosen(self, studio):
        one = await made(studio)
        await made(studio)
        service = ledger(studio)
        page = await service.list(
            studio.actor, LedgerFilter(generation_id=one.id), limit=9, cursor=None
        )
        assert [line.entry.kind for line in page.items] == [LedgerKind.SETTLE, LedgerKind.HOLD]
        holds = await service.list(
            studio.actor, LedgerFilter(kind=LedgerKind.HOLD), limit=9, cursor=None
        )
        assert {line.entry.kind for line in holds.items} == {LedgerKind.HOLD}
        with pytest.raises(InvalidInput):
            await service.list(studio.actor, LedgerFilter(), limit=9, cursor="n1; DROP")

    async def test_others_see_their_own_only(self, studio):
        member = await member_of(studio)
        await studio.ask("fake-paid", actor=member)
        await studio.ask("fake-paid")
        page = await ledger(studio).list(member, LedgerFilter(), limit=9, cursor=None)
        assert [line.user_id for line in page.items] == [member.user_id]
        with pytest.raises(Unauthenticated):
            await ledger(studio).list(
                replace(member, user_id=None), LedgerFilter(), limit=9, cursor=None
            )


async def add(studio: Studio, one, kind: LedgerKind, amount: str) -> None:
    def work(tx: Tx) -> bool:
        entry = Entry(kind=kind, amount=Decimal(amount))
        return tx.ledger.add(one, entry, now=studio.clock.now())

    assert await studio.database.write(work, scope=SYSTEM)


async def member_of(studio: Studio):
    return replace(await studio.colleague(), tenant_role=TenantRole.MEMBER, platform_admin=False)


async def test_an_account_of_a_run_under_way_is_sound(studio):
    job = await studio.ask("fake-paid")
    (one,) = (await studio.jobs.get(studio.actor, job)).generations
    assert one.phase is Phase.PENDING
    assert await found(studio) == []
