import asyncio
import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from boards.adapters.db.admission import _ONE_AT_A_TIME, Candidate, choose
from boards.domain.generations import Phase
from boards.errors import Forbidden
from boards.ids import new_id
from boards.services.ports import Limits, Tx
from tests.db.conftest import PostgresServer
from tests.db.world import NOW, World, door_of


def waiting(provider: str, tenant: int, count: int, *, priority: int = 0) -> list[Candidate]:
    return [
        Candidate(
            id=new_id(),
            provider=provider,
            tenant_id=UUID(int=tenant),
            priority=priority,
            created_at=NOW + timedelta(seconds=second),
        )
        for second in range(count)
    ]


class TestChoosing:
    def test_the_tenant_with_fewest_under_way_goes_first(self) -> None:
        busy, idle = waiting("fal", 1, 3), waiting("fal", 2, 3)
        active = {("fal", UUID(int=1)): 2}
        chosen = choose([*busy, *idle], active, Limits(default_provider=6), at_most=9)
        assert chosen == (idle[0].id, idle[1].id, busy[0].id, idle[2].id)

    def test_priority_goes_before_age_among_equals(self) -> None:
        old, urgent = waiting("fal", 1, 1), waiting("fal", 2, 1, priority=5)
        chosen = choose([*old, *urgent], {}, Limits(default_provider=1), at_most=9)
        assert chosen == (urgent[0].id,)

    def test_a_full_provider_holds_up_no_other(self) -> None:
        full, free = waiting("full", 1, 5), waiting("free", 1, 5)
        limits = Limits(providers={"full": 1, "free": 3})
        chosen = choose([*full, *free], {("full", UUID(int=9)): 1}, limits, at_most=9)
        assert chosen == tuple(one.id for one in free[:3])

    def test_no_limit_is_ever_exceeded(self) -> None:
        dice = random.Random(7)
        for _ in range(200):
            limits = Limits(
                total=dice.randint(0, 12),
                default_provider=dice.randint(0, 6),
                providers={"a": dice.randint(0, 6)},
                tenant_share={"b": dice.randint(0, 3)},
                paused=frozenset({"c"} if dice.random() < 0.3 else ()),
            )
            active = {
                (provider, UUID(int=tenant)): dice.randint(0, 2)
                for provider in "abc"
                for tenant in range(3)
            }
            candidates = [
                one
                for provider in "abc"
                for tenant in range(3)
                for one in waiting(provider, tenant, dice.randint(0, 4))
            ]
            at_most = dice.randint(0, 8)
            chosen = set(choose(candidates, active, limits, at_most=at_most))
            added = Counter((one.provider, one.tenant_id) for one in candidates if one.id in chosen)
            assert len(chosen) <= at_most
            if chosen:
                assert sum(active.values()) + len(chosen) <= limits.total
            for provider in "abc":
                new = sum(n for (name, _), n in added.items() if name == provider)
                old = sum(n for (name, _), n in active.items() if name == provider)
                assert new == 0 or old + new <= limits.of(provider)
            for (provider, tenant), new in added.items():
                share = limits.tenant_share.get(provider, 99)
                assert active[provider, tenant] + new <= share


