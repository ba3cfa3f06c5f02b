"""Runway's own Python client, unchanged, against the lab."""

import asyncio
from datetime import datetime
from urllib.request import urlopen

import pytest
import runwayml
from runwayml.lib import polling
from runwayml.types.task_retrieve_response import Failed

from boards.testing.lab import Event, Kind, Lab, Stage
from boards.testing.lab.desk import Progress
from boards.testing.lab.media import credentials_of, image

STILL = {"model": "gen4_image", "prompt_text": "a diver", "ratio": "720:720"}
VIDEO = {"model": "gen4_turbo", "ratio": "1280:720", "prompt_image": "https://example.com/a.png"}


@pytest.fixture
async def client(lab: Lab):
    async with runwayml.AsyncRunwayML(
        api_key="key", base_url=f"{lab.url}/runway", max_retries=0
    ) as opened:
        yield opened


class TestTasks:
    async def test_a_submit_gives_an_id_and_the_most_that_it_may_cost(self, client, lab):
        created = await client.text_to_image.create(**STILL)

        assert created.estimated_cost.credits == 5
        assert ("runway", created.id) in lab.desk.jobs

    async def test_the_end_is_waited_for(self, client, lab, monkeypatch):
        monkeypatch.setattr(polling, "POLL_TIME", 0.01)
        monkeypatch.setattr(polling, "POLL_JITTER", 0)

        created = await client.image_to_video.create(**VIDEO, duration=4)
        task = await created.wait_for_task_output()

        assert task.status == "SUCCEEDED"
        assert task.cost.credits == 20
        assert isinstance(task.created_at, datetime)
        (url,) = task.output
        assert (await _read(url))[4:8] == b"ftyp"
        assert (lab.book.accepted, lab.book.billed) == (1, 1)

    async def test_a_still_is_a_png_that_keeps_its_credentials(self, client):
        created = await client.text_to_image.create(**STILL)

        task = await client.tasks.retrieve(created.id)

        assert credentials_of(await _read(task.output[0])) is not None

    async def test_every_state_is_parsed(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        created = await client.text_to_image.create(**STILL)
        (job,) = lab.desk.jobs.values()

        pending = await client.tasks.retrieve(created.id)
        job.progress = Progress.RUNNING
        running = await client.tasks.retrieve(created.id)
        lab.desk.end_job(job)
        ended = await client.tasks.retrieve(created.id)

        assert (pending.status, pending.estimated_cost.credits) == ("PENDING", 5)
        assert (running.status, running.progress) == ("RUNNING", 0.5)
        assert ended.status == "SUCCEEDED"

    async def test_a_task_that_waits_for_others_is_throttled(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER, code="THROTTLED")
        created = await client.text_to_image.create(**STILL)

        assert (await client.tasks.retrieve(created.id)).status == "THROTTLED"

    async def test_moderation_fails_the_task_and_is_charged(self, client, lab, monkeypatch):
        monkeypatch.setattr(polling, "POLL_TIME", 0.01)
        monkeypatch.setattr(polling, "POLL_JITTER", 0)
        lab.fault(Stage.SUBMIT, Kind.FAILS, code="SAFETY.INPUT.TEXT")

        with pytest.raises(polling.TaskFailedError) as failed:
            await (await client.text_to_image.create(**STILL)).wait_for_task_output()

        task = failed.value.task_details
        assert isinstance(task, Failed)
        assert (task.failure_code, task.cost.credits) == ("SAFETY.INPUT.TEXT", 5)
        assert lab.book.billed == 1

    async def test_other_failures_are_refunded(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS)
        created = await client.text_to_image.create(**STILL)

        task = await client.tasks.retrieve(created.id)

        assert task.failure_code.startswith("INTERNAL.BAD_OUTPUT")
        assert task.cost.credits == 0


class TestDeletion:
    @pytest.mark.parametrize(
        ("progress", "charged"), [(Progress.QUEUED, 0), (Progress.RUNNING, 5)], ids=str
    )
    async def test_only_what_had_not_begun_is_refunded(self, client, lab, progress, charged):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        created = await client.text_to_image.create(**STILL)
        lab.desk.jobs["runway", created.id].progress = progress

        await client.tasks.delete(created.id)

        task = await client.tasks.retrieve(created.id)
        assert (task.status, task.cost.credits) == ("CANCELLED", charged)

    async def test_what_is_over_is_gone_with_its_output(self, client):
        created = await client.text_to_image.create(**STILL)

        await client.tasks.delete(created.id)

        with pytest.raises(runwayml.NotFoundError):
            await client.tasks.retrieve(created.id)


class TestUploads:
    async def test_a_file_is_taken_at_a_presigned_address(self, client, lab):
        png = image("png", 64, 64)

        uploaded = await client.uploads.create_ephemeral(file=("a.png", png, "image/png"))

        assert uploaded.uri.startswith("runway://")
        assert lab.book.count(Event.UPLOADED) == 1
        assert lab.desk.files["runway/" + uploaded.uri.removeprefix("runway://")][0] == png

    async def test_an_address_that_is_no_input_is_refused(self, client):
        with pytest.raises(runwayml.BadRequestError) as refused:
            await client.image_to_video.create(**{**VIDEO, "prompt_image": "http://example.com/a"})

        body = refused.value.response.json()
        assert body["issues"][0]["path"] == ["promptImage"]


class TestTheAccount:
    async def test_the_balance_falls_by_what_was_charged(self, client):
        created = await client.text_to_image.create(**STILL)
        await client.tasks.retrieve(created.id)

        account = await client.organization.retrieve()

        assert account.credit_balance == 995
        assert account.tier.models["gen4_turbo"].max_concurrent_generations == 2
        assert account.usage.models["gen4_turbo"].daily_generations == 1


class TestErrors:
    @pytest.mark.parametrize(
        ("kind", "error"),
        [
            (Kind.AUTH, runwayml.AuthenticationError),
            (Kind.BUSY, runwayml.RateLimitError),
            (Kind.QUOTA, runwayml.BadRequestError),
            (Kind.NOT_FOUND, runwayml.NotFoundError),
            (Kind.INPUT, runwayml.BadRequestError),
        ],
    )
    async def test_refusals_are_parsed_into_their_classes(self, client, lab, kind, error):
        lab.fault(Stage.SUBMIT, kind)

        with pytest.raises(error) as refused:
            await client.text_to_image.create(**STILL)

        assert refused.value.body["error"]
        assert lab.book.accepted == 0

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    async def test_server_errors_are_internal_ones(self, client, lab, status):
        lab.fault(Stage.SUBMIT, Kind.STATUS, status=status)

        with pytest.raises(runwayml.InternalServerError) as failed:
            await client.text_to_image.create(**STILL)

        assert failed.value.status_code == status

    async def test_a_dropped_connection_is_a_connection_error(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.DROP_BEFORE)

        with pytest.raises(runwayml.APIConnectionError):
            await client.text_to_image.create(**STILL)

        assert lab.book.accepted == 0

    async def test_the_clients_own_retries_pay_again_for_a_lost_answer(self, client, lab):
        """Why Boards does not call through it: one lost answer, two bills."""
        lab.fault(Stage.SUBMIT, Kind.DROP_AFTER)

        await client.with_options(max_retries=1).text_to_image.create(**STILL)

        assert lab.book.billed == 2

    async def test_without_a_version_nothing_is_answered(self, client, lab):
        with pytest.raises(runwayml.BadRequestError):
            await client.with_options(default_headers={"X-Runway-Version": ""}).tasks.retrieve("x")


async def _read(url: str) -> bytes:
    def read() -> bytes:
        with urlopen(url) as answer:
            data: bytes = answer.read()
            return data

    return await asyncio.to_thread(read)
