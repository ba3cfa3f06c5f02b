"""No web page of others can use this server through a visitor's browser."""

from typing import Any

import httpx2
import pytest

from boards.api.guard import Address, Guard, address_of
from tests.api.doubles import BASE, Doubles, MakeApp, client_of

SUBMIT = "/api/v1/generations"
BODY = {"generator": "paint", "inputs": {}}
JSON = {"content-type": "application/json"}


class TestHost:
    @pytest.mark.parametrize(
        "host", ["localhost", "localhost:8088", "LOCALHOST:1", "127.0.0.1:8088", "[::1]:8088"]
    )
    async def test_loopback_is_known_at_any_port(
        self, client: httpx2.AsyncClient, host: str
    ) -> None:
        assert (await client.get("/health", headers={"host": host})).status_code == 200

    @pytest.mark.parametrize(
        "host",
        [
            "evil.com",
            "evil.com:8088",
            "localhost.evil.com",
            "127.0.0.1.nip.io",
            "127.0.0.2",
            "0.0.0.0:8088",
            "boards.example",
        ],
    )
    @pytest.mark.parametrize("path", ["/health", "/api/v1/generations", "/nowhere"])
    async def test_a_rebound_name_is_refused_even_for_reading(
        self, client: httpx2.AsyncClient, doubles: Doubles, host: str, path: str
    ) -> None:
        answer = await client.get(path, headers={"host": host})
        assert answer.status_code == 421
        assert answer.json()["code"] == "misdirected"
        assert doubles.generations.calls == []

    @pytest.mark.parametrize("host", ["", "a b", "localhost/x", "x@localhost", "localhost:port"])
    async def test_a_malformed_host_is_refused(self, client: httpx2.AsyncClient, host: str) -> None:
        assert (await client.get("/health", headers={"host": host})).status_code == 400

    async def test_two_hosts_are_refused(self, client: httpx2.AsyncClient) -> None:
        headers = [("host", "localhost"), ("host", "evil.com")]
        assert (await client.get("/health", headers=headers)).status_code == 400

    async def test_what_a_proxy_says_of_the_host_counts_for_nothing(
        self, client: httpx2.AsyncClient
    ) -> None:
        headers = {
            "host": "evil.com",
            "x-forwarded-host": "localhost",
            "forwarded": "host=localhost",
        }
        assert (await client.get("/health", headers=headers)).status_code == 421

    async def test_configured_hosts_are_known_with_or_without_their_port(
        self, make_app: MakeApp
    ) -> None:
        app = make_app(
            allowed_hosts=["studio.lan", "other.lan:9000", "fd00::7"],
            public_url="https://boards.example",
        )
        expected = {
            "studio.lan:1234": 200,
            "other.lan:9000": 200,
            "other.lan:9001": 421,
            "[fd00::7]:8088": 200,
            "boards.example": 200,
            "www.boards.example": 421,
        }
        async with client_of(app) as client:
            seen = {
                host: (await client.get("/health", headers={"host": host})).status_code
                for host in expected
            }
        assert seen == expected

    @pytest.mark.parametrize("host", ["http://boards.example", "a/b", "", "*"])
    def test_a_configured_host_that_is_none_is_refused_at_the_start(
        self, make_app: MakeApp, host: str
    ) -> None:
        with pytest.raises(ValueError, match="is no host"):
            Guard(make_app(), allowed_hosts=[host], json_bytes=1)


