"""Signing in by a password and by one-time links, over REST, in the whole application."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import argon2
import httpx2
import pytest

from boards.adapters.auth.passwords import Argon2Passwords
from boards.bootstrap import people as composed
from boards.domain.access import TenantRole
from boards.domain.people import fingerprint
from boards.services.ports import SYSTEM
from tests.auth.running import BASE, PASSWORD, Running, running
from tests.db.conftest import sqlite_template

__all__ = ["sqlite_template"]

OTHER = "another long password"
SIGN_IN = "/api/v1/session"
USE = "/api/v1/session/link/use"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little work, so that tests are fast."""
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(composed, "Argon2Passwords", lambda: Argon2Passwords(hasher=hasher))


@pytest.fixture
async def house(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Running]:
    async with running(tmp_path, sqlite_template, auth_provider="local") as house:
        yield house


async def is_in(browser: httpx2.AsyncClient) -> bool:
    return bool((await browser.get(SIGN_IN)).json()["is_signed_in"])


class TestLinks:
    async def test_a_link_sets_the_password_and_signs_in(self, house: Running) -> None:
        link = await house.add("ann@studio.example")
        browser = house.browser()
        looked = await browser.post("/api/v1/session/link", json={"link": link})
        assert looked.json()["email"] == "ann@studio.example"
        answer = await browser.post(USE, json={"link": link, "password": PASSWORD})
        assert answer.status_code == 204
        me = (await browser.get("/api/v1/me")).json()
        assert (me["email"], me["role"]) == ("ann@studio.example", "member")

    async def test_a_link_is_used_once(self, house: Running) -> None:
        link = await house.add("ann@studio.example")
        await house.browser().post(USE, json={"link": link, "password": PASSWORD})
        again = house.browser()
        answer = await again.post(USE, json={"link": link, "password": OTHER})
        assert answer.status_code == 404
        assert not await is_in(again)
        assert (await again.post("/api/v1/session/link", json={"link": link})).status_code == 404

    async def test_a_refused_password_leaves_the_link_good(self, house: Running) -> None:
        link = await house.add("ann@studio.example")
        browser = house.browser()
        for bad in ("short", "ann@studio.example"):
            answer = await browser.post(USE, json={"link": link, "password": bad})
            assert answer.status_code == 422
            assert answer.json()["problems"][0]["at"] == "password"
        answer = await browser.post(USE, json={"link": link, "password": PASSWORD})
        assert answer.status_code == 204

    async def test_a_link_ends_after_a_week(self, house: Running) -> None:
        link = await house.add("ann@studio.example")
        looked = await house.browser().post("/api/v1/session/link", json={"link": link})
        ends = looked.json()["expires_at"]
        later = house.app.people.accounts.clock.now() + timedelta(days=7, seconds=1)
        assert ends < later.isoformat()
        found = await house.app.database.read(
            lambda tx: tx.people.link(fingerprint(link), now=later), scope=SYSTEM
        )
        assert found is None

    async def test_the_link_itself_is_not_kept(self, house: Running) -> None:
        link = await house.add("ann@studio.example")
        data = house.app.settings.data_dir
        assert not any(link.encode() in file.read_bytes() for file in data.glob("boards.db*"))

    async def test_a_new_link_ends_the_old_one_and_old_sessions(self, house: Running) -> None:
        browser = await house.person("ann@studio.example")
        me = (await browser.get("/api/v1/me")).json()
        admin = await house.person("root@studio.example", role=TenantRole.ADMIN)
        renew = f"/api/v1/users/{me['user_id']}/link"
        first = (await admin.post(renew)).json()["url"]
        second = (await admin.post(renew)).json()["url"]
        assert re.fullmatch(rf"{BASE}/#link=[\w-]{{43}}", second)
        texts = [url.partition("#link=")[2] for url in (first, second)]
        answers = [
            await house.browser().post(USE, json={"link": text, "password": OTHER})
            for text in texts
        ]
        assert [answer.status_code for answer in answers] == [404, 204]
        assert not await is_in(browser)


