"""Tenants, people and tokens at the command line, without a server: the machine's administrator."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from boards.cli.exits import Exit
from tests.cli.test_up import SCRIPT, environment


@pytest.fixture
def accounts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People sign in by accounts of this server."""
    monkeypatch.setenv("BOARDS_AUTH_PROVIDER", "local")


@pytest.mark.usefixtures("accounts")
class TestUsers:
    def test_somebody_is_let_in_by_a_link_for_where_the_server_will_be(self, cli):
        added = cli("user", "add", "Ann@Studio.example", "--admin")
        assert added.code == Exit.OK, added.err
        assert "ann@studio.example is admin of default" in added.out
        assert re.search(r"http://127\.0\.0\.1:8088/#link=[\w-]{43}\n", added.out)
        listed = cli("user", "list", "--json").json
        assert [one["role"] for one in listed if one["email"] == "ann@studio.example"] == ["admin"]

    def test_the_public_url_is_where_links_lead(self, cli, monkeypatch):
        monkeypatch.setenv("BOARDS_PUBLIC_URL", "https://boards.example/studio")
        link = cli("user", "add", "ann@studio.example", "--json").json["link"]["url"]
        assert link.startswith("https://boards.example/studio/#link=")

    def test_nobody_is_let_in_twice(self, cli):
        cli("user", "add", "ann@studio.example")
        again = cli("user", "add", "ANN@studio.example")
        assert again.code == Exit.REFUSED
        assert "boards user link ann@studio.example" in again.err
        assert "#link=" in cli("user", "link", "ann@studio.example").out

    def test_roles_are_given_and_taken(self, cli):
        cli("user", "add", "ann@studio.example")

        def ann() -> dict:
            (one,) = [u for u in cli("user", "list", "--json").json if u["email"]]
            return one

        for role, field, value in (
            ("admin", "role", "admin"),
            ("platform-admin", "platform_admin", True),
            ("no-platform-admin", "platform_admin", False),
            ("member", "role", "member"),
        ):
            ran = cli("user", "role", "Ann@studio.example", role)
            assert ran.code == Exit.OK, ran.err
            assert ann()[field] == value
        assert cli("user", "disable", ann()["user_id"]).code == Exit.OK
        assert ann()["is_disabled"]
        assert cli("user", "enable", "ann@studio.example").code == Exit.OK
        assert not ann()["is_disabled"]

    def test_what_is_no_role_and_who_is_nobody_is_said(self, cli):
        assert cli("user", "role", "ann@studio.example", "king").code == Exit.USAGE
        missing = cli("user", "role", "nobody@studio.example", "admin")
        assert missing.code == Exit.NOT_FOUND
        assert "boards user list" in missing.err

    def test_an_address_that_is_none_is_a_usage_error(self, cli):
        assert cli("user", "add", "ann").code == Exit.USAGE


def test_where_nobody_signs_in_there_are_no_accounts(cli):
    ran = cli("user", "add", "ann@studio.example")
    assert ran.code == Exit.REFUSED
    assert "passwords of this server" in ran.err


@pytest.mark.usefixtures("accounts")
class TestTenants:
    def test_a_tenant_is_made_run_closed_and_opened_again(self, cli):
        assert cli("tenant", "create", "films", "--name", "Films").code == Exit.OK
        assert cli("tenant", "create", "films").code == Exit.REFUSED
        assert cli("tenant", "create", "Films!").code == Exit.USAGE
        added = cli("user", "add", "bob@films.example", "--admin", "--tenant", "films")
        assert "admin of films" in added.out
        assert [one["slug"] for one in cli("tenant", "list", "--json").json] == ["default", "films"]
        closed = cli("tenant", "delete", "films")
        assert closed.code == Exit.OK, closed.err
        assert [one["slug"] for one in cli("tenant", "list", "--json").json] == ["default"]
        tenant_id = closed.out.split()[0]
        assert cli("tenant", "restore", tenant_id).code == Exit.OK
        assert "films" in cli("tenant", "list").out
        assert cli("tenant", "approve", "films").code == Exit.OK
        assert cli("user", "add", "x@y.example", "--tenant", "nowhere").code == Exit.NOT_FOUND

    def test_the_log_tells_who_did_what(self, cli):
        cli("user", "add", "ann@studio.example")
        cli("token", "create", "ci")
        found = cli("tenant", "audit", "--json").json
        assert {"user.add", "token.create"} <= {one["action"] for one in found}
        only = cli("tenant", "audit", "--action", "token.create").out
        assert "token.create" in only
        assert "user.add" not in only


