"""`boards reconcile`: what it asks, what it leaves to people, and that it spends nothing."""

import pytest

from boards.cli.exits import Exit
from boards.testing.generators import FakeProvider
from tests.cli.conftest import Cli
from tests.cli.makers import Forgetful


@pytest.fixture
def provider(home, monkeypatch):
    """The provider behind the generator `forgetful`, which loses one answer."""
    with (home / "generators.yaml").open("a") as opened:
        opened.write("  - class: tests.cli.makers:Forgetful\n")
    made = FakeProvider(drop_answers=1)
    monkeypatch.setattr(Forgetful, "service_of_all", made)
    return made


def lose(cli: Cli) -> str:
    ran = cli("generate", "forgetful", "--yes", "--json")
    assert ran.code == Exit.ATTENTION
    [one] = ran.json["generations"]
    return str(one["id"])


def test_there_may_be_nothing_to_do(cli):
    ran = cli("reconcile")
    assert (ran.code, ran.out) == (Exit.OK, "Nothing waits for a decision.\n")
    assert cli("reconcile", "--json").json == []


def test_a_lost_job_is_found_and_comes_to_its_end(cli, provider):
    one = lose(cli)
    [row] = cli("reconcile", "--json").json
    assert (row["id"], row["outcome"]) == (one, "found")
    assert (provider.submits, provider.lookups) == (1, 1)
    # Whatever runs next takes it on.
    assert cli("reconcile").out == "Nothing waits for a decision.\n"
    assert provider.paid == 1


def test_a_dry_run_asks_nobody(cli, provider):
    one = lose(cli)
    [row] = cli("reconcile", "--dry-run", "--json").json
    assert (row["id"], row["reason"], row["outcome"]) == (one, "submit_unknown", "check_again")
    assert row["held"]["amount"] == "0.1"
    assert provider.lookups == 0


def test_no_other_command_asks_a_provider(cli, provider):
    lose(cli)
    cli("list")
    assert provider.lookups == 0


def test_nothing_found_is_said_and_changes_nothing(cli, provider):
    one = lose(cli)
    provider.jobs.clear()
    ran = cli("reconcile")
    assert ran.code == Exit.OK
    head, line, *more = ran.out.splitlines()
    assert head.split() == ["ID", "REASON", "GENERATOR", "OUTCOME", "COST"]
    assert line.split()[0] == one
    assert {"forgetful", "$0.10"} <= set(line.split())
    assert "not found" in line
    assert "Nothing has changed" in more[-1]
    assert [row["id"] for row in cli("reconcile", "--dry-run", "--json").json] == [one]


def test_what_nobody_can_be_asked_about_is_left_to_a_person(cli):
    cli("generate", "broken", "--yes")
    [row] = cli("reconcile", "--json").json
    assert (row["reason"], row["outcome"]) == ("failed", "decide")
    assert row["ways"] == ["mark_lost", "release_hold"]
