"""`boards keys` and `boards providers`, without a server."""

import io

import pytest

from boards.cli.exits import Exit
from tests.cli.conftest import Cli

SECRET = "a-secret-for-tests-of-32-characters-at-least"
KEY = "planted-key-of-the-command-line-4711"


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOARDS_SECRET_KEY", SECRET)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    """Give a key on standard input."""

    def give(key: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{key}\n"))

    return give


class TestKeys:
    def test_a_key_is_set_listed_and_removed_and_never_printed(self, cli: Cli, sealed, typed):
        typed(KEY)
        ran = cli("keys", "set", "fal")
        assert (ran.code, ran.out) == (Exit.OK, "The key for fal is set; it ends with …4711\n")
        [one] = cli("keys", "list", "--json").json
        assert (one["provider"], one["ending"]) == ("fal", "4711")
        assert "…4711" in cli("keys", "list").out
        [fal] = [one for one in cli("providers", "list", "--json").json if one["name"] == "fal"]
        assert (fal["configured"], fal["own_key"]) == (True, True)
        assert cli("keys", "remove", "fal").code == Exit.OK
        assert cli("keys", "list", "--json").json == []
        ran = cli("keys", "remove", "fal")
        assert ran.code == Exit.NOT_FOUND

    def test_without_a_secret_it_says_what_to_set(self, cli: Cli, typed):
        typed(KEY)
        ran = cli("keys", "set", "fal")
        assert ran.code == Exit.UNREACHABLE
        assert "Set BOARDS_SECRET_KEY" in ran.err
        assert KEY not in ran.err + ran.out

    def test_a_rotation_goes_over_to_the_new_secret(self, cli: Cli, sealed, typed, monkeypatch):
        typed(KEY)
        cli("keys", "set", "fal")
        monkeypatch.setenv("BOARDS_SECRET_KEY", "the-next-secret-of-32-characters-or-more")
        assert cli("keys", "rotate").code == Exit.BROKEN, "nothing opens it"
        monkeypatch.setenv("BOARDS_SECRET_KEY_PREVIOUS", SECRET)
        ran = cli("keys", "rotate")
        assert (ran.code, ran.out.split()[0]) == (Exit.OK, "1")
        monkeypatch.delenv("BOARDS_SECRET_KEY_PREVIOUS")
        assert cli("keys", "rotate", "--json").json["current"] == 1

    def test_an_unknown_provider_is_not_quoted(self, cli: Cli, sealed, typed):
        typed("fal")
        ran = cli("keys", "set", KEY)
        assert ran.code == Exit.NOT_FOUND
        assert KEY not in ran.err
        assert "fal, openai" in ran.err


class TestProviders:
    def test_the_list_says_what_to_set(self, cli: Cli):
        ran = cli("providers", "list")
        assert ran.code == Exit.OK
        assert "set FAL_KEY" in ran.out
        assert "local" in ran.out

    def test_a_pause_outlives_the_process_and_stops_what_is_asked_for(self, cli: Cli):
        [one] = cli("providers", "pause", "local", "--json").json
        assert (one["name"], one["paused"]) == ("local", True)
        assert "PAUSED" in cli("providers", "list").out
        [one] = cli("providers", "resume", "local", "--json").json
        assert one["paused"] is False
        assert cli("generate", "local-noop").code == Exit.OK

    def test_all_are_paused_and_resumed_at_once(self, cli: Cli):
        assert all(one["paused"] for one in cli("providers", "pause", "--all", "--json").json)
        assert not any(one["paused"] for one in cli("providers", "resume", "--all", "--json").json)

    @pytest.mark.parametrize("more", [(), ("fal", "--all")])
    def test_one_is_named_or_all(self, cli: Cli, more):
        assert cli("providers", "pause", *more).code == Exit.USAGE


class TestDoctor:
    def found(self, cli: Cli) -> dict[str, tuple[str, str]]:
        rows = cli("doctor", "--json").json
        return {one["about"]: (one["mark"], one["said"]) for one in rows}

    def test_it_tells_which_key_is_missing_and_which_is_there(
        self, cli: Cli, sealed, typed, monkeypatch
    ):
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        typed(KEY)
        cli("keys", "set", "fal")
        found = self.found(cli)
        assert found["openai"] == ("ok", "OPENAI_API_KEY is set")
        assert found["fal"] == ("ok", "tenants with a key of their own: 1")
        assert found["kie"] == ("note", "no key; set KIE_API_KEY, or `boards keys set kie`")
        assert KEY not in repr(found)

    def test_keys_that_cannot_be_decrypted_are_a_fault(self, cli: Cli, sealed, typed, monkeypatch):
        typed(KEY)
        cli("keys", "set", "fal")
        monkeypatch.delenv("BOARDS_SECRET_KEY")
        mark, said = self.found(cli)["keys"]
        assert mark == "FAULT"
        assert "BOARDS_SECRET_KEY" in said
