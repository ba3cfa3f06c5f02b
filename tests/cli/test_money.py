"""Budgets, reports and the ledger at the command line."""

import csv
import io
import json
from decimal import Decimal

import pytest

ALL = "priced"


def generate(cli, *more: str):
    return cli("generate", ALL, "--yes", *more)


@pytest.fixture
def cli(cli, home):
    """One command at a time, in a folder of its own."""
    return cli


def test_a_budget_is_set_listed_changed_and_removed(cli):
    made = cli("budget", "set", "5", "--per", "day", "--json").json
    assert (made["scope"], made["period"], made["amount"], made["left"]) == (
        "tenant",
        "day",
        "5",
        "5",
    )
    again = cli("budget", "set", "7.50", "--per", "day", "--json").json
    assert (again["id"], again["amount"]) == (made["id"], "7.5")
    listed = cli("budget", "list")
    assert made["id"] in listed.out
    assert "$7.50 of $7.50" in listed.out
    assert cli("budget", "remove", made["id"]).code == 0
    assert "no budgets" in cli("budget", "list").out
    assert cli("budget", "remove", made["id"]).code == 3


def test_a_budget_for_a_board_goes_by_its_title(cli):
    board = cli("board", "create", "Boats", "--json").json
    made = cli("budget", "set", "1", "--board", "Boats", "--soft", "--json").json
    assert (made["scope"], made["subject_id"], made["strictness"]) == ("board", board["id"], "soft")


@pytest.mark.parametrize(
    "wrong",
    [
        ("much",),
        ("-1",),
        ("1", "--per", "week"),
        ("1", "--user", "here"),
        ("1", "--user", "a", "--token", "b"),
    ],
    ids=str,
)
def test_what_is_no_budget_is_refused(cli, wrong):
    assert cli("budget", "set", *wrong).code == 2


def test_what_would_exceed_a_budget_is_refused_in_words_and_by_its_own_code(cli):
    cli("budget", "set", "0.10")
    refused = generate(cli)
    assert refused.code == 5
    assert "monthly budget of the whole tenant is $0.10" in refused.err
    assert "Nothing was spent" in refused.err
    assert cli("list", "--json").json == []

    problem = cli("generate", ALL, "--yes", "--json").json
    assert (problem["code"], problem["limit"], problem["scope"], problem["period"]) == (
        "over_budget",
        "0.1",
        "tenant",
        "month",
    )


def test_what_is_free_runs_all_the_same(cli):
    cli("budget", "set", "0")
    assert cli("generate", "free").code == 0


def test_what_has_no_price_is_allowed_by_an_option(cli):
    cli("budget", "set", "5")
    assert cli("generate", "unpriced", "--yes").code == 5
    assert cli("generate", "unpriced", "--yes", "--allow-unpriced").code == 0


def test_a_soft_budget_warns(cli):
    cli("budget", "set", "0.01", "--soft")
    made = generate(cli)
    assert made.code == 0
    assert "Warning: This costs" in made.err


def test_an_estimate_says_what_is_left_and_what_would_be_refused(cli):
    cli("budget", "set", "0.10", "--per", "day")
    found = cli("estimate", ALL)
    assert found.code == 0
    assert "$0.10 of $0.10 left (tenant, day, hard)" in found.out
    assert "It would be refused" in found.err
    assert cli("estimate", ALL, "--json").json["refusal"]["reason"] == "exceeded"


def test_a_plan_is_estimated_together(cli, home):
    plan = home / "plan.json"
    part = {"generator": ALL, "inputs": {}}
    plan.write_text(json.dumps([part, {**part, "takes": 3}, {"generator": "free", "inputs": {}}]))
    one = cli("estimate", ALL, "--json").json["cost_estimate"]["amount"]
    found = cli("estimate", "--plan", str(plan), "--json").json
    assert Decimal(found["cost_estimate"]["amount"]) == 4 * Decimal(one)
    assert [row["takes"] for row in found["parts"]] == [1, 3, 1]
    assert "× 3" in cli("estimate", "--plan", str(plan)).out


def test_a_plan_that_is_none_is_refused(cli, home):
    for text in ("", "{}", "[]", "[1]"):
        (home / "plan.json").write_text(text)
        assert cli("estimate", "--plan", str(home / "plan.json")).code == 2, text
    assert cli("estimate", "--plan", str(home / "none.json")).code == 2
    assert cli("estimate").code == 2


def test_what_was_spent_is_reported_and_the_books_are_right(cli):
    generate(cli)
    report = cli("spend", "--by", "generator", "--json").json
    (row,) = report["rows"]
    assert (row["key"], row["runs"], row["spent"]) == (ALL, 1, row["estimated"])
    assert ALL in cli("spend", "--by", "generator").out
    heads, only = csv.reader(io.StringIO(cli("spend", "--by", "generator", "--csv").out))
    assert (heads[0], only[0]) == ("generator", ALL)
    assert "No model drifts." in cli("spend", "--drift").out

    verified = cli("ledger", "verify")
    assert verified.code == 0
    assert "Nothing is wrong." in verified.out
    rows = cli("ledger", "list", "--json").json
    assert [one["kind"] for one in rows] == ["settle", "hold"]
    assert cli("ledger", "list", "--kind", "hold").out.count("hold") == 1

    generation = rows[0]["generation_id"]
    adjusted = cli("ledger", "adjust", generation, "9", "--cause", "invoice 7")
    assert "$9.00" in adjusted.out
    assert cli("spend", "--json").json["total"]["spent"] == "9"
    assert cli("ledger", "adjust", generation, "8", "--cause", "invoice 7").code == 4
    assert cli("ledger", "verify").code == 0


def test_options_that_exclude_each_other_are_refused(cli):
    assert cli("spend", "--csv", "--json").code == 2
    assert cli("spend", "--by", "hour").code == 2
    assert cli("spend", "--first", "yesterday").code == 2


def test_days_begin_where_the_tenant_is(cli):
    assert "Asia/Tokyo" in cli("budget", "zone", "Asia/Tokyo").out
    assert cli("budget", "zone", "Mars/Olympus").code == 2
