"""Who may let whom in, and that no link or role leads into what its giver does not administer."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import argon2
import httpx2
import pytest

from boards.adapters.auth.passwords import Argon2Passwords
from boards.bootstrap import people as composed
from boards.domain.access import TenantRole
from boards.errors import Conflict, NotFound
from boards.services.accounts import NewLink
from boards.services.ports import SYSTEM
from tests.auth.running import PASSWORD, Running, running
from tests.auth.test_surfaces import SECRET, bearer
from tests.db.conftest import sqlite_template

__all__ = ["sqlite_template"]

USE = "/api/v1/session/link/use"
ANN, BOB, ROOT = "ann@studio.example", "bob@films.example", "root@studio.example"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little work, so that tests are fast."""
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(composed, "Argon2Passwords", lambda: Argon2Passwords(hasher=hasher))


@pytest.fixture
async def house(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Running]:
    async with running(
        tmp_path, sqlite_template, auth_provider="local", multi_tenant_mode="true"
    ) as house:
        yield house


@pytest.fixture
async def root(house: Running) -> httpx2.AsyncClient:
    """Who administers the server."""
    made = await house.app.people.accounts.set_up(None)
    assert isinstance(made, NewLink)
    browser = house.browser()
    body = {"link": made.text, "password": PASSWORD, "email": ROOT}
    assert (await browser.post(USE, json=body)).status_code == 204
    return browser


@pytest.fixture
async def films(house: Running, root: httpx2.AsyncClient) -> str:
    """Another tenant; gives its id."""
    made = await root.post("/api/v1/tenants", json={"slug": "films", "name": "Films"})
    return str(made.json()["id"])


async def use(house: Running, url: str) -> httpx2.AsyncClient:
    """Follow a link; gives who is signed in then."""
    browser = house.browser()
    body = {"link": url.partition("#link=")[2], "password": PASSWORD}
    assert (await browser.post(USE, json=body)).status_code == 204
    return browser


@pytest.fixture
async def bob(house: Running, root: httpx2.AsyncClient, films: str) -> httpx2.AsyncClient:
    """The administrator of the other tenant."""
    added = await root.post(
        f"/api/v1/tenants/{films}/members", json={"email": BOB, "role": "admin"}
    )
    return await use(house, added.json()["link"]["url"])


async def user_id(browser: httpx2.AsyncClient) -> str:
    return str((await browser.get("/api/v1/me")).json()["user_id"])


class TestAdding:
    async def test_administrators_of_a_tenant_add_to_it_and_to_no_other(
        self, house: Running, bob: httpx2.AsyncClient, films: str
    ) -> None:
        added = await bob.post(
            f"/api/v1/tenants/{films}/members", json={"email": "x@films.example"}
        )
        assert added.status_code == 201
        assert added.json()["member"]["role"] == "member"
        home = house.app.actor.tenant_id
        other = await bob.post(f"/api/v1/tenants/{home}/members", json={"email": "x@y.example"})
        assert other.status_code == 404

    async def test_members_add_nobody(self, house: Running, bob: httpx2.AsyncClient, films: str):
        added = await bob.post(
            f"/api/v1/tenants/{films}/members", json={"email": "x@films.example"}
        )
        member = await use(house, added.json()["link"]["url"])
        for asking in (member, house.browser()):
            refused = await asking.post(
                f"/api/v1/tenants/{films}/members", json={"email": "y@films.example"}
            )
            assert refused.status_code in {401, 403, 404}
        everybody = (await bob.get(f"/api/v1/tenants/{films}/members")).json()["items"]
        assert {one["email"] for one in everybody} == {BOB, "x@films.example"}

    async def test_an_account_of_another_tenant_is_let_in_by_the_server_s_administrators_alone(
        self, house: Running, root: httpx2.AsyncClient, bob: httpx2.AsyncClient, films: str
    ) -> None:
        ann = await house.person(ANN)
        path = f"/api/v1/tenants/{films}/members"
        refused = await bob.post(path, json={"email": ANN})
        assert refused.status_code == 409
        assert (await ann.get("/api/v1/me", headers={"x-tenant": "films"})).status_code == 403
        added = await root.post(path, json={"email": ANN})
        assert (added.status_code, added.json()["link"]) == (201, None)
        me = (await ann.get("/api/v1/me", headers={"x-tenant": "films"})).json()
        assert me["tenant"]["slug"] == "films"

    async def test_an_older_link_does_not_lead_into_a_tenant_that_came_later(
        self, house: Running, root: httpx2.AsyncClient, films: str
    ) -> None:
        older = await house.add(ANN)
        added = await root.post(f"/api/v1/tenants/{films}/members", json={"email": ANN})
        taken = await house.browser().post(USE, json={"link": older, "password": PASSWORD})
        assert taken.status_code == 404
        await use(house, added.json()["link"]["url"])


