import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from boards.domain.costs import free, unpriced
from boards.domain.generations import FINAL, TRANSITIONS, Phase
from boards.ids import new_id
from tests.db.world import LEASE, NOW, World, stored_file

REACHABLE = sorted(Phase)


class TestTransitions:
    @pytest.mark.parametrize("here", REACHABLE)
    async def test_only_the_steps_of_the_table_are_taken(self, world: World, here: Phase) -> None:
        for to in REACHABLE:
            one, token = await world.at(here)
            moved = await world.move(one, to, token=token)
            assert moved == (to in TRANSITIONS[here]), f"{here} -> {to}"
            assert (await world.get(one)).phase is (to if moved else here)

    @pytest.mark.parametrize("end", sorted(FINAL))
    async def test_an_end_never_changes(self, world: World, end: Phase) -> None:
        claim = await world.running()
        one, token = claim.generation.id, claim.run_token
        if end is Phase.COMPLETED:
            assert await world.move(one, end, token=token, content="done")
        else:
            assert await world.move(one, end, token=token)
        before = await world.get(one)
        for to in Phase:
            assert not await world.move(one, to, token=token, content="late")
            assert not await world.move(one, to, content="late")
        assert not await world.write(
            lambda tx: tx.generations.update(one, now=NOW, token=token, content="late")
        )
        assert not await world.write(lambda tx: tx.generations.request_cancel(one, now=NOW))
        assert await world.get(one) == before

    async def test_an_end_says_when(self, world: World) -> None:
        claim = await world.running()
        later = NOW + timedelta(minutes=1)
        await world.move(claim.generation.id, Phase.FAILED, now=later, token=claim.run_token)
        assert (await world.get(claim.generation.id)).completed_at == later

    async def test_one_of_two_that_race_wins(self, world: World) -> None:
        for _ in range(10):
            claim = await world.running()
            one, token = claim.generation.id, claim.run_token
            done, cancelled, failed = await asyncio.gather(
                world.move(one, Phase.COMPLETED, token=token),
                world.move(one, Phase.CANCELLED, token=token),
                world.move(one, Phase.FAILED, token=token),
            )
            assert [done, cancelled, failed].count(True) == 1
            winner = {done: "completed", cancelled: "cancelled", failed: "failed"}[True]
            assert (await world.get(one)).phase.value == winner

    async def test_a_row_that_is_not_there_does_not_move(self, world: World) -> None:
        assert not await world.move(new_id(), Phase.CANCELLED)


class TestTokens:
    async def test_another_process_s_token_moves_nothing(self, world: World) -> None:
        claim = await world.running()
        one = claim.generation.id
        assert not await world.move(one, Phase.COMPLETED, token=new_id())
        assert not await world.write(
            lambda tx: tx.generations.update(one, now=NOW, token=new_id(), progress=0.5)
        )
        assert (await world.get(one)).progress == 0.0

    async def test_a_run_that_was_taken_over_changes_nothing_any_more(self, world: World) -> None:
        old = await world.running()
        one = old.generation.id
        [new] = await world.claim([one], now=NOW + timedelta(minutes=1))
        assert new.run_token != old.run_token
        assert not await world.write(
            lambda tx: tx.generations.record_intent(one, now=NOW, token=old.run_token)
        )
        assert not await world.move(one, Phase.SUBMITTED, token=old.run_token, external_id="x")
        assert await world.move(one, Phase.SUBMITTED, token=new.run_token, external_id="y")
        assert (await world.get(one)).external_id == "y"

    async def test_what_a_person_moves_on_can_be_claimed_at_once(self, world: World) -> None:
        one, _ = await world.at(Phase.SUBMIT_UNKNOWN)
        assert await world.read(lambda tx: tx.generations.lapsed(now=NOW, limit=9)) == ()
        assert await world.move(one, Phase.SUBMITTED, external_id="found")
        assert await world.read(lambda tx: tx.generations.lapsed(now=NOW, limit=9)) == (one,)
        [claim] = await world.claim([one])
        assert claim.generation.phase is Phase.SUBMITTED
        assert claim.generation.external_id == "found"


