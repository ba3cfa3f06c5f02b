"""The tail: one read for all streams, and nothing left behind."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from boards.services import tail as tail_module
from boards.services.ports import SYSTEM, Scope, Tx
from boards.services.streams import Ending, Snapshot, StreamService
from boards.services.tail import Subscription, Tail
from tests.events.reader import Counting, T, member, reading
from tests.events.test_streams import say
from tests.services.studio import Studio, eventually


async def test_a_commit_costs_one_read_however_many_streams_are_open(studio: Studio):
    database = Counting(studio.database)
    tail = Tail(database=database, look_every=60.0)
    studio.database.listen(tail.wake)
    streams = StreamService(database=database, tail=tail)
    await tail.start()
    board = await studio.boards.default(studio.actor)
    job_id = await studio.ask("waits")
    generation_id = (await studio.jobs.get(studio.actor, job_id)).generations[0].id
    async with AsyncExitStack() as stack:
        readers = [
            await stack.enter_async_context(reading(streams, studio.actor, board_id=board.id))
            for _ in range(60)
        ]
        for reader in readers:
            await reader.snapshot()
        # Whatever the tail still had to do is done.
        await say(studio, generation_id)
        await asyncio.gather(*(reader.event() for reader in readers))
        before = database.reads
        await say(studio, generation_id)
        events = await asyncio.gather(*(reader.event() for reader in readers))
        after = database.reads
    await tail.stop()
    assert after - before == 1
    assert len({event.id for event in events}) == 1


async def test_nothing_is_read_while_nobody_follows(studio: Studio):
    database = Counting(studio.database)
    tail = Tail(database=database, look_every=0.001)
    studio.database.listen(tail.wake)
    await tail.start()
    await studio.ask("sample")
    await asyncio.sleep(0.05)
    assert database.reads == 0
    await tail.stop()


async def test_what_happened_while_nobody_followed_is_not_read_later(
    studio: Studio, streams: StreamService, tail: Tail
):
    board = await studio.boards.default(studio.actor)
    async with reading(streams, studio.actor, board_id=board.id) as reader:
        await reader.snapshot()
    assert tail._position is None
    job_id = await studio.ask("sample")
    last = await studio.database.read(lambda tx: tx.events.last_id(), scope=SYSTEM)
    async with reading(streams, studio.actor, job_id=job_id) as reader:
        await reader.snapshot()
        assert tail._position == last


async def test_streams_leave_nothing_behind(studio: Studio, streams: StreamService, tail: Tail):
    job_id = await studio.ask("waits")
    board = await studio.boards.default(studio.actor)
    tasks = len(asyncio.all_tasks())
    for _ in range(50):
        for job, on in ((None, None), (job_id, None), (None, board.id)):
            async with reading(streams, studio.actor, job_id=job, board_id=on) as reader:
                await reader.snapshot()
    assert tail.subscriptions == 0
    assert tail._subscribed == {}
    assert len(asyncio.all_tasks()) == tasks


async def test_a_refused_stream_leaves_nothing_behind(
    studio: Studio, streams: StreamService, tail: Tail
):
    job_id = await studio.ask("sample")
    async with reading(streams, await studio.another_tenant(), job_id=job_id) as reader:
        with pytest.raises(Exception, match="not found"):
            await reader.next()
    assert (tail.subscriptions, tail._subscribed) == (0, {})


async def test_a_slow_reader_is_shown_the_state_anew(
    studio: Studio, streams: StreamService, tail: Tail
):
    board = await studio.boards.default(studio.actor)
    job_id = await studio.ask("waits")
    generation_id = (await studio.jobs.get(studio.actor, job_id)).generations[0].id
    async with reading(streams, studio.actor, board_id=board.id) as reader:
        await reader.snapshot()
        (subscription,) = tail._subscribed[board.id]
        for _ in range(3):
            await say(studio, generation_id, times=subscription.room // 2)
        await eventually(lambda: subscription._lost)
        assert len(subscription._events) == 0
        anew = await reader.next()
        await say(studio, generation_id)
        event = await reader.event()
    assert isinstance(anew, Snapshot)
    assert event.id == anew.position + 1


async def test_a_tail_that_closes_ends_every_stream_and_those_to_come(
    studio: Studio, streams: StreamService, tail: Tail
):
    board = await studio.boards.default(studio.actor)
    async with reading(streams, studio.actor, board_id=board.id) as reader:
        await reader.snapshot()
        tail.close()
        assert (await reader.end()).why is Ending.CLOSING
    async with reading(streams, studio.actor, board_id=board.id) as late:
        await late.snapshot()
        assert (await late.end()).why is Ending.CLOSING


async def test_a_failing_read_does_not_end_the_tail(studio: Studio):
    class Failing(Counting):
        broken = False

        async def read(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
            if self.broken:
                self.broken = False
                raise OSError("gone for a moment")
            return await super().read(work, scope=scope)

    database = Failing(studio.database)
    tail = Tail(database=database, look_every=0.01)
    streams = StreamService(database=database, tail=tail)
    await tail.start()
    board = await studio.boards.default(studio.actor)
    async with reading(streams, studio.actor, board_id=board.id) as reader:
        await reader.snapshot()
        database.broken = True
        job_id = await studio.ask("sample")
        assert (await reader.event()).job_id == job_id
    await tail.stop()


async def test_what_cannot_be_read_at_all_is_passed_over(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_):
        raise ZeroDivisionError("one job is broken")

    tail = Tail(database=studio.database, look_every=0.01)
    streams = StreamService(database=studio.database, tail=tail)
    await tail.start()
    board = await studio.boards.default(studio.actor)
    async with reading(streams, studio.actor, board_id=board.id) as reader:
        await reader.snapshot()
        with monkeypatch.context() as patch:
            patch.setattr(tail_module, "_followers", broken)
            job_id = await studio.ask("sample")
            anew = await reader.snapshot()
        await studio.jobs.cancel(studio.actor, job_id)
        event = await reader.event()
    await tail.stop()
    assert [one.job_id for one in anew.generations] == [job_id]
    assert event.data["phase"] == "cancelled"


async def test_rights_are_asked_once_for_a_board_and_a_user(studio: Studio, tail: Tail):
    board = await studio.boards.default(studio.actor)
    viewer = await member(studio, board.id)
    events = []
    with (
        tail.subscribe(a := Subscription(actor=viewer, keys=frozenset({board.id}))),
        tail.subscribe(b := Subscription(actor=viewer, keys=frozenset({board.id}))),
    ):
        await tail.begin()
        await studio.ask("sample")
        events = [(await each.take(20)).events for each in (a, b)]
    assert len(events[0]) == 1
    assert events[0] == events[1]
