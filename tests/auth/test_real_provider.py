"""Sign-in at a real OpenID Connect server, which knows nothing of us but what the protocol says."""

import json
import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest

from tests.auth.running import BASE, Running, running
from tests.db.conftest import sqlite_template
from tools.web import PROVIDER, program

__all__ = ["sqlite_template"]

pytestmark = pytest.mark.slow

CALLBACK = f"{BASE}/api/v1/session/oidc/callback"
SECRET = "a secret of the tests, which is long"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The server, by Node from a wheel. Where it is not installed, these tests say NOT RUN."""
    if not (PROVIDER / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("NOT RUN: no identity provider; `python -m tools.web provider` installs it")
    try:
        node = program()
    except SystemExit as reason:
        pytest.skip(f"NOT RUN: {reason}")
    with subprocess.Popen(
        [node, "server.mjs"],
        cwd=PROVIDER,
        env={**os.environ, "CALLBACK": CALLBACK},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, "the identity provider did not start"
            yield json.loads(line)["issuer"]
        finally:
            process.kill()


@pytest.fixture(params=["boards", "boards-public"])
async def house(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path, issuer: str
) -> AsyncIterator[Running]:
    """We are an application with a secret, or without one."""
    secret = {"oidc_client_secret": SECRET} if request.param == "boards" else {}
    async with running(
        tmp_path,
        sqlite_template,
        auth_provider="oidc",
        oidc_issuer=issuer,
        oidc_client_id=request.param,
        secret_key="a secret of ours, which is long enough",
        **secret,
    ) as house:
        yield house


async def sign_in_there(issuer: str, address: str, name: str) -> str:
    """Go through the provider's pages as a person does; gives where it sends the browser back."""
    async with httpx2.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(address)
        for _ in range(12):
            if answer.is_redirect:
                where = urljoin(str(answer.request.url), answer.headers["location"])
                if where.startswith(CALLBACK):
                    return where
                answer = await browser.get(where)
                continue
            assert answer.status_code == 200, answer.text
            action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            assert action, answer.text
            fields = {
                unescape(field): unescape(value)
                for field, value in re.findall(
                    r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text
                )
            }
            if 'name="login"' in answer.text:
                fields |= {"login": name, "password": "any"}
            where = urljoin(str(answer.request.url), unescape(action[1]))
            answer = await browser.post(where, data=fields)
    raise AssertionError("the provider never sent the browser back")


async def test_a_person_signs_in_and_works_by_their_session(house: Running, issuer: str) -> None:
    browser = house.browser()
    begun = await browser.get("/api/v1/session/oidc", params={"next": "/?board=7"})
    assert begun.status_code == 303, begun.text
    back = await sign_in_there(issuer, begun.headers["location"], "ann")
    answer = await browser.get(back)
    assert answer.headers["location"] == "/?board=7"
    me = (await browser.get("/api/v1/me")).json()
    assert (me["email"], me["display_name"]) == ("ann@studio.example", "Ann")
    made = await browser.post("/api/v1/boards", json={"title": "Mine"})
    assert made.status_code == 201, made.text

    stranger = house.browser()
    again = await stranger.get(back)
    assert again.headers["location"] == "/?sign_in=again"


async def test_a_changed_code_is_refused_by_the_provider_itself(
    house: Running, issuer: str
) -> None:
    browser = house.browser()
    begun = await browser.get("/api/v1/session/oidc")
    back = await sign_in_there(issuer, begun.headers["location"], "bob")
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    answer = await browser.get(
        "/api/v1/session/oidc/callback", params={**query, "code": query["code"][::-1]}
    )
    assert answer.headers["location"] == "/?sign_in=again"
    assert not (await browser.get("/api/v1/session")).json()["is_signed_in"]
