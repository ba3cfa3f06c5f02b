"""fal's own Python client, unchanged but for its hosts, against the lab."""

from urllib.request import urlopen

import fal_client
import pytest
from fal_client import client as sdk
from fal_client.client import FalClientHTTPError

from boards.testing.lab import Event, Kind, Lab, Stage

MODEL = "fal-ai/flux-2-pro"


@pytest.fixture
async def fal(lab: Lab, monkeypatch):
    monkeypatch.setattr(sdk, "QUEUE_URL_FORMAT", f"{lab.url}/fal/")
    monkeypatch.setattr(sdk, "REST_URL", f"{lab.url}/fal-rest")
    monkeypatch.setattr(sdk, "CDN_URL", f"{lab.url}/fal-cdn")
    # The client's own retries would hide what the lab answers.
    monkeypatch.setattr(sdk, "MAX_ATTEMPTS", 1)
    client = fal_client.AsyncClient(key="id:secret")
    yield client
    await (await client._client).aclose()


class TestTheQueue:
    async def test_a_submit_gives_a_handle_and_the_handle_the_result(self, fal, lab):
        handle = await fal.submit(MODEL, {"prompt": "a lighthouse"})

        result = await handle.get()

        image = result["images"][0]
        assert (image["width"], image["height"]) == (1024, 768)
        assert result["seed"] == 1000
        assert result["has_nsfw_concepts"] == [False]
        assert (lab.book.accepted, lab.book.billed) == (1, 1)

    async def test_the_image_can_be_fetched_from_its_url(self, fal, lab):
        result = await fal.subscribe(MODEL, {"prompt": "x", "output_format": "png"})

        url = result["images"][0]["url"]
        data = await _read(url)

        assert data.startswith(b"\x89PNG")
        assert len(data) == result["images"][0]["file_size"]

    async def test_the_three_states_are_parsed(self, fal, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        handle = await fal.submit(MODEL, {"prompt": "x"})
        (job,) = lab.desk.jobs.values()

        assert await handle.status() == fal_client.Queued(position=0)
        job.progress = "running"
        assert isinstance(await handle.status(), fal_client.InProgress)
        lab.desk.end_job(job)
        ended = await handle.status(with_logs=True)

        assert isinstance(ended, fal_client.Completed)
        assert ended.error is None
        assert "inference_time" in ended.metrics

    async def test_a_queued_job_is_cancelled(self, fal, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        handle = await fal.submit(MODEL, {"prompt": "x"})

        await handle.cancel()

        status = await handle.status()
        assert status.error_type == "client_cancelled"
        assert lab.book.billed == 0

    async def test_cancelling_what_is_done_is_refused(self, fal, lab):
        handle = await fal.submit(MODEL, {"prompt": "x"})

        with pytest.raises(FalClientHTTPError) as refused:
            await handle.cancel()

        assert refused.value.status_code == 400
        assert refused.value.response.json() == {"status": "ALREADY_COMPLETED"}


class TestUploads:
    async def test_the_cdn_takes_a_file(self, fal, lab):
        url = await fal.upload(b"bytes of a file", "image/png", "a.png")

        assert await _read(url) == b"bytes of a file"
        assert lab.book.count(Event.UPLOADED) == 1

    async def test_the_storage_takes_a_file(self, fal, lab):
        url = await fal.upload(b"bytes of a file", "image/png", "a.png", repository="fal")

        assert await _read(url) == b"bytes of a file"


class TestErrors:
    async def test_moderation_is_a_422_with_its_type(self, fal, lab):
        lab.fault(Stage.FETCH, Kind.MODERATION)
        handle = await fal.submit(MODEL, {"prompt": "x"})

        with pytest.raises(FalClientHTTPError) as refused:
            await handle.get()

        assert refused.value.status_code == 422
        assert refused.value.error_type == "content_policy_violation"
        (fault,) = refused.value.response.json()["detail"]
        assert fault["loc"] == ["body", "prompt"]
        assert refused.value.response_headers["x-fal-billable-units"] == "0"

    async def test_a_completed_job_may_carry_an_error(self, fal, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS, code="runner_server_error")
        handle = await fal.submit(MODEL, {"prompt": "x"})

        status = await handle.status()
        with pytest.raises(FalClientHTTPError) as failed:
            await handle.get()

        assert status.error_type == "runner_server_error"
        assert (failed.value.status_code, failed.value.error_type) == (500, "runner_server_error")

    @pytest.mark.parametrize(
        ("kind", "status"),
        [(Kind.AUTH, 401), (Kind.BUSY, 429), (Kind.QUOTA, 403), (Kind.INPUT, 422)],
    )
    async def test_refusals_have_their_status(self, fal, lab, kind, status):
        lab.fault(Stage.SUBMIT, kind)

        with pytest.raises(FalClientHTTPError) as refused:
            await fal.submit(MODEL, {"prompt": "x"})

        assert refused.value.status_code == status
        assert lab.book.accepted == 0

    async def test_an_error_of_fal_has_its_type(self, fal, lab):
        lab.fault(Stage.SUBMIT, Kind.STATUS, code="startup_timeout")

        with pytest.raises(FalClientHTTPError) as failed:
            await fal.submit(MODEL, {"prompt": "x"})

        assert (failed.value.status_code, failed.value.error_type) == (504, "startup_timeout")

    async def test_an_ingress_error_is_recognised_as_one(self, fal, lab):
        lab.fault(Stage.SUBMIT, Kind.STATUS, status=503)

        with pytest.raises(FalClientHTTPError) as failed:
            await fal.submit(MODEL, {"prompt": "x"})

        assert sdk._is_ingress_error(failed.value.response)

    async def test_the_clients_own_retries_pay_again_for_a_lost_answer(self, lab, fal, monkeypatch):
        """Why Boards does not call through it: one lost answer, two bills."""
        monkeypatch.setattr(sdk, "MAX_ATTEMPTS", 2)
        lab.fault(Stage.SUBMIT, Kind.DROP_AFTER)

        await fal.submit(MODEL, {"prompt": "x"})

        assert lab.book.billed == 2


async def _read(url: str) -> bytes:
    import asyncio

    def read() -> bytes:
        with urlopen(url) as answer:
            data: bytes = answer.read()
            return data

    return await asyncio.to_thread(read)
