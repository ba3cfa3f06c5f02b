"""The client sends each request once, to one place, and reads whatever comes back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from boards.cli import remote
from boards.cli.exits import Exit, Stop
from boards.cli.remote import Client, open_client
from boards.settings import Settings

ADDRESS = "http://127.0.0.1:8088"
Answer = Callable[[httpx2.Request], httpx2.Response]


async def nowhere(_: str) -> Path | None:
    return None


def client_for(answer: Answer) -> Client:
    http = httpx2.AsyncClient(base_url=ADDRESS, transport=httpx2.MockTransport(answer))
    return Client(http=http, address=ADDRESS, locate=nowhere)


def problem(status: int, code: str, **more: object) -> Answer:
    body = {"type": f"urn:boards:error:{code}", "title": "T", "status": status, "detail": "Why."}
    return lambda _: httpx2.Response(status, json={**body, "code": code, **more})


async def stop_of(answer: Answer) -> Stop:
    with pytest.raises(Stop) as caught:
        await client_for(answer).generation("x")
    return caught.value


class TestAProblem:
    @pytest.mark.parametrize(
        ("status", "code", "exit_code"),
        [
            (404, "not_found", Exit.NOT_FOUND),
            (422, "invalid_input", Exit.USAGE),
            (402, "over_budget", Exit.OVER_BUDGET),
            (403, "forbidden", Exit.REFUSED),
            (502, "provider_broken", Exit.FAILED),
            (503, "not_configured", Exit.UNREACHABLE),
            (418, "a_new_refusal", Exit.REFUSED),
            (500, "a_new_fault", Exit.BROKEN),
        ],
    )
    async def test_ends_with_the_exit_code_of_its_code(self, status, code, exit_code):
        stop = await stop_of(problem(status, code))
        assert (stop.exit_code, stop.code, stop.message) == (exit_code, code, "Why.")

    async def test_keeps_where_and_its_other_members(self):
        answer = problem(
            422, "invalid_input", problems=[{"at": "inputs.n", "message": "m"}], request_id="r"
        )
        told = (await stop_of(answer)).problem()
        assert told["problems"] == [{"at": "inputs.n", "message": "m"}]
        assert told["request_id"] == "r"
        assert told["status"] == 422

    async def test_of_a_missing_sign_in_says_where_the_token_goes(self):
        assert "BOARDS_API_TOKEN" in (await stop_of(problem(401, "unauthenticated"))).message

    @pytest.mark.parametrize(
        "answer",
        [
            httpx2.Response(404, text="<html>nginx</html>"),
            httpx2.Response(500, json={"detail": "no code"}),
            httpx2.Response(502, json=["a"]),
            httpx2.Response(200, text="<html>a router's page</html>"),
            httpx2.Response(302, headers={"Location": "https://elsewhere.example/"}),
        ],
    )
    async def test_that_is_none_of_ours_says_that_no_boards_is_there(self, answer):
        stop = await stop_of(lambda _: answer)
        assert stop.exit_code is Exit.UNREACHABLE
        assert "is no Boards server" in stop.message


class TestALostAnswer:
    @staticmethod
    def lost(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("no answer")

    @staticmethod
    def refused(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    async def test_of_a_submit_is_asked_for_again_under_the_same_key(self):
        keys: list[str] = []

        def answer(request: httpx2.Request) -> httpx2.Response:
            keys.append(request.headers["Idempotency-Key"])
            if len(keys) == 1:
                raise httpx2.ReadError("reset")
            return httpx2.Response(202, json={"job_id": "j"})

        made = await client_for(answer).submit("g", {}, takes=1, board_id=None)
        assert made["job_id"] == "j"
        assert len(keys) == 2
        assert len(set(keys)) == 1

    @pytest.mark.parametrize("then", [httpx2.ReadError("reset"), httpx2.ConnectError("refused")])
    async def test_of_a_submit_that_stays_lost_is_for_a_person(self, then):
        keys: list[str] = []

        def answer(request: httpx2.Request) -> httpx2.Response:
            keys.append(request.headers["Idempotency-Key"])
            raise httpx2.ReadError("reset") if len(keys) == 1 else then

        with pytest.raises(Stop) as caught:
            await client_for(answer).submit("g", {}, takes=1, board_id=None, key="mine")
        assert caught.value.exit_code is Exit.ATTENTION
        assert "--idempotency-key mine" in caught.value.message
        assert set(keys) == {"mine"}
        assert len(keys) == 3

    async def test_of_a_submit_that_never_left_is_only_an_unreachable_server(self):
        with pytest.raises(Stop) as caught:
            await client_for(self.refused).submit("g", {}, takes=1, board_id=None)
        assert caught.value.exit_code is Exit.UNREACHABLE
        assert "boards up" in caught.value.message

    async def test_of_anything_else_costs_nothing(self):
        stop = await stop_of(self.lost)
        assert (stop.exit_code, stop.code) == (Exit.UNREACHABLE, "no_answer")


class TestRequests:
    async def test_a_list_is_read_in_parts_up_to_its_limit(self):
        asked: list[dict[str, str]] = []

        def answer(request: httpx2.Request) -> httpx2.Response:
            query = dict(request.url.params)
            asked.append(query)
            first = int(query.get("cursor", "0"))
            items = [{"id": str(n)} for n in range(first, first + int(query["limit"]))]
            return httpx2.Response(200, json={"items": items, "next": str(first + len(items))})

        found = await client_for(answer).generations(status="failed", limit=450)
        assert [one["id"] for one in found] == [str(n) for n in range(450)]
        assert [query["limit"] for query in asked] == ["200", "200", "50"]
        assert all(query["status"] == "failed" and "type" not in query for query in asked)

    async def test_a_name_cannot_lead_to_another_route(self):
        seen: list[str] = []

        def answer(request: httpx2.Request) -> httpx2.Response:
            seen.append(request.url.raw_path.decode())
            return httpx2.Response(200, json={})

        await client_for(answer).generator("../generations?x=1#y")
        assert seen == ["/api/v1/generators/..%2Fgenerations%3Fx%3D1%23y"]

    async def test_an_upload_sends_its_fields_before_the_file(self, tmp_path):
        (tmp_path / "a.png").write_bytes(b"PIXELS")
        bodies: list[bytes] = []

        async def answer(request: httpx2.Request) -> httpx2.Response:
            bodies.append(await request.aread())
            return httpx2.Response(201, json={"id": "1"})

        http = httpx2.AsyncClient(base_url=ADDRESS, transport=httpx2.MockTransport(answer))
        client = Client(http=http, address=ADDRESS, locate=nowhere)
        await client.upload(tmp_path / "a.png", board_id="b")
        (body,) = bodies
        assert body.index(b'name="board_id"') < body.index(b'name="file"; filename="a.png"')
        assert b"PIXELS" in body

    async def test_a_file_that_cannot_be_read_is_a_usage_error(self, tmp_path):
        with pytest.raises(Stop) as caught:
            await client_for(problem(500, "error")).upload(tmp_path / "gone", board_id=None)
        assert caught.value.exit_code is Exit.USAGE

    async def test_a_download_is_asked_for_by_id_and_is_whole_or_not_there(self, tmp_path):
        def answer(request: httpx2.Request) -> httpx2.Response:
            if request.url.path == "/api/v1/generations/1/content":
                return httpx2.Response(200, content=b"PIXELS")
            return problem(404, "not_found")(request)

        client = client_for(answer)
        await client.download("1", tmp_path / "a.png")
        with pytest.raises(Stop):
            await client.download("2", tmp_path / "b.png")
        assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
        assert (tmp_path / "a.png").read_bytes() == b"PIXELS"


class TestTheServer:
    @pytest.fixture
    def requests(self, monkeypatch):
        """Have every client answered by a healthy Boards; gives what was sent."""
        sent: list[httpx2.Request] = []

        def answer(request: httpx2.Request) -> httpx2.Response:
            sent.append(request)
            return httpx2.Response(200, json={"status": "ok", "version": "1"})

        real = httpx2.AsyncClient

        def client(**options: Any) -> httpx2.AsyncClient:
            assert options["trust_env"] is False
            assert options["follow_redirects"] is False
            return real(**{**options, "transport": httpx2.MockTransport(answer)})

        monkeypatch.setattr(httpx2, "AsyncClient", client)
        return sent

    async def test_that_is_named_is_the_one_and_gets_the_token(self, requests, tmp_path):
        settings = Settings(
            data_dir=tmp_path, server="https://boards.example.com", api_token=SecretStr("tok-1")
        )
        async with open_client(settings) as client:
            await client.health()
        assert client.address == "https://boards.example.com"
        assert [r.headers["Authorization"] for r in requests] == ["Bearer tok-1"]

    async def test_that_runs_on_the_data_directory_is_found(self, requests, tmp_path):
        (tmp_path / "server.json").write_text(json.dumps({"url": ADDRESS, "pid": 1}))
        async with open_client(Settings(data_dir=tmp_path)) as client:
            assert client.address == ADDRESS
        assert "Authorization" not in requests[0].headers

    @pytest.mark.parametrize(
        "note",
        [
            '{"url": "http://evil.example:8088"}',
            '{"url": "https://127.0.0.1:8088"}',
            '{"url": 7}',
            "[]",
            "no json",
        ],
    )
    async def test_is_not_looked_for_where_a_strange_note_leads(self, requests, tmp_path, note):
        (tmp_path / "server.json").write_text(note)
        assert await remote._running(tmp_path) is None
        assert not requests


async def test_a_server_that_died_is_not_taken_for_running(tmp_path, monkeypatch):
    (tmp_path / "server.json").write_text(json.dumps({"url": "http://127.0.0.1:9", "pid": 1}))
    assert await remote._running(tmp_path) is None
