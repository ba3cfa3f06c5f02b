"""Pauses, caps and rates as whole runs obey them, and turns between tenants."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from boards.domain.access import TenantRole
from boards.domain.generations import Phase
from boards.errors import Conflict, Forbidden, NotFound
from boards.services.ports import EVERYTHING, Limits
from boards.services.providers import ProviderView
from boards.testing.generators import FakePaid, FakeProvider, FakeProviderGenerator
from tests.services.studio import WAIT, Studio, eventually, open_studio


def named(found: Iterable[ProviderView], name: str) -> ProviderView:
    [one] = [one for one in found if one.name == name]
    return one


class TestPausing:
    async def test_nothing_is_submitted_until_it_is_resumed(self, studio: Studio, provider):
        await studio.providers.pause(studio.actor, "fake")
        async with studio.process() as worker:
            job_id = await studio.ask("fake-provider", takes=3)
            for _ in range(3):
                await worker.sweep()
            assert (provider.submits, worker.running) == (0, 0)
            await studio.providers.resume(studio.actor, "fake")
            view = await studio.ended(job_id)
        assert [one.phase for one in view.generations] == [Phase.COMPLETED] * 3

    async def test_what_was_submitted_before_is_fetched_all_the_same(
        self, studio: Studio, provider: FakeProvider
    ):
        provider.looks = None
        async with studio.process():
            job_id = await studio.ask("fake-provider")
            await eventually(lambda: provider.polls > 0)
            await studio.providers.pause(studio.actor, EVERYTHING)
            provider.finish("fake-1")
            view = await studio.ended(job_id)
        assert view.generations[0].phase is Phase.COMPLETED

    async def test_a_killed_run_goes_on_at_its_provider_though_all_is_paused(
        self, studio: Studio, provider: FakeProvider
    ):
        provider.looks = None
        async with studio.process():
            job_id = await studio.ask("fake-provider")
            await eventually(lambda: provider.polls > 0)
        await studio.providers.pause(studio.actor, EVERYTHING)
        provider.finish("fake-1")
        await studio.lapse()
        async with studio.process() as worker:
            await worker.sweep()
            view = await studio.ended(job_id)
        assert view.generations[0].phase is Phase.COMPLETED
        assert provider.paid == 1

    async def test_a_run_that_prepares_goes_back_before_it_pays(
        self, studio: Studio, provider: FakeProvider, monkeypatch
    ):
        reached, gate = asyncio.Event(), asyncio.Event()
        generator = studio.registry.get("fake-provider")

        async def prepare(inputs, context):
            reached.set()
            await gate.wait()
            return inputs

        monkeypatch.setattr(generator, "prepare", prepare, raising=False)
        async with studio.process() as worker:
            job_id = await studio.ask("fake-provider")
            await reached.wait()
            await studio.providers.pause(studio.actor, "fake")
            gate.set()
            await eventually(lambda: worker.running == 0)
            [one] = (await studio.jobs.get(studio.actor, job_id)).generations
            assert (one.phase, provider.submits) == (Phase.PENDING, 0)
            assert "paused" in one.message
            await studio.providers.resume(studio.actor, "fake")
            view = await studio.ended(job_id)
        assert view.generations[0].phase is Phase.COMPLETED
        assert await studio.ledger(one.id) == ["hold", "settle"]

    async def test_local_work_that_a_kill_broke_off_waits_too(self, tmp_path: Path):
        gate = asyncio.Event()
        local = FakePaid(price=None, gate=gate, name="local-work", repeatable=True)
        url = f"sqlite:///{tmp_path / 'boards.db'}"
        async with open_studio(url, tmp_path, [local]) as studio:
            async with studio.process():
                job_id = await studio.ask("local-work")
                await eventually(lambda: local.calls == 1)
            await studio.providers.pause_everything()
            await studio.lapse()
            gate.set()
            async with studio.process() as worker:
                await worker.sweep()
                await eventually(lambda: worker.running == 0)
                [one] = (await studio.jobs.get(studio.actor, job_id)).generations
                assert (one.phase, local.calls) == (Phase.PENDING, 1)
                await studio.providers.resume(studio.actor, EVERYTHING)
                await studio.ended(job_id)
        assert local.calls == 2

    async def test_a_cancel_of_what_waits_is_at_once(self, studio: Studio, provider):
        await studio.providers.pause(studio.actor, "fake")
        async with studio.process():
            job_id = await studio.ask("fake-provider")
            await studio.jobs.cancel(studio.actor, job_id)
            view = await studio.ended(job_id)
        assert view.generations[0].phase is Phase.CANCELLED
        assert provider.submits == 0


class TestRights:
    async def test_only_administrators_of_the_platform_pause(self, studio: Studio):
        admin = replace(studio.actor, platform_admin=False, tenant_role=TenantRole.ADMIN)
        for attempt in (
            studio.providers.pause(admin, "fake"),
            studio.providers.resume(admin, "fake"),
        ):
            with pytest.raises(Forbidden):
                await attempt

    async def test_an_unknown_provider_is_refused_with_those_that_there_are(self, studio: Studio):
        with pytest.raises(NotFound, match=r"'fak'; there are .*fake"):
            await studio.providers.pause(studio.actor, "fak")

    async def test_what_the_settings_pause_is_not_resumed_by_a_command(self, studio: Studio):
        studio.limits = Limits(paused=frozenset({"fake"}))
        view = named(await studio.providers.list(studio.actor), "fake")
        assert (view.paused, view.paused_by_settings) == (True, True)
        with pytest.raises(Conflict, match="BOARDS_PAUSED"):
            await studio.providers.resume(studio.actor, "fake")

    async def test_a_tenant_sees_its_own_queue_and_the_platform_everybody_s(self, studio: Studio):
        await studio.providers.pause(studio.actor, "fake")
        other = replace(await studio.another_tenant(), platform_admin=False)
        await studio.ask("fake-provider", takes=3)
        await studio.ask("fake-provider", takes=2, actor=other)
        mine = named(await studio.providers.list(other), "fake")
        all_ = named(await studio.providers.list(studio.actor), "fake")
        assert (mine.queue.waiting, all_.queue.waiting) == (2, 5)
        assert mine.paused
        assert all_.max_running == 20


class TestTurns:
    async def order(self, studio: Studio, provider: FakeProvider, count: int) -> list[str]:
        """Whose jobs the provider got first, by tenant."""
        await eventually(lambda: provider.submits >= count)
        first = [job.key for job in provider.jobs.values()][:count]
        rows = [await studio.row(UUID(key)) for key in first]
        return [str(row.tenant_id) for row in rows]

    async def test_ten_jobs_are_not_held_back_by_three_hundred(
        self, studio: Studio, provider: FakeProvider
    ):
        """One tenant has 300 queued; the other comes later with 10, and shares the cap with it."""
        studio.limits = Limits(default_provider=4)
        other = await studio.another_tenant()
        most = 0
        async with studio.process() as worker:
            await studio.providers.pause(studio.actor, "fake")
            for _ in range(30):
                await studio.ask("fake-provider", takes=10)
            few = await studio.ask("fake-provider", takes=10, actor=other)
            await studio.providers.resume(studio.actor, "fake")

            async def watch() -> None:
                nonlocal most
                while True:
                    most = max(most, worker.running)
                    await asyncio.sleep(0)

            watching = asyncio.create_task(watch())
            view = await studio.ended(few, actor=other)
            by_tenant = Counter(await self.order(studio, provider, provider.submits))
            watching.cancel()
        assert [one.phase for one in view.generations] == [Phase.COMPLETED] * 10
        theirs = by_tenant[str(studio.actor.tenant_id)]
        assert theirs < 60, f"{theirs} of the many went before the ten had ended"
        assert most <= 4

    async def test_a_rate_holds_over_all_tenants_and_is_shared(
        self, studio: Studio, provider: FakeProvider
    ):
        studio.limits = Limits(default_provider=100, per_minute={"fake": 6})
        other = await studio.another_tenant()
        async with studio.process() as worker:
            await studio.providers.pause(studio.actor, "fake")
            await studio.ask("fake-provider", takes=10)
            await studio.ask("fake-provider", takes=10, actor=other)
            await studio.providers.resume(studio.actor, "fake")
            by_tenant = Counter(await self.order(studio, provider, 6))
            await eventually(lambda: worker.running == 0)
            for _ in range(3):
                await worker.sweep()
            assert provider.submits == 6
            studio.clock.advance(60)
            await eventually(lambda: provider.submits >= 12)
            await eventually(lambda: worker.running == 0)
            await worker.sweep()
            assert provider.submits == 12
        assert sorted(by_tenant.values()) == [3, 3]

    async def test_a_parked_run_does_not_block_a_new_one(
        self, studio: Studio, provider: FakeProvider
    ):
        studio.limits = Limits(default_provider=1)
        generator = studio.registry.get("fake-provider")
        assert isinstance(generator, FakeProviderGenerator)
        provider.looks = None
        async with studio.process():
            stuck = await studio.ask("fake-provider")
            await eventually(lambda: provider.polls > 0)
            studio.clock.advance(generator.longest_run + 1)
            [one] = (await studio.jobs.get(studio.actor, stuck)).generations
            async with asyncio.timeout(WAIT):
                while not (await studio.row(one.id)).needs_attention:  # noqa: ASYNC110 - a row
                    await asyncio.sleep(0.01)
            provider.looks = 1
            view = await studio.make("fake-provider")
        assert view.generations[0].phase is Phase.COMPLETED
