"""The page as it is served: exact names only, cached by hash, and under a strict content policy."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from boards.api.app import create_app
from boards.api.services import Services
from boards.api.web import CONTENT_POLICY, EDITOR_POLICY, editor_page, router

SCRIPT = b"console.log('boards');\n" * 40


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "_static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Boards</title>")
    (folder / "assets" / "index-abc123.js").write_bytes(SCRIPT)
    (folder / "assets" / "index-abc123.js.gz").write_bytes(gzip.compress(SCRIPT, mtime=0))
    (folder / ".sources").write_text("0" * 64)
    (tmp_path / "secret.txt").write_text("not part of the page")
    return folder


def client_of(folder: Path) -> httpx2.AsyncClient:
    app = create_app(cast(Services, None), version="1", routers=[router(folder)])
    transport = httpx2.ASGITransport(app=cast(Any, app))
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost:8088")


@pytest.fixture
async def client(built: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(built) as client:
        yield client


class TestIndex:
    async def test_it_stands_at_the_root_and_is_asked_for_again(self, client):
        answer = await client.get("/")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-cache"
        assert "<title>Boards</title>" in answer.text

    async def test_it_may_load_and_send_nothing_but_from_here(self, client):
        answer = await client.get("/")
        policy = answer.headers["content-security-policy"]
        assert policy == CONTENT_POLICY
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy

    async def test_what_is_known_is_not_sent_again(self, client):
        tag = (await client.get("/")).headers["etag"]
        answer = await client.get("/", headers={"If-None-Match": tag})
        assert answer.status_code == 304
        assert answer.content == b""


class TestEditor:
    async def test_its_page_is_not_among_those_that_anybody_gets(self, built):
        (built / "graphiql.html").write_text("<!doctype html><title>GraphiQL</title>")
        async with client_of(built) as client:
            assert (await client.get("/graphiql.html")).status_code == 404
        page = editor_page(built)
        assert page is not None
        assert b"GraphiQL" in page

    def test_where_nothing_was_built_there_is_none(self, tmp_path):
        assert editor_page(tmp_path) is None

    def test_it_runs_scripts_only_from_here(self):
        assert "script-src 'self';" in EDITOR_POLICY
        assert "connect-src 'self';" in EDITOR_POLICY


class TestAssets:
    async def test_a_hashed_name_is_kept_for_ever(self, client):
        answer = await client.get("/assets/index-abc123.js")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.content == SCRIPT

    async def test_it_goes_packed_to_whom_can_unpack_it(self, client):
        answer = await client.get(
            "/assets/index-abc123.js", headers={"Accept-Encoding": "br, gzip"}
        )
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert int(answer.headers["content-length"]) < len(SCRIPT)
        assert answer.content == SCRIPT

    @pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br"])
    async def test_it_goes_plain_to_others(self, client, accepted):
        answer = await client.get("/assets/index-abc123.js", headers={"Accept-Encoding": accepted})
        assert "content-encoding" not in answer.headers
        assert answer.content == SCRIPT

    async def test_head_gives_the_length_alone(self, client):
        answer = await client.head(
            "/assets/index-abc123.js", headers={"Accept-Encoding": "identity"}
        )
        assert int(answer.headers["content-length"]) == len(SCRIPT)
        assert answer.content == b""

    @pytest.mark.parametrize(
        "path",
        [
            "/assets/index-abc123.js.gz",
            "/assets/",
            "/assets/none.js",
            "/.sources",
            "/../secret.txt",
            "/assets/..%2f..%2fsecret.txt",
            "/%2e%2e/secret.txt",
        ],
    )
    async def test_nothing_else_is_there(self, client, path):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("application/problem+json")


async def test_the_page_is_no_part_of_the_contract(built: Path):
    app = create_app(cast(Services, None), version="1", routers=[router(built)])
    others = [path for path in app.openapi()["paths"] if not path.startswith("/api/")]
    assert others == ["/health", "/ready"]


async def test_without_a_build_the_root_says_how_to_make_one(tmp_path: Path):
    async with client_of(tmp_path) as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert "make web" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
