"""Every surface asks the same way who is there: three credentials are taken, and no bad one is
taken for nobody."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from boards.domain.access import TenantRole
from boards.services.sessions import Visitor
from boards.services.sign_in import Credentials
from boards.testing.generators import tiny_png
from tests.auth.running import Running, running
from tests.db.conftest import sqlite_template

__all__ = ["sqlite_template"]

SECRET = "a secret of the tests, which is long enough"
SURFACES = {
    "rest": ("GET", "/api/v1/boards"),
    "me": ("GET", "/api/v1/me"),
    "graphql": ("POST", "/graphql"),
    "events": ("GET", "/api/v1/events?board_id={board}"),
    "file": ("GET", "/api/v1/generations/{generation}/content"),
    "thumbnail": ("GET", "/api/v1/generations/{generation}/thumbnail"),
    "upload": ("POST", "/api/v1/uploads"),
    "audit": ("GET", "/api/v1/audit"),
    "register": ("POST", "/api/v1/tenants/register"),
}
ME = b'{"query": "{ me { email role } }"}'


def bearer(*, secret: str = SECRET, **changes: Any) -> str:
    claims = {
        "iss": "boards",
        "aud": "boards-api",
        "sub": "ann",
        "email": "ann@studio.example",
        "iat": int(time.time()),
        "exp": int(time.time()) + 300,
        **changes,
    }
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret), ["HS256"])


@dataclass(kw_only=True)
class Surfaces:
    """One house, one person, and one thing of theirs to ask for on each surface."""

    house: Running
    credentials: dict[str, dict[str, str]]
    board: str
    generation: str

    async def status(self, surface: str, headers: dict[str, str]) -> int:
        """What a surface answers first; streams never end by themselves."""
        method, path = SURFACES[surface]
        path = path.format(board=self.board, generation=self.generation)
        path, _, query = path.partition("?")
        sent = {"host": "127.0.0.1:8088", **headers}
        body = b""
        if method == "POST":
            body = ME if surface == "graphql" else b'{"slug": "films", "name": "Films"}'
            kind = "application/json"
            if surface == "upload":
                body = (
                    b"--x\r\ncontent-disposition: form-data; name=file; filename=a.png\r\n\r\n"
                    + tiny_png()
                    + b"\r\n--x--\r\n"
                )
                kind = "multipart/form-data; boundary=x"
            sent |= {"content-type": kind, "content-length": str(len(body))}
        first: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        bodies = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            for message in bodies:
                return message
            await asyncio.shield(first)
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start" and not first.done():
                first.set_result(message["status"])

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), text.encode()) for name, text in sent.items()],
            "client": ("192.0.2.7", 1),
            "server": ("127.0.0.1", 8088),
        }
        task = asyncio.create_task(self.house.asgi(scope, receive, send))
        await asyncio.wait({task, first}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return first.result()


@pytest.fixture
async def surfaces(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Surfaces]:
    async with running(
        tmp_path,
        sqlite_template,
        auth_provider="jwt",
        jwt_secret=SECRET,
        tenant_registration="true",
        max_tenants_per_user="9",
    ) as house:
        people, origin = house.app.people, {"origin": house.base}
        ann = {"authorization": f"Bearer {bearer()}"}
        client = house.program(**ann)
        me = (await client.get("/api/v1/me")).json()
        await house.app.people.tenants.change_member(
            house.app.actor, UUID(me["user_id"]), role=TenantRole.ADMIN
        )
        made = await client.post(
            "/api/v1/tokens", json={"name": "t", "scopes": ["read", "generate", "admin"]}
        )
        assert made.status_code == 201, made.text
        identity = await people.sign_in.welcome(
            await people.sign_in.person_for(Credentials(bearer=bearer()))
        )
        session = await people.sessions.start(identity, Visitor())
        uploaded = await client.post(
            "/api/v1/uploads", files={"file": ("a.png", tiny_png(0x336699, size=64))}
        )
        assert uploaded.status_code == 201, uploaded.text
        generation = uploaded.json()
        yield Surfaces(
            house=house,
            credentials={
                "bearer": ann,
                "token": {"authorization": f"Bearer {made.json()['text']}"},
                "session": {"cookie": f"boards_session={session.text}", **origin},
            },
            board=generation["board_id"],
            generation=generation["id"],
        )


# An upload has no thumbnail, which is found out only after who asks.
GOOD = {"upload": 201, "thumbnail": 404}


@pytest.mark.parametrize("surface", SURFACES)
async def test_every_surface_takes_every_credential(surfaces: Surfaces, surface: str) -> None:
    for name, headers in surfaces.credentials.items():
        status = await surfaces.status(surface, headers)
        if surface == "register":
            # A program may not, and a second one of the same name is refused.
            assert status == {"bearer": 201, "token": 403, "session": 409}[name], name
        else:
            assert status == GOOD.get(surface, 200), name


@pytest.mark.parametrize("surface", SURFACES)
async def test_no_surface_takes_a_bad_credential_for_nobody(
    surfaces: Surfaces, surface: str
) -> None:
    good = bearer()
    bad = {
        "forged": f"Bearer {bearer(secret=SECRET[::-1])}",
        "expired": f"Bearer {bearer(exp=1)}",
        "another audience": f"Bearer {bearer(aud='elsewhere')}",
        "an unknown token": "Bearer boards_" + "A" * 43,
        "no token": "Bearer ",
        "a password": "Basic YW5uOnNlY3JldA==",
        "two at once": f"Bearer {good} {good}",
    }
    for name, text in bad.items():
        assert await surfaces.status(surface, {"authorization": text}) == 401, name
    origin = {"origin": surfaces.house.base}
    ended = {"cookie": "boards_session=" + "A" * 43, **origin}
    assert await surfaces.status(surface, ended) == 401


@pytest.mark.parametrize("surface", SURFACES)
async def test_a_bad_token_is_not_saved_by_a_good_cookie(surfaces: Surfaces, surface: str) -> None:
    headers = {**surfaces.credentials["session"], "authorization": "Bearer forged"}
    assert await surfaces.status(surface, headers) == 401


async def test_nobody_sees_nothing_of_somebody_s(surfaces: Surfaces) -> None:
    for surface in ("events", "file", "thumbnail", "upload", "audit", "register"):
        assert await surfaces.status(surface, {}) in {401, 403, 404}, surface
