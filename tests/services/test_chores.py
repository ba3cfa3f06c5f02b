"""Chores: one process does each, whoever is there, and a failure comes round again."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from boards.services.chores import Chore, Chores
from tests.services.studio import Studio, eventually

HOUR = timedelta(hours=1)


@dataclass
class Sweeping:
    """A chore that counts, and raises what it is given."""

    times: int = 0
    errors: list[Exception] = field(default_factory=list)

    async def __call__(self) -> None:
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)


def process(studio: Studio, work: Sweeping, name: str = "sweep") -> Chores:
    chore = Chore(name=name, every=HOUR, work=work)
    return Chores(database=studio.database, clock=studio.clock, chores=[chore], look_every=0.01)


class TestTurns:
    async def test_one_of_many_processes_does_it(self, studio: Studio) -> None:
        work = Sweeping()
        processes = [process(studio, work) for _ in range(4)]
        for each in processes:
            await each.look()
        assert work.times == 1
        studio.clock.advance(3601)
        for each in reversed(processes):
            await each.look()
        assert work.times == 2

    async def test_another_takes_over_when_the_one_that_did_it_is_gone(
        self, studio: Studio
    ) -> None:
        first, then = Sweeping(), Sweeping()
        await process(studio, first).look()
        heir = process(studio, then)
        assert await heir.look() == ()
        studio.clock.advance(3601)
        assert await heir.look() == ("sweep",)
        assert (first.times, then.times) == (1, 1)

    async def test_different_chores_do_not_wait_for_each_other(self, studio: Studio) -> None:
        one, two = Sweeping(), Sweeping()
        await process(studio, one, "one").look()
        await process(studio, two, "two").look()
        assert (one.times, two.times) == (1, 1)


class TestRunning:
    async def test_it_comes_round_by_itself(self, studio: Studio) -> None:
        work = Sweeping()
        chores = process(studio, work)
        await chores.start()
        try:
            await eventually(lambda: work.times == 1)
            studio.clock.advance(3601)
            await eventually(lambda: work.times == 2)
        finally:
            await chores.stop()
        studio.clock.advance(3601)
        assert work.times == 2

    @pytest.mark.filterwarnings("default")
    async def test_a_failure_is_no_end(self, studio: Studio) -> None:
        bad, good = Sweeping(errors=[ConnectionError("away")]), Sweeping()
        chores = process(studio, bad)
        chores.chores = [*chores.chores, Chore(name="good", every=HOUR, work=good)]
        assert await chores.look() == ("good",)
        studio.clock.advance(3601)
        assert await chores.look() == ("sweep", "good")


async def test_two_chores_of_one_name_would_share_their_turns(studio: Studio) -> None:
    chores = process(studio, Sweeping())
    chores.chores = [*chores.chores, *chores.chores]
    with pytest.raises(ValueError, match="sweep"):
        await chores.start()
