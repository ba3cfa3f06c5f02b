"""Sign-in by a browser at an identity provider, and everything that may come back instead."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from boards.adapters.auth.auth0 import auth0_browser
from boards.adapters.auth.keepsakes import SignedKeepsakes
from boards.errors import Unauthenticated
from boards.outbound.client import GuardedClient
from boards.services.browser_sign_in import local_path
from boards.services.ports import SYSTEM, CodeAnswer
from tests.auth.idp import IdentityProvider
from tests.auth.running import BASE, Running, running
from tests.db.conftest import sqlite_template

__all__ = ["sqlite_template"]

BEGIN = "/api/v1/session/oidc"
CALLBACK = "/api/v1/session/oidc/callback"
SECRET = "a secret of the tests, which is long enough"


@pytest.fixture
async def house(
    tmp_path: Path, sqlite_template: Path, idp: IdentityProvider
) -> AsyncIterator[Running]:
    async with running(
        tmp_path,
        sqlite_template,
        auth_provider="oidc",
        oidc_issuer=idp.url,
        oidc_client_id="boards",
        secret_key=SECRET,
    ) as house:
        yield house


async def sent_to(browser: httpx2.AsyncClient, **query: str) -> str:
    """Begin a sign-in; gives where the browser is sent."""
    answer = await browser.get(BEGIN, params=query)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


async def come_back(browser: httpx2.AsyncClient, **query: str) -> httpx2.Response:
    answer = await browser.get(CALLBACK, params=query)
    assert answer.status_code == 303
    return answer


async def signed_in(browser: httpx2.AsyncClient) -> bool:
    return bool((await browser.get("/api/v1/session")).json()["is_signed_in"])


async def refused(browser: httpx2.AsyncClient, answer: httpx2.Response, why: str) -> None:
    """The answer leads to our page with a reason, and nobody is signed in."""
    assert answer.headers["location"] == f"/?sign_in={why}"
    assert "boards_session=" not in answer.headers.get("set-cookie", "")
    assert not await signed_in(browser)


async def people(house: Running) -> int:
    """How many identities there are but that of the machine's own user."""
    members = await house.app.database.read(
        lambda tx: tx.people.members(house.app.actor.tenant_id), scope=SYSTEM
    )
    return len(members) - 1


class TestComingIn:
    async def test_somebody_comes_in_and_is_a_member(
        self, house: Running, idp: IdentityProvider
    ) -> None:
        browser = house.browser()
        standing = (await browser.get("/api/v1/session")).json()
        assert (standing["ways"], standing["is_signed_in"]) == (["redirect"], False)
        address = await sent_to(browser, next="/?board=7")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{idp.url}/authorize?")
        assert asked["redirect_uri"] == BASE + CALLBACK
        assert (asked["response_type"], asked["scope"]) == ("code", "openid email profile")
        answer = await come_back(browser, code=idp.approve(address), state=asked["state"])
        assert answer.headers["location"] == "/?board=7"
        me = (await browser.get("/api/v1/me")).json()
        assert (me["email"], me["role"], me["platform_admin"]) == (
            "ann@studio.example",
            "member",
            False,
        )

    async def test_who_comes_again_by_another_browser_is_the_same(
        self, house: Running, idp: IdentityProvider
    ) -> None:
        seen = set()
        for _ in range(2):
            browser = house.browser()
            address = await sent_to(browser)
            await come_back(browser, code=idp.approve(address), state=state_of(address))
            seen.add((await browser.get("/api/v1/me")).json()["user_id"])
        assert len(seen) == 1
        assert await people(house) == 1

    async def test_what_the_token_does_not_say_is_asked_for(
        self, house: Running, idp: IdentityProvider
    ) -> None:
        idp.userinfo = {"sub": "user-1", "email": "ann@elsewhere.example"}
        browser = house.browser()
        address = await sent_to(browser)
        code = idp.approve(address, email=None, email_verified=None)
        await come_back(browser, code=code, state=state_of(address))
        me = (await browser.get("/api/v1/me")).json()
        assert me["email"] == "ann@elsewhere.example"

    async def test_somebody_else_s_userinfo_is_not_taken(
        self, house: Running, idp: IdentityProvider
    ) -> None:
        idp.userinfo = {"sub": "user-2", "email": "eve@elsewhere.example"}
        browser = house.browser()
        address = await sent_to(browser)
        await come_back(browser, code=idp.approve(address, email=None), state=state_of(address))
        assert (await browser.get("/api/v1/me")).json()["email"] is None

    async def test_the_keepsake_is_readable_by_nobody_s_script_and_goes(
        self, house: Running, idp: IdentityProvider
    ) -> None:
        browser = house.browser()
        answer = await browser.get(BEGIN)
        cookie = answer.headers["set-cookie"].lower()
        assert f"path={BEGIN}" in cookie
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        address = answer.headers["location"]
        await come_back(browser, code=idp.approve(address), state=state_of(address))
        assert "boards_sign_in" not in browser.cookies


