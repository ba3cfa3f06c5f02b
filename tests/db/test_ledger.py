import asyncio
import random
from datetime import timedelta
from decimal import Decimal

import pytest

from boards.domain.costs import ZERO, Balance, Entry, LedgerKind
from boards.domain.generations import Phase
from boards.errors import Conflict
from tests.db.world import NOW, World

HOLD, SETTLE, RELEASE, ADJUST = LedgerKind


async def add_to(world: World, one, kind, amount, cause="", *, now=NOW) -> bool:
    generation = await world.get(one)
    entry = Entry(kind=kind, amount=Decimal(amount), cause=cause)
    return await world.write(lambda tx: tx.ledger.add(generation, entry, now=now))


async def balance_of(world: World, one) -> Balance:
    return await world.read(lambda tx: tx.ledger.balance(one))


class TestUniqueKinds:
    @pytest.mark.parametrize("kind", [HOLD, SETTLE, RELEASE])
    async def test_each_kind_stands_once_whatever_its_cause(
        self, world: World, kind: LedgerKind
    ) -> None:
        [one] = await world.add()
        assert await add_to(world, one, kind, "1")
        assert not await add_to(world, one, kind, "2", "another")
        entries = await world.read(lambda tx: tx.ledger.entries(one))
        assert entries == (Entry(kind=kind, amount=Decimal(1)),)

    async def test_an_adjustment_stands_once_for_each_cause(self, world: World) -> None:
        [one] = await world.add()
        assert await add_to(world, one, ADJUST, "-0.5", "invoice 1")
        assert not await add_to(world, one, ADJUST, "-0.5", "invoice 1")
        assert await add_to(world, one, ADJUST, "0.25", "invoice 2")
        assert (await world.read(lambda tx: tx.ledger.balance(one))).spent == Decimal("-0.25")

    async def test_of_many_settlements_at_once_one_counts(self, world: World) -> None:
        [one] = await world.add()
        await add_to(world, one, HOLD, "1")
        answers = await asyncio.gather(*(add_to(world, one, SETTLE, "0.75") for _ in range(8)))
        assert answers.count(True) == 1
        balance = await world.read(lambda tx: tx.ledger.balance(one))
        assert balance == Balance(held=ZERO, spent=Decimal("0.75"))

    async def test_a_double_does_not_spoil_its_transaction(self, world: World) -> None:
        [one, other] = await world.add(count=2)
        first, second = await world.get(one), await world.get(other)
        entry = Entry(kind=HOLD, amount=Decimal(1))

        def work(tx) -> list[bool]:
            return [tx.ledger.add(each, entry, now=NOW) for each in (first, first, second)]

        assert await world.write(work) == [True, False, True]

    async def test_only_an_adjustment_may_be_negative(self, world: World) -> None:
        [one] = await world.add()
        with pytest.raises(Conflict):
            await add_to(world, one, SETTLE, "-0.000000001")


class TestSums:
    async def test_nothing_is_held_and_spent_at_first(self, world: World) -> None:
        [one] = await world.add()
        nothing = Balance(held=ZERO, spent=ZERO)
        assert await world.read(lambda tx: tx.ledger.balance(one)) == nothing
        assert await world.read(lambda tx: tx.ledger.totals()) == nothing

    async def test_a_billionth_is_not_lost(self, world: World) -> None:
        ids = await world.add(count=10)
        for one in ids:
            await add_to(world, one, SETTLE, "0.100000001")
        total = await world.read(lambda tx: tx.ledger.totals())
        assert total.spent == Decimal("1.000000010")

    async def test_a_hold_counts_until_it_is_settled_or_released(self, world: World) -> None:
        held, settled, released = await world.add(count=3)
        for one in (held, settled, released):
            await add_to(world, one, HOLD, "2")
        await add_to(world, settled, SETTLE, "1.5")
        await add_to(world, released, RELEASE, "2")
        total = await world.read(lambda tx: tx.ledger.totals(), world.home.scope)
        assert total == Balance(held=Decimal(2), spent=Decimal("1.5"))

    async def test_totals_are_of_the_tenant(self, world: World) -> None:
        [mine] = await world.add()
        [theirs] = await world.add(world.abroad)
        await add_to(world, mine, HOLD, "1")
        await add_to(world, theirs, SETTLE, "5")
        here = await world.read(lambda tx: tx.ledger.totals(), world.home.scope)
        there = await world.read(lambda tx: tx.ledger.totals(), world.abroad.scope)
        assert here == Balance(held=Decimal(1), spent=ZERO)
        assert there == Balance(held=ZERO, spent=Decimal(5))

    async def test_since_bounds_what_is_spent_and_not_what_is_held(self, world: World) -> None:
        old, new = await world.add(count=2)
        await add_to(world, old, HOLD, "1", now=NOW - timedelta(days=3))
        await add_to(world, new, SETTLE, "2", now=NOW)
        await add_to(world, old, ADJUST, "4", "late", now=NOW - timedelta(days=2))
        total = await world.read(lambda tx: tx.ledger.totals(since=NOW))
        assert total == Balance(held=Decimal(1), spent=Decimal(2))

    async def test_the_sums_are_those_of_the_rules(self, world: World) -> None:
        dice = random.Random(11)
        balances = []
        for one in await world.add(count=25):
            for kind in dice.sample([HOLD, SETTLE, RELEASE, ADJUST], dice.randint(0, 4)):
                await add_to(world, one, kind, Decimal(dice.randint(0, 10**12)).scaleb(-9))
            balances.append(await balance_of(world, one))
        total = await world.read(lambda tx: tx.ledger.totals())
        assert total.held == sum((each.held for each in balances), ZERO)
        assert total.spent == sum((each.spent for each in balances), ZERO)


async def test_rows_stay_when_their_generation_is_deleted(world: World) -> None:
    claim = await world.running()
    one = claim.generation.id
    await world.hold(one)
    await add_to(world, one, SETTLE, "0.03")
    await world.move(one, Phase.COMPLETED, token=claim.run_token)
    await world.write(lambda tx: tx.generations.delete(one, now=NOW))
    entries = await world.read(lambda tx: tx.ledger.entries(one))
    assert [entry.kind for entry in entries] == [HOLD, SETTLE]
