"""Frames are cut however the bytes come, and a broken stream goes on where it broke."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.client import AsyncBoards, Boards, Event, Forbidden, NotBoards, Snapshot, Unreachable
from boards.client.stream import FAILURES_IN_A_ROW, Frames

ID = "01890a5d-ac96-774b-bcce-000000000004"


def frame(name: str, **data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\nid: {data['id']}\n\n".encode()


def snapshot(number: int) -> bytes:
    return frame("snapshot", id=number, type="snapshot", generations=[], board_id=ID)


def event(number: int) -> bytes:
    return frame(
        "event",
        id=number,
        type="progress",
        generation_id=ID,
        job_id=ID,
        board_id=ID,
        sequence=number,
        data={"progress": 0.5},
        at="2026-03-01T12:00:00Z",
    )


def end(number: int, reason: str) -> bytes:
    return frame("end", id=number, type="end", reason=reason)


class Broken(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """Gives these bytes and then breaks off."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self.content
        raise httpx2.ReadError("reset")

    async def __aiter__(self):
        yield self.content
        raise httpx2.ReadError("reset")


class Server:
    """Answers each connection in turn, and keeps what it was asked for."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str | None] = []
        self.transport = httpx2.MockTransport(self)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.headers.get("last-event-id"))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def whole(*frames: bytes) -> httpx2.Response:
    return httpx2.Response(200, content=b"retry: 500\n\n" + b"".join(frames))


def cut(*frames: bytes) -> httpx2.Response:
    return httpx2.Response(200, stream=Broken(b"".join(frames)))


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("boards.client.synchronous.sleep", slept.append)
    monkeypatch.setattr("boards.client.asynchronous.sleep", sleep)
    return slept


async def messages_of(kind: str, server: Server) -> list[Snapshot | Event]:
    if kind == "sync":
        with Boards(transport=server.transport) as boards:
            return list(boards.events(board=ID))
    async with AsyncBoards(transport=server.transport) as boards:
        return [one async for one in boards.events(board=ID)]


@pytest.mark.parametrize("kind", ["sync", "async"])
class TestAStream:
    async def test_that_breaks_is_opened_again_after_its_last_message(self, kind, pauses):
        torn = event(3)[:-20]
        server = Server(
            cut(snapshot(1), event(2), torn),
            httpx2.ConnectError("refused"),
            httpx2.Response(502, text="<html>"),
            whole(event(3), end(3, "finished")),
        )

        found = await messages_of(kind, server)

        assert [one.id for one in found] == [1, 2, 3]
        assert server.asked == [None, "2", "2", "2"]
        assert pauses == [2.0, 4.0, 8.0, 0.0]

    async def test_of_a_server_that_stops_is_opened_again(self, kind, pauses):
        server = Server(whole(snapshot(1), end(4, "closing")), whole(event(5), end(5, "finished")))

        assert [one.id for one in await messages_of(kind, server)] == [1, 5]
        assert server.asked == [None, "4"]
        assert pauses == [0.5, 0.0]

    async def test_that_is_over_is_not_opened_again(self, kind):
        server = Server(cut(snapshot(1)), httpx2.Response(204))

        assert [one.id for one in await messages_of(kind, server)] == [1]
        assert server.asked == [None, "1"]

    async def test_that_one_may_follow_no_longer_says_so(self, kind):
        with pytest.raises(Forbidden):
            await messages_of(kind, Server(whole(snapshot(1), end(1, "forbidden"))))

    async def test_of_a_server_that_never_comes_back_ends(self, kind, pauses):
        with pytest.raises(Unreachable):
            await messages_of(kind, Server(cut(snapshot(1)), httpx2.ConnectError("refused")))

        assert len(pauses) == FAILURES_IN_A_ROW - 1
        assert max(pauses) <= 30

    async def test_that_cannot_be_read_is_not_tried_again(self, kind):
        server = Server(whole(frame("event", id=1)))

        with pytest.raises(NotBoards, match="type is missing"):
            await messages_of(kind, server)
        assert len(server.asked) == 1


TEXT = (
    "event: a\r\ndata: 1\rdata: é\u2028x\n\n"
    ": still here\n\n"
    "data:2\r\nretry: 1500\r\n\r\n"
    "event: x\n\n"
)
FOUND = [("a", "1\né\u2028x"), ("", "2")]


@given(st.lists(st.integers(1, 9), max_size=40))
def test_frames_are_the_same_however_the_bytes_are_cut(sizes):
    content, frames = b"\xef\xbb\xbf" + TEXT.encode(), Frames()
    found: list[tuple[str, str]] = []
    for size in [*sizes, len(content)]:
        found += frames.feed(content[:size])
        content = content[size:]

    assert found == FOUND
    assert frames.retry == 1.5
