"""Following a job or a board by a subscription over server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from boards.domain.access import Actor
from boards.domain.boards import BoardRole
from boards.ids import new_id
from boards.services.streams import StreamService
from boards.services.tail import Tail
from tests.graphql.asking import Server
from tests.rights.asking import as_json, ask
from tests.services.studio import Studio, eventually

JOB = "subscription ($id: UUID!) { jobUpdated(id: $id) { id state progress } }"
BOARD = """
    subscription ($id: UUID!, $last: String) {
      boardEvents(boardId: $id, lastEventId: $last) {
        id type generationId data generations { id } generation { id status user { id } }
      }
    }
"""


@pytest.fixture
async def tail(studio: Studio) -> AsyncIterator[Tail]:
    tail = Tail(database=studio.database, look_every=60.0)
    studio.database.listen(tail.wake)
    await tail.start()
    yield tail
    await tail.stop()


@pytest.fixture
def followed(server: Server, tail: Tail) -> Server:
    """A server whose streams ask for rights again before everything that they tell."""
    server.streams = StreamService(
        database=server.studio.database,
        tail=tail,
        still_after=30.0,
        ask_again=0.05,
        trusted_for=0.0,
    )
    return server


class Stream:
    """What a subscription says, read as graphql-sse clients read it."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.begun = asyncio.Event()

    def frames(self) -> list[tuple[str, Any]]:
        """Each complete event with its data; comments and `retry` are no events."""
        found = []
        text = b"".join(self.chunks).decode().replace("\r\n", "\n")
        for frame in text.split("\n\n")[:-1]:
            lines = dict(line.split(": ", 1) for line in frame.split("\n") if ": " in line)
            if "event" in lines:
                data = lines.get("data") or "null"
                found.append((lines["event"], json.loads(data)))
        return found

    async def until(self, count: int) -> list[tuple[str, Any]]:
        """Wait for so many events."""
        await eventually(lambda: len(self.frames()) >= count)
        return self.frames()


@asynccontextmanager
async def subscribed(server: Server, query: str, **variables: Any) -> AsyncIterator[Stream]:
    """Subscribe, and hang up at the end."""
    stream = Stream()
    body = as_json({"query": query, "variables": variables})
    task = asyncio.create_task(
        ask(
            server.app(),
            "POST",
            "/graphql",
            headers={"accept": "text/event-stream"},
            body=body,
            content_type="application/json",
            begun=stream.begun,
            heard=stream.chunks,
        )
    )
    try:
        yield stream
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_job_is_told_up_to_its_end(studio: Studio, followed: Server):
    job_id = await studio.ask("sample")
    async with subscribed(followed, JOB, id=str(job_id)) as stream:
        [(kind, first)] = await stream.until(1)
        assert (kind, first["data"]["jobUpdated"]["state"]) == ("next", "QUEUED")
        await studio.lapse()
        async with studio.process():
            await eventually(lambda: ("complete", None) in stream.frames())
    *parts, end = stream.frames()
    assert end == ("complete", None)
    assert parts[-1][1]["data"]["jobUpdated"] == {
        "id": str(job_id),
        "state": "DONE",
        "progress": 1.0,
    }


async def test_a_board_tells_how_things_stand_and_then_what_happens(
    studio: Studio, followed: Server
):
    board = await studio.boards.default(studio.actor)
    async with subscribed(followed, BOARD, id=str(board.id)) as stream:
        [(_, first)] = await stream.until(1)
        assert first["data"]["boardEvents"]["type"] == "snapshot"
        assert first["data"]["boardEvents"]["generations"] == []
        await studio.ask("sample")
        _, (_, created) = (await stream.until(2))[:2]
    told = created["data"]["boardEvents"]
    assert told["type"] == "created"
    assert told["data"]["status"] == "pending"
    assert told["generation"] == {
        "id": told["generationId"],
        "status": "PENDING",
        "user": {"id": str(studio.actor.user_id)},
    }