class TestNewLinks:
    async def test_a_tenant_s_administrator_renews_links_of_their_own_people(
        self, house: Running, bob: httpx2.AsyncClient, films: str
    ) -> None:
        added = await bob.post(
            f"/api/v1/tenants/{films}/members", json={"email": "x@films.example"}
        )
        renewed = await bob.post(f"/api/v1/users/{added.json()['member']['user_id']}/link")
        assert renewed.status_code == 201
        await use(house, renewed.json()["url"])

    async def test_nobody_renews_a_link_that_opens_what_is_not_theirs(
        self, house: Running, root: httpx2.AsyncClient, bob: httpx2.AsyncClient, films: str
    ) -> None:
        ann = await house.person(ANN)
        stranger = await bob.post(f"/api/v1/users/{await user_id(ann)}/link")
        assert stranger.status_code == 404
        added = await root.post(f"/api/v1/tenants/{films}/members", json={"email": ANN})
        in_both = added.json()["member"]["user_id"]
        refused = await bob.post(f"/api/v1/users/{in_both}/link")
        assert refused.status_code == 403
        await root.post(f"/api/v1/tenants/{films}/members", json={"email": ROOT})
        members = (await bob.get(f"/api/v1/tenants/{films}/members")).json()["items"]
        (of_root,) = [one["user_id"] for one in members if one["email"] == ROOT]
        assert (await bob.post(f"/api/v1/users/{of_root}/link")).status_code == 403
        assert (await root.post(f"/api/v1/users/{in_both}/link")).status_code == 201

    async def test_a_closed_tenant_still_counts(
        self, house: Running, root: httpx2.AsyncClient, bob: httpx2.AsyncClient, films: str
    ) -> None:
        ann = await house.person(ANN, role=TenantRole.ADMIN)
        home = house.app.actor.tenant_id
        added = await root.post(f"/api/v1/tenants/{home}/members", json={"email": BOB})
        assert (await root.delete(f"/api/v1/tenants/{films}")).status_code == 200
        renewed = await ann.post(f"/api/v1/users/{added.json()['member']['user_id']}/link")
        assert renewed.status_code == 403


class TestTheServersAdministrators:
    async def test_only_they_make_another(
        self, house: Running, root: httpx2.AsyncClient, bob: httpx2.AsyncClient
    ) -> None:
        path = f"/api/v1/users/{await user_id(bob)}"
        refused = await bob.patch(path, json={"platform_admin": True})
        assert refused.status_code == 403
        assert not (await bob.get("/api/v1/me")).json()["platform_admin"]
        made = await root.patch(path, json={"platform_admin": True})
        assert made.json()["platform_admin"]
        assert (await bob.get("/api/v1/setup")).json()["missing"] is not None
        await root.patch(path, json={"platform_admin": False})
        assert (await bob.get("/api/v1/setup")).json()["missing"] is None

    async def test_nobody_takes_the_right_from_themselves(self, root: httpx2.AsyncClient) -> None:
        path = f"/api/v1/users/{await user_id(root)}"
        assert (await root.patch(path, json={"platform_admin": False})).status_code == 409

    async def test_a_token_without_the_scope_makes_nobody_one(
        self, house: Running, root: httpx2.AsyncClient, bob: httpx2.AsyncClient
    ) -> None:
        body = {"name": "t", "scopes": ["read", "generate", "manage"]}
        token = (await root.post("/api/v1/tokens", json=body)).json()["text"]
        program = house.program(authorization=f"Bearer {token}")
        path = f"/api/v1/users/{await user_id(bob)}"
        assert (await program.patch(path, json={"platform_admin": True})).status_code == 403


class TestSettingUp:
    async def test_a_link_to_set_up_is_worth_nothing_once_there_is_an_administrator(
        self, house: Running
    ) -> None:
        links = [await house.app.people.accounts.set_up(None) for _ in range(2)]
        texts = [link.text for link in links if isinstance(link, NewLink)]
        answers = [
            await house.browser().post(
                USE, json={"link": text, "password": PASSWORD, "email": f"p{text[:5]}@x.example"}
            )
            for text in texts
        ]
        assert [answer.status_code for answer in answers] == [204, 409]
        with pytest.raises(Conflict, match="boards setup --email"):
            await house.app.people.accounts.set_up(None)

    async def test_an_account_without_a_password_does_not_count_as_an_administrator(
        self, house: Running
    ) -> None:
        await house.app.people.accounts.set_up(ROOT)
        assert await house.app.people.setup.needs_administrator()

    async def test_how_it_stands_is_told_to_administrators_of_the_server(
        self, house: Running, bob: httpx2.AsyncClient, root: httpx2.AsyncClient
    ) -> None:
        for asking in (house.browser(), bob):
            told = (await asking.get("/api/v1/setup")).json()
            assert told == {"is_done": True, "provider": "local", "tenants": None, "missing": None}
        told = (await root.get("/api/v1/setup")).json()
        assert told["tenants"] == 2
        assert {"public_url", "secret_key"} <= {one["code"] for one in told["missing"]}


