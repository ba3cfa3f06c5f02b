"""Pauses and rates, as every process obeys them, and the queues of providers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from boards.domain.generations import Phase
from boards.errors import Forbidden
from boards.services.ports import EVERYTHING, Limits, Queue
from tests.db.world import NOW, World

PLENTY = Limits(default_provider=1000)


async def pause(world: World, provider: str) -> None:
    await world.write(lambda tx: tx.providers.pause(provider, now=NOW, by=world.home.user_id))


async def resume(world: World, provider: str) -> None:
    await world.write(lambda tx: tx.providers.resume(provider, now=NOW, by=None))


class TestPauses:
    async def test_one_provider_stands_still_and_others_go_on(self, world: World) -> None:
        [held] = await world.add(provider="fal")
        [other] = await world.add(provider="kie")
        await pause(world, "fal")
        assert await world.admit(PLENTY) == (other,)
        assert await world.admit(PLENTY, provider="fal") == ()
        await resume(world, "fal")
        assert await world.admit(PLENTY) == (held,)

    async def test_everything_stands_still_but_what_is_resumed_by_name(self, world: World) -> None:
        [fal] = await world.add(provider="fal")
        [local] = await world.add(provider="local")
        await pause(world, EVERYTHING)
        assert await world.admit(PLENTY) == ()
        assert await world.admit(PLENTY, provider="local") == ()
        await resume(world, "local")
        assert await world.admit(PLENTY) == (local,)
        await resume(world, EVERYTHING)
        assert await world.admit(PLENTY) == (fal,)

    async def test_pausing_everything_forgets_what_was_said_of_single_ones(
        self, world: World
    ) -> None:
        await world.add(provider="fal")
        await resume(world, "fal")
        await pause(world, EVERYTHING)
        assert await world.admit(PLENTY) == ()
        await pause(world, "kie")
        await resume(world, EVERYTHING)
        assert await world.read(lambda tx: tx.providers.is_paused("kie")) is False

    async def test_what_was_admitted_and_not_claimed_goes_back(self, world: World) -> None:
        [one] = await world.add(provider="fal")
        await world.admit(PLENTY)
        await pause(world, "fal")
        assert await world.claim([one]) == ()
        assert (
            await world.write(
                lambda tx: tx.generations.unclaimed(
                    admitted_before=NOW + timedelta(days=1), now=NOW
                )
            )
            == ()
        )
        await resume(world, "fal")
        assert await world.admit(PLENTY) == (one,)
        assert len(await world.claim([one])) == 1

    @pytest.mark.parametrize("name", ["fal", EVERYTHING])
    async def test_no_paid_call_begins_any_more(self, world: World, name: str) -> None:
        claim = await world.running(provider="fal")
        await pause(world, name)

        def intend(tx):
            return tx.generations.record_intent(claim.generation.id, now=NOW, token=claim.run_token)

        assert await world.write(intend) is False
        await resume(world, "fal")
        assert await world.write(intend) is True

    async def test_who_paused_and_when_is_kept(self, world: World) -> None:
        await pause(world, "fal")
        found = await world.read(lambda tx: tx.providers.pauses())
        assert (found["fal"].paused, found["fal"].at) == (True, NOW)
        assert found["fal"].by == world.home.user_id

    async def test_a_tenant_cannot_pause(self, world: World) -> None:
        with pytest.raises(Forbidden):
            await world.write(
                lambda tx: tx.providers.pause("fal", now=NOW, by=None), world.home.scope
            )


class TestRates:
    async def started(self, world: World, limits: Limits, seconds: float) -> int:
        """Admit at a moment, and let what was admitted end at once."""
        now = NOW + timedelta(seconds=seconds)
        admitted = await world.admit(limits, now=now)
        for claim in await world.claim(admitted):
            await world.move(claim.generation.id, Phase.COMPLETED, token=claim.run_token)
        return len(admitted)

    async def test_no_minute_sees_more_starts_than_its_rate(self, world: World) -> None:
        await world.add(count=40, provider="fal")
        limits = replace(PLENTY, per_minute={"fal": 10})
        seen = [(at, await self.started(world, limits, at)) for at in (0, 1, 30, 59, 60, 61, 119)]
        assert seen == [(0, 10), (1, 0), (30, 0), (59, 0), (60, 10), (61, 0), (119, 0)]

    async def test_a_rate_counts_over_any_sixty_seconds(self, world: World) -> None:
        limits = replace(PLENTY, per_minute={"fal": 10})
        await world.add(count=4, provider="fal")
        assert await self.started(world, limits, 0) == 4
        await world.add(count=20, provider="fal")
        assert [await self.started(world, limits, at) for at in (50, 60, 109, 110)] == [6, 4, 0, 6]

    async def test_a_rate_is_shared_by_tenants_and_holds_at_a_submit(self, world: World) -> None:
        limits = replace(PLENTY, per_minute={"fal": 6})
        await world.add(count=30, provider="fal")
        few = await world.add(world.abroad, count=3, provider="fal")
        assert len(await world.admit(limits)) == 6
        await world.add(provider="fal")
        assert await world.admit(limits, provider="fal") == ()
        states = {(await world.get(one)).phase for one in few}
        assert states == {Phase.PENDING}
        assert len(await world.claim(few)) == 3

    async def test_a_provider_without_a_rate_writes_nothing(self, world: World) -> None:
        await world.add(count=3, provider="kie")
        assert len(await world.admit(replace(PLENTY, per_minute={"fal": 1}))) == 3
        assert await world.read(lambda tx: tx.providers.pauses()) == {}

    async def test_a_pause_does_not_forget_the_rate(self, world: World) -> None:
        limits = replace(PLENTY, per_minute={"fal": 2})
        await world.add(count=4, provider="fal")
        assert await self.started(world, limits, 0) == 2
        await pause(world, "fal")
        await resume(world, "fal")
        assert await self.started(world, limits, 5) == 0
        assert await self.started(world, limits, 60) == 2


class TestParked:
    async def park(self, world: World) -> None:
        claim = await world.running(provider="fal")
        one, token = claim.generation.id, claim.run_token
        await world.move(one, Phase.SUBMITTED, token=token, external_id="job-1")
        later = NOW + timedelta(hours=1)
        await world.write(
            lambda tx: (
                tx.generations.update(one, now=NOW, token=token, needs_attention=True)
                and tx.generations.park(one, now=NOW, token=token, until=later)
            )
        )

    async def test_a_parked_run_keeps_no_place_from_a_new_one(self, world: World) -> None:
        one_place = Limits(total=1, default_provider=1)
        await self.park(world)
        [new] = await world.add(provider="fal")
        assert await world.admit(one_place) == (new,)

    async def test_queues_tell_what_runs_waits_and_is_parked(self, world: World) -> None:
        await self.park(world)
        await world.running(provider="fal")
        await world.running(home=world.abroad, provider="fal")
        await world.add(count=3, provider="kie")
        await world.add(world.abroad, count=2, provider="kie")
        everybody = await world.read(lambda tx: tx.providers.queues())
        assert everybody == {"fal": Queue(running=2, parked=1), "kie": Queue(waiting=5)}
        mine = await world.read(lambda tx: tx.providers.queues(), world.home.scope)
        assert mine == {"fal": Queue(running=1, parked=1), "kie": Queue(waiting=3)}
