"""Webhook routes at the edge: what comes in, what is asked of the services, what is shown."""

import httpx2
import pytest

from boards.errors import Busy, Forbidden, NotConfigured, NotFound
from boards.services.ports import MessageType
from boards.services.webhooks import EndpointAsked
from tests.api.doubles import DELIVERY, ENDPOINT, Doubles

API = "/api/v1"
ENDPOINTS = f"{API}/webhook-endpoints"
ONE = f"{ENDPOINTS}/{ENDPOINT.id}"


class TestIn:
    async def test_the_body_goes_on_byte_for_byte(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        body = b'{"b" :  1, "a": [1.0]}'
        answer = await client.post(
            f"{API}/webhooks/fal?token=abc",
            content=body,
            headers={"content-type": "application/json", "X-Fal-Webhook-Signature": "aa"},
        )
        assert (answer.status_code, answer.json()) == (200, {"received": True})
        [(hook,)] = doubles.hooks.calls
        assert (hook.provider, hook.token, hook.body) == ("fal", "abc", body)
        assert hook.headers["x-fal-webhook-signature"] == "aa"

    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (Forbidden("a private reason"), 401),
            (NotFound("a private reason"), 404),
            (Busy("Later.", retry_after=7), 503),
        ],
    )
    async def test_a_refusal_says_nothing_of_its_reason(
        self, client: httpx2.AsyncClient, doubles: Doubles, error: Exception, status: int
    ) -> None:
        doubles.hooks.raises = error
        answer = await client.post(f"{API}/webhooks/fal", json={})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert "private" not in answer.text

    async def test_nobody_has_to_be_signed_in(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        async def nobody(request: object) -> None:
            raise Forbidden("Sign in.")

        doubles.actor_for = nobody  # type: ignore[method-assign, assignment]
        assert (await client.post(f"{API}/webhooks/fal", json={})).status_code == 200
        assert (await client.get(ENDPOINTS)).status_code == 403


class TestEndpoints:
    async def test_the_secret_is_shown_when_it_is_made_and_never_again(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        made = await client.post(
            ENDPOINTS, json={"url": "https://hooks.example", "events": ["job.failed"]}
        )
        assert made.status_code == 201
        assert made.headers["location"].endswith(ONE)
        assert made.json()["secret"] == "whsec_AAAA"
        assert doubles.webhooks.calls == [
            (
                EndpointAsked(
                    url="https://hooks.example", description="", events=(MessageType.JOB_FAILED,)
                ),
            )
        ]
        for answer in (await client.get(ENDPOINTS), await client.get(ONE)):
            assert answer.status_code == 200
            assert "secret" not in answer.text
            assert "sealed" not in answer.text

    async def test_what_is_left_out_of_a_change_stays(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        assert (await client.patch(ONE, json={"enabled": False})).status_code == 200
        assert doubles.webhooks.calls == [(EndpointAsked(enabled=False),)]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"url": ""},
            {"url": "https://x", "events": ["webhook.test"]},
            {"url": "https://x", "events": ["job.begun"]},
            {"url": "https://x", "event": []},
            {"url": "https://x" * 1000},
        ],
    )
    async def test_what_makes_no_sense_is_refused(
        self, client: httpx2.AsyncClient, doubles: Doubles, body: dict[str, object]
    ) -> None:
        assert (await client.post(ENDPOINTS, json=body)).status_code == 422
        assert doubles.webhooks.calls == []

    async def test_a_delivery_shows_what_the_receiver_saw(self, client: httpx2.AsyncClient) -> None:
        log = (await client.get(f"{ONE}/deliveries")).json()["items"]
        assert log[0]["message_id"] == f"msg_{DELIVERY.id.hex}"
        assert log[0]["type"] == "job.done"
        again = await client.post(f"{ONE}/deliveries/{DELIVERY.id}/redeliver")
        assert again.json() == log[0]
        assert (await client.post(f"{ONE}/test")).json()["id"] == str(DELIVERY.id)

    async def test_renewing_and_deleting(self, client: httpx2.AsyncClient) -> None:
        assert (await client.post(f"{ONE}/rotate-secret")).json()["secret"] == "whsec_BBBB"
        assert (await client.delete(ONE)).status_code == 204
        other = ONE[:-1] + "0"
        assert (await client.delete(other)).status_code == 404

    async def test_without_a_secret_of_the_installation_it_says_what_to_set(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.webhooks.raises = NotConfigured("set BOARDS_SECRET_KEY")
        answer = await client.post(ENDPOINTS, json={"url": "https://hooks.example"})
        assert answer.status_code == 503
        assert "BOARDS_SECRET_KEY" in answer.json()["detail"]
