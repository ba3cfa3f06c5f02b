import asyncio
from collections.abc import Sequence

import pytest

from boards.domain.generations import Phase
from boards.services.ports import Event, Tx
from tests.db.world import NOW, World


async def tell(world: World, generation_id, *types: str) -> None:
    """Append events of a generation, in one transaction."""
    generation = await world.get(generation_id)

    def work(tx: Tx) -> None:
        for number, type in enumerate(types):
            tx.events.append(generation, type, {"n": number}, now=NOW)

    await world.write(work)


async def everything(world: World, **which) -> tuple[Event, ...]:
    return await world.read(lambda tx: tx.events.after(**{"last_id": 0, **which}))


class TestNumbering:
    async def test_each_generation_counts_from_one(self, world: World) -> None:
        one, other = await world.add(count=2)
        await tell(world, one, "created")
        await tell(world, other, "created", "phase", "phase")
        await tell(world, one, "phase")
        events = await everything(world)
        assert [event.sequence for event in events if event.generation_id == one] == [1, 2]
        assert [event.sequence for event in events if event.generation_id == other] == [1, 2, 3]
        assert [event.id for event in events] == sorted({event.id for event in events})

    async def test_events_of_one_transaction_keep_their_order(self, world: World) -> None:
        one, other = [await world.get(each) for each in await world.add(count=2)]

        def work(tx: Tx) -> None:
            for number in range(40):
                tx.events.append(one if number % 3 else other, "progress", {"n": number}, now=NOW)

        await world.write(work)
        assert [event.data["n"] for event in await everything(world)] == list(range(40))

    async def test_writers_at_once_leave_no_gap_and_no_double(self, world: World) -> None:
        claim = await world.running()
        one = claim.generation.id

        def work(tx: Tx) -> None:
            tx.generations.update(one, now=NOW, token=claim.run_token, progress=0.5)
            tx.events.append(claim.generation, "progress", {}, now=NOW)

        await asyncio.gather(*(world.write(work) for _ in range(20)))
        events = await everything(world)
        assert [event.sequence for event in events] == list(range(1, 21))

    async def test_a_reader_that_goes_on_from_an_id_misses_nothing(self, world: World) -> None:
        ids = await world.add(count=4)
        seen: list[int] = []
        done = asyncio.Event()

        async def follow() -> None:
            last = 0
            while True:
                ended = done.is_set()
                for event in await everything(world, last_id=last):
                    seen.append(event.id)
                    last = event.id
                if ended:
                    return

        async def write(one) -> None:
            for _ in range(15):
                await tell(world, one, "progress", "progress")

        reader = asyncio.create_task(follow())
        await asyncio.gather(*(write(one) for one in ids))
        done.set()
        await reader
        assert len(seen) == 4 * 15 * 2
        assert seen == [event.id for event in await everything(world)]


class TestReading:
    async def test_an_event_says_whose_it_is_and_what_happened(self, world: World) -> None:
        job = await world.add_job()
        [one] = await world.add(job_id=job.id)
        await tell(world, one, "created")
        [event] = await everything(world)
        assert (event.tenant_id, event.board_id, event.user_id) == (
            world.home.tenant_id,
            world.home.board.id,
            world.home.user_id,
        )
        assert (event.job_id, event.generation_id) == (job.id, one)
        assert (event.type, event.data, event.created_at) == ("created", {"n": 0}, NOW)

    async def test_each_filter_leaves_out_the_rest(self, world: World) -> None:
        job, other = await world.add_job(), await world.add_board()
        [of_job] = await world.add(job_id=job.id)
        [elsewhere] = await world.add(board_id=other.id)
        [foreign] = await world.add(world.abroad)
        for one in (of_job, elsewhere, foreign):
            await tell(world, one, "created")

        async def seen(**which) -> list:
            return [event.generation_id for event in await everything(world, **which)]

        assert await seen() == [of_job, elsewhere, foreign]
        assert await seen(limit=2) == [of_job, elsewhere]
        assert await seen(job_id=job.id) == [of_job]
        assert await seen(board_id=other.id) == [elsewhere]
        assert await seen(board_ids=frozenset({other.id})) == [elsewhere]
        assert await seen(board_ids=frozenset()) == []
        events = await world.read(lambda tx: tx.events.after(last_id=0), world.abroad.scope)
        assert [event.generation_id for event in events] == [foreign]

    async def test_the_last_id_is_the_place_to_go_on_from(self, world: World) -> None:
        assert await world.read(lambda tx: tx.events.last_id()) == 0
        [one] = await world.add()
        await tell(world, one, "created")
        last = await world.read(lambda tx: tx.events.last_id())
        assert await everything(world, last_id=last) == ()
        await tell(world, one, "phase")
        [event] = await everything(world, last_id=last)
        assert event.type == "phase"

    async def test_a_transaction_sees_its_own_events(self, world: World) -> None:
        generation = await world.get((await world.add())[0])

        def work(tx: Tx) -> tuple[Event, ...]:
            tx.events.append(generation, "created", {}, now=NOW)
            return tx.events.after(last_id=tx.events.last_id() - 1)

        [event] = await world.write(work)
        assert event.type == "created"


class TestListening:
    @pytest.fixture
    def heard(self, world: World) -> list[Event]:
        heard: list[Event] = []
        world.database.listen(heard.extend)
        return heard

    async def test_listeners_hear_what_was_committed(
        self, world: World, heard: list[Event]
    ) -> None:
        [one] = await world.add()
        await tell(world, one, "created", "phase")
        assert tuple(heard) == await everything(world)

    async def test_they_hear_it_before_the_writer_goes_on(
        self, world: World, heard: list[Event]
    ) -> None:
        [one] = await world.add()
        await tell(world, one, "created")
        assert len(heard) == 1

    async def test_they_hear_nothing_of_what_was_rolled_back(
        self, world: World, heard: list[Event]
    ) -> None:
        generation = await world.get((await world.add())[0])

        def work(tx: Tx) -> None:
            tx.events.append(generation, "created", {}, now=NOW)
            tx.generations.move(generation.id, Phase.CANCELLED, now=NOW)
            raise KeyError("no")

        with pytest.raises(KeyError):
            await world.write(work)
        assert heard == []
        assert await everything(world) == ()

    async def test_a_listener_that_fails_keeps_nobody_waiting(
        self, world: World, heard: list[Event]
    ) -> None:
        reported: list[dict] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, what: reported.append(what))

        def broken(events: Sequence[Event]) -> None:
            raise KeyError("listener")

        world.database.listen(broken)
        after: list[Event] = []
        world.database.listen(after.extend)
        generation = await world.get((await world.add())[0])

        def work(tx: Tx) -> int:
            tx.events.append(generation, "created", {}, now=NOW)
            return 42

        assert await world.write(work) == 42
        assert len(heard) == len(after) == 1
        assert isinstance(reported[0]["exception"], KeyError)
