"""What is peculiar to Runway: THROTTLED, charged failures, and a DELETE that destroys results."""

import asyncio
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image
from pydantic import JsonValue

from boards.catalog import load_declarations
from boards.domain.generations import Phase
from boards.errors import Broken, ContentRefused, Rejected
from boards.generators.base import PollState
from boards.generators.declared import DeclaredGenerator
from boards.generators.declared.transport import Count, Job, Transport
from boards.testing.lab import Event, Fault, Kind, Lab, Stage
from boards.testing.lab.desk import LabJob, Progress
from boards.testing.lab.media import credentials_of
from boards.testing.lab.runway import RunwayLab
from tests.providers.parts import cost_of, facts_of, failure_of, stored
from tests.providers.samples import SAMPLES
from tests.providers.test_faults import settled
from tests.services.studio import Studio, eventually

STILL = next(each for each in SAMPLES if each.provider == "runway")
DECLARED = {each.name: each for each in load_declarations("runway")}


@pytest.fixture
def transport(studio: Studio) -> Transport:
    generator = studio.registry.get(STILL.generator)
    assert isinstance(generator, DeclaredGenerator)
    return generator.transport


@pytest.fixture
def runway(lab: Lab) -> RunwayLab:
    """The lab's Runway."""
    (found,) = [each for each in lab.providers if isinstance(each, RunwayLab)]
    return found


@pytest.fixture
def task(lab: Lab, runway: RunwayLab):
    """Take a task on at the lab, with or without a fault."""

    def open_task(**fault) -> LabJob:
        made = Fault(stage=Stage.SUBMIT, **fault) if fault else None
        body: dict[str, JsonValue] = {"promptText": "a diver", "ratio": "720:720"}
        return lab.desk.open_job(runway, "text_to_image", body, made)

    return open_task


class TestARun:
    async def test_a_still_keeps_its_bytes_and_its_credentials(self, studio: Studio, lab: Lab):
        generation = await settled(studio, STILL)

        assert generation.phase is Phase.COMPLETED
        data = await stored(studio, generation)
        (made,) = [data for data, _ in lab.desk.files.values()]
        assert data == made
        assert credentials_of(data) is not None
        assert (facts_of(generation).width, facts_of(generation).height) == (720, 720)

    async def test_credits_are_settled(self, studio, lab):
        generation = await settled(studio, STILL)

        assert cost_of(generation).amount == Decimal("0.05")
        basis = cost_of(generation).basis
        assert basis is not None
        assert (basis.unit, basis.units) == ("credits", Decimal(5))
        assert await studio.ledger(generation.id) == ["hold", "settle"]

    async def test_a_video_is_made_of_an_image(self, studio, lab):
        image = await _uploaded(studio, _noise(64))
        async with studio.process():
            view = await studio.make("runway-gen4-turbo", image_source=str(image.id), duration=4)

        (generation,) = view.generations
        assert generation.phase is Phase.COMPLETED
        assert facts_of(generation).mime == "video/mp4"
        assert cost_of(generation).amount == Decimal("0.20")
        (job,) = lab.desk.jobs.values()
        assert str(job.body["promptImage"]).startswith("data:image/png;base64,")
        assert job.body["model"] == "gen4_turbo"
        assert "promptText" not in job.body, "an empty one is refused"
        assert job.body["contentModeration"] == {"publicFigureThreshold": "auto"}

    async def test_a_large_image_travels_by_an_upload(self, studio, lab):
        data = _noise(1350)
        assert 3_750_000 < len(data) < 5_000_000, "below the limit, but not as base64"
        image = await _uploaded(studio, data)

        async with studio.process():
            view = await studio.make("runway-gen4-turbo", image_source=str(image.id), duration=2)

        # The lab refuses the key at the presigned address, so it was not sent there.
        assert view.generations[0].phase is Phase.COMPLETED
        (job,) = lab.desk.jobs.values()
        uri = str(job.body["promptImage"])
        assert uri.startswith("runway://")
        kept, mime = lab.desk.files["runway/" + uri.removeprefix("runway://")]
        assert (kept, mime) == (data, "image/png")
        assert lab.book.count(Event.UPLOADED) == 1


class TestLooking:
    async def test_a_throttled_task_waits_and_says_why(self, transport, task):
        job = task(kind=Kind.NEVER, code="THROTTLED")

        look = await transport.look(_job(job))

        assert look.state is PollState.QUEUED
        assert look.facts == {"status": "THROTTLED"}
        assert "other tasks" in look.message

    async def test_progress_is_a_fraction(self, transport, task):
        job = task(kind=Kind.NEVER)
        job.progress = Progress.RUNNING

        look = await transport.look(_job(job))

        assert (look.state, look.progress) == (PollState.RUNNING, 0.5)

    async def test_a_state_that_means_nothing_is_no_verdict(
        self, transport, task, runway, monkeypatch
    ):
        job = task()
        monkeypatch.setattr(runway, "_document", lambda _: {"status": "DREAMING"})

        with pytest.raises(Broken, match="DREAMING"):
            await transport.look(_job(job))
        with pytest.raises(Broken, match="DREAMING"):
            await transport.fetch(_job(job))

    async def test_a_task_that_runs_again_is_fetched_later(self, transport, task):
        job = task(kind=Kind.NEVER)
        job.progress = Progress.RUNNING

        with pytest.raises(Broken, match="RUNNING"):
            await transport.fetch(_job(job))


