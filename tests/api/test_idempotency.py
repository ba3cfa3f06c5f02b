"""Repeated requests and cached results, as clients of REST and GraphQL meet them."""

import asyncio
from typing import Any

import pytest

from tests.api.test_journey import API, Seat, seat
from tests.services.test_caching import Steady

__all__ = ["seat"]

BODY = {"generator": "sample", "inputs": {"prompt": "a fox"}}


async def send(seat: Seat, key: str | None, body: dict[str, Any] = BODY) -> tuple[int, Any]:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = await seat.http.post(f"{API}/generations", json=body, headers=headers)
    return answer.status_code, answer.json()


class TestIdempotencyKey:
    async def test_the_same_request_gives_the_same_job(self, seat: Seat) -> None:
        first = await send(seat, "order-1")
        again = await send(seat, "order-1")
        assert (first[0], again[0]) == (202, 202)
        assert again[1]["job_id"] == first[1]["job_id"]
        assert (first[1]["is_replay"], again[1]["is_replay"]) == (False, True)
        jobs = (await seat.http.get(f"{API}/jobs")).json()["items"]
        assert len(jobs) == 1

    async def test_fifty_at_once_give_one_job(self, seat: Seat) -> None:
        answers = await asyncio.gather(*(send(seat, "order-1") for _ in range(50)))
        assert {status for status, _ in answers} == {202}
        assert len({body["job_id"] for _, body in answers}) == 1

    async def test_another_body_is_refused(self, seat: Seat) -> None:
        await send(seat, "order-1")
        status, problem = await send(seat, "order-1", {**BODY, "takes": 2})
        assert (status, problem["code"]) == (422, "invalid_input")
        assert "send a new key" in problem["detail"]

    async def test_without_a_key_each_request_is_its_own(self, seat: Seat) -> None:
        answers = [await send(seat, None) for _ in range(2)]
        assert len({body["job_id"] for _, body in answers}) == 2

    @pytest.mark.parametrize("key", ["", "x" * 256])
    async def test_a_key_that_is_none_is_refused(self, seat: Seat, key: str) -> None:
        status, problem = await send(seat, key)
        assert (status, problem["code"]) == (422, "invalid_input")


class TestCache:
    async def test_a_result_from_the_cache_says_so(self, seat: Seat) -> None:
        seat.studio.registry.register(Steady())
        body = {"generator": "steady", "inputs": {"prompt": "a fox"}}
        first = await seat.submit(**body)  # type: ignore[arg-type]
        estimate = (await seat.http.post(f"{API}/estimate", json=body)).json()
        assert estimate["cost_estimate"]["amount"] == "0"
        assert estimate["cost_estimate"]["cached_units"] == 1
        anew = (await seat.http.post(f"{API}/estimate", json={**body, "force": True})).json()
        assert anew["cost_estimate"]["amount"] == "0.25"
        again = await seat.submit(**body)  # type: ignore[arg-type]
        [made], [copy] = first["generations"], again["generations"]
        assert (made["cached_from"], copy["cached_from"]) == (None, made["id"])
        assert copy["cost"]["cached_units"] == 1
        assert copy["cost"]["amount"] == "0"
        files = [await seat.http.get(one["file"]["url"]) for one in (made, copy)]
        assert files[0].content == files[1].content
