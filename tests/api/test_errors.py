"""Every error is said in one shape, by one table."""

from decimal import Decimal

import httpx2
import pytest

from boards.api.errors import STATUSES, said_of
from boards.errors import (
    BoardsError,
    Busy,
    ConfigError,
    InvalidInput,
    OverBudget,
    Problem,
    ProviderError,
    StorageError,
    all_errors,
)
from tests.api.doubles import Doubles

SUBMIT = "/api/v1/generations"
BODY = {"generator": "paint", "inputs": {}}


def made(kind: type[BoardsError]) -> BoardsError:
    if issubclass(kind, OverBudget):
        amount = Decimal(1)
        return kind("said", limit=amount, spent=amount, held=amount, asked=amount)
    return kind("said")


OWN = [kind for kind in all_errors() if kind.__module__ == "boards.errors"]


def test_the_table_says_every_code_of_the_tree_and_no_other() -> None:
    assert {kind.code for kind in OWN} == set(STATUSES)


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
async def test_every_error_becomes_a_problem_with_its_code(
    client: httpx2.AsyncClient, doubles: Doubles, kind: type[BoardsError]
) -> None:
    doubles.submit.raises = made(kind)
    answer = await client.post(SUBMIT, json=BODY)
    said = STATUSES[kind.code]
    assert answer.status_code == said.status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:boards:error:{kind.code}"
    assert (problem["code"], problem["status"], problem["title"]) == (
        kind.code,
        said.status,
        said.title,
    )
    assert problem["detail"] == "said"


def test_an_error_of_a_plugin_is_said_as_its_parent() -> None:
    class Sleepy(Busy):
        code = "sleepy"

    assert said_of(Sleepy()) == ("busy", STATUSES["busy"])


async def test_the_detail_for_the_log_does_not_leave_the_server(
    client: httpx2.AsyncClient, doubles: Doubles
) -> None:
    doubles.submit.raises = StorageError("Not stored.", detail="/srv/private: EIO")
    answer = await client.post(SUBMIT, json=BODY)
    assert answer.status_code == 507
    assert "private" not in answer.text


async def test_problems_say_where(client: httpx2.AsyncClient, doubles: Doubles) -> None:
    doubles.submit.raises = InvalidInput(
        "Not valid.", problems=(Problem(at="inputs.prompt", message="Too short."),)
    )
    answer = await client.post(SUBMIT, json=BODY)
    assert answer.json()["problems"] == [{"at": "inputs.prompt", "message": "Too short."}]


@pytest.mark.parametrize(("after", "said"), [(None, "5"), (2.2, "3"), (0.0, "0"), (-1.0, "0")])
async def test_busy_says_when_to_come_again(
    client: httpx2.AsyncClient, doubles: Doubles, after: float | None, said: str
) -> None:
    doubles.submit.raises = Busy(retry_after=after)
    answer = await client.post(SUBMIT, json=BODY)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, said)


async def test_only_over_budget_speaks_of_amounts(
    client: httpx2.AsyncClient, doubles: Doubles
) -> None:
    doubles.submit.raises = ProviderError("It failed.")
    problem = (await client.post(SUBMIT, json=BODY)).json()
    assert not {"limit", "spent", "held", "asked", "error_id"} & problem.keys()


async def test_an_unknown_path_is_a_problem(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "/api/v1/nothing" in answer.json()["detail"]


async def test_a_wrong_method_is_a_problem_and_names_the_right_ones(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.put("/api/v1/boards", json={})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"


async def test_a_config_error_is_a_500(client: httpx2.AsyncClient, doubles: Doubles) -> None:
    doubles.submit.raises = ConfigError(faults=("x is missing",))
    assert (await client.post(SUBMIT, json=BODY)).status_code == 500