class TestTokens:
    def test_a_token_is_printed_once_and_revoked(self, cli):
        made = cli("token", "create", "ci", "--scope", "read", "--days", "7")
        assert made.code == Exit.OK, made.err
        text = made.out.splitlines()[0]
        assert re.fullmatch(r"boards_[\w-]{43}", text)
        listed = cli("token", "list").out
        assert text not in listed
        assert f"…{text[-4:]}" in listed
        (one,) = cli("token", "list", "--json").json
        assert one["scopes"] == ["read"]
        assert cli("token", "revoke", one["id"]).code == Exit.OK
        assert cli("token", "list", "--json").json[0]["revoked_at"]
        assert cli("token", "revoke", "01a1f8bc-608d-7447-92f1-fd86f01bfce3").code == Exit.NOT_FOUND

    def test_a_scope_that_is_none_is_a_usage_error(self, cli):
        assert cli("token", "create", "ci", "--scope", "everything").code == Exit.USAGE


class TestSetup:
    def test_where_nobody_signs_in_there_is_nothing_to_do(self, cli, home):
        ran = cli("setup")
        assert ran.code == Exit.OK
        assert "BOARDS_AUTH_PROVIDER is none" in ran.out
        assert not (home / "data" / "boards.db").exists()

    @pytest.mark.usefixtures("accounts")
    def test_the_first_administrator_gets_a_link(self, cli):
        ran = cli("setup")
        assert ran.code == Exit.OK, ran.err
        assert re.search(r"http://127\.0\.0\.1:8088/#link=[\w-]{43}\n", ran.out)
        named = cli("setup", "--email", "root@studio.example", "--json").json
        assert named["email"] == "root@studio.example"
        assert "#link=" in named["url"]
        (root,) = [one for one in cli("user", "list", "--json").json if one["email"]]
        assert (root["role"], root["platform_admin"]) == ("admin", True)

    def test_with_an_identity_provider_somebody_must_have_signed_in(self, cli, monkeypatch):
        monkeypatch.setenv("BOARDS_AUTH_PROVIDER", "jwt")
        monkeypatch.setenv("BOARDS_JWT_SECRET", "x" * 40)
        assert "sign in once" in cli("setup").err
        ran = cli("setup", "--email", "ann@studio.example")
        assert ran.code == Exit.NOT_FOUND
        assert "has not signed in here yet" in ran.err


def test_seeding_again_makes_nothing_twice(cli):
    first = cli("seed")
    assert first.code == Exit.OK, first.err
    assert "'default' is there" in first.out
    assert cli("seed", "--json").json == {"tenant": "default", "sample": None, "made": False}


@pytest.mark.soak
def test_the_sample_is_made_once(cli, monkeypatch):
    monkeypatch.delenv("BOARDS_GENERATORS_CONFIG_PATH")
    first = cli("seed", "--sample", "--json")
    assert first.code == Exit.OK, first.err
    assert first.json["made"] is True
    made = len(cli("list", "--json").json)
    assert made >= 5
    assert cli("seed", "--sample", "--json").json["made"] is False
    assert len(cli("list", "--json").json) == made


@pytest.mark.slow
def test_a_server_says_how_its_first_administrator_comes_in_and_asks_for_tokens(
    cli, home, accounts, monkeypatch
):
    token = cli("token", "create", "cli", "--scope", "read", "--scope", "admin").out.split()[0]
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "up", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(),
    ) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3)]
            address = lines[0].split()[3]
            said = re.fullmatch(
                rf"Nobody administers this server yet: open {address}/#link=[\w-]{{43}} "
                r"\(once, within a day\)\.\n",
                lines[2],
            )
            assert said, lines
            refused = cli("user", "list")
            assert refused.code == Exit.REFUSED
            assert "BOARDS_API_TOKEN" in refused.err
            monkeypatch.setenv("BOARDS_API_TOKEN", token)
            assert cli("user", "add", "ann@studio.example").out.count(f"{address}/#link=") == 1
            assert "ann@studio.example" in cli("user", "list").out
            # Beside the server, and with no token of its own.
            monkeypatch.delenv("BOARDS_API_TOKEN")
            assert f"{address}/#link=" in cli("setup", "--email", "root@studio.example").out
        finally:
            process.kill()
