"""Retention: old events go, everything else stays."""

from datetime import timedelta

import pytest

from boards.services import retention
from boards.services.ports import SYSTEM
from boards.services.retention import RetentionService
from tests.services.studio import Studio

DAY = 24 * 3600


@pytest.fixture
def service(studio: Studio) -> RetentionService:
    return RetentionService(
        database=studio.database, clock=studio.clock, keep_events=timedelta(days=30)
    )


async def events(studio: Studio) -> list[int]:
    found = await studio.database.read(lambda tx: tx.events.after(last_id=0), scope=SYSTEM)
    return [event.id for event in found]


async def test_events_older_than_they_are_kept_go(
    studio: Studio, service: RetentionService
) -> None:
    async with studio.process():
        old = await studio.make("sample")
        studio.clock.advance(31 * DAY)
        await studio.make("sample")
    before = await events(studio)
    assert await service.forget_events() == 2  # created and completed
    assert await events(studio) == before[2:]
    [kept] = old.generations
    assert (await studio.row(kept.id)).file == kept.file
    assert await studio.ledger(kept.id) == ["hold", "settle"]


async def test_young_events_stay(studio: Studio, service: RetentionService) -> None:
    async with studio.process():
        await studio.make("sample")
        studio.clock.advance(29 * DAY)
        assert await service.forget_events() == 0
    assert await events(studio)


async def test_many_go_in_several_transactions(
    studio: Studio, service: RetentionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 4)
    async with studio.process():
        for _ in range(3):
            await studio.make("sample")
    studio.clock.advance(31 * DAY)
    count = len(await events(studio))
    assert await service.forget_events() == count
    assert await events(studio) == []


async def test_ids_go_on_after_all_events_are_gone(
    studio: Studio, service: RetentionService
) -> None:
    async with studio.process():
        await studio.make("sample")
        last = (await events(studio))[-1]
        studio.clock.advance(31 * DAY)
        await service.forget_events()
        await studio.make("sample")
    assert min(await events(studio)) > last
