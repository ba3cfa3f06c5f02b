"""Addresses of files for those who cannot sign in: good for one file, for an hour."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from boards.adapters.storage.objects import ObjectStorage
from boards.api.errors import add_error_handlers
from boards.api.rest import files
from boards.errors import NotFound
from boards.services.file_links import PATH, FileLinks, LinkedFile
from tests.api.doubles import client_of

SECRET = "a secret of at least 32 characters"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = f"{uuid4()}/2026/11/image/{uuid4()}.png"


def links(*, secret: str | None = SECRET, at: datetime = NOW) -> FileLinks:
    return FileLinks(public_url="https://boards.example", secret=secret, now=lambda: at)


def read(url: str, at: FileLinks, **changes: str) -> object:
    parts = urlsplit(url)
    said = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    key = said.pop("key", unquote(parts.path).removeprefix(f"{PATH}/"))
    return at.read(key, said["type"], int(said["expires"]), said["signature"])


class TestAnAddress:
    def test_it_names_its_file_and_its_type(self):
        url = links().url(KEY, "image/png")
        assert url is not None
        assert url.startswith(f"https://boards.example{PATH}/{KEY}?")
        found = read(url, links())
        assert found == LinkedFile(key=KEY, mime="image/png")

    def test_it_is_over_after_an_hour(self):
        url = links().url(KEY, "image/png")
        assert url is not None
        read(url, links(at=NOW + timedelta(minutes=59)))
        with pytest.raises(NotFound, match="ask for a new one"):
            read(url, links(at=NOW + timedelta(minutes=60)))

    @pytest.mark.parametrize(
        "change",
        [
            {"key": KEY.replace(KEY[:36], str(uuid4()))},
            {"key": f"{KEY}/../../other"},
            {"type": "text/html"},
            {"expires": "99999999999"},
            {"signature": "0" * 48},
            {"signature": ""},
        ],
        ids=["another tenant's", "a path", "another type", "longer", "guessed", "none"],
    )
    def test_nothing_in_it_can_be_changed(self, change):
        url = links().url(KEY, "image/png")
        assert url is not None
        with pytest.raises(NotFound):
            read(url, links(), **change)

    def test_another_secret_reads_none(self):
        url = links().url(KEY, "image/png")
        assert url is not None
        with pytest.raises(NotFound):
            read(url, links(secret="another secret of 32 characters!!"))

    @given(st.text(max_size=60), st.text(max_size=60))
    def test_what_nobody_made_is_good_for_nothing(self, key, signature):
        with pytest.raises(NotFound):
            links().read(key, "image/png", 2**35, signature)

    def test_there_is_none_without_a_public_address_or_a_secret(self):
        assert FileLinks(secret=SECRET).url(KEY, "image/png") is None
        assert "BOARDS_PUBLIC_URL" in str(FileLinks(secret=SECRET).missing)
        assert links(secret=None).url(KEY, "image/png") is None
        assert "BOARDS_SECRET_KEY" in str(links(secret=None).missing)
        assert links().missing is None


async def test_the_file_is_served_to_whoever_has_the_address():
    storage = ObjectStorage.memory()
    await storage.put(KEY, b"all of it")
    app = FastAPI()
    add_error_handlers(app)
    made = FileLinks(public_url="http://test", secret=SECRET)
    app.include_router(files.router(made, storage))
    url = made.url(KEY, "image/png")
    assert url is not None
    async with client_of(app) as client:
        whole = await client.get(url)
        head = await client.head(url)
        part = await client.get(url, headers={"range": "bytes=4-5"})
        other = await client.get(url.replace("image%2Fpng", "text%2Fhtml"))
        bare = await client.get(url.partition("?")[0])

    assert (whole.status_code, whole.content) == (200, b"all of it")
    assert whole.headers["content-type"] == "image/png"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert (head.status_code, head.headers["content-length"]) == (200, "9")
    assert (part.status_code, part.content) == (206, b"of")
    assert other.status_code == 404
    assert bare.status_code == 422
