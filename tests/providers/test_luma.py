"""What is peculiar to Luma: reasons without codes, refunds, and a DELETE that is no cancel."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from boards.catalog import load_declarations
from boards.domain.generations import Phase
from boards.errors import Broken, ContentRefused, NotConfigured, Rejected
from boards.generators.base import PollState
from boards.generators.declared import DeclaredGenerator
from boards.generators.declared.transport import Job, Transport
from boards.services.file_links import PATH, FileLinks
from boards.testing.lab import Event, Fault, Kind, Lab, Stage
from boards.testing.lab.desk import LabJob, Progress
from boards.testing.lab.luma import MODERATION, LumaLab
from boards.testing.lab.media import credentials_of, image
from tests.providers.parts import cost_of, facts_of, failure_of, stored
from tests.providers.samples import SAMPLES
from tests.providers.test_faults import settled
from tests.services.studio import Studio, eventually

STILL = next(each for each in SAMPLES if each.provider == "luma")
DECLARED = {each.name: each for each in load_declarations("luma")}


@pytest.fixture
def transport(studio: Studio) -> Transport:
    generator = studio.registry.get(STILL.generator)
    assert isinstance(generator, DeclaredGenerator)
    return generator.transport


@pytest.fixture
def luma(lab: Lab) -> LumaLab:
    """The lab's Luma."""
    (found,) = [each for each in lab.providers if isinstance(each, LumaLab)]
    return found


class TestARun:
    async def test_a_png_keeps_its_bytes_and_its_credentials(self, studio: Studio, lab: Lab):
        generation = await settled(studio, STILL)

        assert generation.phase is Phase.COMPLETED
        data = await stored(studio, generation)
        (made,) = [data for data, _ in lab.desk.files.values()]
        assert data == made
        assert credentials_of(data) is not None

    async def test_a_jpeg_is_the_default(self, studio, lab):
        async with studio.process():
            view = await studio.make("luma-photon-1", prompt="a heron", aspect_ratio="9:16")

        (generation,) = view.generations
        facts = facts_of(generation)
        assert (facts.format, facts.width, facts.height) == ("jpg", 360, 640)
        assert cost_of(generation).amount == Decimal("0.015")

    async def test_a_video_is_made(self, studio, lab):
        async with studio.process():
            view = await studio.make(
                "luma-ray-2", prompt="a boat", resolution="540p", duration="9s", loop=True
            )

        (generation,) = view.generations
        assert generation.phase is Phase.COMPLETED
        assert facts_of(generation).mime == "video/mp4"
        assert cost_of(generation).amount == Decimal("0.72")
        (job,) = lab.desk.jobs.values()
        assert job.endpoint == "video"
        assert job.body == {
            "model": "ray-2",
            "prompt": "a boat",
            "aspect_ratio": "16:9",
            "resolution": "540p",
            "duration": "9s",
            "loop": True,
        }


class TestLooking:
    @pytest.mark.parametrize(
        ("progress", "state"),
        [
            (Progress.QUEUED, PollState.QUEUED),
            (Progress.RUNNING, PollState.RUNNING),
            (Progress.DONE, PollState.DONE),
        ],
    )
    async def test_the_states_are_read(self, transport, lab, luma, progress, state):
        job = _open(lab, luma, Kind.NEVER)
        job.progress = progress

        assert (await transport.look(_job(job))).state is state

    async def test_a_state_that_means_nothing_is_no_verdict(
        self, transport, lab, luma, monkeypatch
    ):
        job = _open(lab, luma)
        monkeypatch.setattr(luma, "_document", lambda _: {"state": "SUCCEEDED"})

        with pytest.raises(Broken, match="SUCCEEDED"):
            await transport.look(_job(job))
        with pytest.raises(Broken, match="SUCCEEDED"):
            await transport.fetch(_job(job))


class TestFailures:
    @pytest.mark.parametrize(
        ("reason", "error", "provider_code"),
        [
            (MODERATION, ContentRefused, MODERATION),
            (f"{MODERATION} 500 times", Rejected, "failed"),
            ("400: failed to moderate image", Rejected, "failed"),
            ("", Rejected, "failed"),
        ],
    )
    async def test_only_a_whole_reason_that_is_known_is_a_code(
        self, transport, lab, luma, reason, error, provider_code
    ):
        job = _open(lab, luma, Kind.FAILS, code=reason)

        look = await transport.look(_job(job))

        assert look.state is PollState.FAILED
        assert type(look.error) is error
        assert look.error.provider_code == provider_code
        assert look.error.billed is False, "Luma refunds what fails"
        with pytest.raises(error):
            await transport.fetch(_job(job))

    async def test_a_refused_prompt_costs_nothing(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS, code=MODERATION)

        generation = await settled(studio, STILL)

        assert failure_of(generation).code == ContentRefused.code
        assert await studio.ledger(generation.id) == ["hold", "release"]
        assert lab.book.billed == 0

    async def test_a_prompt_refused_at_once_is_moderation_too(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.MODERATION)

        generation = await settled(studio, STILL)

        assert failure_of(generation).code == ContentRefused.code
        assert failure_of(generation).provider_code == MODERATION

    async def test_a_wrong_field_is_named(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.INPUT)

        generation = await settled(studio, STILL)

        assert "prompt: A prompt of 500 words" in failure_of(generation).message
        assert failure_of(generation).provider_code == "value_error"