class TestKeepingOut:
    async def test_somebody_who_is_kept_out_is_out_at_once(
        self, house: Running, root: httpx2.AsyncClient
    ) -> None:
        ann = await house.person(ANN)
        path = f"/api/v1/users/{await user_id(ann)}"
        await root.patch(path, json={"is_disabled": True})
        assert (await ann.get("/api/v1/boards")).status_code == 403
        standing = (await ann.get("/api/v1/session")).json()
        assert standing["is_signed_in"]
        assert "disabled" in standing["trouble"]
        await root.patch(path, json={"is_disabled": False})
        assert (await ann.get("/api/v1/boards")).status_code == 200


class TestRegistering:
    @pytest.fixture
    async def house(self, tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Running]:
        async with running(
            tmp_path,
            sqlite_template,
            auth_provider="jwt",
            jwt_secret=SECRET,
            multi_tenant_mode="true",
            tenant_registration="true",
            tenant_registration_allowed_domains="studio.example",
            max_tenants_per_user="1",
        ) as house:
            yield house

    async def test_somebody_makes_a_tenant_and_comes_in_when_it_is_approved(
        self, house: Running
    ) -> None:
        ann = house.program(authorization=f"Bearer {bearer(email_verified=True)}")
        assert (await ann.get("/api/v1/me")).status_code == 403
        body = {"slug": "anns", "name": "Ann's"}
        made = await ann.post("/api/v1/tenants/register", json=body)
        assert (made.status_code, made.json()["is_open"]) == (201, False)
        assert (await ann.get("/api/v1/me")).status_code == 403
        tenants = house.app.people.tenants
        (waiting,) = [one for one in await tenants.list(house.app.actor) if not one.is_open]
        await tenants.approve(house.app.actor, waiting.id)
        me = (await ann.get("/api/v1/me")).json()
        assert (me["tenant"]["slug"], me["role"], me["platform_admin"]) == ("anns", "admin", False)
        again = await ann.post("/api/v1/tenants/register", json={**body, "slug": "second"})
        assert again.status_code == 403

    async def test_a_taken_name_is_handed_to_nobody(self, house: Running) -> None:
        ann = house.program(authorization=f"Bearer {bearer(email_verified=True)}")
        body = {"slug": "default", "name": "Mine"}
        assert (await ann.post("/api/v1/tenants/register", json=body)).status_code == 409
        members = await house.app.database.read(
            lambda tx: tx.people.members(house.app.actor.tenant_id), scope=SYSTEM
        )
        assert [one.user_id for one in members] == [house.app.actor.user_id]

    @pytest.mark.parametrize("said", [{}, {"email_verified": True, "email": "ann@evil.example"}])
    async def test_an_address_counts_only_where_it_is_proven_and_allowed(
        self, house: Running, said: dict[str, Any]
    ) -> None:
        ann = house.program(authorization=f"Bearer {bearer(**said)}")
        body = {"slug": "anns", "name": "Ann's"}
        assert (await ann.post("/api/v1/tenants/register", json=body)).status_code == 403
        assert [one.slug for one in await house.app.people.tenants.list(house.app.actor)] == [
            "default"
        ]


class TestAppointing:
    @pytest.fixture
    async def house(self, tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Running]:
        async with running(
            tmp_path, sqlite_template, auth_provider="jwt", jwt_secret=SECRET
        ) as house:
            yield house

    async def come(self, house: Running, **said: Any) -> dict[str, object]:
        answer = await house.program(authorization=f"Bearer {bearer(**said)}").get("/api/v1/me")
        me: dict[str, object] = answer.json()
        return me

    async def test_who_has_signed_in_is_appointed_by_a_proven_address(self, house: Running) -> None:
        await self.come(house, email_verified=True)
        assert await house.app.people.setup.needs_administrator()
        await house.app.people.setup.appoint("Ann@Studio.example")
        assert not await house.app.people.setup.needs_administrator()
        assert (await self.come(house, email_verified=True))["platform_admin"]

    async def test_an_address_that_anybody_can_claim_appoints_nobody(self, house: Running) -> None:
        eve = await self.come(house, sub="eve", email=ANN)
        with pytest.raises(Conflict, match=str(eve["user_id"])):
            await house.app.people.setup.appoint(ANN)
        await self.come(house, sub="ann", email=ANN, email_verified=True)
        member = await house.app.people.setup.appoint(ANN)
        assert str(member.user_id) != eve["user_id"]
        assert not (await self.come(house, sub="eve", email=ANN))["platform_admin"]

    async def test_nobody_is_appointed_who_never_came(self, house: Running) -> None:
        with pytest.raises(NotFound, match="sign in once"):
            await house.app.people.setup.appoint(ANN)
