"""The table of exit codes covers every error, and the page covers every exit code."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from boards.cli.exits import EXITS, MEANINGS, Exit, Stop, exit_of, stop_of
from boards.errors import BoardsError, Conflict, InvalidInput, OverBudget, Problem, all_errors

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
def test_every_error_has_an_exit_code(error):
    assert error.code in EXITS
    assert exit_of(error) is EXITS[error.code]


def test_no_error_ends_like_a_success():
    assert Exit.OK not in EXITS.values()


def test_an_error_that_the_table_does_not_know_ends_as_its_parent():
    class Held(Conflict):
        code = "held"

    try:
        assert exit_of(Held("x")) is exit_of(Conflict)
    finally:
        # Subclasses are listed as long as they live.
        Held.code = Conflict.code


def test_every_exit_code_has_a_meaning():
    assert set(MEANINGS) == set(Exit)


def test_the_page_lists_every_exit_code_with_its_meaning():
    rows = dict(re.findall(r"^\| `(\d+)` \| (.+?) \|$", PAGE.read_text("utf-8"), re.MULTILINE))
    assert rows == {str(int(code)): meaning for code, meaning in MEANINGS.items()}


class TestAStop:
    def test_tells_programs_what_it_tells_people(self):
        stop = Stop("Gone.", exit_code=Exit.NOT_FOUND, code="not_found", more={"job_id": "7"})
        assert stop.problem() == {
            "type": "urn:boards:error:not_found",
            "title": MEANINGS[Exit.NOT_FOUND],
            "detail": "Gone.",
            "code": "not_found",
            "exit": 3,
            "problems": [],
            "job_id": "7",
        }

    def test_keeps_where_an_input_is_wrong(self):
        error = InvalidInput("No.", problems=(Problem(at="inputs.n", message="too many"),))
        assert stop_of(error).problem()["problems"] == [{"at": "inputs.n", "message": "too many"}]

    def test_keeps_the_amounts_of_a_budget(self):
        error = OverBudget(limit=Decimal(5), spent=Decimal("4.9"), held=Decimal(0), asked=None)
        problem = stop_of(error).problem()
        assert problem["exit"] == Exit.OVER_BUDGET
        assert (problem["limit"], problem["spent"], problem["asked"]) == ("5", "4.9", None)

    def test_never_shows_the_private_detail(self):
        assert "private" not in str(stop_of(BoardsError("Sorry.", detail="private")).problem())