async def test_a_cancel_removes_nothing_and_what_still_comes_is_kept(studio, lab):
    lab.fault(Stage.SUBMIT, Kind.NEVER)
    async with studio.process() as worker:
        job_id = await studio.ask(STILL.generator, **STILL.inputs)
        await eventually(lambda: lab.book.count(Event.LOOKED) > 1)
        await studio.jobs.cancel(studio.actor, job_id)
        view = await studio.ended(job_id)
        (job,) = lab.desk.jobs.values()
        lab.desk.end_job(job)
        await eventually(lambda: worker.running == 0)

    row = await studio.row(view.generations[0].id)
    assert row.phase is Phase.CANCELLED
    assert row.file is not None
    assert await studio.ledger(row.id) == ["hold", "settle"]


def _open(lab: Lab, luma: LumaLab, kind: Kind | None = None, **more) -> LabJob:
    """Take a generation on at the lab."""
    fault = Fault(stage=Stage.SUBMIT, kind=kind, **more) if kind else None
    job = lab.desk.open_job(luma, "image", {"model": "photon-1", "prompt": "a heron"}, fault)
    luma._since[job.id] = "2026-11-20T12:00:00+00:00"
    return job


def _job(job: LabJob) -> Job:
    return Job(tenant_id="t", declaration=DECLARED["luma-photon-1"], external_id=job.id)


class TestAnInput:
    @pytest.fixture
    def linked(self, studio: Studio) -> Studio:
        studio.links = FileLinks(
            public_url="https://boards.example",
            secret="a secret of at least 32 characters",
            now=studio.clock.now,
        )
        return studio

    async def test_it_goes_as_an_address_made_for_this_call(self, linked, lab):
        source = await linked.uploads.upload(
            linked.actor, source=image("png", 64, 64), filename="a.png"
        )
        job_id = await linked.ask(STILL.generator, prompt="at night", source=str(source.id))
        # What was made at the submit would be over by the time a long queue has moved on.
        linked.clock.advance(7 * 24 * 3600)
        async with linked.process():
            view = await linked.ended(job_id)

        assert view.generations[0].phase is Phase.COMPLETED, view.generations[0].failure
        (job,) = lab.desk.jobs.values()
        sent = job.body["modify_image_ref"]["url"]
        parts = urlsplit(sent)
        said = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert parts.netloc == "boards.example"
        assert source.file is not None
        named = linked.links.read(
            parts.path.removeprefix(f"{PATH}/"),
            said["type"],
            int(said["expires"]),
            said["signature"],
        )
        assert named.key == source.file.key
        assert named.key.startswith(f"{linked.actor.tenant_id}/")
        assert int(said["expires"]) <= linked.clock.now().timestamp() + 3600
        kept = view.generations[0].input_params
        assert sent not in str(kept), "an address that anybody can open is kept nowhere"

    async def test_without_a_public_address_nothing_is_spent_and_it_is_said_what_to_set(
        self, studio, lab
    ):
        source = await studio.uploads.upload(
            studio.actor, source=image("png", 64, 64), filename="a.png"
        )
        async with studio.process():
            view = await studio.make(STILL.generator, prompt="at night", source=str(source.id))

        failure = failure_of(view.generations[0])
        assert failure.code == "not_configured"
        assert "set BOARDS_PUBLIC_URL and BOARDS_SECRET_KEY" in failure.message
        assert lab.book.accepted == 0
        assert await studio.ledger(view.generations[0].id) == ["hold", "release"]

    async def test_a_server_that_knows_refuses_at_the_submit(self, studio, lab):
        generator = studio.registry.get(STILL.generator)
        assert isinstance(generator, DeclaredGenerator)
        generator.no_links = FileLinks().missing
        source = await studio.uploads.upload(
            studio.actor, source=image("png", 64, 64), filename="a.png"
        )
        with pytest.raises(NotConfigured, match="set BOARDS_PUBLIC_URL"):
            await studio.ask(STILL.generator, prompt="at night", source=str(source.id))
        async with studio.process():
            view = await studio.make(STILL.generator, prompt="at night")
        assert view.generations[0].phase is Phase.COMPLETED, "what needs no address goes on"
