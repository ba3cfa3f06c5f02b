"""Luma's own Python client, unchanged, against the lab."""

import asyncio
from datetime import datetime
from urllib.request import urlopen

import lumaai
import pytest

from boards.testing.lab import Kind, Lab, Stage
from boards.testing.lab.desk import Progress
from boards.testing.lab.media import credentials_of

STILL = {"model": "photon-1", "prompt": "a heron"}
VIDEO = {"model": "ray-2", "prompt": "a paper boat", "resolution": "540p", "duration": "5s"}


@pytest.fixture
async def client(lab: Lab):
    async with lumaai.AsyncLumaAI(
        auth_token="key", base_url=f"{lab.url}/luma/dream-machine/v1", max_retries=0
    ) as opened:
        yield opened


class TestGenerations:
    async def test_a_submit_gives_the_generation(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)

        created = await client.generations.image.create(**STILL, aspect_ratio="1:1")

        assert created.state == "queued"
        assert created.assets is None
        assert isinstance(created.created_at, datetime)
        assert (created.model, created.generation_type) == ("photon-1", "image")
        assert created.request.aspect_ratio == "1:1"
        assert ("luma", created.id) in lab.desk.jobs

    async def test_the_states_are_parsed(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        created = await client.generations.video.create(**VIDEO)
        (job,) = lab.desk.jobs.values()

        job.progress = Progress.RUNNING
        running = await client.generations.get(created.id)
        lab.desk.end_job(job)
        ended = await client.generations.get(created.id)

        assert running.state == "dreaming"
        assert ended.state == "completed"
        assert ended.assets.image is None
        assert (await _read(ended.assets.video))[4:8] == b"ftyp"
        assert lab.book.billed == 1

    async def test_a_png_keeps_its_credentials(self, client):
        created = await client.generations.image.create(**STILL, format="png")

        ended = await client.generations.get(created.id)

        assert credentials_of(await _read(ended.assets.image)) is not None

    async def test_a_failure_says_why(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS, code="Advanced moderation failed")
        created = await client.generations.image.create(**STILL)

        failed = await client.generations.get(created.id)

        assert (failed.state, failed.failure_reason) == ("failed", "Advanced moderation failed")
        assert lab.book.billed == 0

    async def test_what_is_removed_is_gone_with_its_result(self, client):
        created = await client.generations.image.create(**STILL)

        await client.generations.delete(created.id)

        with pytest.raises(lumaai.NotFoundError):
            await client.generations.get(created.id)

    async def test_generations_are_listed(self, client):
        created = await client.generations.image.create(**STILL)

        listed = await client.generations.list()

        assert [each.id for each in listed.generations] == [created.id]
        assert (listed.count, listed.has_more) == (1, False)

    async def test_the_balance_is_told(self, client):
        assert (await client.credits.get()).credit_balance == 10_000


class TestErrors:
    @pytest.mark.parametrize(
        ("kind", "error"),
        [
            (Kind.AUTH, lumaai.AuthenticationError),
            (Kind.BUSY, lumaai.RateLimitError),
            (Kind.QUOTA, lumaai.APIStatusError),
            (Kind.INPUT, lumaai.UnprocessableEntityError),
            (Kind.MODERATION, lumaai.BadRequestError),
        ],
    )
    async def test_refusals_are_parsed_into_their_classes(self, client, lab, kind, error):
        lab.fault(Stage.SUBMIT, kind)

        with pytest.raises(error) as refused:
            await client.generations.image.create(**STILL)

        assert refused.value.body["detail"]
        assert lab.book.accepted == 0

    async def test_a_wrong_field_is_named(self, client):
        with pytest.raises(lumaai.UnprocessableEntityError) as refused:
            await client.generations.image.create(**{**STILL, "model": "photon-9"})

        assert refused.value.response.json()["detail"][0]["loc"] == ["body", "model"]

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    async def test_server_errors_are_internal_ones(self, client, lab, status):
        lab.fault(Stage.SUBMIT, Kind.STATUS, status=status)

        with pytest.raises(lumaai.InternalServerError) as failed:
            await client.generations.image.create(**STILL)

        assert failed.value.status_code == status

    async def test_a_dropped_connection_is_a_connection_error(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.DROP_BEFORE)

        with pytest.raises(lumaai.APIConnectionError):
            await client.generations.image.create(**STILL)

        assert lab.book.accepted == 0

    async def test_the_clients_own_retries_pay_again_for_a_lost_answer(self, client, lab):
        """Why Boards does not call through it: one lost answer, two bills."""
        lab.fault(Stage.SUBMIT, Kind.DROP_AFTER)

        await client.with_options(max_retries=1).generations.image.create(**STILL)

        assert lab.book.billed == 2


async def _read(url: str) -> bytes:
    def read() -> bytes:
        with urlopen(url) as answer:
            data: bytes = answer.read()
            return data

    return await asyncio.to_thread(read)
