"""REST: jobs."""

import httpx2
import pytest

from boards.domain.costs import free
from boards.domain.generations import Failure, Phase
from tests.api.doubles import BOARD, JOB, PRICE, Doubles, gen_id, generation

PATH = f"/api/v1/jobs/{JOB}"


async def test_a_job_is_shown_with_its_sums_and_its_items(
    client: httpx2.AsyncClient, doubles: Doubles
) -> None:
    failure = Failure(code="busy", message="Too busy.", retryable=True, provider_code="429")
    doubles.jobs.rows = (
        generation(1, phase=Phase.COMPLETED, cost=PRICE),
        generation(2, phase=Phase.FAILED, failure=failure, cost=free()),
    )
    seen = (await client.get(PATH)).json()
    assert (seen["job_id"], seen["state"], seen["partial"]) == (str(JOB), "done", True)
    assert (seen["progress"], seen["needs_attention"]) == (1.0, False)
    assert seen["cost_estimate"]["amount"] == "0.312"
    assert seen["cost_actual"]["amount"] == "0.156"
    assert [one["id"] for one in seen["generations"]] == [str(gen_id(1)), str(gen_id(2))]
    assert seen["items"] == [
        {"generation_id": str(gen_id(1)), "status": "completed", "error": None},
        {
            "generation_id": str(gen_id(2)),
            "status": "failed",
            "error": {
                "code": "busy",
                "message": "Too busy.",
                "retryable": True,
                "provider_code": "429",
                "error_id": None,
            },
        },
    ]
    assert seen["links"] == {
        "self": f"http://localhost:8088{PATH}",
        "cancel": f"http://localhost:8088{PATH}/cancel",
    }


async def test_a_job_is_waited_for_only_when_asked(
    client: httpx2.AsyncClient, doubles: Doubles
) -> None:
    await client.get(PATH)
    await client.get(PATH, params={"wait": "0"})
    await client.get(PATH, params={"wait": "12.5"})
    # After a wait it is asked again whether the caller may still see it.
    waited = [("wait", JOB, 12.5), ("get", JOB)]
    assert doubles.jobs.calls == [("get", JOB), ("get", JOB), *waited]


@pytest.mark.parametrize("wait", ["-1", "60.5", "nan", "inf", "soon"])
async def test_a_wait_out_of_bounds_is_refused(
    client: httpx2.AsyncClient, doubles: Doubles, wait: str
) -> None:
    answer = await client.get(PATH, params={"wait": wait})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["at"] == "wait"
    assert doubles.jobs.calls == []


async def test_cancel_needs_no_body_and_answers_with_the_job(
    client: httpx2.AsyncClient, doubles: Doubles
) -> None:
    answer = await client.post(f"{PATH}/cancel")
    assert answer.status_code == 200
    assert answer.json()["job_id"] == str(JOB)
    assert doubles.jobs.calls == [("cancel", JOB)]


async def test_jobs_are_listed_by_board_and_cursor(
    client: httpx2.AsyncClient, doubles: Doubles
) -> None:
    answer = await client.get(
        "/api/v1/jobs", params={"board_id": str(BOARD), "limit": "3", "cursor": "c"}
    )
    assert [one["job_id"] for one in answer.json()["items"]] == [str(JOB)]
    assert answer.json()["next"] is None
    assert doubles.jobs.calls == [(BOARD, 3, "c")]


async def test_a_missing_job_is_not_found(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/jobs/{gen_id(1)}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