class TestIntent:
    async def intend(self, world: World, one: UUID, token: UUID) -> bool:
        return await world.write(lambda tx: tx.generations.record_intent(one, now=NOW, token=token))

    async def test_a_paid_call_begins_once(self, world: World) -> None:
        claim = await world.running()
        one, token = claim.generation.id, claim.run_token
        assert await self.intend(world, one, token)
        assert not await self.intend(world, one, token)
        [again] = await world.claim([one], now=NOW + timedelta(minutes=1))
        assert again.submit_started_at == NOW
        assert not await self.intend(world, one, again.run_token)

    async def test_no_paid_call_begins_after_a_cancel(self, world: World) -> None:
        claim = await world.running()
        one, token = claim.generation.id, claim.run_token
        assert await world.write(lambda tx: tx.generations.request_cancel(one, now=NOW))
        assert not await self.intend(world, one, token)

    async def test_no_paid_call_begins_out_of_place(self, world: World) -> None:
        one, token = await world.at(Phase.SUBMITTED)
        assert token is not None
        assert not await self.intend(world, one, token)

    async def test_of_many_at_once_one_may_call(self, world: World) -> None:
        claim = await world.running()
        answers = await asyncio.gather(
            *(self.intend(world, claim.generation.id, claim.run_token) for _ in range(8))
        )
        assert answers.count(True) == 1

    async def test_an_intent_keeps_the_row_out_of_the_queue(self, world: World) -> None:
        claim = await world.running()
        one, token = claim.generation.id, claim.run_token
        await self.intend(world, one, token)
        assert not await world.move(one, Phase.PENDING, token=token)
        assert await world.write(lambda tx: tx.generations.clear_intent(one, now=NOW, token=token))
        assert await world.move(one, Phase.PENDING, token=token)

    async def test_an_intent_with_an_answer_is_not_taken_back(self, world: World) -> None:
        claim = await world.running()
        one, token = claim.generation.id, claim.run_token
        await self.intend(world, one, token)
        await world.write(
            lambda tx: tx.generations.update(one, now=NOW, token=token, external_id="paid")
        )
        assert not await world.write(
            lambda tx: tx.generations.clear_intent(one, now=NOW, token=token)
        )

    async def test_a_refused_start_waits_and_does_not_count(self, world: World) -> None:
        claim = await world.running()
        one, later = claim.generation.id, NOW + timedelta(seconds=30)
        assert claim.starts == 1
        assert await world.move(
            one, Phase.PENDING, token=claim.run_token, available_at=later, message="busy"
        )
        assert await world.admit() == ()
        assert await world.admit(now=later) == (one,)
        [again] = await world.claim([one], now=later)
        assert again.starts == 1


class TestLateResults:
    async def test_a_late_result_is_kept_once_and_the_row_stays_cancelled(
        self, world: World
    ) -> None:
        one, _ = await world.at(Phase.CANCELLED)

        async def attach(key: str) -> bool:
            return await world.write(
                lambda tx: tx.generations.attach_late(one, now=NOW, file=stored_file(key))
            )

        answers = await asyncio.gather(*(attach(f"k/{n}") for n in range(4)))
        assert answers.count(True) == 1
        found = await world.get(one)
        assert found.phase is Phase.CANCELLED
        assert found.file is not None
        assert found.file.key == f"k/{answers.index(True)}"

    @pytest.mark.parametrize("phase", [Phase.STORING, Phase.COMPLETED, Phase.FAILED])
    async def test_only_a_cancelled_generation_has_one(self, world: World, phase: Phase) -> None:
        one, _ = await world.at(phase)
        assert not await world.write(
            lambda tx: tx.generations.attach_late(one, now=NOW, content="late")
        )


class TestAttention:
    async def test_it_is_taken_off_the_list_once(self, world: World) -> None:
        claim = await world.running()
        one = claim.generation.id
        await world.move(one, Phase.FAILED, token=claim.run_token, needs_attention=True)
        assert await world.write(lambda tx: tx.generations.clear_attention(one, now=NOW))
        assert not await world.write(lambda tx: tx.generations.clear_attention(one, now=NOW))
        assert not (await world.get(one)).needs_attention

    async def test_a_decision_is_made_once(self, world: World) -> None:
        claim = await world.running()
        one = claim.generation.id
        await world.move(one, Phase.FAILED, token=claim.run_token, needs_attention=True)
        assert await world.write(lambda tx: tx.generations.resolve(one, now=NOW, cost=free()))
        assert not await world.write(
            lambda tx: tx.generations.resolve(one, now=NOW, cost=unpriced())
        )
        row = await world.get(one)
        assert (row.needs_attention, row.cost) == (False, free())

    async def test_a_run_is_decided_about_and_hurried_only_while_it_is_parked(
        self, world: World
    ) -> None:
        claim = await world.running()
        one, token = claim.generation.id, claim.run_token
        await world.write(
            lambda tx: tx.generations.update(one, now=NOW, token=token, needs_attention=True)
        )
        assert not await world.write(lambda tx: tx.generations.resolve(one, now=NOW))
        assert not await world.write(lambda tx: tx.generations.look_now(one, now=NOW))
        await world.write(
            lambda tx: tx.generations.park(one, now=NOW, token=token, until=NOW + LEASE)
        )
        assert await world.read(lambda tx: tx.generations.lapsed(now=NOW, limit=9)) == ()
        assert await world.write(lambda tx: tx.generations.look_now(one, now=NOW))
        assert await world.read(lambda tx: tx.generations.lapsed(now=NOW, limit=9)) == (one,)
        assert await world.write(lambda tx: tx.generations.resolve(one, now=NOW))


class TestCancelling:
    async def test_what_runs_hears_of_it_with_its_next_renewal(self, world: World) -> None:
        claim = await world.running()
        one = claim.generation.id
        assert await world.write(lambda tx: tx.generations.request_cancel(one, now=NOW))
        renewals = await world.write(
            lambda tx: tx.generations.renew({one: claim.run_token}, lease_until=NOW)
        )
        assert renewals[one].held
        assert renewals[one].cancel_requested

    async def test_a_row_taken_over_still_says_so(self, world: World) -> None:
        claim = await world.running()
        one = claim.generation.id
        await world.write(lambda tx: tx.generations.request_cancel(one, now=NOW))
        [again] = await world.claim([one], now=NOW + timedelta(minutes=1))
        assert again.cancel_requested
