"""Files on their way out of a composed server: by signed addresses, and from a cloud."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import httpx2
import pytest
import pytest_asyncio

from boards.adapters.storage.objects import open_cloud
from boards.adapters.storage.providers import StorageKind, StorageProvider
from boards.bootstrap import App, asgi, open_app
from boards.domain.access import Actor
from boards.domain.artifacts import ArtifactType, MediaFacts, StoredFile
from boards.ids import new_id
from boards.services.file_links import FileLinks
from boards.services.generations import GenerationService
from boards.services.storage_links import FileLinkService
from boards.settings import Settings
from boards.testing.gcs import serving_gcs
from boards.testing.generators import tiny_png
from tests.api.doubles import client_of

HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"


@asynccontextmanager
async def running(folder: Path, storage: str = "{}") -> AsyncIterator[App]:
    file = folder / "storage.yaml"
    file.write_text(f"storage: {storage}", encoding="utf-8")
    settings = Settings(data_dir=folder / "data", storage_config_path=file)
    async with open_app(settings) as app:
        yield app


async def upload(app: App, data: bytes) -> str:
    made = await app.uploads.upload(app.actor, source=data, filename="a")
    return f"/api/v1/generations/{made.id}"


async def linked(client: httpx2.AsyncClient, path: str, **asked: bool) -> str:
    answer = await client.post(f"{path}/link", params=asked, json={})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    left = datetime.fromisoformat(found["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=58) < left <= timedelta(hours=1)
    url: str = found["url"]
    return url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    """One server for all: to compose one takes longer than what is asked of it."""
    async with running(tmp_path_factory.mktemp("studio")) as app:
        yield app


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(app: App) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(asgi(app)) as client:
        yield client


@pytest.mark.asyncio(loop_scope="module")
class TestAnAddressOfOurs:
    async def test_serves_the_file_with_all_that_goes_with_it(self, app, client):
        url = await linked(client, await upload(app, tiny_png()))
        whole = await client.get(url)
        assert (whole.status_code, whole.content) == (200, tiny_png())
        assert whole.headers["content-type"] == "image/png"
        assert whole.headers["content-disposition"].startswith("inline")
        assert whole.headers["x-content-type-options"] == "nosniff"
        part = await client.get(url, headers={"range": "bytes=1-3"})
        assert (part.status_code, part.content) == (206, b"PNG")
        etag = {"if-none-match": whole.headers["etag"]}
        assert (await client.get(url, headers=etag)).status_code == 304
        head = await client.head(url)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(tiny_png()))

    async def test_that_is_to_be_saved_says_so_and_cannot_be_turned(self, app, client):
        path = await upload(app, tiny_png())
        saved = await linked(client, path, download=True)
        answer = await client.get(saved)
        assert answer.headers["content-disposition"].startswith("attachment")
        shown = await client.get(saved.replace("&download=true", ""))
        assert shown.status_code == 404

    async def test_never_lets_a_page_run_on_our_origin(self, app, client):
        url = await linked(client, await upload(app, HTML))
        answer = await client.get(url)
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["content-security-policy"]

    async def test_is_over_after_its_time(self, app, client):
        path = await upload(app, tiny_png())
        url = await linked(client, path)
        later = replace(app.file_links.links, now=lambda: datetime.now(UTC) + timedelta(hours=2))
        links = replace(app.file_links, links=later)
        async with client_of(asgi(replace(app, file_links=links))) as tomorrow:
            assert (await tomorrow.get(url)).status_code == 404

    async def test_is_only_for_those_who_may_see_the_file_now(self, app, client):
        path = await upload(app, tiny_png())
        assert (await client.post(f"{path}/link", params={"extra": 3}, json={})).status_code == 404
        await client.delete(path)
        assert (await client.post(f"{path}/link", json={})).status_code == 404

    async def test_without_a_secret_there_is_none_where_many_answer(self, app, client):
        path = await upload(app, tiny_png())
        links = replace(app.file_links, links=replace(app.file_links.links, secret=None))
        assert isinstance(links, FileLinkService)
        async with client_of(asgi(replace(app, file_links=links))) as other:
            answer = await other.post(f"{path}/link", json={})
        assert answer.status_code == 503
        assert "BOARDS_SECRET_KEY" in answer.json()["detail"]


class TestACloud:
    async def test_serves_ranges_and_conditions_as_a_disk_does(self, tmp_path):
        with serving_gcs() as gcs:
            storage = _cloud(gcs.url, gcs.credentials)
            async with running(tmp_path, storage) as app, client_of(asgi(app)) as client:
                content = f"{await upload(app, tiny_png())}/content"
                whole = await client.get(content)
                part = await client.get(content, headers={"range": "bytes=-4"})
                beyond = await client.get(content, headers={"range": "bytes=99999-"})
                etag = {"if-none-match": whole.headers["etag"]}
                same = await client.get(content, headers=etag)
                head = await client.head(content)
                gcs.objects.clear()
                gone = await client.get(content)
        assert (whole.status_code, whole.content) == (200, tiny_png())
        assert (part.status_code, part.content) == (206, tiny_png()[-4:])
        assert (beyond.status_code, same.status_code) == (416, 304)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(tiny_png()))
        assert gone.status_code in (404, 507)

    async def test_gives_its_own_address_only_for_what_may_be_shown(self):
        told = {
            "bucket": "b",
            "region": "eu-central-1",
            "access_key_id": "AKID",
            "secret_access_key": "hunter2hunter2",
            "signed_urls": "true",
        }
        cloud = open_cloud(StorageProvider(name="s3", kind=StorageKind.S3, options=told))
        links = FileLinks(secret="a secret of at least 32 characters")
        actor = Actor(tenant_id=new_id(), user_id=new_id())
        key = cloud.new_key(actor.tenant_id, ArtifactType.IMAGE, "png")
        seen = []
        for mime, download in (
            ("image/png", False),
            ("image/png", True),
            ("text/html", False),
            ("image/svg+xml", False),
        ):
            facts = MediaFacts(format="png", mime=mime)
            file = StoredFile(key=key, size=1, sha256="00", facts=facts)
            service = FileLinkService(
                generations=cast(GenerationService, Holding(file)), storage=cloud, links=links
            )
            link = await service.link(actor, new_id(), base="http://us", download=download)
            host = urlsplit(link.url).netloc
            assert host == ("s3.eu-central-1.amazonaws.com" if link.is_direct else "us")
            seen.append((mime, download, link.is_direct))
        assert seen == [
            ("image/png", False, True),
            ("image/png", True, False),
            ("text/html", False, False),
            ("image/svg+xml", False, False),
        ]


@dataclass
class Holding:
    """Generations that all have one file."""

    file: StoredFile

    async def get(self, actor: object, generation_id: object) -> "Holding":
        return self


def _cloud(url: str, credentials: str) -> str:
    return (
        "{default_provider: gcs, providers: {gcs: {type: gcs, bucket: b,"
        f" endpoint: '{url}', credentials: '{credentials}'}}}}}}"
    )
