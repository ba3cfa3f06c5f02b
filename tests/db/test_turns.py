import asyncio
from datetime import timedelta

import pytest

from boards.errors import Forbidden
from tests.db.world import NOW, World

EVERY = timedelta(seconds=10)


async def take(world: World, name: str, at) -> bool:
    return await world.write(lambda tx: tx.turns.take(name, every=EVERY, now=at))


async def test_a_turn_is_taken_once_in_its_time(world: World) -> None:
    assert await take(world, "sweep", NOW)
    assert not await take(world, "sweep", NOW + EVERY - timedelta(microseconds=1))
    assert await take(world, "sweep", NOW + EVERY)
    assert not await take(world, "sweep", NOW + EVERY)


async def test_turns_of_other_work_are_others(world: World) -> None:
    assert await take(world, "sweep", NOW)
    assert await take(world, "retention", NOW)


async def test_of_many_at_once_one_takes_it(world: World) -> None:
    for at in (NOW, NOW + EVERY):
        answers = await asyncio.gather(*(take(world, "sweep", at) for _ in range(8)))
        assert answers.count(True) == 1


async def test_turns_are_not_for_tenants(world: World) -> None:
    with pytest.raises(Forbidden):
        await world.write(lambda tx: tx.turns.take("sweep", every=EVERY, now=NOW), world.home.scope)
