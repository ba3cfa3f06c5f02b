"""Replicate's own Python client, unchanged, against the lab."""

import asyncio
import io
from typing import Any
from urllib.request import urlopen

import pytest
from replicate.client import Client
from replicate.exceptions import ModelError, ReplicateError

from boards.testing.lab import Event, Kind, Lab, Stage
from boards.testing.lab.media import credentials_of

MODEL = "black-forest-labs/flux-schnell"
VERSION = "c846a69991daf4c0e5d016514849d14ee5b2e6846ce6b9d6f21369e564cfe51e"


@pytest.fixture
async def client(lab: Lab):
    opened = Client(api_token="r8_x", base_url=f"{lab.url}/replicate")
    opened.poll_interval = 0.01
    yield opened
    await opened._async_client.aclose()


async def created(client: Client, **inputs: Any) -> Any:
    return await client.predictions.async_create(model=MODEL, input={"prompt": "x", **inputs})


class TestPredictions:
    async def test_a_prediction_begins_and_is_waited_for(self, client, lab):
        prediction = await created(client, num_outputs=2, output_format="png")

        assert (prediction.status, prediction.output) == ("starting", None)
        await prediction.async_wait()

        assert prediction.status == "succeeded"
        assert prediction.model == MODEL
        assert prediction.input == {"prompt": "x", "num_outputs": 2, "output_format": "png"}
        assert len(prediction.output) == 2
        assert prediction.metrics == {"predict_time": 0.0, "image_count": 2}
        assert prediction.urls["get"].endswith(f"/v1/predictions/{prediction.id}")
        assert (lab.book.accepted, lab.book.billed) == (1, 1)

    async def test_a_model_may_give_one_image_instead_of_a_list(self, client):
        prediction = await client.predictions.async_create(
            model="black-forest-labs/flux-1.1-pro", input={"prompt": "x"}
        )
        await prediction.async_reload()

        assert prediction.output.endswith(".webp")

    async def test_a_version_is_run(self, client):
        prediction = await client.predictions.async_create(VERSION, {"prompt": "x"})
        await prediction.async_wait()

        assert prediction.status == "succeeded"

    async def test_run_waits_for_the_output(self, client, lab):
        (url,) = await client.async_run(MODEL, {"prompt": "x", "output_format": "png"})

        assert credentials_of(await _read(url)) is not None
        assert lab.book.billed == 1

    async def test_all_states_are_parsed(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        prediction = await created(client)
        (job,) = lab.desk.jobs.values()
        job.progress = "running"

        await prediction.async_reload()

        assert prediction.status == "processing"
        assert prediction.started_at is not None
        assert prediction.completed_at is None

    async def test_a_prediction_is_cancelled(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        prediction = await created(client)

        await prediction.async_cancel()

        assert prediction.status == "canceled"
        assert lab.book.billed == 0

    async def test_predictions_are_listed(self, client):
        first, second = await created(client), await created(client)

        page = await client.predictions.async_list()

        assert [each.id for each in page.results] == [second.id, first.id]
        assert page.next is None


class TestFiles:
    async def test_a_file_is_kept_and_deleted(self, client, lab):
        file = await client.files.async_create(
            io.BytesIO(b"bytes"), filename="a.png", content_type="image/png"
        )

        assert (file.name, file.content_type, file.size) == ("a.png", "image/png", 5)
        assert lab.book.count(Event.UPLOADED) == 1
        assert (await client.files.async_get(file.id)).urls == file.urls
        assert await client.files.async_delete(file.id)
        with pytest.raises(ReplicateError) as gone:
            await client.files.async_get(file.id)
        assert gone.value.status == 404


class TestWebhooks:
    async def test_the_secret_is_told(self, client):
        secret = await client.webhooks.default.async_secret()

        assert secret.key.startswith("whsec_")


class TestErrors:
    async def test_refused_content_is_an_error_of_the_model(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS, code="content_policy_violation")

        with pytest.raises(ModelError) as refused:
            await client.async_run(MODEL, {"prompt": "x"})

        assert "(E005)" in str(refused.value.prediction.error)
        assert refused.value.prediction.output is None
        assert lab.book.billed == 0

    @pytest.mark.parametrize(
        ("kind", "status", "title"),
        [
            (Kind.AUTH, 401, "Unauthenticated"),
            (Kind.QUOTA, 402, "Insufficient credit"),
            (Kind.NOT_FOUND, 404, None),
            (Kind.INPUT, 422, "Input validation"),
            (Kind.BUSY, 429, None),
        ],
    )
    async def test_problems_are_parsed(self, client, lab, kind, status, title):
        lab.fault(Stage.SUBMIT, kind)

        with pytest.raises(ReplicateError) as refused:
            await created(client)

        assert (refused.value.status, refused.value.title) == (status, title)
        assert refused.value.detail
        assert lab.book.accepted == 0

    async def test_a_gateways_page_is_an_error_without_details(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.STATUS, status=502)

        with pytest.raises(ReplicateError) as failed:
            await created(client)

        assert (failed.value.status, failed.value.detail) == (502, None)

    async def test_the_client_asks_again_when_it_is_told_to(self, client, lab):
        prediction = await created(client)
        lab.fault(Stage.POLL, Kind.BUSY, retry_after=0)

        await prediction.async_reload()

        assert prediction.status == "succeeded"
        assert lab.book.count(Event.REFUSED) == 1


async def _read(url: str) -> bytes:
    def read() -> bytes:
        with urlopen(url) as answer:
            data: bytes = answer.read()
            return data

    return await asyncio.to_thread(read)
