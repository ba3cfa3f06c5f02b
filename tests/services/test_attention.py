"""The attention list: who sees it, what each way out does to each kind of row, and to the money."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from boards.domain.access import Actor, TenantRole
from boards.domain.boards import BoardRole
from boards.domain.costs import ZERO, CostSource
from boards.domain.generations import Generation, Phase
from boards.domain.jobs import JobState
from boards.errors import Broken, Conflict, Forbidden, NotFound, PluginError, Rejected
from boards.generators.base import Submitted
from boards.generators.context import GeneratorContext
from boards.services.open_questions import Reason, Way
from boards.services.ports import SYSTEM
from boards.services.reconcile import Outcome
from boards.testing.generators import FakePaid, FakeProvider, FakeProviderGenerator
from tests.services.studio import Studio, eventually

PRICE = Decimal("0.10")
ENDS = {"settle", "release"}


async def lost(studio: Studio, way: str = "none") -> tuple[Generation, FakeProvider]:
    """A generation whose submit was accepted, and the answer lost."""
    provider = FakeProvider(drop_answers=1)
    name = f"loses-{way}"
    studio.registry.register(FakeProviderGenerator(provider, idempotency=way, name=name))  # type: ignore[arg-type]
    async with studio.process():
        view = await studio.make(name)
    [one] = view.generations
    assert one.phase is Phase.SUBMIT_UNKNOWN
    return one, provider


async def parked(studio: Studio) -> tuple[Generation, FakeProvider]:
    """A generation that the provider did not finish before the deadline."""
    provider = FakeProvider(looks=None)
    generator = FakeProviderGenerator(provider, name="slow")
    generator.longest_run = 60
    studio.registry.register(generator)
    async with studio.process() as worker:
        job_id = await studio.ask("slow")
        await eventually(lambda: provider.polls > 1)
        studio.clock.advance(61)
        await eventually(lambda: worker.running == 0)
    [one] = (await studio.jobs.get(studio.actor, job_id)).generations
    assert one.needs_attention
    assert one.phase is Phase.SUBMITTED
    return one, provider


async def failed(studio: Studio) -> tuple[Generation, None]:
    """A generation that failed out of a paid call."""
    studio.registry.register(FakePaid(Broken("half an answer"), name="breaks", price=PRICE))
    async with studio.process():
        view = await studio.make("breaks")
    [one] = view.generations
    assert one.phase is Phase.FAILED
    return one, None


async def cancelled(studio: Studio) -> tuple[Generation, FakeProvider]:
    """A generation that was cancelled at a provider which did not stop; its worker has died."""
    provider = FakeProvider(looks=None, cancels="none")
    studio.registry.register(FakeProviderGenerator(provider, name="stubborn"))
    async with studio.process():
        job_id = await studio.ask("stubborn")
        await eventually(lambda: provider.polls > 1)
        await studio.jobs.cancel(studio.actor, job_id)
        view = await studio.ended(job_id)
    [one] = view.generations
    assert one.phase is Phase.CANCELLED
    return one, provider


Make = Callable[[Studio], Awaitable[tuple[Generation, FakeProvider | None]]]
KINDS: dict[Reason, Make] = {
    Reason.SUBMIT_UNKNOWN: lost,
    Reason.PARKED: parked,
    Reason.FAILED: failed,
    Reason.CANCELLED: cancelled,
}


async def listed(studio: Studio, actor: Actor | None = None) -> list[UUID]:
    page = await studio.attention.list(actor or studio.actor, limit=50, cursor=None)
    return [item.generation.id for item in page.items]


async def decisions(studio: Studio, generation_id: UUID) -> list[object]:
    events = await studio.database.read(lambda tx: tx.events.after(last_id=0), scope=SYSTEM)
    return [
        event.data["decision"]
        for event in events
        if event.generation_id == generation_id and "decision" in event.data
    ]


class TestTheList:
    @pytest.mark.parametrize(
        ("reason", "ways"),
        [
            (Reason.SUBMIT_UNKNOWN, (Way.MARK_LOST, Way.RELEASE_HOLD)),
            (Reason.PARKED, (Way.CHECK_AGAIN, Way.MARK_LOST)),
            (Reason.FAILED, (Way.MARK_LOST, Way.RELEASE_HOLD)),
            (Reason.CANCELLED, (Way.CHECK_AGAIN, Way.MARK_LOST, Way.RELEASE_HOLD)),
        ],
    )
    async def test_each_kind_is_on_it_with_its_ways_out(
        self, studio: Studio, reason: Reason, ways: tuple[Way, ...]
    ) -> None:
        one, _ = await KINDS[reason](studio)
        [item] = (await studio.attention.list(studio.actor, limit=50, cursor=None)).items
        assert (item.generation.id, item.reason, item.ways) == (one.id, reason, ways)

    async def test_a_provider_that_can_look_up_may_be_checked(self, studio: Studio) -> None:
        await lost(studio, "lookup")
        [item] = (await studio.attention.list(studio.actor, limit=50, cursor=None)).items
        assert item.ways[0] is Way.CHECK_AGAIN

    async def test_it_comes_in_parts(self, studio: Studio) -> None:
        first, _ = await lost(studio)
        second, _ = await failed(studio)
        page = await studio.attention.list(studio.actor, limit=1, cursor=None)
        assert [item.generation.id for item in page.items] == [second.id]
        page = await studio.attention.list(studio.actor, limit=1, cursor=page.next)
        assert [item.generation.id for item in page.items] == [first.id]

    async def test_what_is_done_is_not_on_it(self, studio: Studio) -> None:
        async with studio.process():
            await studio.make("fake-provider")
        assert await listed(studio) == []

    async def test_a_parked_run_that_completes_leaves_it(self, studio: Studio) -> None:
        one, provider = await parked(studio)
        provider.finish("fake-1")
        studio.clock.advance(studio.run_limits.late_look_every + 1)
        async with studio.process():
            await eventually(lambda: provider.fetches == 1)
            for _ in range(1000):
                if (await studio.row(one.id)).phase is Phase.COMPLETED:
                    break
                await asyncio.sleep(0.005)
        assert await listed(studio) == []

    async def test_what_is_on_it_cannot_be_deleted(self, studio: Studio) -> None:
        one, _ = await failed(studio)
        with pytest.raises(Conflict, match="attention list"):
            await studio.generations.delete(studio.actor, one.id)


class TestRights:
    @pytest.mark.parametrize("way", list(Way))
    @pytest.mark.parametrize("role", [BoardRole.VIEWER, BoardRole.EDITOR])
    async def test_a_member_below_admin_is_refused_and_sees_no_list(
        self, studio: Studio, way: Way, role: BoardRole
    ) -> None:
        one, _ = await lost(studio)
        member = await _member(studio, one.board_id, role)
        with pytest.raises(Forbidden):
            await _take(studio, way, one.id, member)
        assert await listed(studio, member) == []
        assert await studio.ledger(one.id) == ["hold"]

    async def test_a_board_admin_sees_and_decides(self, studio: Studio) -> None:
        one, _ = await lost(studio)
        admin = await _member(studio, one.board_id, BoardRole.ADMIN)
        assert await listed(studio, admin) == [one.id]
        after = await studio.attention.release_hold(admin, one.id)
        assert after.input_params == one.input_params
        assert after.phase is Phase.FAILED

    @pytest.mark.parametrize("way", list(Way))
    async def test_another_tenants_admin_finds_nothing(self, studio: Studio, way: Way) -> None:
        one, _ = await lost(studio)
        stranger = await studio.another_tenant()
        assert stranger.is_tenant_admin
        with pytest.raises(NotFound, match=f"Generation {one.id} not found"):
            await _take(studio, way, one.id, stranger)
        assert await listed(studio, stranger) == []

    async def test_a_colleague_without_a_role_finds_nothing(self, studio: Studio) -> None:
        one, _ = await lost(studio)
        colleague = replace(
            await studio.colleague(), tenant_role=TenantRole.MEMBER, platform_admin=False
        )
        with pytest.raises(NotFound):
            await studio.attention.mark_lost(colleague, one.id)
        assert await listed(studio, colleague) == []

    async def test_a_tenant_admin_decides_anywhere_and_sees_no_more_than_it_takes(
        self, studio: Studio
    ) -> None:
        one, _ = await cancelled(studio)
        admin = replace(
            await studio.colleague(), tenant_role=TenantRole.ADMIN, platform_admin=False
        )
        [item] = (await studio.attention.list(admin, limit=50, cursor=None)).items
        assert item.generation.external_id == "fake-1"
        assert item.generation.input_params == {}
        after = await studio.attention.mark_lost(admin, one.id)
        assert after.input_params == {}
        assert await studio.ledger(one.id) == ["hold", "settle"]

    async def test_a_tenant_admin_sees_nothing_that_is_not_on_the_list(
        self, studio: Studio
    ) -> None:
        async with studio.process():
            [one] = (await studio.make("fake-provider")).generations
        admin = replace(
            await studio.colleague(), tenant_role=TenantRole.ADMIN, platform_admin=False
        )
        with pytest.raises(NotFound):
            await studio.attention.check_again(admin, one.id)


class TestMarkLost:
    @pytest.mark.parametrize("reason", list(Reason))
    async def test_it_counts_as_spent_at_the_estimate(self, studio: Studio, reason: Reason) -> None:
        one, provider = await KINDS[reason](studio)
        after = await studio.attention.mark_lost(studio.actor, one.id)
        ended = Phase.CANCELLED if reason is Reason.CANCELLED else Phase.FAILED
        assert (after.phase, after.needs_attention) == (ended, False)
        assert after.cost == replace(one.estimate, source=CostSource.DECISION)
        assert await studio.ledger(one.id) == ["hold", "settle"]
        balance = await studio.balance(one.id)
        assert (balance.held, balance.spent) == (ZERO, PRICE)
        assert provider is None or provider.submits == 1
        assert await listed(studio) == []

    async def test_what_had_not_ended_ends_as_lost_and_so_does_its_job(
        self, studio: Studio
    ) -> None:
        one, _ = await lost(studio)
        after = await studio.attention.mark_lost(studio.actor, one.id)
        assert after.failure is not None
        assert after.failure.code == "lost"
        assert not after.failure.retryable
        assert one.job_id is not None
        view = await studio.jobs.get(studio.actor, one.job_id)
        assert (view.state, view.needs_attention) == (JobState.FAILED, False)

    async def test_what_had_failed_keeps_its_reason(self, studio: Studio) -> None:
        one, _ = await failed(studio)
        after = await studio.attention.mark_lost(studio.actor, one.id)
        assert after.failure == one.failure

    async def test_a_parked_run_is_not_run_any_more(self, studio: Studio) -> None:
        one, provider = await parked(studio)
        await studio.attention.mark_lost(studio.actor, one.id)
        looks = provider.polls
        studio.clock.advance(studio.run_limits.late_look_every + 1)
        async with studio.process() as worker:
            await worker.sweep()
            await eventually(lambda: worker.running == 0)
        assert provider.polls == looks

    async def test_a_run_that_is_being_looked_at_is_left_alone(self, studio: Studio) -> None:
        one, _ = await parked(studio)
        studio.clock.advance(studio.run_limits.late_look_every + 1)
        await studio.database.write(
            lambda tx: tx.generations.claim(
                [one.id], now=studio.clock.now(), lease_until=studio.clock.now()
            ),
            scope=SYSTEM,
        )
        with pytest.raises(Conflict, match="looked at just now"):
            await studio.attention.mark_lost(studio.actor, one.id)
        assert await studio.ledger(one.id) == ["hold"]

    async def test_an_unpriced_one_settles_as_unpriced(self, studio: Studio) -> None:
        studio.registry.register(FakePaid(Broken("half"), name="unknown-price", price=None))
        async with studio.process():
            [one] = (await studio.make("unknown-price")).generations
        after = await studio.attention.mark_lost(studio.actor, one.id)
        assert after.cost is not None
        assert after.cost.amount is None
        assert not after.needs_attention


class TestReleaseHold:
    @pytest.mark.parametrize("reason", [Reason.SUBMIT_UNKNOWN, Reason.FAILED, Reason.CANCELLED])
    async def test_the_money_comes_back(self, studio: Studio, reason: Reason) -> None:
        one, provider = await KINDS[reason](studio)
        after = await studio.attention.release_hold(studio.actor, one.id)
        ended = Phase.CANCELLED if reason is Reason.CANCELLED else Phase.FAILED
        assert (after.phase, after.needs_attention) == (ended, False)
        assert after.cost is not None
        assert after.cost.amount == ZERO
        assert await studio.ledger(one.id) == ["hold", "release"]
        balance = await studio.balance(one.id)
        assert (balance.held, balance.spent) == (ZERO, ZERO)
        assert provider is None or provider.submits == 1

    async def test_a_job_that_is_at_its_provider_is_not_released(self, studio: Studio) -> None:
        one, _ = await parked(studio)
        with pytest.raises(Conflict, match="still at its provider"):
            await studio.attention.release_hold(studio.actor, one.id)
        assert (await studio.row(one.id)).needs_attention
        assert await studio.ledger(one.id) == ["hold"]


class TestDecidingTwice:
    @pytest.mark.parametrize("second", list(Way))
    @pytest.mark.parametrize("first", [Way.MARK_LOST, Way.RELEASE_HOLD])
    @pytest.mark.parametrize("reason", [Reason.SUBMIT_UNKNOWN, Reason.FAILED, Reason.CANCELLED])
    async def test_the_second_finds_nothing_to_decide(
        self, studio: Studio, reason: Reason, first: Way, second: Way
    ) -> None:
        one, _ = await KINDS[reason](studio)
        await _take(studio, first, one.id)
        before = await studio.row(one.id)
        with pytest.raises(Conflict, match="not on the attention list"):
            await _take(studio, second, one.id)
        assert await studio.row(one.id) == before
        assert len(ENDS & set(await studio.ledger(one.id))) == 1

    async def test_of_two_at_once_one_wins(self, studio: Studio) -> None:
        one, _ = await failed(studio)
        ends = await asyncio.gather(
            studio.attention.mark_lost(studio.actor, one.id),
            studio.attention.release_hold(studio.actor, one.id),
            studio.attention.release_hold(studio.actor, one.id),
            return_exceptions=True,
        )
        assert sum(isinstance(end, Conflict) for end in ends) == 2
        assert len(await studio.ledger(one.id)) == 2

    @pytest.mark.parametrize("way", [Way.MARK_LOST, Way.RELEASE_HOLD])
    async def test_the_events_say_who_decided(self, studio: Studio, way: Way) -> None:
        one, _ = await lost(studio)
        await _take(studio, way, one.id)
        assert await decisions(studio, one.id) == [
            {"what": way.value, "by": str(studio.actor.user_id)}
        ]


class TestCheckAgain:
    async def test_a_lost_job_that_is_found_goes_on(self, studio: Studio) -> None:
        one, provider = await lost(studio, "lookup")
        async with studio.process():
            checked = await studio.attention.check_again(studio.actor, one.id)
            assert checked.outcome is Outcome.FOUND
            assert one.job_id is not None
            view = await studio.ended(one.job_id)
        [made] = view.generations
        assert view.state is JobState.DONE
        assert (made.external_id, made.needs_attention) == ("fake-1", False)
        assert (provider.submits, provider.lookups) == (1, 1)
        assert await studio.ledger(one.id) == ["hold", "settle"]
        assert await decisions(studio, one.id) == [
            {"what": "check_again", "by": str(studio.actor.user_id)}
        ]

    async def test_a_found_result_without_an_id_is_kept(self, studio: Studio) -> None:
        one, provider = await lost(studio, "lookup")
        generator = studio.registry.get("loses-lookup")
        assert isinstance(generator, FakeProviderGenerator)
        provider.finish("fake-1")

        async def lookup(context: GeneratorContext) -> Submitted:
            inputs = generator.get_input_schema()()
            return Submitted(result=await generator.fetch("fake-1", inputs, context))

        generator.lookup = lookup  # type: ignore[method-assign]
        async with studio.process():
            await studio.attention.check_again(studio.actor, one.id)
            assert one.job_id is not None
            view = await studio.ended(one.job_id)
        assert view.state is JobState.DONE
        assert view.generations[0].file is not None
        assert provider.submits == 1
        assert await studio.ledger(one.id) == ["hold", "settle"]

    async def test_nothing_found_changes_nothing(self, studio: Studio) -> None:
        one, provider = await lost(studio, "lookup")
        provider.jobs.clear()
        checked = await studio.attention.check_again(studio.actor, one.id)
        assert checked.outcome is Outcome.NOT_FOUND
        assert "Nothing has changed" in checked.message
        assert await studio.row(one.id) == one
        assert await studio.ledger(one.id) == ["hold"]

    async def test_a_look_up_that_fails_changes_nothing(self, studio: Studio) -> None:
        one, _ = await lost(studio, "lookup")
        generator = studio.registry.get("loses-lookup")
        assert isinstance(generator, FakeProviderGenerator)

        async def lookup(context: GeneratorContext) -> Submitted:
            raise RuntimeError("hunter2")

        generator.lookup = lookup  # type: ignore[method-assign]
        with pytest.raises(PluginError) as raised:
            await studio.attention.check_again(studio.actor, one.id)
        assert "hunter2" not in raised.value.message
        assert await studio.row(one.id) == one

    @pytest.mark.parametrize("way", ["none", "header"])
    async def test_a_provider_that_would_be_paid_again_is_not_asked(
        self, studio: Studio, way: str
    ) -> None:
        one, provider = await lost(studio, way)
        with pytest.raises(Conflict, match="own list of jobs"):
            await studio.attention.check_again(studio.actor, one.id)
        assert (provider.submits, provider.lookups) == (1, 0)
        assert await studio.row(one.id) == one

    async def test_an_opaque_call_cannot_be_asked_about(self, studio: Studio) -> None:
        one, _ = await failed(studio)
        with pytest.raises(Conflict, match="has failed"):
            await studio.attention.check_again(studio.actor, one.id)

    async def test_a_parked_run_is_looked_at_now(self, studio: Studio) -> None:
        one, provider = await parked(studio)
        provider.finish("fake-1")
        async with studio.process():
            checked = await studio.attention.check_again(studio.actor, one.id)
            assert checked.outcome is Outcome.LOOKING
            for _ in range(1000):
                if (await studio.row(one.id)).phase is Phase.COMPLETED:
                    break
                await asyncio.sleep(0.005)
        row = await studio.row(one.id)
        assert (row.phase, row.needs_attention) == (Phase.COMPLETED, False)
        assert provider.submits == 1
        assert await studio.ledger(one.id) == ["hold", "settle"]

    async def test_a_late_result_of_a_cancelled_run_is_kept_and_settled(
        self, studio: Studio
    ) -> None:
        one, provider = await cancelled(studio)
        provider.finish("fake-1")
        checked = await studio.attention.check_again(studio.actor, one.id)
        assert checked.outcome is Outcome.KEPT
        row = await studio.row(one.id)
        assert (row.phase, row.needs_attention) == (Phase.CANCELLED, False)
        assert row.file is not None
        assert provider.fetches == 1
        assert await studio.ledger(one.id) == ["hold", "settle"]

    @pytest.mark.parametrize(
        ("error", "end"),
        [
            (Rejected("no", billed=False), "release"),
            (Rejected("no", billed=True), "settle"),
            (None, "release"),
        ],
    )
    async def test_a_verdict_on_a_cancelled_run_ends_its_hold(
        self, studio: Studio, error: Exception | None, end: str
    ) -> None:
        one, provider = await cancelled(studio)
        provider.fail("fake-1", error)
        checked = await studio.attention.check_again(studio.actor, one.id)
        assert checked.outcome is Outcome.ENDED
        assert not checked.generation.needs_attention
        assert await studio.ledger(one.id) == ["hold", end]

    @pytest.mark.parametrize("broken", [0, 1])
    async def test_a_job_that_goes_on_keeps_its_hold(self, studio: Studio, broken: int) -> None:
        one, provider = await cancelled(studio)
        provider.broken_polls = broken
        looks = provider.polls
        checked = await studio.attention.check_again(studio.actor, one.id)
        assert checked.outcome is Outcome.UNCHANGED
        assert provider.polls == looks + 1
        assert await studio.row(one.id) == one
        assert await studio.ledger(one.id) == ["hold"]

    async def test_a_generator_that_is_gone_cannot_ask(self, studio: Studio) -> None:
        one, _ = await cancelled(studio)
        studio.registry.unregister("stubborn")
        with pytest.raises(Conflict, match="not installed"):
            await studio.attention.check_again(studio.actor, one.id)


class TestALateResultAfterADecision:
    @pytest.mark.parametrize(
        ("way", "ledger"),
        [
            (Way.RELEASE_HOLD, ["hold", "release", "adjust"]),
            (Way.MARK_LOST, ["hold", "settle"]),
        ],
    )
    async def test_it_is_kept_and_the_hold_ends_once(
        self, studio: Studio, way: Way, ledger: list[str]
    ) -> None:
        provider = FakeProvider(looks=None, cancels="none")
        studio.registry.register(FakeProviderGenerator(provider, name="stubborn"))
        async with studio.process() as worker:
            job_id = await studio.ask("stubborn")
            await eventually(lambda: provider.polls > 1)
            await studio.jobs.cancel(studio.actor, job_id)
            [one] = (await studio.ended(job_id)).generations
            await _take(studio, way, one.id)
            provider.finish("fake-1")
            await eventually(lambda: worker.running == 0)
        row = await studio.row(one.id)
        assert row.file is not None
        assert (row.phase, row.needs_attention) == (Phase.CANCELLED, False)
        assert row.cost is not None
        assert row.cost.amount == PRICE
        assert await studio.ledger(one.id) == ledger
        balance = await studio.balance(one.id)
        assert (balance.held, balance.spent) == (ZERO, PRICE)

    @pytest.mark.parametrize("billed", [True, False])
    async def test_a_late_verdict_ends_no_hold_twice(self, studio: Studio, billed: bool) -> None:
        provider = FakeProvider(looks=None, cancels="none")
        studio.registry.register(FakeProviderGenerator(provider, name="stubborn"))
        async with studio.process() as worker:
            job_id = await studio.ask("stubborn")
            await eventually(lambda: provider.polls > 1)
            await studio.jobs.cancel(studio.actor, job_id)
            [one] = (await studio.ended(job_id)).generations
            await studio.attention.release_hold(studio.actor, one.id)
            provider.fail("fake-1", Rejected("no", billed=billed))
            await eventually(lambda: worker.running == 0)
        assert await studio.ledger(one.id) == ["hold", "release"]


class TestTheReconciler:
    async def test_a_round_checks_what_can_be_asked_and_leaves_the_rest(
        self, studio: Studio
    ) -> None:
        found, _ = await lost(studio, "lookup")
        late, provider = await cancelled(studio)
        provider.finish("fake-1")
        waits, _ = await lost(studio, "none")
        parks, slow = await parked(studio)
        looks = slow.polls
        done = await studio.reconciler.round()
        assert {one.generation.id: one.outcome for one in done} == {
            found.id: Outcome.FOUND,
            late.id: Outcome.KEPT,
        }
        assert set(await listed(studio)) == {waits.id, parks.id}
        assert slow.polls == looks
        assert await decisions(studio, found.id) == [{"what": "check_again", "by": None}]

    async def test_it_decides_nothing_by_itself(self, studio: Studio) -> None:
        one, provider = await lost(studio, "lookup")
        provider.jobs.clear()
        [checked] = await studio.reconciler.round()
        assert checked.outcome is Outcome.NOT_FOUND
        assert await studio.ledger(one.id) == ["hold"]

    async def test_one_that_cannot_be_checked_does_not_stop_the_others(
        self, studio: Studio
    ) -> None:
        late, provider = await cancelled(studio)
        provider.finish("fake-1")
        await lost(studio, "lookup")
        generator = studio.registry.get("loses-lookup")
        assert isinstance(generator, FakeProviderGenerator)

        async def lookup(context: GeneratorContext) -> Submitted:
            raise Broken("The network is down.")

        generator.lookup = lookup  # type: ignore[method-assign]
        [checked] = await studio.reconciler.round()
        assert checked.generation.id == late.id

    async def test_a_round_is_bounded_and_the_next_goes_on_from_there(self, studio: Studio) -> None:
        provider = FakeProvider(drop_answers=3)
        studio.registry.register(
            FakeProviderGenerator(provider, idempotency="lookup", name="loses")
        )
        async with studio.process():
            await studio.make("loses", takes=3)
        provider.jobs.clear()
        reconciler = studio.reconciler
        reconciler.at_most = 2
        first = {one.generation.id for one in await reconciler.round()}
        second = {one.generation.id for one in await reconciler.round()}
        assert (len(first), len(second)) == (2, 1)
        assert not first & second


async def _take(studio: Studio, way: Way, generation_id: UUID, actor: Actor | None = None) -> None:
    attention = studio.attention
    take = {
        Way.CHECK_AGAIN: attention.check_again,
        Way.MARK_LOST: attention.mark_lost,
        Way.RELEASE_HOLD: attention.release_hold,
    }[way]
    await take(actor or studio.actor, generation_id)


async def _member(studio: Studio, board_id: UUID, role: BoardRole) -> Actor:
    actor = replace(await studio.colleague(), tenant_role=TenantRole.MEMBER, platform_admin=False)
    user_id = actor.user_id
    assert user_id is not None
    await studio.database.write(
        lambda tx: tx.boards.add_member(board_id, user_id, role, now=studio.clock.now()),
        scope=SYSTEM,
    )
    return actor
