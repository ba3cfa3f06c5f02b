"""Streams: first the state, then all that happens to it, to those who may see it."""

from dataclasses import replace
from itertools import pairwise
from uuid import UUID

import pytest

from boards.adapters.db.database import connect
from boards.domain.generations import Phase
from boards.domain.jobs import JobState
from boards.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from boards.ids import new_id
from boards.services import streams as streams_module
from boards.services.events import announce
from boards.services.ports import SYSTEM, Event, Tx
from boards.services.streams import Ending, Still, StreamService, Watch
from boards.services.tail import Tail
from tests.events.reader import dismiss, join, member, reading
from tests.services.samples import Waits
from tests.services.studio import Studio


async def say(
    studio: Studio, generation_id: UUID, *, times: int = 1, progress: float = 0.5
) -> None:
    """Have something happen to a generation, `times` times in one commit."""
    generation = await studio.row(generation_id)

    def work(tx: Tx) -> None:
        for _ in range(times):
            announce(
                tx,
                generation,
                "progress",
                phase=generation.phase,
                progress=progress,
                now=studio.clock.now(),
            )

    await studio.database.write(work, scope=SYSTEM)


class TestTheStreamOfAJob:
    async def test_it_begins_with_the_job_as_it_is(self, studio: Studio, streams: StreamService):
        job_id = await studio.ask("sample")
        async with reading(streams, studio.actor, job_id=job_id) as reader:
            snapshot = await reader.snapshot()
        assert snapshot.job is not None
        assert (snapshot.job.job.id, snapshot.job.state) == (job_id, JobState.QUEUED)

    async def test_it_tells_every_change_in_order_and_ends_with_the_job(
        self, studio: Studio, streams: StreamService
    ):
        waits = studio.registry.get("waits")
        assert isinstance(waits, Waits)
        async with studio.process():
            job_id = await studio.ask("waits")
            async with reading(streams, studio.actor, job_id=job_id) as reader:
                await reader.snapshot()
                waits.go.set()
                events, view, end = await reader.to_the_end()
        assert all(before.id < after.id for before, after in pairwise(events))
        assert [event.sequence for event in events] == sorted(event.sequence for event in events)
        assert events[-1].data["phase"] == "completed"
        assert view.state is JobState.DONE
        assert end.why is Ending.FINISHED
        assert end.position == events[-1].id

    async def test_a_job_that_has_ended_is_shown_once(self, studio: Studio, streams: StreamService):
        async with studio.process():
            view = await studio.make("sample")
        async with reading(streams, studio.actor, job_id=view.job.id) as reader:
            events, shown, end = await reader.to_the_end()
        assert (events, shown.state, end.why) == ([], JobState.DONE, Ending.FINISHED)

    async def test_a_job_of_several_takes_ends_with_the_last_of_them(
        self, studio: Studio, streams: StreamService
    ):
        job_id = await studio.ask("many", takes=3)
        # The message to the worker was lost; its sweep finds the takes.
        studio.clock.advance(60)
        async with reading(streams, studio.actor, job_id=job_id) as reader:
            await reader.snapshot()
            async with studio.process():
                _, view, _ = await reader.to_the_end()
        # Each take of this generator brings three images.
        assert [one.phase for one in view.generations] == [Phase.COMPLETED] * 9

    async def test_a_cancelled_job_ends_it(self, studio: Studio, streams: StreamService):
        job_id = await studio.ask("sample")
        async with reading(streams, studio.actor, job_id=job_id) as reader:
            await reader.snapshot()
            await studio.jobs.cancel(studio.actor, job_id)
            (event,), view, end = await reader.to_the_end()
        assert event.data["phase"] == "cancelled"
        assert view.state is JobState.CANCELLED
        assert end.why is Ending.FINISHED

    async def test_it_tells_nothing_of_other_jobs(self, studio: Studio, streams: StreamService):
        mine, other = await studio.ask("sample"), await studio.ask("sample")
        async with reading(streams, studio.actor, job_id=mine) as reader:
            await reader.snapshot()
            await studio.jobs.cancel(studio.actor, other)
            await studio.jobs.cancel(studio.actor, mine)
            event = await reader.event()
        assert event.job_id == mine