class TestHostileAnswers:
    async def test_another_state_is_refused(self, house: Running, idp: IdentityProvider) -> None:
        browser = house.browser()
        address = await sent_to(browser)
        code = idp.approve(address)
        await refused(browser, await come_back(browser, code=code, state="guessed"), "again")
        assert code in idp.grants, "the code was not even tried"

    async def test_no_state_is_refused(self, house: Running, idp: IdentityProvider) -> None:
        browser = house.browser()
        address = await sent_to(browser)
        await refused(browser, await come_back(browser, code=idp.approve(address)), "again")

    async def test_a_link_of_an_attacker_signs_nobody_in_as_them(
        self, house: Running, idp: IdentityProvider
    ) -> None:
        theirs = await sent_to(house.browser())
        victim = house.browser()
        answer = await come_back(victim, code=idp.approve(theirs), state=state_of(theirs))
        await refused(victim, answer, "again")

    async def test_a_code_of_another_sign_in_does_not_fit_the_proof(
        self, house: Running, idp: IdentityProvider
    ) -> None:
        theirs = await sent_to(house.browser())
        browser = house.browser()
        address = await sent_to(browser)
        answer = await come_back(browser, code=idp.approve(theirs), state=state_of(address))
        await refused(browser, answer, "again")

    async def test_a_replayed_answer_signs_nobody_in_again(
        self, house: Running, idp: IdentityProvider
    ) -> None:
        browser = house.browser()
        address = await sent_to(browser)
        kept = browser.cookies["boards_sign_in"]
        query = {"code": idp.approve(address), "state": state_of(address)}
        await come_back(browser, **query)
        assert await signed_in(browser)
        thief = house.browser(cookie=f"boards_sign_in={kept}")
        answer = await thief.get(CALLBACK, params=query)
        await refused(thief, answer, "again")

    @pytest.mark.parametrize(
        "changes",
        [
            {"nonce": "of another sign-in"},
            {"nonce": None},
            {"aud": "another-application"},
            {"aud": ["boards", "another-application"]},
            {"azp": "another-application"},
            {"iss": "https://evil.example"},
            {"exp": 1},
            {"sub": None},
        ],
        ids=str,
    )
    async def test_a_token_that_is_not_for_this_sign_in_is_refused(
        self, house: Running, idp: IdentityProvider, changes: dict[str, object]
    ) -> None:
        browser = house.browser()
        address = await sent_to(browser)
        code = idp.approve(address, **changes)
        answer = await come_back(browser, code=code, state=state_of(address))
        await refused(browser, answer, "again")
        assert await people(house) == 0

    async def test_another_issuer_s_answer_is_refused(
        self, house: Running, idp: IdentityProvider
    ) -> None:
        browser = house.browser()
        address = await sent_to(browser)
        answer = await come_back(
            browser, code=idp.approve(address), state=state_of(address), iss="https://evil.example"
        )
        await refused(browser, answer, "again")

    async def test_a_person_who_declines_is_told_so(self, house: Running) -> None:
        browser = house.browser()
        state = state_of(await sent_to(browser))
        answer = await come_back(browser, error="access_denied", state=state)
        await refused(browser, answer, "refused")

    async def test_any_other_error_of_the_provider_is_an_end(self, house: Running) -> None:
        browser = house.browser()
        state = state_of(await sent_to(browser))
        answer = await come_back(browser, error="<script>alert(1)</script>", state=state)
        await refused(browser, answer, "again")

    async def test_a_provider_that_is_away_is_an_end(
        self, house: Running, idp: IdentityProvider
    ) -> None:
        browser = house.browser()
        address = await sent_to(browser)
        idp.status = 500
        answer = await come_back(browser, code=idp.approve(address), state=state_of(address))
        await refused(browser, answer, "failed")

    @pytest.mark.parametrize(
        "next_page",
        [
            "https://evil.example",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "evil.example",
            "/%0d%0aset-cookie: x=y\r\nx: y",
        ],
    )
    async def test_nobody_is_sent_elsewhere_afterwards(
        self, house: Running, idp: IdentityProvider, next_page: str
    ) -> None:
        browser = house.browser()
        address = await sent_to(browser, next=next_page)
        answer = await come_back(browser, code=idp.approve(address), state=state_of(address))
        assert answer.headers["location"] == "/"
        assert await signed_in(browser)