class TestOrigin:
    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "https://evil.com"},
            {"origin": "null"},
            {"origin": "http://localhost:3000"},
            {"origin": "http://127.0.0.1:8088"},
            {"origin": "http://localhost:8088.evil.com"},
            {"origin": "file://"},
            {"origin": "chrome-extension://abc"},
            {"origin": ""},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "cross-site", "origin": BASE},
            {"sec-fetch-site": "same-origin", "origin": "https://evil.com"},
            {"referer": "https://evil.com/page"},
            {"referer": "http://[broken"},
        ],
    )
    async def test_a_foreign_page_can_spend_nothing(
        self, client: httpx2.AsyncClient, doubles: Doubles, headers: dict[str, str]
    ) -> None:
        answer = await client.post(SUBMIT, json=BODY, headers=headers)
        assert answer.status_code == 403
        assert answer.json()["code"] == "forbidden"
        assert doubles.submit.calls == []

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"origin": BASE},
            {"origin": BASE, "sec-fetch-site": "same-origin"},
            {"sec-fetch-site": "none"},
            {"referer": f"{BASE}/studio"},
        ],
    )
    async def test_our_own_page_and_programs_can(
        self, client: httpx2.AsyncClient, doubles: Doubles, headers: dict[str, str]
    ) -> None:
        assert (await client.post(SUBMIT, json=BODY, headers=headers)).status_code == 202
        assert len(doubles.submit.calls) == 1

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "QUERY"])
    async def test_every_method_that_may_change_something_is_held_to_it(
        self, client: httpx2.AsyncClient, method: str
    ) -> None:
        answer = await client.request(method, f"{SUBMIT}/x", headers={"origin": "https://evil.com"})
        assert answer.status_code == 403

    async def test_reading_across_sites_is_left_to_the_browser(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get("/health", headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 200
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers

    async def test_behind_a_tls_proxy_the_public_page_is_ours(
        self, make_app: MakeApp, doubles: Doubles
    ) -> None:
        app = make_app(public_url="https://boards.example")
        async with client_of(app, "http://boards.example") as client:
            headers = {"origin": "https://boards.example"}
            assert (await client.post(SUBMIT, json=BODY, headers=headers)).status_code == 202
            headers = {"origin": "https://boards.example:444"}
            assert (await client.post(SUBMIT, json=BODY, headers=headers)).status_code == 403

    async def test_a_websocket_of_a_foreign_page_is_closed_before_it_opens(
        self, make_app: MakeApp
    ) -> None:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        scope = {
            "type": "websocket",
            "path": "/ws",
            "headers": [(b"host", b"localhost:8088"), (b"origin", b"https://evil.com")],
        }
        await make_app()(scope, receive, send)
        assert [message["type"] for message in sent] == ["websocket.close"]


class TestContentType:
    @pytest.mark.parametrize(
        "kind",
        [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonp",
            "application/octet-stream",
            "",
        ],
    )
    async def test_what_a_plain_form_can_send_is_refused(
        self, client: httpx2.AsyncClient, doubles: Doubles, kind: str
    ) -> None:
        answer = await client.post(
            SUBMIT, content=b'{"generator": "paint", "inputs": {}}', headers={"content-type": kind}
        )
        assert answer.status_code == 415
        assert answer.json()["code"] == "unsupported"
        assert doubles.submit.calls == []

    async def test_a_body_without_a_type_is_refused(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post(SUBMIT, content=b"{}")
        assert answer.status_code == 415

    async def test_a_form_without_a_body_is_refused_too(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await client.post("/api/v1/jobs/x/cancel", headers={"content-type": "text/plain"})
        assert answer.status_code == 415
        assert doubles.jobs.calls == []

    @pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
    async def test_json_is_json_however_it_is_spelt(
        self, client: httpx2.AsyncClient, kind: str
    ) -> None:
        answer = await client.post(
            SUBMIT, content=b'{"generator": "paint", "inputs": {}}', headers={"content-type": kind}
        )
        assert answer.status_code == 202

    async def test_json_to_uploads_is_told_to_be_a_form(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post("/api/v1/uploads", content=b"x", headers={"content-type": "a/b"})
        assert answer.status_code == 415
        assert "multipart/form-data" in answer.json()["detail"]
        assert (await client.post("/api/v1/uploads", json={})).status_code == 415


class TestJson:
    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b"nonsense",
            b'{"generator": "paint", "inputs": {"x": NaN}}',
            b'{"generator": "paint", "inputs": {"x": Infinity}}',
            b'{"generator": "\\ud800", "inputs": {}}',
            b'{"generator": "\xff", "inputs": {}}',
            b'{"generator": "paint", "inputs": {"x": ' + b"[" * 5000 + b"]" * 5000 + b"}}",
            b'{"generator": "paint", "inputs": {"x": ' + b"9" * 5000 + b"}}",
        ],
    )
    async def test_what_is_no_json_is_malformed(
        self, client: httpx2.AsyncClient, doubles: Doubles, body: bytes
    ) -> None:
        answer = await client.post(SUBMIT, content=body, headers=JSON)
        assert answer.status_code == 400
        assert answer.json()["code"] == "invalid_input"
        assert doubles.submit.calls == []

    async def test_no_body_at_all_is_invalid(self, client: httpx2.AsyncClient) -> None:
        assert (await client.post(SUBMIT, headers=JSON)).status_code == 422
        assert (await client.post(SUBMIT)).status_code == 422

    async def test_a_large_body_is_refused_before_it_is_read(
        self, make_app: MakeApp, doubles: Doubles
    ) -> None:
        async with client_of(make_app(json_bytes=200)) as client:
            fits = b'{"generator": "paint", "inputs": {}}'.ljust(200)
            assert (await client.post(SUBMIT, content=fits, headers=JSON)).status_code == 202
            answer = await client.post(SUBMIT, content=fits + b" ", headers=JSON)
            assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert len(doubles.submit.calls) == 1

    async def test_a_body_of_unsaid_length_is_read_no_further_than_the_limit(
        self, make_app: MakeApp
    ) -> None:
        given = 0

        async def pieces() -> Any:
            nonlocal given
            for _ in range(1000):
                given += 1
                yield b" " * 100

        # The test transport hands over what it has; what counts is where the reading ends.
        app = make_app(json_bytes=1000)
        messages = pieces()

        async def receive() -> Any:
            return {"type": "http.request", "body": await anext(messages), "more_body": True}

        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": SUBMIT,
            "query_string": b"",
            "headers": [
                (b"host", b"localhost"),
                (b"content-type", b"application/json"),
                (b"transfer-encoding", b"chunked"),
            ],
        }
        await app(scope, receive, send)
        assert sent[0]["status"] == 413
        assert given == 11

    async def test_a_caller_who_leaves_in_mid_body_is_answered_with_nothing(
        self, make_app: MakeApp, doubles: Doubles
    ) -> None:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [
            (b"host", b"localhost"),
            (b"content-type", b"application/json"),
            (b"content-length", b"10"),
        ]
        scope = {"type": "http", "method": "POST", "path": SUBMIT, "headers": headers}
        await make_app()(scope, receive, send)
        assert sent == []
        assert doubles.submit.calls == []


class TestAddress:
    @pytest.mark.parametrize(
        ("text", "host", "port"),
        [
            ("localhost", "localhost", None),
            ("LocalHost:80", "localhost", 80),
            ("localhost.", "localhost", None),
            ("[::1]", "[::1]", None),
            ("[::1]:8088", "[::1]", 8088),
        ],
    )
    def test_a_host_is_read_with_its_port(self, text: str, host: str, port: int | None) -> None:
        assert address_of(text) == Address(host=host, port=port)

    @pytest.mark.parametrize(
        "text",
        ["", ":80", "a:b", "a:99999", "a/b", "a?b", "a#b", "u@a", "a b", "ä.de", "a,b", "::1"],
    )
    def test_anything_else_is_none(self, text: str) -> None:
        assert address_of(text) is None
