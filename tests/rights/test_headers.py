"""Every kind of answer carries its id and the headers that keep a browser from harm."""

from uuid import UUID

import pytest

from boards.api.envelope import SECURITY_HEADERS
from tests.rights.asking import Answer, as_form, as_json, ask
from tests.rights.surfaces import Rest, operations_of
from tests.rights.world import PICTURE, Place, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

OWN = {"cache-control", "content-security-policy"}
"""What an answer may say otherwise than by default; the rest stands on each as it is."""
ALWAYS = {name.lower(): value for name, value in SECURITY_HEADERS if name.lower() not in OWN}


async def get(world: World, path: str, who: str = "owner") -> Answer:
    return await ask(world.api, "GET", path, headers=world.people[who].headers)


def assert_hardened(answer: Answer, where: str) -> None:
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, f"{where}: {name}"
    assert answer.headers["x-request-id"], where
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy, where
    assert "unsafe-eval" not in policy, where
    assert "script-src 'unsafe" not in policy, where
    assert "access-control-allow-origin" not in answer.headers, where


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", {200, 503}),
        ("/health", {200}),
        ("/nowhere", {404}),
        ("/api/v1/nowhere", {404}),
        ("/api/v1/openapi.json", {200}),
        ("/api/v1/boards", {200}),
        ("/api/v1/boards/nonsense", {422}),
        ("/api/v1/boards?limit=0", {422}),
        ("/graphql", {400, 404}),
        ("/assets/../../../etc/passwd", {404}),
    ],
)
async def test_every_answer_to_a_look_is_hardened(
    world: World, path: str, status: set[int]
) -> None:
    bare, _, query = path.partition("?")
    asked = dict(part.split("=") for part in query.split("&")) if query else {}
    answer = await ask(world.api, "GET", bare, headers=world.people["owner"].headers, query=asked)
    assert answer.status in status
    assert_hardened(answer, path)


async def test_every_route_is_hardened_for_whoever_is_refused(world: World) -> None:
    seen = set()
    for operation in operations_of(world.api):
        if isinstance(operation, Rest):
            path = operation.path.replace("{", "").replace("}", "")
            answer = await ask(world.api, operation.method, path)
            assert_hardened(answer, operation.key)
            seen.add(answer.status)
    assert len(seen) > 3


async def test_a_stream_is_hardened(world: World) -> None:
    answer = await get(world, "/api/v1/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert_hardened(answer, "events")


@pytest.mark.parametrize("what", ["content", "thumbnail", "files/0"])
async def test_a_file_is_hardened_and_sandboxed(world: World, what: str) -> None:
    generation_id = await world.generation(Place.SHARED, None)
    answer = await get(world, f"/api/v1/generations/{generation_id}/{what}")
    assert answer.body == PICTURE
    assert_hardened(answer, what)
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, no-cache"


PROGRAMS = {
    "page.html": b"<!doctype html><script>alert(1)</script>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "drawing.xml": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "text.txt": b"<html><body onload=alert(1)>",
    "both.gif": b"GIF89a/*<svg onload=alert(1)>*/=1;<script>alert(1)</script>",
    "both.png": PICTURE + b"<script>alert(1)</script>",
    "script.js": b"alert(1)",
}


@pytest.mark.parametrize("name", sorted(PROGRAMS))
async def test_no_upload_ever_acts_as_a_page_of_ours(world: World, name: str) -> None:
    body, kind = as_form({}, name=name, content=PROGRAMS[name])
    headers = world.people["owner"].headers
    uploaded = await ask(
        world.api, "POST", "/api/v1/uploads", headers=headers, body=body, content_type=kind
    )
    if uploaded.status != 201:
        assert uploaded.status in (415, 422), uploaded.text
        assert_hardened(uploaded, name)
        return
    served = await get(world, f"/api/v1/generations/{UUID(uploaded.json['id'])}/content")
    assert_hardened(served, name)
    shown_as = served.headers["content-type"].partition(";")[0]
    inline = served.headers["content-disposition"].startswith("inline")
    # What is a program is only ever saved.
    assert not inline or shown_as in ("image/png", "image/gif", "text/plain")
    assert "sandbox" in served.headers["content-security-policy"]


async def test_the_page_runs_only_what_this_server_serves(world: World) -> None:
    answer = await get(world, "/")
    assert_hardened(answer, "/")
    if answer.status == 200:
        assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_a_refusal_by_the_guard_is_hardened(world: World) -> None:
    answer = await ask(
        world.api,
        "POST",
        "/api/v1/boards",
        headers={"origin": "https://evil.example", **world.people["owner"].headers},
        body=as_json({"title": "x"}),
        content_type="application/json",
    )
    assert answer.status == 403
    assert_hardened(answer, "guard")
