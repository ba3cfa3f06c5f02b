"""Pages of others: none may call, unless they are named, and then by a token and not by cookies."""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.api.doubles import Doubles, MakeApp, client_of

FRIEND = "https://app.example.com"
STRANGER = "https://evil.example"
BOARDS = "/api/v1/boards"


@pytest.fixture
def app(make_app: MakeApp) -> FastAPI:
    return make_app(allowed_origins=[FRIEND])


def from_page(origin: str, **more: str) -> dict[str, str]:
    return {"origin": origin, "sec-fetch-site": "cross-site", **more}


PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, content-type",
}


class TestClosed:
    async def test_by_default_no_page_of_others_reads_anything(self, make_app: MakeApp) -> None:
        async with client_of(make_app()) as client:
            answer = await client.get(BOARDS, headers=from_page(FRIEND))
            preflight = await client.options(BOARDS, headers=from_page(FRIEND, **PREFLIGHT))
        for one in (answer, preflight):
            assert not [name for name in one.headers if name.startswith("access-control")]

    async def test_by_default_no_page_of_others_changes_anything(self, make_app: MakeApp) -> None:
        async with client_of(make_app()) as client:
            answer = await client.post(BOARDS, json={"title": "x"}, headers=from_page(FRIEND))
        assert answer.status_code == 403


class TestNamed:
    async def test_a_named_page_reads(self, app: FastAPI) -> None:
        async with client_of(app) as client:
            answer = await client.get(BOARDS, headers=from_page(FRIEND))
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == FRIEND
        assert "origin" in answer.headers["vary"].lower()
        assert "X-Request-ID" in answer.headers["access-control-expose-headers"]

    async def test_a_named_page_may_ask_to_change(self, app: FastAPI) -> None:
        async with client_of(app) as client:
            preflight = await client.options(BOARDS, headers=from_page(FRIEND, **PREFLIGHT))
            answer = await client.post(BOARDS, json={"title": "x"}, headers=from_page(FRIEND))
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == FRIEND
        assert answer.status_code == 201

    async def test_it_gets_no_cookies_and_none_are_looked_at(
        self, app: FastAPI, doubles: Doubles, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[Any] = []

        async def actor_for(connection: Any) -> Any:
            seen.append(dict(connection.cookies))
            return doubles.actor

        monkeypatch.setattr(doubles, "actor_for", actor_for)
        cookie = {"cookie": "boards_session=abc"}
        async with client_of(app) as client:
            answer = await client.get(BOARDS, headers=from_page(FRIEND, **cookie))
            await client.get(BOARDS, headers=cookie)
        assert "access-control-allow-credentials" not in answer.headers
        assert seen == [{}, {"boards_session": "abc"}]

    @pytest.mark.parametrize(
        "origin", [STRANGER, f"{FRIEND}.evil.example", "http://app.example.com", "null"]
    )
    async def test_all_others_stay_out(self, app: FastAPI, origin: str) -> None:
        async with client_of(app) as client:
            read = await client.get(BOARDS, headers=from_page(origin))
            changed = await client.post(BOARDS, json={"title": "x"}, headers=from_page(origin))
            preflight = await client.options(BOARDS, headers=from_page(origin, **PREFLIGHT))
        assert "access-control-allow-origin" not in read.headers
        assert changed.status_code == 403
        assert preflight.status_code == 400

    async def test_a_form_is_no_more_taken_from_it_than_from_others(self, app: FastAPI) -> None:
        async with client_of(app) as client:
            answer = await client.post(
                BOARDS,
                content="title=x",
                headers=from_page(FRIEND, **{"content-type": "text/plain"}),
            )
        assert answer.status_code == 415