class TestFailures:
    @pytest.mark.parametrize(
        ("code", "error", "billed"),
        [
            ("SAFETY.INPUT.TEXT", ContentRefused, True),
            ("SAFETY.OUTPUT.IMAGE", ContentRefused, True),
            ("INPUT_PREPROCESSING.SAFETY.TEXT", ContentRefused, True),
            ("ASSET.INVALID", Rejected, False),
            ("INTERNAL.BAD_OUTPUT.CODE01", Broken, False),
            ("INTERNAL", Broken, False),
            ("UNSAFETY.X", Rejected, False),
        ],
    )
    async def test_the_code_says_what_it_was_and_the_cost_who_pays(
        self, transport, task, code, error, billed
    ):
        job = task(kind=Kind.FAILS, code=code)

        look = await transport.look(_job(job))

        assert look.state is PollState.FAILED
        assert type(look.error) is error
        assert (look.error.billed, look.error.provider_code) == (billed, code)

    async def test_an_end_that_is_found_at_the_fetch_is_one_too(self, transport, task):
        """Not Broken, which would be fetched again for ever."""
        job = task(kind=Kind.FAILS, code="INTERNAL.BAD_OUTPUT.CODE01")

        with pytest.raises(Rejected) as failed:
            await transport.fetch(_job(job))

        assert failed.value.billed is False

    async def test_without_a_cost_moderation_is_taken_as_charged(
        self, transport, task, runway, monkeypatch
    ):
        document = {"status": "FAILED", "failure": "No", "failureCode": "SAFETY.INPUT.TEXT"}
        monkeypatch.setattr(runway, "_document", lambda _: document)

        look = await transport.look(_job(task()))

        assert look.error.billed is True

    async def test_a_charged_refusal_is_settled(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS, code="SAFETY.INPUT.TEXT")

        generation = await settled(studio, STILL)

        assert generation.phase is Phase.FAILED
        assert failure_of(generation).code == ContentRefused.code
        assert failure_of(generation).provider_code == "SAFETY.INPUT.TEXT"
        assert await studio.ledger(generation.id) == ["hold", "settle"]
        assert (await studio.balance(generation.id)).spent == Decimal("0.05")
        assert lab.book.billed == 1


class TestCancelling:
    async def test_a_task_that_waits_is_deleted_and_costs_nothing(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        async with studio.process():
            job_id = await studio.ask(STILL.generator, **STILL.inputs)
            await eventually(lambda: lab.book.count(Event.LOOKED) > 1)
            await studio.jobs.cancel(studio.actor, job_id)
            view = await studio.ended(job_id)

        (generation,) = view.generations
        assert generation.phase is Phase.CANCELLED
        assert await studio.ledger(generation.id) == ["hold", "release"]
        assert lab.book.count(Event.CANCELLED) == 1

    async def test_a_running_task_is_left_alone_and_its_result_kept(self, studio, lab):
        """DELETE would not refund it, and would throw away what is paid."""
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        async with studio.process() as worker:
            job_id = await studio.ask(STILL.generator, **STILL.inputs)
            await eventually(lambda: bool(lab.desk.jobs))
            (job,) = lab.desk.jobs.values()
            job.progress = Progress.RUNNING
            await eventually(lambda: lab.book.count(Event.LOOKED) > 1)
            await studio.jobs.cancel(studio.actor, job_id)
            view = await studio.ended(job_id)
            lab.desk.end_job(job)
            await eventually(lambda: worker.running == 0)

        row = await studio.row(view.generations[0].id)
        assert row.phase is Phase.CANCELLED
        assert row.file is not None
        assert await studio.ledger(row.id) == ["hold", "settle"]
        assert lab.book.count(Event.CANCELLED) == 0

    @pytest.mark.parametrize("kind", [None, Kind.FAILS], ids=str)
    async def test_what_is_over_is_not_deleted(self, transport, task, lab, kind):
        job = task(**({"kind": kind} if kind else {}))

        assert await transport.cancel(_job(job)) is False
        assert ("runway", job.id) in lab.desk.jobs

    async def test_a_task_that_began_meanwhile_is_charged_and_not_called_cancelled(
        self, transport, task, lab
    ):
        job = task(kind=Kind.NEVER)
        hold = lab.hold(Stage.CANCEL, Kind.HOLD_BEFORE)

        cancelling = asyncio.create_task(transport.cancel(_job(job)))
        await hold.reached.wait()
        job.progress = Progress.RUNNING
        hold.release()

        assert await cancelling is False
        look = await transport.look(_job(job))
        assert look.state is PollState.CANCELLED
        assert look.error.billed is True

    async def test_a_lost_answer_to_the_deletion_is_asked_for(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        lab.fault(Stage.CANCEL, Kind.DROP_AFTER)
        async with studio.process() as worker:
            job_id = await studio.ask(STILL.generator, **STILL.inputs)
            await eventually(lambda: lab.book.count(Event.LOOKED) > 1)
            await studio.jobs.cancel(studio.actor, job_id)
            view = await studio.ended(job_id)
            await eventually(lambda: worker.running == 0)

        (generation,) = view.generations
        assert generation.phase is Phase.CANCELLED
        assert await studio.ledger(generation.id) == ["hold", "release"]


async def test_the_result_tells_what_was_charged(transport, task):
    outcome = await transport.fetch(_job(task()))

    assert outcome.counts == {Count.CREDITS: Decimal(5)}


def _job(job: LabJob) -> Job:
    return Job(tenant_id="t", declaration=DECLARED["runway-gen4-image"], external_id=job.id)


def _noise(side: int) -> bytes:
    out = BytesIO()
    channels = [Image.effect_noise((side, side), 200) for _ in range(3)]
    Image.merge("RGB", channels).save(out, "PNG", compress_level=1)
    return out.getvalue()


async def _uploaded(studio: Studio, data: bytes):
    return await studio.uploads.upload(studio.actor, source=data, filename="a.png")
