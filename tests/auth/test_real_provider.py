"""Sign-in at a real OpenID Connect server, which knows nothing of us but what the protocol says."""

import json
import os
import re
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey

from boards.adapters.auth.auth0 import auth0_verifier
from boards.adapters.auth.bearer import BearerVerifier
from boards.adapters.auth.clerk import clerk_verifier
from boards.adapters.auth.jwt import jwt_verifier
from boards.adapters.auth.oidc import oidc_verifier
from boards.adapters.auth.supabase import supabase_verifier
from boards.errors import Unauthenticated
from boards.outbound.client import GuardedClient
from tests.auth.running import BASE, Running, running
from tests.db.conftest import sqlite_template
from tools.web import PROVIDER, program

__all__ = ["sqlite_template"]

pytestmark = pytest.mark.slow

CALLBACK = f"{BASE}/api/v1/session/oidc/callback"
SECRET = "a secret of the tests, which is long"


@contextmanager
def serving(**speaks_as: object) -> Iterator[dict[str, str]]:
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
        env={**os.environ, "CALLBACK": CALLBACK, "SPEAKS_AS": json.dumps(speaks_as)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, "the identity provider did not start"
            yield json.loads(line)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A server that is nobody but itself."""
    with serving() as server:
        yield server["issuer"]


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


@dataclass(frozen=True, kw_only=True)
class Product:
    """How one product names itself, and what checks its tokens."""

    speaks_as: dict[str, object] = field(default_factory=dict)
    verifier: Callable[[GuardedClient, str, bytes], BearerVerifier]


PRODUCTS = {
    "jwt": Product(
        verifier=lambda _, url, pem: jwt_verifier(
            algorithm="RS256", issuer=url, audience="boards", public_key_pem=pem.decode()
        )
    ),
    "oidc": Product(
        verifier=lambda client, url, _: oidc_verifier(client, issuer=url, audience="boards")
    ),
    "auth0": Product(
        speaks_as={
            "issuer": "https://boards.eu.auth0.example/",
            "jwks": "/.well-known/jwks.json",
        },
        verifier=lambda client, url, _: auth0_verifier(
            client, domain="boards.eu.auth0.example", audience="boards", base_url=url
        ),
    ),
    "clerk": Product(
        speaks_as={
            "issuer": "https://clerk.example",
            "jwks": "/.well-known/jwks.json",
            "claims": {"azp": "https://studio.example"},
        },
        verifier=lambda client, url, _: clerk_verifier(
            client,
            issuer="https://clerk.example",
            parties=("https://studio.example",),
            base_url=url,
        ),
    ),
    "supabase": Product(
        speaks_as={
            "issuer": "https://project.supabase.example/auth/v1",
            "jwks": "/auth/v1/.well-known/jwks.json",
            "audience": "authenticated",
            "claims": {"role": "authenticated"},
        },
        verifier=lambda client, url, _: supabase_verifier(
            client, url="https://project.supabase.example", base_url=url
        ),
    ),
}


async def token_of(url: str) -> str:
    """The token that the server gives to a program."""
    async with httpx2.AsyncClient(trust_env=False) as program:
        answer = await program.post(
            f"{url}/token",
            data={
                "grant_type": "client_credentials",
                "client_id": "a-program",
                "client_secret": SECRET,
                "scope": "api",
            },
        )
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


async def first_key(url: str, path: str) -> bytes:
    async with httpx2.AsyncClient(trust_env=False) as program:
        keys = (await program.get(f"{url}{path}")).json()["keys"]
    return RSAKey.import_key(next(key for key in keys if key["kty"] == "RSA")).as_pem(private=False)


@pytest.mark.parametrize("name", PRODUCTS)
async def test_the_tokens_of_a_real_server_are_taken_by_each_adapter(name: str) -> None:
    product = PRODUCTS[name]
    with serving(**product.speaks_as) as server:
        url = server["url"]
        allow = frozenset({("127.0.0.1", urlsplit(url).port or 0)})
        pem = await first_key(url, str(product.speaks_as.get("jwks", "/jwks")))
        async with GuardedClient(allow=allow) as client:
            verifier = product.verifier(client, url, pem)
            token = await token_of(url)
            principal = await verifier.verify(token)
            assert (principal.provider, principal.subject) == (name, "a-program")
            head, body, signature = token.split(".")
            with pytest.raises(Unauthenticated):
                await verifier.verify(f"{head}.{body}.{signature[::-1]}")


async def test_the_token_of_one_real_server_is_not_taken_from_another() -> None:
    with serving() as one, serving() as other:
        ports = {urlsplit(server["url"]).port or 0 for server in (one, other)}
        async with GuardedClient(allow=frozenset(("127.0.0.1", port) for port in ports)) as client:
            verifier = oidc_verifier(client, issuer=one["url"], audience="boards")
            await verifier.verify(await token_of(one["url"]))
            with pytest.raises(Unauthenticated):
                await verifier.verify(await token_of(other["url"]))
