"""What surrounds every request: its id, the headers, and an answer to the unexpected."""

from typing import Any

import httpx2
import pytest
import structlog

from boards.api.envelope import SECURITY_HEADERS
from boards.errors import NotFound
from tests.api.doubles import Doubles, MakeApp, client_of, gen_id


class TestRequestId:
    async def test_a_harmless_id_is_taken_over(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/health", headers={"x-request-id": "web-1.2_3"})
        assert answer.headers["x-request-id"] == "web-1.2_3"

    @pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "a\tb", "ü", "-x", '{"a":1}'])
    async def test_any_other_is_replaced(self, client: httpx2.AsyncClient, sent: str) -> None:
        answer = await client.get("/health", headers=[(b"x-request-id", sent.encode())])
        assert len(answer.headers["x-request-id"]) == 32

    @pytest.mark.parametrize("path", ["/health", "/nowhere", "/api/v1/generations/x"])
    async def test_every_answer_carries_one(self, client: httpx2.AsyncClient, path: str) -> None:
        first, second = [await client.get(path) for _ in range(2)]
        assert first.headers["x-request-id"] != second.headers["x-request-id"]

    async def test_it_is_on_every_log_line_of_the_request_and_on_none_after(
        self, client: httpx2.AsyncClient, doubles: Doubles, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[Any] = []
        get = doubles.generations.get

        async def noting(*args: Any) -> Any:
            seen.append(structlog.contextvars.get_contextvars().get("request_id"))
            return await get(*args)

        monkeypatch.setattr(doubles.generations, "get", noting)
        await client.get(f"/api/v1/generations/{gen_id(1)}", headers={"x-request-id": "abc"})
        assert seen == ["abc"]
        assert "request_id" not in structlog.contextvars.get_contextvars()


class TestHeaders:
    @pytest.mark.parametrize("path", ["/health", "/nowhere", "/api/v1/generators"])
    @pytest.mark.parametrize("host", ["localhost", "evil.com"])
    async def test_every_answer_is_hardened(
        self, client: httpx2.AsyncClient, path: str, host: str
    ) -> None:
        answer = await client.get(path, headers={"host": host})
        for name, value in SECURITY_HEADERS:
            assert answer.headers[name] == value


class TestUnexpected:
    async def test_an_unexpected_exception_is_a_500_that_tells_nothing_private(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.submit.raises = RuntimeError("password=hunter2 in /srv/secret.db")
        with structlog.testing.capture_logs() as logs:
            answer = await client.post(
                "/api/v1/generations", json={"generator": "paint", "inputs": {}}
            )
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert "hunter2" not in answer.text
        assert "secret" not in answer.text
        problem = answer.json()
        assert (problem["code"], problem["status"]) == ("error", 500)
        assert problem["request_id"] == answer.headers["x-request-id"]
        (line,) = [one for one in logs if one["event"] == "request_failed"]
        assert line["error_id"] == problem["error_id"]
        assert problem["error_id"] in problem["detail"]

    async def test_an_answer_that_breaks_in_the_middle_breaks_the_connection(
        self, make_app: MakeApp, doubles: Doubles
    ) -> None:
        app = make_app()

        @app.get("/half")
        async def half() -> Any:
            from starlette.responses import StreamingResponse

            async def pieces() -> Any:
                yield b"one"
                raise OSError("the disk went")

            return StreamingResponse(pieces())

        async with client_of(app) as client:
            with pytest.raises(OSError, match="the disk went"):
                await client.get("/half")

    async def test_an_expected_refusal_is_no_failure_in_the_log(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.generations.raises = NotFound("gone")
        with structlog.testing.capture_logs() as logs:
            await client.get(f"/api/v1/generations/{gen_id(1)}")
        assert logs == []
