"""The whole way through REST, over the real services, a real database and real files."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from boards.api.app import create_app
from boards.api.services import Services, ShowingServices
from boards.domain.access import Actor
from boards.ids import new_id
from boards.testing.generators import tiny_png
from tests.api.doubles import client_of
from tests.services.samples import Many, Sample
from tests.services.studio import Studio, open_studio

API = "/api/v1"


@dataclass(kw_only=True)
class Seat:
    """Somebody at a client; `actor` may be changed for somebody else."""

    http: httpx2.AsyncClient
    studio: Studio
    actor: Actor

    async def submit(self, generator: str, **more: Any) -> dict[str, Any]:
        answer = await self.http.post(
            f"{API}/generations", json={"generator": generator, "inputs": {}, **more}
        )
        assert answer.status_code == 202, answer.text
        waited = await self.http.get(answer.headers["location"], params={"wait": "20"})
        job: dict[str, Any] = waited.json()
        return job

    async def upload(self, data: bytes, name: str = "a.png") -> httpx2.Response:
        return await self.http.post(f"{API}/uploads", files={"file": (name, data)})


_NONE = cast(Any, None)
"""What nobody asks for here."""


@pytest.fixture
async def seat(tmp_path: Path) -> AsyncIterator[Seat]:
    url = f"sqlite:///{tmp_path / 'boards.db'}"
    async with open_studio(url, tmp_path, [Sample(), Many()]) as studio, studio.process():
        seat: Seat

        async def actor_for(_: object) -> Actor:
            return seat.actor

        services = Services(
            generators=studio.generators,
            submit=studio.submit,
            generations=studio.generations,
            attention=studio.attention,
            jobs=studio.jobs,
            boards=studio.boards,
            curation=studio.curation,
            showing=ShowingServices(previews=studio.previews, recipes=studio.recipes),
            transfers=_NONE,
            keeping=_NONE,
            file_links=_NONE,
            uploads=studio.uploads,
            money=studio.money,
            keys=studio.keys,
            providers=studio.providers,
            storage=studio.storage,
            actor_for=actor_for,
        )
        async with client_of(create_app(services, version="1")) as http:
            seat = Seat(http=http, studio=studio, actor=studio.actor)
            yield seat


async def test_from_a_request_to_the_bytes(seat: Seat) -> None:
    job = await seat.submit("many")
    assert (job["state"], job["partial"]) == ("done", False)
    assert job["cost_actual"]["amount"] == "0"
    first = job["generations"][0]
    assert len(job["generations"]) == first["batch_size"] == 3
    answer = await seat.http.get(first["file"]["url"])
    assert answer.headers["content-type"] == "image/png"
    assert hashlib.sha256(answer.content).hexdigest() == first["file"]["sha256"]
    part = await seat.http.get(first["file"]["url"], headers={"range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")
    for extra in first["extra_files"]:
        data = (await seat.http.get(extra["url"])).content
        assert len(data) == extra["size"]


async def test_an_upload_is_an_artifact_like_any_other(seat: Seat) -> None:
    answer = await seat.upload(tiny_png(), "../../boat.png")
    assert answer.status_code == 201
    row = answer.json()
    assert (row["status"], row["artifact_type"], row["provider"]) == (
        "completed",
        "image",
        "upload",
    )
    assert row["inputs"] == {"filename": "boat.png"}
    assert (await seat.http.get(row["file"]["url"])).content == tiny_png()
    assert (await seat.http.get(answer.headers["location"])).json() == row


@pytest.mark.parametrize("data", [b"", tiny_png()[:20], b"<svg onload=alert(1)>"])
async def test_a_broken_upload_is_refused_and_leaves_nothing(seat: Seat, data: bytes) -> None:
    answer = await seat.upload(data)
    assert answer.status_code in {415, 422}
    assert (await seat.http.get(f"{API}/generations")).json()["items"] == []
    assert not [path for path in seat.studio.folder.rglob("*.png") if path.is_file()]


async def test_lists_can_be_read_to_their_end_by_cursor(seat: Seat) -> None:
    made = {(await seat.submit("sample"))["job_id"] for _ in range(3)}
    board = (await seat.http.post(f"{API}/boards", json={"title": "Other"})).json()
    for noun, key, expected in (
        ("generations", "job_id", made),
        ("jobs", "job_id", made),
        (
            "boards",
            "id",
            {board["id"], (await seat.submit("sample"))["generations"][0]["board_id"]},
        ),
    ):
        seen: list[str] = []
        cursor = None
        while True:
            query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
            page = (await seat.http.get(f"{API}/{noun}", params=query)).json()
            seen += [one[key] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert expected <= set(seen)
        assert len(seen) == len(set(seen))


async def test_a_cursor_that_is_none_is_refused(seat: Seat) -> None:
    for noun in ("generations", "jobs", "boards"):
        answer = await seat.http.get(f"{API}/{noun}", params={"cursor": "zzz"})
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["at"] == "cursor"


async def test_invalid_inputs_are_named_by_their_place(seat: Seat) -> None:
    answer = await seat.http.post(
        f"{API}/generations", json={"generator": "sample", "inputs": {"prompt": ""}}
    )
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["at"] == "inputs.prompt"


async def test_what_belongs_to_another_tenant_is_as_if_it_were_not_there(seat: Seat) -> None:
    job = await seat.submit("many")
    one = job["generations"][0]
    missing = str(new_id())
    seat.actor = await seat.studio.another_tenant()
    for method, path in (
        ("GET", "/generations/{}"),
        ("GET", "/generations/{}/content"),
        ("HEAD", "/generations/{}/content"),
        ("GET", "/generations/{}/files/0"),
        ("GET", "/generations/{}/thumbnail"),
        ("GET", "/generations/{}/lineage"),
        ("POST", "/generations/{}/cancel"),
        ("DELETE", "/generations/{}"),
    ):
        foreign = await seat.http.request(method, API + path.format(one["id"]))
        absent = await seat.http.request(method, API + path.format(missing))
        assert foreign.status_code == absent.status_code == 404
        assert masked(foreign, one["id"]) == masked(absent, missing)
    for path in (f"/jobs/{job['job_id']}", f"/boards/{one['board_id']}"):
        assert (await seat.http.get(API + path)).status_code == 404
    for noun in ("generations", "jobs"):
        assert (await seat.http.get(f"{API}/{noun}")).json()["items"] == []
        answer = await seat.http.get(f"{API}/{noun}", params={"board_id": one["board_id"]})
        assert answer.status_code == 404


def masked(answer: httpx2.Response, generation_id: str) -> str:
    """The answer without what must differ: the id that was asked for, and the request's own."""
    text = answer.text.replace(generation_id, "ID")
    return text.replace(answer.headers["x-request-id"], "REQUEST")
