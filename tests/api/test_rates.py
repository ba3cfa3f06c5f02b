"""How often somebody may ask: by token, by session, by address."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from boards.api.rates import RateLimits, Rates
from boards.errors import Unauthenticated
from boards.services.throttle import Allowance, Throttle
from tests.api.doubles import Doubles, MakeApp, client_of

BOARDS = "/api/v1/boards"
ONE = {"authorization": "Bearer one"}
OTHER = {"authorization": "Bearer other"}
SESSION = {"cookie": "theme=dark; boards_session=abc"}


@pytest.fixture
def limited(make_app: MakeApp, doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    async def actor_for(connection: HTTPConnection) -> Any:
        if "wrong" in connection.headers.get("authorization", ""):
            raise Unauthenticated
        return doubles.actor

    monkeypatch.setattr(doubles, "actor_for", actor_for)
    return make_app(rates=RateLimits(signed_in=3, visitors=2))


async def statuses(client: httpx2.AsyncClient, count: int, **sent: Any) -> list[int]:
    return [(await client.get(BOARDS, **sent)).status_code for _ in range(count)]


class TestLimits:
    async def test_who_asks_too_often_is_told_when_to_come_again(self, limited: FastAPI) -> None:
        async with client_of(limited) as client:
            assert await statuses(client, 3, headers=ONE) == [200, 200, 200]
            answer = await client.get(BOARDS, headers=ONE)
        assert answer.status_code == 429
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "throttled"
        assert 1 <= int(answer.headers["retry-after"]) <= 20
        assert answer.headers["ratelimit-remaining"] == "0"

    async def test_each_token_has_its_own(self, limited: FastAPI) -> None:
        async with client_of(limited) as client:
            await statuses(client, 4, headers=ONE)
            assert await statuses(client, 1, headers=OTHER) == [200]

    async def test_a_session_counts_whatever_else_is_in_the_cookies(self, limited: FastAPI) -> None:
        async with client_of(limited) as client:
            assert await statuses(client, 3, headers=SESSION) == [200, 200, 200]
            more = {"cookie": "boards_session=abc; theme=light"}
            assert await statuses(client, 1, headers=more) == [429]

    async def test_visitors_are_counted_by_their_address(self, limited: FastAPI) -> None:
        async with client_of(limited) as client:
            assert await statuses(client, 3) == [200, 200, 429]

    async def test_everybody_is_told_what_is_left(self, limited: FastAPI) -> None:
        async with client_of(limited) as client:
            first = await client.get(BOARDS, headers=ONE)
            second = await client.get(BOARDS, headers=ONE)
        assert first.headers["ratelimit-limit"] == "3"
        assert [one.headers["ratelimit-remaining"] for one in (first, second)] == ["2", "1"]
        assert int(second.headers["ratelimit-reset"]) in range(30, 41)

    async def test_a_refusal_is_as_hardened_as_any_answer(self, limited: FastAPI) -> None:
        async with client_of(limited) as client:
            await statuses(client, 3)
            answer = await client.get(BOARDS)
        assert answer.status_code == 429
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.json()["request_id"] == answer.headers["x-request-id"]

    async def test_whether_the_server_is_up_is_not_counted(self, limited: FastAPI) -> None:
        async with client_of(limited) as client:
            for _ in range(9):
                answer = await client.get("/health")
                assert answer.status_code == 200
                assert "ratelimit-limit" not in answer.headers

    async def test_without_limits_nothing_is_counted(self, make_app: MakeApp) -> None:
        async with client_of(make_app(rates=RateLimits())) as client:
            assert set(await statuses(client, 20)) == {200}


class TestWrongCredentials:
    async def test_making_them_up_gets_nobody_around_the_limit(
        self, limited: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("boards.api.rates.WRONG_PER_MINUTE", 5)
        async with client_of(limited) as client:
            found = [
                (
                    await client.get(BOARDS, headers={"authorization": f"Bearer wrong {one}"})
                ).status_code
                for one in range(7)
            ]
        assert found == [401] * 5 + [429] * 2

    async def test_who_has_been_let_in_is_not_shut_out_with_them(
        self, limited: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("boards.api.rates.WRONG_PER_MINUTE", 2)
        async with client_of(limited) as client:
            assert await statuses(client, 1, headers=ONE) == [200]
            for one in range(4):
                await client.get(BOARDS, headers={"authorization": f"Bearer wrong {one}"})
            assert await statuses(client, 1, headers=ONE) == [200]
            assert await statuses(client, 1, headers=OTHER) == [429]


class TestMemory:
    def test_it_is_bounded_for_buckets(self) -> None:
        throttle = Throttle(allowance=Allowance(tries=5, seconds=1), most=10)
        for one in range(1000):
            throttle.take(str(one))
        assert len(throttle._used) == 10

    async def test_it_is_bounded_for_credentials(
        self, monkeypatch: pytest.MonkeyPatch, answering: Callable[..., Any]
    ) -> None:
        monkeypatch.setattr("boards.api.rates.KNOWN", 10)
        rates = Rates(answering, limits=RateLimits(signed_in=100_000))
        transport = httpx2.ASGITransport(rates)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for one in range(50):
                await client.get(BOARDS, headers={"authorization": f"Bearer {one}"})
        assert len(rates._good) == 10


@pytest.fixture
def answering() -> Callable[..., Any]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app