class TestPasswords:
    async def test_the_cookie_is_for_this_server_s_requests_alone(self, house: Running) -> None:
        await house.person("ann@studio.example")
        answer = await house.browser().post(
            SIGN_IN, json={"email": "Ann@Studio.example ", "password": PASSWORD}
        )
        assert answer.status_code == 204
        cookie = answer.headers["set-cookie"]
        said = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert said == {"httponly", "max-age=2592000", "path=/", "samesite=lax"}
        assert PASSWORD not in cookie

    async def test_behind_https_the_cookie_goes_over_https_alone(
        self, tmp_path: Path, sqlite_template: Path
    ) -> None:
        url = "https://boards.example"
        async with running(
            tmp_path, sqlite_template, base=url, auth_provider="local", public_url=url
        ) as house:
            link = await house.add("ann@studio.example")
            answer = await house.browser().post(USE, json={"link": link, "password": PASSWORD})
            assert "; secure" in answer.headers["set-cookie"].lower()

    async def test_unknown_and_wrong_are_answered_alike(self, house: Running) -> None:
        await house.person("ann@studio.example")
        await house.add("new@studio.example")
        answers = [
            await house.browser().post(SIGN_IN, json={"email": email, "password": "not this one"})
            for email in ("ann@studio.example", "bob@studio.example", "new@studio.example", "no")
        ]
        bodies = [{**answer.json(), "request_id": ""} for answer in answers]
        assert [answer.status_code for answer in answers] == [401] * 4
        assert all(body == bodies[0] for body in bodies)
        assert not any("set-cookie" in answer.headers for answer in answers)

    async def test_signing_out_ends_the_session_and_not_only_the_cookie(
        self, house: Running
    ) -> None:
        browser = await house.person("ann@studio.example")
        copied = house.browser(cookie=f"boards_session={browser.cookies['boards_session']}")
        assert await is_in(copied)
        assert (await browser.delete(SIGN_IN)).status_code == 204
        assert "boards_session" not in browser.cookies
        assert (await copied.get("/api/v1/me")).status_code == 401

    async def test_a_changed_password_ends_the_other_sessions(self, house: Running) -> None:
        browser = await house.person("ann@studio.example")
        other = house.browser()
        await other.post(SIGN_IN, json={"email": "ann@studio.example", "password": PASSWORD})
        wrong = await browser.post(
            "/api/v1/session/password", json={"current": OTHER, "new": OTHER}
        )
        assert wrong.status_code == 422
        assert await is_in(other)
        right = await browser.post(
            "/api/v1/session/password", json={"current": PASSWORD, "new": OTHER}
        )
        assert right.status_code == 204
        assert await is_in(browser)
        assert not await is_in(other)
        old = {"email": "ann@studio.example", "password": PASSWORD}
        assert (await house.browser().post(SIGN_IN, json=old)).status_code == 401

    async def test_sessions_end_by_themselves(self, house: Running) -> None:
        browser = await house.person("ann@studio.example")
        service = house.app.people.sessions
        now = service.clock.now()
        later = now + timedelta(days=30, seconds=1)
        before = await house.app.database.write(
            lambda tx: tx.people.forget_sessions(before=now), scope=SYSTEM
        )
        assert before == 0
        await house.app.database.write(
            lambda tx: tx.people.forget_sessions(before=later), scope=SYSTEM
        )
        answer = await browser.get("/api/v1/me")
        assert answer.status_code == 401
        assert "sign in again" in answer.json()["detail"]


class TestGuessing:
    async def test_an_account_is_guessed_slowly_from_anywhere(self, house: Running) -> None:
        await house.person("ann@studio.example")
        guess = {"email": "ann@studio.example", "password": "not this one"}
        statuses = [
            (await house.browser().post(SIGN_IN, json=guess)).status_code for _ in range(12)
        ]
        assert statuses == [401] * 10 + [429] * 2
        right = await house.browser().post(SIGN_IN, json={**guess, "password": PASSWORD})
        assert right.status_code == 429
        assert 1 <= int(right.headers["retry-after"]) <= 120

    async def test_one_address_guesses_slowly_whoever_it_tries(self, house: Running) -> None:
        statuses = [
            (
                await house.browser().post(
                    SIGN_IN, json={"email": f"p{number}@x.example", "password": "not this one"}
                )
            ).status_code
            for number in range(32)
        ]
        assert statuses == [401] * 30 + [429] * 2


class TestForeignPages:
    @pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}])
    async def test_a_change_by_cookie_must_come_from_our_page(
        self, house: Running, headers: dict[str, str]
    ) -> None:
        browser = await house.person("ann@studio.example")
        cookie = f"boards_session={browser.cookies['boards_session']}"
        foreign = house.program(cookie=cookie, **headers)
        for method, path in (
            ("POST", "/api/v1/boards"),
            ("POST", "/api/v1/session/password"),
            ("DELETE", "/api/v1/session"),
            ("POST", "/graphql"),
        ):
            body = {"current": PASSWORD, "new": OTHER} if "password" in path else {"title": "Mine"}
            answer = await foreign.request(method, path, json=body)
            assert answer.status_code == 403, (method, path, answer.text)
        assert await is_in(browser)

    async def test_a_foreign_page_signs_nobody_in(self, house: Running) -> None:
        await house.person("ann@studio.example")
        answer = await house.program(origin="https://evil.example").post(
            SIGN_IN, json={"email": "ann@studio.example", "password": PASSWORD}
        )
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers

    async def test_a_browser_that_tells_the_site_needs_no_origin(self, house: Running) -> None:
        browser = await house.person("ann@studio.example")
        cookie = f"boards_session={browser.cookies['boards_session']}"
        page = house.program(cookie=cookie, **{"sec-fetch-site": "same-origin"})
        assert (await page.post("/api/v1/boards", json={"title": "Mine"})).status_code == 201


async def test_where_others_sign_people_in_there_are_no_passwords(
    tmp_path: Path, sqlite_template: Path
) -> None:
    async with running(tmp_path, sqlite_template) as house:
        assert (await house.browser().get(SIGN_IN)).json()["ways"] == []
        body = {"email": "ann@studio.example", "password": PASSWORD}
        assert (await house.browser().post(SIGN_IN, json=body)).status_code == 403
