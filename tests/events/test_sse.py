"""Streams as server-sent events, over a real server."""

import asyncio
import socket

import httpx2
import pytest

from boards.api.links import Links
from boards.api.rest.events import Frames
from boards.domain.generations import Phase
from boards.ids import new_id
from boards.services.events import announce
from boards.services.ports import SYSTEM
from boards.services.streams import StreamService
from boards.services.tail import Tail
from tests.events.serving import Running, app_over, listening, serving
from tests.events.test_streams import say
from tests.services.samples import Waits
from tests.services.studio import WAIT, Studio, eventually

API = "/api/v1"


@pytest.fixture
async def running(studio: Studio, streams: StreamService, tail: Tail):
    async with serving(app_over(studio, streams), at_stop=tail.close) as running:
        yield running
        await running.stop()


async def get(running: Running, path: str, **headers: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, timeout=WAIT) as client:
        return await client.get(f"http://127.0.0.1:{running.port}{path}", headers=headers)


async def connect(running: Running, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    await writer.drain()
    return reader, writer


class TestTheWire:
    async def test_a_job_is_told_from_its_state_to_its_end(self, studio: Studio, running: Running):
        waits = studio.registry.get("waits")
        assert isinstance(waits, Waits)
        async with studio.process():
            job_id = await studio.ask("waits")
            async with listening(running, f"{API}/jobs/{job_id}/events") as (response, frames):
                first = await anext(frames)
                waits.go.set()
                rest = [frame async for frame in frames]
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-accel-buffering"] == "no"
        assert (first.event, first.retry) == ("", 2000)
        assert {frame.event for frame in rest} == {"snapshot", "event", "end"}
        assert rest[0].data["job"]["state"] in ("queued", "running")
        assert rest[-2].data["job"]["state"] == "done"
        assert rest[-1].data["reason"] == "finished"
        assert all(frame.id == frame.data["id"] for frame in rest)

    async def test_an_event_says_whose_it_is_and_how_things_stand(
        self, studio: Studio, running: Running
    ):
        job_id = await studio.ask("waits")
        generation = (await studio.jobs.get(studio.actor, job_id)).generations[0]
        async with listening(running, f"{API}/events?job_id={job_id}") as (_, frames):
            await anext(frames)
            snapshot = await anext(frames)
            await say(studio, generation.id, progress=0.25)
            frame = await anext(frames)
        assert frame.event == "event"
        assert frame.data == {
            "id": snapshot.id + 1,
            "type": "progress",
            "generation_id": str(generation.id),
            "job_id": str(job_id),
            "board_id": str(generation.board_id),
            "sequence": 2,
            "data": {
                "status": "pending",
                "phase": "pending",
                "progress": 0.25,
                "message": "",
                "needs_attention": False,
                "error": None,
            },
            "at": frame.data["at"],
        }

    async def test_line_breaks_in_a_message_break_no_frame(self, studio: Studio, running: Running):
        job_id = await studio.ask("waits")
        generation = (await studio.jobs.get(studio.actor, job_id)).generations[0]
        message = "one\ntwo\r\n\r\ndata: three\u2028\x85"
        async with listening(running, f"{API}/jobs/{job_id}/events") as (_, frames):
            await anext(frames)
            await anext(frames)
            await studio.database.write(
                lambda tx: announce(
                    tx,
                    generation,
                    "progress",
                    phase=Phase.PENDING,
                    message=message,
                    now=studio.clock.now(),
                ),
                scope=SYSTEM,
            )
            frame = await anext(frames)
        assert frame.data["data"]["message"] == message

    async def test_a_board_begins_with_its_generations(self, studio: Studio, running: Running):
        board = await studio.boards.default(studio.actor)
        job_id = await studio.ask("sample")
        for path in (f"{API}/events?board_id={board.id}", f"{API}/events"):
            async with listening(running, path) as (_, frames):
                await anext(frames)
                snapshot = await anext(frames)
            assert [one["job_id"] for one in snapshot.data["generations"]] == [str(job_id)]
            assert snapshot.data["job"] is None

    async def test_a_quiet_stream_is_kept_alive(self, studio: Studio, tail: Tail):
        streams = StreamService(database=studio.database, tail=tail, still_after=0.01)
        async with (
            serving(app_over(studio, streams), at_stop=tail.close) as running,
            listening(running, f"{API}/events") as (_, frames),
        ):
            await anext(frames)
            await anext(frames)
            assert (await anext(frames)).comments == ["still here"]

    async def test_a_stream_goes_on_after_the_last_event_id(self, studio: Studio, running: Running):
        job_id = await studio.ask("waits")
        generation = (await studio.jobs.get(studio.actor, job_id)).generations[0]
        path = f"{API}/jobs/{job_id}/events"
        async with listening(running, path) as (_, frames):
            await anext(frames)
            known = (await anext(frames)).id
        await say(studio, generation.id, times=2)
        async with listening(running, path, **{"Last-Event-ID": str(known)}) as (_, frames):
            await anext(frames)
            missed = [await anext(frames), await anext(frames)]
        assert [(frame.event, frame.id) for frame in missed] == [
            ("event", known + 1),
            ("event", known + 2),
        ]

    async def test_who_knows_the_end_is_told_not_to_come_back(
        self, studio: Studio, running: Running
    ):
        job_id = await studio.ask("sample")
        await studio.jobs.cancel(studio.actor, job_id)
        path = f"{API}/jobs/{job_id}/events"
        async with listening(running, path) as (_, frames):
            end = [frame async for frame in frames][-1]
        answer = await get(running, path, **{"Last-Event-ID": str(end.id)})
        assert (answer.status_code, answer.content) == (204, b"")

    @pytest.mark.parametrize("sent", ["", "nonsense", "-1", "9" * 400])
    async def test_what_is_no_event_id_gives_a_snapshot(
        self, studio: Studio, running: Running, sent: str
    ):
        async with listening(running, f"{API}/events", **{"Last-Event-ID": sent}) as (_, frames):
            await anext(frames)
            assert (await anext(frames)).event == "snapshot"


class TestRefusals:
    async def test_an_unknown_job_and_board_are_not_found(self, running: Running):
        for path in (f"/jobs/{new_id()}/events", f"/events?board_id={new_id()}"):
            answer = await get(running, API + path)
            assert answer.status_code == 404
            assert answer.json()["code"] == "not_found"

    async def test_a_job_and_a_board_at_once_are_refused(self, running: Running):
        answer = await get(running, f"{API}/events?job_id={new_id()}&board_id={new_id()}")
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["at"] == "board_id"

    async def test_a_misspelt_key_is_refused(self, running: Running):
        answer = await get(running, f"{API}/events?board={new_id()}")
        assert answer.status_code == 422


class TestLeaving:
    async def test_readers_who_vanish_leave_nothing_behind(
        self, studio: Studio, running: Running, tail: Tail
    ):
        before = len(asyncio.all_tasks())
        gone = []
        for number in range(30):
            reader, writer = await connect(running, f"{API}/events")
            if number % 3:
                # Some leave after the first frame, some before any.
                await reader.readuntil(b"event: snapshot")
            if number % 2:
                writer.transport.abort()
            else:
                writer.close()
            gone.append(writer)
        await eventually(lambda: tail.subscriptions == 0 and not running.server.server_state.tasks)
        assert tail._subscribed == {}
        await eventually(lambda: len(asyncio.all_tasks()) <= before)

    async def test_a_reader_who_reads_nothing_holds_nobody_up(
        self, studio: Studio, running: Running, tail: Tail
    ):
        job_id = await studio.ask("waits")
        generation = (await studio.jobs.get(studio.actor, job_id)).generations[0]
        with socket.create_connection(("127.0.0.1", running.port)) as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.sendall(f"GET {API}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            await eventually(tail._all)
            (subscription,) = tail._all()
            async with listening(running, f"{API}/jobs/{job_id}/events") as (_, frames):
                await anext(frames)
                await anext(frames)
                for _ in range(200):
                    await say(studio, generation.id, times=100)
                    assert {(await anext(frames)).event for _ in range(100)} == {"event"}
                    if subscription._lost:
                        break
            assert subscription._lost
            assert len(subscription._events) <= subscription.room
        await eventually(lambda: tail.subscriptions == 0)


class TestStopping:
    async def test_a_server_that_stops_ends_its_streams_first(
        self, studio: Studio, streams: StreamService, tail: Tail
    ):
        async with (
            serving(app_over(studio, streams), at_stop=tail.close) as running,
            listening(running, f"{API}/events") as (_, frames),
        ):
            await anext(frames)
            await anext(frames)
            await running.stop()
            (end,) = [frame async for frame in frames]
        assert (end.event, end.data["reason"]) == ("end", "closing")
        assert tail.subscriptions == 0

    async def test_a_server_that_says_nothing_cuts_its_streams_off(
        self, studio: Studio, streams: StreamService, tail: Tail
    ):
        app = app_over(studio, streams)
        async with serving(app, timeout_graceful_shutdown=0) as running:
            _, writer = await connect(running, f"{API}/events")
            await eventually(lambda: tail.subscriptions == 1)
            await running.stop()
            await eventually(lambda: tail.subscriptions == 0)
            writer.close()


async def test_an_event_that_many_follow_is_written_once_and_kept_for_a_while(
    studio: Studio,
):
    for _ in range(3):
        await studio.ask("sample")
    events = await studio.database.read(lambda tx: tx.events.after(last_id=0), scope=SYSTEM)
    frames = Frames(keep=2)
    links = Links(base="http://localhost")
    first = frames.of(events[0], links)
    assert frames.of(events[0], links) is first
    for event in events:
        frames.of(event, links)
    assert len(frames._events) == 2