class TestTheStreamOfABoard:
    async def test_it_begins_with_what_is_under_way_and_the_newest(
        self, studio: Studio, streams: StreamService, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(streams_module, "NEWEST", 2)
        board = await studio.boards.default(studio.actor)
        waiting = (await studio.jobs.get(studio.actor, await studio.ask("sample"))).generations[0]
        for _ in range(3):
            studio.clock.advance(1)
            await studio.jobs.cancel(studio.actor, await studio.ask("sample"))
        async with reading(streams, studio.actor, board_id=board.id) as reader:
            snapshot = await reader.snapshot()
        assert snapshot.board_id == board.id
        assert [one.phase for one in snapshot.generations] == [
            Phase.CANCELLED,
            Phase.CANCELLED,
            Phase.PENDING,
        ]
        assert snapshot.generations[-1].id == waiting.id
        assert snapshot.next is not None

    async def test_it_goes_on_when_a_job_ends(self, studio: Studio, streams: StreamService):
        board = await studio.boards.default(studio.actor)
        async with reading(streams, studio.actor, board_id=board.id) as reader:
            await reader.snapshot()
            first = await studio.ask("sample")
            await studio.jobs.cancel(studio.actor, first)
            second = await studio.ask("sample")
            events = [await reader.event() for _ in range(3)]
        assert [event.job_id for event in events] == [first, first, second]
        assert [event.type for event in events] == ["created", "phase", "created"]

    async def test_it_tells_nothing_of_other_boards(self, studio: Studio, streams: StreamService):
        board = await studio.boards.create(studio.actor, "Another")
        async with reading(streams, studio.actor, board_id=board.id) as reader:
            await reader.snapshot()
            await studio.ask("sample")
            here = await studio.ask("sample", board_id=board.id)
            event = await reader.event()
        assert event.job_id == here

    async def test_a_job_and_a_board_at_once_are_refused(self):
        with pytest.raises(InvalidInput, match="not both"):
            Watch(job_id=new_id(), board_id=new_id())


class TestTheStreamOfEverythingOfMine:
    async def test_it_tells_of_all_ones_boards_and_of_no_others(
        self, studio: Studio, streams: StreamService
    ):
        colleague = await studio.colleague()
        board = await studio.boards.create(studio.actor, "Another")
        async with reading(streams, studio.actor) as reader:
            assert (await reader.snapshot()).generations == ()
            await studio.ask("sample", actor=colleague)
            here = await studio.ask("sample", board_id=board.id)
            event = await reader.event()
        assert event.job_id == here

    async def test_it_tells_of_what_one_makes_on_a_board_newer_than_itself(
        self, studio: Studio, streams: StreamService
    ):
        async with reading(streams, studio.actor) as reader:
            await reader.snapshot()
            board = await studio.boards.create(studio.actor, "New")
            job_id = await studio.ask("sample", board_id=board.id)
            event = await reader.event()
        assert event.job_id == job_id

    async def test_it_comes_to_know_boards_that_one_joins(self, studio: Studio, tail: Tail):
        streams = StreamService(
            database=studio.database, tail=tail, still_after=0.01, ask_again=0.0
        )
        board = await studio.boards.default(studio.actor)
        colleague = await studio.colleague()
        view = await studio.jobs.get(studio.actor, await studio.ask("sample"))
        async with reading(streams, colleague) as reader:
            await reader.snapshot()
            await join(studio, board.id, colleague)
            message = await reader.next()
            while not isinstance(message, Event):
                await say(studio, view.generations[0].id)
                message = await reader.next()
        assert message.board_id == board.id

    async def test_a_visitor_has_nothing_to_follow(self, studio: Studio, streams: StreamService):
        visitor = replace(studio.actor, user_id=None)
        with pytest.raises(Unauthenticated):
            async with reading(streams, visitor) as reader:
                await reader.next()


class TestGoingOnAfterAnInterruption:
    async def test_what_was_missed_is_told_and_nothing_twice(
        self, studio: Studio, streams: StreamService
    ):
        job_id = await studio.ask("waits")
        generation_id = (await studio.jobs.get(studio.actor, job_id)).generations[0].id
        async with reading(streams, studio.actor, job_id=job_id) as reader:
            known = (await reader.snapshot()).position
        await say(studio, generation_id, times=2)
        async with reading(streams, studio.actor, known, job_id=job_id) as reader:
            missed = [await reader.event(), await reader.event()]
            await say(studio, generation_id)
            live = await reader.event()
        assert [event.id for event in (*missed, live)] == [known + 1, known + 2, known + 3]

    async def test_who_has_missed_nothing_hears_at_once_that_the_stream_is_open(
        self, studio: Studio, streams: StreamService
    ):
        board = await studio.boards.default(studio.actor)
        await studio.ask("sample")
        async with reading(streams, studio.actor, board_id=board.id) as reader:
            known = (await reader.snapshot()).position
        async with reading(streams, studio.actor, known, board_id=board.id) as reader:
            assert isinstance(await reader.next(), Still)

    @pytest.mark.parametrize("unknown", [0, 10_000, 2**62])
    async def test_an_unknown_id_gives_a_snapshot(
        self, studio: Studio, streams: StreamService, unknown: int
    ):
        job_id = await studio.ask("sample")
        async with reading(streams, studio.actor, unknown, job_id=job_id) as reader:
            assert (await reader.snapshot()).job is not None

    async def test_who_has_missed_too_much_gets_a_snapshot(
        self, studio: Studio, streams: StreamService, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(streams_module, "LONGEST_REPLAY", 3)
        job_id = await studio.ask("waits")
        generation_id = (await studio.jobs.get(studio.actor, job_id)).generations[0].id
        async with reading(streams, studio.actor, job_id=job_id) as reader:
            known = (await reader.snapshot()).position
        await say(studio, generation_id, times=4)
        async with reading(streams, studio.actor, known, job_id=job_id) as reader:
            assert (await reader.snapshot()).position == known + 4

    async def test_the_id_of_another_tenants_event_is_as_good_as_any(
        self, studio: Studio, streams: StreamService
    ):
        board = await studio.boards.default(studio.actor)
        await studio.ask("sample", actor=await studio.another_tenant())
        async with reading(streams, studio.actor, board_id=board.id) as reader:
            known = (await reader.snapshot()).position
        job_id = await studio.ask("sample")
        async with reading(streams, studio.actor, known, board_id=board.id) as reader:
            assert (await reader.event()).job_id == job_id

    async def test_a_job_that_ended_meanwhile_is_told_to_its_end(
        self, studio: Studio, streams: StreamService
    ):
        job_id = await studio.ask("sample")
        async with reading(streams, studio.actor, job_id=job_id) as reader:
            known = (await reader.snapshot()).position
        await studio.jobs.cancel(studio.actor, job_id)
        async with reading(streams, studio.actor, known, job_id=job_id) as reader:
            (event,), view, end = await reader.to_the_end()
        assert (event.data["phase"], view.state) == ("cancelled", JobState.CANCELLED)
        async with reading(streams, studio.actor, end.position, job_id=job_id) as reader:
            assert (await reader.end()).why is Ending.FINISHED


class TestRights:
    async def test_a_strangers_job_and_board_look_missing(
        self, studio: Studio, streams: StreamService
    ):
        board = await studio.boards.default(studio.actor)
        job_id = await studio.ask("sample")
        for actor in (await studio.another_tenant(), await studio.colleague()):
            for job, on in ((job_id, None), (None, board.id)):
                async with reading(streams, actor, job_id=job, board_id=on) as reader:
                    with pytest.raises(NotFound):
                        await reader.next()

    async def test_everybody_may_see_a_public_board_but_not_how_things_are_made_there(
        self, studio: Studio, streams: StreamService
    ):
        board = await studio.boards.create(studio.actor, "Open", is_public=True)
        async with reading(streams, await studio.colleague(), board_id=board.id) as reader:
            with pytest.raises(Forbidden):
                await reader.next()

    async def test_a_viewer_follows_and_is_cut_off_when_dismissed(
        self, studio: Studio, streams: StreamService
    ):
        board = await studio.boards.create(studio.actor, "Shared")
        viewer = await member(studio, board.id)
        async with (
            reading(streams, viewer, board_id=board.id) as theirs,
            reading(streams, studio.actor, board_id=board.id) as mine,
        ):
            await theirs.snapshot()
            await mine.snapshot()
            first = await studio.ask("sample", board_id=board.id)
            assert (await theirs.event()).job_id == (await mine.event()).job_id == first
            dismiss(studio, board.id)
            second = await studio.ask("sample", board_id=board.id)
            assert (await theirs.end()).why is Ending.FORBIDDEN
            assert await theirs.rest() == []
            assert (await mine.event()).job_id == second

    async def test_a_dismissed_viewers_own_stream_goes_on_without_the_board(
        self, studio: Studio, streams: StreamService
    ):
        board = await studio.boards.create(studio.actor, "Shared")
        viewer = await member(studio, board.id)
        async with reading(streams, viewer) as reader:
            await reader.snapshot()
            dismiss(studio, board.id)
            await studio.ask("sample", board_id=board.id)
            own = await studio.ask("sample", actor=viewer)
            assert (await reader.event()).job_id == own

    async def test_who_is_dismissed_while_lagging_gets_no_new_snapshot(
        self, studio: Studio, streams: StreamService, tail: Tail
    ):
        board = await studio.boards.create(studio.actor, "Shared")
        viewer = await member(studio, board.id)
        async with reading(streams, viewer, board_id=board.id) as reader:
            await reader.snapshot()
            (subscription,) = tail._subscribed[board.id]
            dismiss(studio, board.id)
            subscription._lost = True
            subscription._ready.set()
            assert (await reader.end()).why is Ending.FORBIDDEN


class TestOtherProcesses:
    async def test_their_events_are_found_by_looking(self, studio: Studio):
        tail = Tail(database=studio.database, look_every=0.01)
        streams = StreamService(database=studio.database, tail=tail)
        await tail.start()
        job_id = await studio.ask("sample")
        generation = (await studio.jobs.get(studio.actor, job_id)).generations[0]
        other = await connect(f"sqlite:///{studio.folder / 'boards.db'}")
        async with reading(streams, studio.actor, job_id=job_id) as reader:
            await reader.snapshot()
            await other.write(
                lambda tx: announce(
                    tx, generation, "progress", phase=Phase.PENDING, now=studio.clock.now()
                ),
                scope=SYSTEM,
            )
            assert (await reader.event()).type == "progress"
        await other.close()
        await tail.stop()
