"""Admission through the real services: caps, fair shares, priority and pause, by one worker and by
several."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from boards.services.ports import Limits
from tests.dispatch.cluster import Cluster, Counts, eventually, open_cluster

Open = Callable[[Limits], AbstractAsyncContextManager[Cluster]]
PLACES = [
    "sqlite-1",
    pytest.param("postgres-1", marks=pytest.mark.postgres),
    pytest.param("postgres-4", marks=pytest.mark.postgres),
]


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture(params=PLACES)
def opened(request: pytest.FixtureRequest, tmp_path: Path, counts: Counts) -> Open:
    """Opens a cluster with given limits: on SQLite one worker, on PostgreSQL one or four."""
    kind, _, workers = request.param.partition("-")
    name = "sqlite_url" if kind == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return lambda limits: open_cluster(url, tmp_path, counts, workers=int(workers), limits=limits)


class TestCaps:
    async def test_never_more_run_at_once_than_the_provider_may(
        self, opened: Open, counts: Counts
    ) -> None:
        async with opened(Limits(providers={"counts": 5})) as cluster:
            await cluster.submit("a", times=60)
            await eventually(lambda: len(counts.running) == 5)
            counts.let_all_go()
            await cluster.ended()
        assert counts.peak == 5
        assert len(counts.started) == 60

    async def test_the_total_holds_over_all_providers(self, opened: Open, counts: Counts) -> None:
        async with opened(Limits(total=3, providers={"counts": 50})) as cluster:
            await cluster.submit("a", times=20)
            await eventually(lambda: len(counts.running) == 3)
            counts.let_all_go()
            await cluster.ended()
        assert counts.peak == 3

    async def test_a_place_that_is_freed_is_filled_at_once(
        self, opened: Open, counts: Counts
    ) -> None:
        async with opened(Limits(providers={"counts": 2})) as cluster:
            await cluster.submit("a", times=6)
            for begun in range(2, 6):
                await counts.has_started(begun)
                counts.let_go("a")
            counts.let_all_go()
            await cluster.ended()
        assert counts.peak == 2


@pytest.mark.postgres
class TestSubmitsAtOnce:
    async def test_none_of_them_waits_for_a_sweep(
        self, postgres_url: str, tmp_path: Path, counts: Counts
    ) -> None:
        limits = Limits(providers={"counts": 100})
        opening = open_cluster(postgres_url, tmp_path, counts, limits=limits, sweep_every=3600)
        async with opening as cluster:
            # One chooses while the others commit; what it did not see must not stay behind.
            for burst in range(1, 4):
                await asyncio.gather(*(cluster.submit("a") for _ in range(15)))
                await counts.has_started(burst * 15)
            counts.let_all_go()
            await cluster.ended()


class TestFairness:
    async def test_a_tenant_with_many_does_not_hold_back_one_with_few(
        self, opened: Open, counts: Counts
    ) -> None:
        async with opened(Limits(providers={"counts": 20})) as cluster:
            await cluster.submit("many", times=300)
            await eventually(lambda: counts.running.count("many") == 20)
            await cluster.submit("few", times=10, actor=cluster.other)
            # Half of the places are theirs; each that is freed goes to them until they have them.
            for _ in range(10):
                counts.let_go("many")
            await eventually(lambda: counts.running.count("few") == 10)
            assert counts.running.count("many") == 10
            assert counts.started.count("many") == 20
            counts.let_all_go()
            await cluster.ended()
        assert (counts.started.count("many"), counts.started.count("few")) == (300, 10)

    async def test_a_tenants_share_is_kept(self, opened: Open, counts: Counts) -> None:
        limits = Limits(providers={"counts": 20}, tenant_share={"counts": 4})
        async with opened(limits) as cluster:
            await cluster.submit("many", times=12)
            await cluster.submit("few", times=3, actor=cluster.other)
            await eventually(lambda: len(counts.running) == 7)
            assert counts.running.count("many") == 4
            counts.let_go("many")
            await eventually(lambda: counts.started.count("many") == 5)
            assert counts.running.count("many") <= 4
            counts.let_all_go()
            await cluster.ended()


class TestOrder:
    async def test_what_is_urgent_goes_first(self, opened: Open, counts: Counts) -> None:
        async with opened(Limits(providers={"counts": 1})) as cluster:
            for prompt, priority in (("first", 0), ("second", 0), ("urgent", 5), ("late", -1)):
                await cluster.submit(prompt, priority=priority)
            for begun in range(1, 5):
                await counts.has_started(begun)
                counts.let_go(counts.started[-1])
            await cluster.ended()
        assert counts.started == ["first", "urgent", "second", "late"]


class TestPause:
    @pytest.mark.parametrize("paused", ["counts", "*"])
    async def test_nothing_starts_while_paused_and_all_starts_after(
        self, opened: Open, counts: Counts, paused: str
    ) -> None:
        async with opened(Limits(paused=frozenset({paused}))) as cluster:
            await cluster.submit("a", times=4)
            for worker in cluster.workers:
                await worker.sweep()
            await asyncio.sleep(0.3)
            assert await cluster.left() == 4
        assert counts.started == []
        counts.let_all_go()
        async with opened(Limits()) as cluster:
            await cluster.ended()
        assert len(counts.started) == 4
