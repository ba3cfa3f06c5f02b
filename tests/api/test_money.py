"""Budgets, reports and the ledger over HTTP: their shapes, and what is refused at the edge."""

import csv
import io
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from boards.domain.budgets import BudgetScope, Period, Strictness
from boards.domain.costs import LedgerKind
from boards.domain.spending import SpendBy
from boards.errors import Forbidden, OverBudget
from tests.api.doubles import BOARD, NOW, STANDING, Doubles, gen_id

BUDGETS = "/api/v1/budgets"
ONE = f"{BUDGETS}/{STANDING.budget.id}"
DAILY = {"scope": "board", "subject_id": str(BOARD), "period": "day", "amount": "5.00"}
REFUSAL = OverBudget(
    "Over.",
    limit=Decimal(5),
    spent=Decimal("4.50"),
    held=Decimal("0.25"),
    asked=Decimal("0.50"),
    scope="board",
    period="day",
    resets_at=NOW,
)


class TestBudgets:
    async def test_a_budget_is_shown_with_what_is_left(self, client: httpx2.AsyncClient) -> None:
        answer = (await client.get(BUDGETS)).json()
        (item,) = answer["items"]
        assert answer["time_zone"] == "Europe/Berlin"
        assert {name: item[name] for name in ("amount", "spent", "held", "left")} == {
            "amount": "5",
            "spent": "4.5",
            "held": "0.25",
            "left": "0.25",
        }
        assert (item["scope"], item["period"], item["strictness"]) == ("board", "day", "hard")
        assert (await client.get(ONE)).json() == item

    async def test_it_is_set_changed_and_removed(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        made = await client.post(BUDGETS, json=DAILY)
        assert (made.status_code, made.headers["location"]) == (201, ONE)
        assert (await client.patch(ONE, json={"amount": "7.5"})).status_code == 200
        assert (await client.delete(ONE)).status_code == 204
        asked = {
            "scope": BudgetScope.BOARD,
            "subject_id": BOARD,
            "period": Period.DAY,
            "strictness": Strictness.HARD,
            "amount": Decimal("5.00"),
        }
        assert doubles.money.budgets.calls[:2] == [
            ("create", asked),
            ("change", STANDING.budget.id, Decimal("7.5")),
        ]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"amount": 5},
            {"amount": 0.1},
            {"amount": "-1"},
            {"amount": "1e3"},
            {"amount": "NaN"},
            {"amount": "12345678"},
            {"amount": "0.0000000001"},
            {"period": "week"},
            {"scope": "planet"},
            {"strictness": "firm"},
            {"subject_id": "here"},
            {"amout": "1"},
        ],
        ids=str,
    )
    async def test_what_is_no_budget_is_refused(
        self, client: httpx2.AsyncClient, doubles: Doubles, wrong: dict[str, Any]
    ) -> None:
        answer = await client.post(BUDGETS, json={**DAILY, **wrong})
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["at"] in wrong
        assert doubles.money.budgets.calls == []

    async def test_the_time_zone_is_set(self, client: httpx2.AsyncClient, doubles: Doubles) -> None:
        answer = await client.put("/api/v1/time-zone", json={"time_zone": "Asia/Tokyo"})
        assert answer.status_code == 200
        assert doubles.money.budgets.calls[0] == ("zone", "Asia/Tokyo")

    async def test_who_may_not_is_told_so(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.money.budgets.raises = Forbidden()
        assert (await client.post(BUDGETS, json=DAILY)).status_code == 403


class TestSpend:
    async def test_a_report_shows_estimate_and_actual_and_another_currency(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await client.get(
            "/api/v1/spend", params={"by": "provider", "first": "2026-02-01", "last": "2026-02-28"}
        )
        report = answer.json()
        (row,) = report["rows"]
        assert (row["spent"], row["estimated"], row["spent_shown"]) == ("0.3", "0.312", "0.276")
        assert report["display"] == {"currency": "EUR", "rate": "0.92"}
        assert report["total"]["runs"] == 2
        by, first, last = doubles.money.spending.calls[0]
        assert (by, f"{first}", f"{last}") == (SpendBy.PROVIDER, "2026-02-01", "2026-02-28")

    @pytest.mark.parametrize(
        "label", ["=SUM(A1)", "+1", "-1", "@x", "\t=1", "\r=1", " =1", '=cmd|" /c calc"!A1']
    )
    async def test_no_text_becomes_a_formula_in_a_spreadsheet(
        self, client: httpx2.AsyncClient, doubles: Doubles, label: str
    ) -> None:
        doubles.money.spending.label = label
        answer = await client.get("/api/v1/spend", params={"by": "board", "format": "csv"})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"].startswith("attachment")
        heads, row = csv.reader(io.StringIO(answer.text, newline=""))
        assert row[0] == f"'{label}"
        assert dict(zip(heads, row, strict=True))["spent USD"] == "0.3"

    async def test_drift_has_a_route_of_its_own(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        assert (await client.get("/api/v1/spend/drift")).status_code == 200
        assert doubles.money.spending.calls[0][0] is SpendBy.GENERATOR

    @pytest.mark.parametrize(
        "wrong", [{"by": "hour"}, {"first": "yesterday"}, {"last": "0"}, {"format": "xlsx"}]
    )
    async def test_what_is_no_report_is_refused(
        self, client: httpx2.AsyncClient, wrong: dict[str, str]
    ) -> None:
        assert (await client.get("/api/v1/spend", params=wrong)).status_code == 422


class TestLedger:
    async def test_a_row_says_where_its_amount_comes_from(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await client.get("/api/v1/ledger", params={"kind": "settle", "limit": "3"})
        page = answer.json()
        (row,) = page["items"]
        assert (row["kind"], row["amount"], row["source"]) == ("settle", "0.156", "usage")
        assert page["next"] == "n7"
        which, limit, cursor = doubles.money.ledger.calls[0]
        assert (which.kind, limit, cursor) == (LedgerKind.SETTLE, 3, None)

    async def test_an_examination_says_what_is_wrong(self, client: httpx2.AsyncClient) -> None:
        found = (await client.get("/api/v1/ledger/verify")).json()
        assert found["sound"] is False
        assert found["faults"][0]["kind"] == "negative"

    async def test_a_later_bill_is_taken_into_account(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        path = f"/api/v1/generations/{gen_id(100)}/adjust"
        answer = await client.post(path, json={"actual": "0.31", "cause": "invoice 7"})
        assert answer.status_code == 200
        assert doubles.money.ledger.calls == [("adjust", gen_id(100), Decimal("0.31"), "invoice 7")]
        assert (await client.post(path, json={"actual": 0.31, "cause": "x"})).status_code == 422


class TestPlans:
    PART = {"generator": "paint", "inputs": {}, "takes": 2}

    async def test_a_plan_is_estimated_together(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.submit.refusal = REFUSAL
        answer = await client.post("/api/v1/estimate", json={"plan": [self.PART, self.PART]})
        found = answer.json()
        assert found["cost_estimate"]["amount"] == "0.312"
        assert found["takes"] == 4
        assert [part["takes"] for part in found["parts"]] == [2, 2]
        assert found["budget"]["left"] == "0.25"
        assert found["refusal"]["asked"] == "0.5"
        assert len(doubles.submit.calls[0]) == 3

    @pytest.mark.parametrize(
        ("body", "at"),
        [
            ({"plan": []}, "plan"),
            ({"plan": [{"generator": "paint"}]}, "plan.0.inputs"),
            ({"plan": [{"generator": "paint", "inputs": {}, "takez": 1}]}, "plan.0.takez"),
            ({"generator": "paint"}, "inputs"),
            ({"generator": "paint", "inputs": {}, "takez": 1}, "takez"),
            ({"plan": [], "generator": "paint"}, "generator"),
        ],
        ids=str,
    )
    async def test_a_fault_is_named_in_the_words_of_the_body(
        self, client: httpx2.AsyncClient, body: dict[str, Any], at: str
    ) -> None:
        answer = await client.post("/api/v1/estimate", json=body)
        assert answer.status_code == 422
        assert at in [one["at"] for one in answer.json()["problems"]]

    async def test_unpriced_is_allowed_by_a_word_of_its_own(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        body = {"generator": "paint", "inputs": {}, "allow_unpriced": True}
        await client.post("/api/v1/generations", json=body)
        assert doubles.submit.calls[0][1].allow_unpriced is True


async def test_a_refusal_names_the_budget_and_when_it_begins_anew(
    client: httpx2.AsyncClient, doubles: Doubles
) -> None:
    doubles.submit.raises = REFUSAL
    answer = await client.post("/api/v1/generations", json={"generator": "paint", "inputs": {}})
    problem = answer.json()
    assert answer.status_code == 402
    assert {name: problem[name] for name in ("scope", "period", "reason", "resets_at")} == {
        "scope": "board",
        "period": "day",
        "reason": "exceeded",
        "resets_at": "2026-03-01T12:00:00Z",
    }
