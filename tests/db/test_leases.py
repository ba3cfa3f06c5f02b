import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from boards.domain.generations import Phase
from boards.errors import Forbidden
from boards.ids import new_id
from boards.services.ports import Limits
from tests.db.world import LEASE, NOW, World

LATER = NOW + LEASE + timedelta(seconds=1)


class TestClaims:
    async def test_a_claim_starts_the_run(self, world: World) -> None:
        [one] = await world.add(repeatable=True)
        await world.admit()
        [claim] = await world.claim([one])
        assert claim.generation.phase is Phase.SUBMITTING
        assert claim.generation.started_at == NOW
        assert claim.starts == 1
        assert claim.repeatable
        assert claim.submit_started_at is None
        assert not claim.cancel_requested
        assert isinstance(claim.run_token, UUID)

    async def test_a_second_message_finds_nothing_to_claim(self, world: World) -> None:
        [one] = await world.add()
        await world.admit()
        assert len(await world.claim([one, one])) == 1
        assert await world.claim([one]) == ()

    async def test_what_was_not_admitted_is_not_claimed(self, world: World) -> None:
        [one] = await world.add()
        assert await world.claim([one, new_id()]) == ()
        assert await world.claim([]) == ()

    async def test_each_row_has_a_token_of_its_own_in_the_order_asked(self, world: World) -> None:
        ids = await world.add(count=5)
        await world.admit()
        claims = await world.claim(ids[::-1])
        assert [claim.generation.id for claim in claims] == ids[::-1]
        assert len({claim.run_token for claim in claims}) == 5

    async def test_eight_claimers_never_share_a_row(self, world: World) -> None:
        ids = await world.add(count=60)
        await world.admit()
        taken = await asyncio.gather(
            *(world.claim(ids[start:] + ids[:start]) for start in range(0, 56, 7))
        )
        claimed = [claim.generation.id for claims in taken for claim in claims]
        assert sorted(claimed) == sorted(ids)

    async def test_a_lapsed_run_keeps_its_phase_and_its_start(self, world: World) -> None:
        one, token = await world.at(Phase.SUBMITTED)
        assert await world.claim([one], now=NOW + LEASE - timedelta(microseconds=1)) == ()
        [again] = await world.claim([one], now=LATER)
        assert again.generation.phase is Phase.SUBMITTED
        assert again.run_token != token
        assert again.starts == 2
        assert again.generation.started_at == NOW

    @pytest.mark.parametrize("phase", [Phase.SUBMIT_UNKNOWN, Phase.COMPLETED, Phase.CANCELLED])
    async def test_what_waits_for_a_person_or_has_ended_is_not_claimed(
        self, world: World, phase: Phase
    ) -> None:
        one, _ = await world.at(phase)
        assert await world.claim([one], now=LATER) == ()


class TestLapsing:
    async def test_only_runs_whose_lease_is_over_are_found(self, world: World) -> None:
        runs = [(await world.at(phase))[0] for phase in (Phase.SUBMITTING, Phase.STORING)]
        for phase in (Phase.PENDING, Phase.SUBMIT_UNKNOWN, Phase.FAILED):
            await world.at(phase)
        assert await world.read(lambda tx: tx.generations.lapsed(now=NOW, limit=9)) == ()
        found = await world.read(lambda tx: tx.generations.lapsed(now=LATER, limit=9))
        assert sorted(found) == sorted(runs)
        assert len(await world.read(lambda tx: tx.generations.lapsed(now=LATER, limit=1))) == 1

    async def test_at_a_start_every_lease_can_be_let_go(self, world: World) -> None:
        one, _ = await world.at(Phase.FETCHING)
        await world.at(Phase.COMPLETED)
        assert await world.write(lambda tx: tx.generations.release_leases(now=NOW)) == 1
        assert await world.read(lambda tx: tx.generations.lapsed(now=NOW, limit=9)) == (one,)

    async def test_a_tenant_cannot_let_leases_go(self, world: World) -> None:
        with pytest.raises(Forbidden):
            await world.write(lambda tx: tx.generations.release_leases(now=NOW), world.home.scope)


class TestRenewing:
    async def test_a_renewed_lease_does_not_lapse(self, world: World) -> None:
        claim = await world.running()
        one = claim.generation.id
        renewals = await world.write(
            lambda tx: tx.generations.renew({one: claim.run_token}, lease_until=LATER + LEASE)
        )
        assert renewals[one].held
        assert not renewals[one].cancel_requested
        assert await world.read(lambda tx: tx.generations.lapsed(now=LATER, limit=9)) == ()

    async def test_a_run_that_was_taken_over_or_has_ended_is_not_held(self, world: World) -> None:
        lost, ended, mine = [await world.running() for _ in range(3)]
        [taken] = await world.claim([lost.generation.id], now=LATER)
        await world.move(ended.generation.id, Phase.FAILED, token=ended.run_token)
        tokens = {one.generation.id: one.run_token for one in (lost, ended, mine)}
        renewals = await world.write(
            lambda tx: tx.generations.renew(tokens, lease_until=NOW + timedelta(days=1))
        )
        assert {one: renewal.held for one, renewal in renewals.items()} == {
            lost.generation.id: False,
            ended.generation.id: False,
            mine.generation.id: True,
        }
        [again] = await world.claim([lost.generation.id], now=LATER + LEASE)
        assert again.run_token != taken.run_token

    async def test_two_thousand_runs_are_renewed(self, world: World) -> None:
        ids = await world.add(count=2000)
        await world.admit(Limits(default_provider=2000), at_most=2000)
        claims = await world.claim(ids)
        tokens = {claim.generation.id: claim.run_token for claim in claims}
        renewals = await world.write(lambda tx: tx.generations.renew(tokens, lease_until=LATER))
        assert renewals.keys() == set(ids)
        assert all(renewal.held for renewal in renewals.values())

    async def test_nothing_to_renew_is_nothing_renewed(self, world: World) -> None:
        assert await world.write(lambda tx: tx.generations.renew({}, lease_until=NOW)) == {}


class TestParking:
    async def park(self, world: World, one: UUID, token: UUID) -> bool:
        until = NOW + timedelta(hours=1)
        return await world.write(
            lambda tx: tx.generations.park(one, now=NOW, token=token, until=until)
        )

    async def test_a_parked_run_is_found_when_its_time_has_come(self, world: World) -> None:
        one, token = await world.at(Phase.SUBMITTED)
        assert token is not None
        assert await self.park(world, one, token)
        assert await world.claim([one], now=LATER) == ()
        [again] = await world.claim([one], now=NOW + timedelta(hours=1))
        assert again.generation.phase is Phase.SUBMITTED
        assert again.starts == 1, "waiting is no failed start"

    async def test_whoever_parked_it_holds_it_no_more(self, world: World) -> None:
        one, token = await world.at(Phase.SUBMITTED)
        assert token is not None
        assert await self.park(world, one, token)
        assert not await self.park(world, one, token)
        assert not await world.move(one, Phase.FETCHING, token=token)

    async def test_a_cancel_brings_it_back_at_once(self, world: World) -> None:
        one, token = await world.at(Phase.SUBMITTED)
        assert token is not None
        await self.park(world, one, token)
        assert await world.write(lambda tx: tx.generations.request_cancel(one, now=NOW))
        [again] = await world.claim([one])
        assert again.cancel_requested
