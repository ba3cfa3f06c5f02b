"""What is taken away is gone at the next request, and on open streams of events as well."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
import pytest_asyncio
from fastapi import FastAPI

from boards.api.app import create_app
from boards.api.rest import events
from boards.domain.access import TenantRole, TokenScope
from boards.domain.boards import BoardRole
from boards.domain.generations import Phase
from boards.services.events import announce
from boards.services.ports import Tx
from boards.services.streams import StreamService
from boards.services.tail import Tail
from tests.rights.asking import Answer, as_json, ask
from tests.rights.world import Person, Place, World
from tests.services.studio import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

WAIT = 20.0
"""Seconds after which a wait gives up; no test is decided by it."""
ADMINISTERS = "/api/v1/audit"


async def newcomer(world: World, *, role: BoardRole | None = BoardRole.EDITOR) -> Person:
    """Somebody with a role on the shared board."""
    person = await world.newcomer(Place.SHARED)
    member = person.user_id
    assert member is not None
    if role is not None:
        board, now = world.boards[Place.SHARED], world.now()
        await world.write(lambda tx: tx.boards.add_member(board, member, role, now=now))
    return person


async def status(world: World, person: Person, path: str) -> int:
    return (await ask(world.api, "GET", path, headers=person.headers)).status


def of_board(world: World) -> str:
    return f"/api/v1/boards/{world.boards[Place.SHARED]}"


# Ways to take something away


async def disable(world: World, person: Person) -> None:
    user_id = person.user_id
    assert user_id is not None
    await world.write(lambda tx: tx.people.disable(user_id, at=world.now()))


async def end_sessions(world: World, person: Person) -> None:
    identity = person.identity_id
    assert identity is not None
    await world.write(lambda tx: tx.people.end_sessions(identity))


async def dismiss(world: World, person: Person) -> None:
    """Take their role on the board, as another process would."""
    assert person.user_id is not None
    path = world.app.settings.data_dir / "boards.db"
    with sqlite3.connect(path, timeout=WAIT) as driver:
        gone = driver.execute("DELETE FROM board_members WHERE user_id = ?", [person.user_id.bytes])
        assert gone.rowcount == 1
    driver.close()


async def revoke(world: World, person: Person) -> None:
    """By the route, as the owner of the token would."""
    token_id = world.tokens[person.headers["authorization"]]
    answer = await ask(
        world.api,
        "DELETE",
        f"/api/v1/tokens/{token_id}",
        headers={"authorization": person.headers["authorization"]},
    )
    assert answer.status == 204


WAYS: dict[str, tuple[Callable[[World, Person], Awaitable[None]], int]] = {
    "disabled": (disable, 403),
    "signed out": (end_sessions, 401),
    "dismissed": (dismiss, 404),
}


class TestRequests:
    @pytest.mark.parametrize("way", sorted(WAYS))
    async def test_the_next_request_is_refused(self, world: World, way: str) -> None:
        take_away, refused = WAYS[way]
        person = await newcomer(world)
        assert await status(world, person, of_board(world)) == 200
        await take_away(world, person)
        assert await status(world, person, of_board(world)) == refused

    async def test_a_revoked_token_is_refused(self, world: World) -> None:
        person = await world.reader(await newcomer(world))
        assert await status(world, person, of_board(world)) == 200
        await revoke(world, person)
        assert await status(world, person, of_board(world)) == 401

    async def test_a_token_goes_with_its_maker(self, world: World) -> None:
        maker = await newcomer(world)
        token = await world.reader(maker)
        await disable(world, maker)
        assert await status(world, token, of_board(world)) == 403

    async def test_an_administrator_no_more_administers_no_more(self, world: World) -> None:
        person = await newcomer(world)
        user_id = person.user_id
        assert user_id is not None
        await world.write(lambda tx: tx.people.set_role(user_id, TenantRole.ADMIN))
        _, text = await world.token(person, *TokenScope)
        token = {"authorization": f"Bearer {text}"}
        assert await status(world, person, ADMINISTERS) == 200
        assert (await ask(world.api, "GET", ADMINISTERS, headers=token)).status == 200
        boss = world.people["tenant admin"]
        changed = await ask(
            world.api,
            "PATCH",
            f"/api/v1/users/{user_id}",
            headers=boss.headers,
            body=as_json({"role": "member"}),
            content_type="application/json",
        )
        assert changed.status == 200
        assert await status(world, person, ADMINISTERS) == 403
        assert (await ask(world.api, "GET", ADMINISTERS, headers=token)).status == 403


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def impatient(world: World) -> AsyncIterator[FastAPI]:
    """The same app, whose streams ask again all the time."""
    tail = Tail(database=world.app.database, look_every=0.05)
    world.app.database.listen(tail.wake)
    await tail.start()
    streams = StreamService(
        database=world.app.database, tail=tail, still_after=0.01, ask_again=0.0, trusted_for=0.0
    )
    yield create_app(world.api.state.services, version="0", routers=[events.router(streams)])
    await tail.stop()


@asynccontextmanager
async def following(
    app: FastAPI, person: Person, query: dict[str, object], heard: list[bytes] | None = None
) -> AsyncIterator["asyncio.Task[Answer]"]:
    """An open stream; the task ends when the server ends it."""
    begun = asyncio.Event()
    stream = asyncio.create_task(
        ask(
            app,
            "GET",
            "/api/v1/events",
            headers=person.headers,
            query=query,
            begun=begun,
            heard=heard,
        )
    )
    async with asyncio.timeout(WAIT):
        await begun.wait()
    try:
        yield stream
    finally:
        stream.cancel()
        await asyncio.gather(stream, return_exceptions=True)


async def end_of(stream: "asyncio.Task[Answer]") -> str:
    """The last thing that a stream says."""
    async with asyncio.timeout(WAIT):
        answer = await stream
    return answer.text.strip().rsplit("\n\n", 1)[-1]


class TestStreams:
    @pytest.mark.parametrize("way", sorted(WAYS))
    @pytest.mark.parametrize("what", ["board_id", "job_id"])
    async def test_an_open_stream_ends(
        self, world: World, impatient: FastAPI, way: str, what: str
    ) -> None:
        person = await newcomer(world)
        followed: UUID = world.boards[Place.SHARED]
        if what == "job_id":
            followed = await world.job(Place.SHARED, None, is_over=False)
        async with following(impatient, person, {what: followed}) as stream:
            await WAYS[way][0](world, person)
            end = await end_of(stream)
        assert end.startswith("event: end")
        assert '"forbidden"' in end

    async def test_a_stream_by_a_revoked_token_ends(self, world: World, impatient: FastAPI) -> None:
        person = await world.reader(await newcomer(world))
        async with following(impatient, person, {}) as stream:
            await revoke(world, person)
            assert '"forbidden"' in await end_of(stream)

    async def test_a_stream_of_everything_goes_on_without_a_board(
        self, world: World, impatient: FastAPI
    ) -> None:
        person = await newcomer(world)
        async with following(impatient, person, {}) as stream:
            await dismiss(world, person)
            await say(world, "after-the-dismissal")
            await end_sessions(world, person)
            text = await end_of(stream)
            answer = await stream
        assert '"forbidden"' in text
        assert "after-the-dismissal" not in answer.text

    async def test_nothing_is_told_after_it(self, world: World, impatient: FastAPI) -> None:
        person = await newcomer(world)
        board = world.boards[Place.SHARED]
        async with following(impatient, person, {"board_id": board}) as stream:
            await end_sessions(world, person)
            await say(world, "too-late-for-them")
            await end_of(stream)
            answer = await stream
        assert "too-late-for-them" not in answer.text

    async def test_who_may_go_on_is_told_on(self, world: World, impatient: FastAPI) -> None:
        # Without this the tests above would also pass for streams that tell nothing.
        person = await newcomer(world)
        board = world.boards[Place.SHARED]
        heard: list[bytes] = []
        async with following(impatient, person, {"board_id": board}, heard) as stream:
            await say(world, "in-good-time")
            await eventually(lambda: b"in-good-time" in b"".join(heard))
            await end_sessions(world, person)
            assert '"forbidden"' in await end_of(stream)

    async def test_by_default_it_takes_seconds(self) -> None:
        assert StreamService.ask_again <= 5
        assert StreamService.trusted_for <= 1


async def say(world: World, message: str) -> None:
    """Have something happen on the shared board."""
    new = world.done(Place.SHARED, None)

    def work(tx: Tx) -> None:
        tx.generations.insert([new])
        announce(tx, new, "progress", phase=Phase.COMPLETED, message=message, now=world.now())

    await world.write(work)