class TestWithoutWhatItNeeds:
    async def test_without_a_secret_nobody_is_sent_away(
        self, tmp_path: Path, sqlite_template: Path, idp: IdentityProvider
    ) -> None:
        async with running(
            tmp_path,
            sqlite_template,
            auth_provider="oidc",
            oidc_issuer=idp.url,
            oidc_client_id="boards",
        ) as house:
            answer = await house.browser().get(BEGIN)
            assert answer.status_code == 503
            assert "BOARDS_SECRET_KEY" in answer.json()["detail"]
            assert (await house.browser().get("/api/v1/session")).json()["ways"] == []


class TestKeepsakes:
    def test_what_was_kept_is_read_until_its_end(self) -> None:
        now = [1000.0]
        keepsakes = SignedKeepsakes([SECRET], now=lambda: now[0])
        text = keepsakes.keep({"state": "s"}, seconds=60)
        assert keepsakes.read(text) == {"state": "s"}
        now[0] += 60
        assert keepsakes.read(text) is None

    def test_the_secret_of_before_still_reads(self) -> None:
        text = SignedKeepsakes([SECRET]).keep({"state": "s"}, seconds=60)
        assert SignedKeepsakes([SECRET[::-1], SECRET]).read(text) == {"state": "s"}
        assert SignedKeepsakes([SECRET[::-1]]).read(text) is None

    @pytest.mark.parametrize("text", ["", "a.b.c", "é", "eyJhbGciOiJub25lIn0.eyJ2Ijp7fX0."])
    def test_what_is_not_ours_is_not_read(self, text: str) -> None:
        assert SignedKeepsakes([SECRET]).read(text) is None


class TestAuth0:
    async def test_its_tokens_are_checked_by_the_same_rules(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        flow = auth0_browser(
            client, domain="studio.auth0.example", client_id="boards", base_url=idp.url
        )
        address = await flow.address(
            callback="http://x.example/cb",
            state="s",
            nonce="n",
            # The challenge of the verifier `v`.
            challenge="TJRIXgwhrmxBzh3-e2v6zupato5AokdvUCCOUm9QYIA",
        )

        async def came(**changes: object) -> str:
            code = idp.approve(address, **{"iss": "https://studio.auth0.example/", **changes})
            answer = CodeAnswer(code=code, callback="http://x.example/cb", verifier="v", nonce="n")
            return (await flow.verify(answer)).provider

        assert await came() == "auth0"
        with pytest.raises(Unauthenticated, match="issuer"):
            await came(iss=idp.url)
        with pytest.raises(Unauthenticated, match="another sign-in"):
            await came(nonce="other")


@pytest.mark.parametrize("path", ["/", "/?board=1&view=2", "/a/b#c", "/~x"])
def test_a_path_of_ours_is_gone_on_to(path: str) -> None:
    assert local_path(path) == path