async def test_a_subscription_goes_on_after_the_last_event(studio: Studio, followed: Server):
    board = await studio.boards.default(studio.actor)
    async with subscribed(followed, BOARD, id=str(board.id)) as stream:
        [(_, first)] = await stream.until(1)
    last = first["data"]["boardEvents"]["id"]
    if last == "0":
        # Before the first event of all there is none to go on from.
        await studio.ask("sample")
        async with subscribed(followed, BOARD, id=str(board.id)) as stream:
            [(_, first)] = await stream.until(1)
        last = first["data"]["boardEvents"]["id"]
    await studio.ask("sample")
    async with subscribed(followed, BOARD, id=str(board.id), last=last) as stream:
        [(_, missed)] = await stream.until(1)
    assert missed["data"]["boardEvents"]["type"] == "created"
    assert int(missed["data"]["boardEvents"]["id"]) > int(last)


async def test_whoever_is_seen_off_hears_no_more(studio: Studio, followed: Server):
    board = await studio.boards.default(studio.actor)
    colleague = await studio.colleague()
    assert colleague.user_id is not None
    await studio.curation.members.add(studio.actor, board.id, colleague.user_id, BoardRole.VIEWER)
    followed.actor = colleague
    async with subscribed(followed, BOARD, id=str(board.id)) as stream:
        await stream.until(1)
        await studio.curation.members.remove(studio.actor, board.id, colleague.user_id)
        await studio.ask("sample")
        frames = await stream.until(3)
    kinds = [kind for kind, _ in frames]
    assert kinds == ["next", "next", "complete"]
    assert frames[1][1]["data"] is None
    assert frames[1][1]["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_another_session_in_the_same_connection_ends_it(studio: Studio, followed: Server):
    board = await studio.boards.default(studio.actor)
    async with subscribed(followed, BOARD, id=str(board.id)) as stream:
        await stream.until(1)
        followed.actor = await studio.colleague()
        frames = await stream.until(3)
    assert frames[1][1]["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def refused(server: Server, query: str, **variables: Any) -> str:
    """The code of the one error, after which the stream is complete."""
    async with subscribed(server, query, **variables) as stream:
        (kind, answer), end = await stream.until(2)
    assert (kind, end) == ("next", ("complete", None))
    code = answer["errors"][0]["extensions"]["code"]
    assert isinstance(code, str)
    return code


async def test_what_may_not_be_followed_is_refused(studio: Studio, followed: Server):
    board = await studio.boards.create(studio.actor, "Open", is_public=True)
    hidden = await studio.boards.default(studio.actor)
    job_id = await studio.ask("sample")
    visitor = Actor(tenant_id=studio.actor.tenant_id, user_id=None)
    tries = [
        (await studio.colleague(), BOARD, board.id, "FORBIDDEN"),
        (visitor, BOARD, board.id, "UNAUTHENTICATED"),
        (visitor, BOARD, hidden.id, "NOT_FOUND"),
        (await studio.another_tenant(), BOARD, board.id, "NOT_FOUND"),
        (await studio.another_tenant(), JOB, job_id, "NOT_FOUND"),
        (studio.actor, JOB, new_id(), "NOT_FOUND"),
    ]
    for actor, query, thing, code in tries:
        followed.actor = actor
        assert await refused(followed, query, id=str(thing)) == code


async def test_what_is_wrong_is_said_in_the_stream(studio: Studio, followed: Server):
    board = await studio.boards.default(studio.actor)
    assert await refused(followed, BOARD, id=str(board.id), last="yesterday") == "INVALID_INPUT"
    assert await refused(followed, "subscription { nothing }") == "GRAPHQL_VALIDATION_FAILED"
    deep = "subscription ($id: UUID!) { boardEvents(boardId: $id) { generation { " + (
        "board { generations { " * 6 + "id" + " } }" * 6 + " } } }"
    )
    assert await refused(followed, deep, id=str(board.id)) == "TOO_COMPLEX"


async def test_a_query_may_come_by_events_as_well(followed: Server):
    async with subscribed(followed, "{ generators { name } }") as stream:
        frames = await stream.until(2)
    assert frames[0][1]["data"]["generators"]
    assert frames[1] == ("complete", None)


async def test_a_subscription_needs_a_stream(followed: Server):
    async with followed.client() as client:
        answer = await client.post(
            "/graphql", json={"query": JOB, "variables": {"id": str(new_id())}}
        )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_hanging_up_ends_the_subscription(studio: Studio, followed: Server, tail: Tail):
    board = await studio.boards.default(studio.actor)
    async with subscribed(followed, BOARD, id=str(board.id)) as stream:
        await stream.until(1)
        assert tail.subscriptions == 1
    assert tail.subscriptions == 0