class TestAdmitting:
    async def test_ten_are_not_held_back_by_three_hundred(self, world: World) -> None:
        many = await world.add(count=300)
        few = await world.add(world.abroad, count=10, created_at=NOW + timedelta(hours=1))
        admitted = set(await world.admit(Limits(default_provider=20), now=NOW + timedelta(days=1)))
        assert len(admitted) == 20
        assert set(few) <= admitted
        assert len(admitted & set(many)) == 10

    async def test_within_a_tenant_priority_then_age_decides(self, world: World) -> None:
        [young] = await world.add(created_at=NOW + timedelta(seconds=2))
        [old] = await world.add(created_at=NOW + timedelta(seconds=1))
        [urgent] = await world.add(created_at=NOW + timedelta(seconds=3), priority=1)
        one_place, order = Limits(default_provider=1), []
        for _ in range(3):
            [one] = await world.admit(one_place, now=NOW + timedelta(minutes=1))
            [claim] = await world.claim([one])
            await world.move(one, Phase.FAILED, token=claim.run_token)
            order.append(one)
        assert order == [urgent, old, young]

    async def test_a_place_is_free_again_when_a_run_ends_or_waits_for_a_person(
        self, world: World
    ) -> None:
        one_place = Limits(default_provider=1)
        ids = await world.add(count=5)
        for end in (Phase.COMPLETED, Phase.FAILED, Phase.CANCELLED, Phase.SUBMIT_UNKNOWN):
            [one] = await world.admit(one_place)
            assert await world.admit(one_place) == (), "there was one place only"
            [claim] = await world.claim([one])
            assert await world.admit(one_place) == (), "a run takes up its place"
            await world.move(one, end, token=claim.run_token)
            ids.remove(one)
        assert await world.admit(one_place) == tuple(ids)

    async def test_a_provider_s_cap_and_a_tenant_s_share_hold(self, world: World) -> None:
        await world.add(count=5, provider="fal")
        await world.add(count=5, provider="kie")
        await world.add(world.abroad, count=5, provider="kie")
        limits = Limits(providers={"fal": 2, "kie": 9}, tenant_share={"kie": 3})
        first = await world.admit(limits)
        assert len(first) == 2 + 3 + 3
        assert await world.admit(limits) == ()

    async def test_the_total_holds_over_all_providers(self, world: World) -> None:
        for provider in ("a", "b", "c"):
            await world.add(count=4, provider=provider)
        limits = Limits(total=5)
        assert len(await world.admit(limits)) == 5
        assert await world.admit(limits) == ()

    async def test_nothing_is_admitted_while_paused(self, world: World) -> None:
        await world.add(count=2, provider="fal")
        [other] = await world.add(provider="kie")
        assert await world.admit(Limits(paused=frozenset({"*"}))) == ()
        assert await world.admit(Limits(paused=frozenset({"fal"}))) == (other,)

    async def test_what_is_not_available_yet_is_passed_over(self, world: World) -> None:
        claims = [await world.running() for _ in range(3)]
        later = NOW + timedelta(minutes=5)
        for claim in claims:
            await world.move(
                claim.generation.id, Phase.PENDING, token=claim.run_token, available_at=later
            )
        [fresh] = await world.add(created_at=NOW)
        assert await world.admit() == (fresh,)
        assert len(await world.admit(now=later)) == 3

    async def test_no_more_than_asked_for_are_admitted(self, world: World) -> None:
        await world.add(count=5)
        assert len(await world.admit(at_most=2)) == 2

    async def test_a_submit_admits_from_its_own_scope_and_for_its_own_provider(
        self, world: World
    ) -> None:
        [foreign] = await world.add(world.abroad, provider="fal")
        [other] = await world.add(provider="kie")
        [mine] = await world.add(provider="fal", created_at=NOW + timedelta(seconds=-1))
        admitted = await world.write(
            lambda tx: tx.generations.admit(
                Limits(default_provider=5), now=NOW, at_most=8, provider="fal"
            ),
            world.home.scope,
        )
        assert admitted == (mine, foreign)
        assert await world.admit() == (other,)

    async def test_processes_that_admit_at_once_keep_the_caps_together(self, world: World) -> None:
        ids = await world.add(count=30)
        limits = Limits(default_provider=12)
        admitted = await asyncio.gather(*(world.admit(limits, at_most=5) for _ in range(8)))
        chosen = [one for part in admitted for one in part]
        assert len(chosen) == 12
        assert len(set(chosen)) == 12
        assert set(chosen) <= set(ids)

    async def test_many_lanes_each_have_their_turn(self, world: World) -> None:
        for number in range(30):
            await world.add(count=2, provider=f"p{number:02}")
            await world.add(world.abroad, count=2, provider=f"p{number:02}")
        admitted = await world.admit(Limits(default_provider=2))
        found = [await world.get(one) for one in admitted]
        lanes = Counter((one.provider, one.tenant_id) for one in found)
        assert len(lanes) == 60
        assert set(lanes.values()) == {1}


class TestLostMessages:
    async def test_what_nobody_claimed_is_listed_again_once_per_wait(self, world: World) -> None:
        [one] = await world.add()
        await world.admit()
        soon, later = NOW + timedelta(seconds=1), NOW + timedelta(seconds=10)

        async def unclaimed(before: object, now: object) -> tuple[UUID, ...]:
            return await world.write(
                lambda tx: tx.generations.unclaimed(admitted_before=before, now=now)  # type: ignore[arg-type]
            )

        assert await unclaimed(NOW, soon) == ()
        assert await unclaimed(soon, later) == (one,)
        assert await unclaimed(soon, later) == ()
        await world.claim([one])
        assert await unclaimed(later + timedelta(days=1), later) == ()

    async def test_it_is_nothing_for_a_tenant(self, world: World) -> None:
        with pytest.raises(Forbidden):
            await world.write(
                lambda tx: tx.generations.unclaimed(admitted_before=NOW, now=NOW),
                world.home.scope,
            )


@pytest.mark.postgres
class TestSeveralProcesses:
    @pytest.fixture
    def url(self, postgres_server: PostgresServer) -> str:
        return postgres_server.fresh()

    async def test_a_submit_does_not_wait_for_another_that_admits(self, world: World) -> None:
        [one] = await world.add()
        inside, done = asyncio.Event(), False
        limits = Limits(default_provider=5)

        def admitting(tx: Tx) -> None:
            door_of(tx).lock(_ONE_AT_A_TIME)
            inside.set()
            while not done:
                # Each statement lets the other transaction go on.
                tx.generations.get(one)

        first = asyncio.create_task(world.write(admitting))
        await inside.wait()
        assert await world.admit(limits, provider="fal") == ()
        # Nor is there anything to wait for where nothing could be admitted.
        assert await world.admit(Limits(paused=frozenset({"*"}))) == ()
        done = True
        await first
        assert await world.admit(limits, provider="fal") == (one,)
