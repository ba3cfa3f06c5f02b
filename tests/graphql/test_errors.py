"""Errors over GraphQL: each with a code, and nothing private in any."""

import logging
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLError

from boards.api.graphql.errors import CODES, said
from boards.errors import BoardsError, Busy, OverBudget, Refused, all_errors
from tests.graphql.asking import Ask
from tests.services.studio import Studio


def extensions(error: Exception) -> Any:
    return said(GraphQLError("raised", original_error=error)).extensions


class TestTheTable:
    def test_it_has_every_code_of_the_tree_and_no_other(self):
        assert set(CODES) == {error.code for error in all_errors()}

    def test_no_code_stands_for_two_errors(self):
        assert len(set(CODES.values())) == len(CODES)

    def test_an_error_without_an_entry_is_said_as_its_parent(self):
        class Unheard(Refused):
            """Nobody has heard of this."""

            code = "unheard"

        assert extensions(Unheard())["code"] == "REFUSED"

    def test_amounts_of_a_budget_are_plain_decimals(self):
        error = OverBudget(limit=Decimal(5), spent=Decimal("4.500"), held=Decimal(0), asked=None)
        assert extensions(error) == {
            "code": "OVER_BUDGET",
            "retryable": False,
            "limit": "5",
            "spent": "4.5",
            "held": "0",
            "asked": None,
            "scope": None,
            "period": None,
            "resetsAt": None,
            "reason": "exceeded",
        }

    def test_a_busy_provider_says_when_to_come_back(self):
        assert extensions(Busy(retry_after=7.5))["retryAfter"] == 7.5

    def test_what_is_for_the_log_stays_out(self):
        error = said(GraphQLError("x", original_error=BoardsError("Sorry.", detail="key=sk-123")))
        assert error.message == "Sorry."
        assert "sk-123" not in str(error.formatted)


class TestOverTheWire:
    async def test_the_unexpected_is_masked_and_found_by_its_id(
        self, studio: Studio, ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog
    ):
        def broken(*_, **__):
            raise RuntimeError("password=hunter2")

        monkeypatch.setattr("boards.api.graphql.generators.generator_shape", broken)
        error = await ask.error("{ generators { name } }")
        assert error["extensions"]["code"] == "INTERNAL_ERROR"
        assert error["extensions"]["errorId"] in error["message"]
        assert "hunter2" not in str(error)

    async def test_a_refusal_is_not_logged_as_a_fault(self, ask: Ask, caplog):
        with caplog.at_level(logging.WARNING):
            await ask.error('{ generators(artifactType: "smell") { name } }')
        assert not [record for record in caplog.records if record.levelno >= logging.ERROR]

    @pytest.mark.parametrize(
        ("document", "code"),
        [
            ("{ generators {", "GRAPHQL_PARSE_FAILED"),
            ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ generators { ...Nowhere } }", "GRAPHQL_VALIDATION_FAILED"),
            ('{ generation(id: "1") { id } }', "GRAPHQL_VALIDATION_FAILED"),
            ('{ generation(id: "{01890a5d-ac96-774b-bcce-b302099a8057}") { id } }',
             "GRAPHQL_VALIDATION_FAILED"),
            ("{ generation(id: 7) { id } }", "GRAPHQL_VALIDATION_FAILED"),
            ('{ generators(artifactType: "smell") { name } }', "INVALID_INPUT"),
        ],
    )  # fmt: skip
    async def test_a_wrong_document_says_what_is_wrong_with_it(
        self, ask: Ask, document: str, code: str
    ):
        assert await ask.code(document) == code

    async def test_a_wrong_variable_names_itself(self, ask: Ask):
        error = await ask.error("query ($id: UUID!) { generation(id: $id) { id } }", id="nonsense")
        assert "$id" in error["message"]
        assert "nonsense" in error["message"]
        assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"

    async def test_one_field_s_error_leaves_the_others_their_answer(self, ask: Ask):
        answer = await ask.answer("{ generators { name } recentGenerations(limit: 0) { id } }")
        assert answer["errors"][0]["path"] == ["recentGenerations"]
        assert answer["data"] is None
