"""Whoever was invited to a board finds it as soon as they come into the tenant, and not before."""

from collections.abc import AsyncIterator
from pathlib import Path

import argon2
import httpx2
import pytest

from boards.adapters.auth.passwords import Argon2Passwords
from boards.bootstrap import people as composed
from tests.auth.running import Running, running
from tests.auth.test_surfaces import SECRET, bearer
from tests.db.conftest import sqlite_template

__all__ = ["sqlite_template"]

BOARDS = "/api/v1/boards"
ANN, BOB = "ann@studio.example", "bob@studio.example"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little work, so that tests are fast."""
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(composed, "Argon2Passwords", lambda: Argon2Passwords(hasher=hasher))


async def invited(owner: httpx2.AsyncClient, email: str) -> str:
    """A board that somebody was invited to; gives its id."""
    board_id = str((await owner.post(BOARDS, json={"title": "Boats"})).json()["id"])
    body = {"email": email, "role": "editor"}
    answer = await owner.post(f"{BOARDS}/{board_id}/invitations", json=body)
    assert answer.json()["member"] is None
    return board_id


class TestAccounts:
    @pytest.fixture
    async def house(self, tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Running]:
        async with running(tmp_path, sqlite_template, auth_provider="local") as house:
            yield house

    async def test_an_administrator_lets_them_in_and_the_board_is_theirs(
        self, house: Running
    ) -> None:
        ann = await house.person(ANN)
        board_id = await invited(ann, BOB)
        bob = await house.person(BOB)
        assert [one["id"] for one in (await bob.get(BOARDS)).json()["items"]] == [board_id]
        people = (await ann.get(f"{BOARDS}/{board_id}/members")).json()
        assert [one["role"] for one in people["members"]] == ["editor"]
        assert people["invitations"] == []


class TestIdentityProviders:
    @pytest.fixture
    async def house(self, tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Running]:
        async with running(
            tmp_path, sqlite_template, auth_provider="jwt", jwt_secret=SECRET
        ) as house:
            yield house

    @pytest.mark.parametrize("verified", [True, False])
    async def test_an_address_counts_where_the_provider_vouches_for_it(
        self, house: Running, verified: bool
    ) -> None:
        ann = house.program(authorization=f"Bearer {bearer(email_verified=True)}")
        board_id = await invited(ann, BOB)
        token = bearer(sub="bob", email=BOB, email_verified=verified)
        bob = house.program(authorization=f"Bearer {token}")
        found = [one["id"] for one in (await bob.get(BOARDS)).json()["items"]]
        assert found == ([board_id] if verified else [])

    async def test_an_address_that_is_vouched_for_later_counts_from_then_on(
        self, house: Running
    ) -> None:
        ann = house.program(authorization=f"Bearer {bearer(email_verified=True)}")
        unproven = bearer(sub="bob", email=BOB, email_verified=False)
        await house.program(authorization=f"Bearer {unproven}").get(BOARDS)
        board_id = await invited(ann, BOB)
        proven = bearer(sub="bob", email=BOB, email_verified=True)
        bob = house.program(authorization=f"Bearer {proven}")
        assert [one["id"] for one in (await bob.get(BOARDS)).json()["items"]] == [board_id]
