"""What is peculiar to Kie: codes inside a 200, JSON in a text in JSON, inputs on another host."""

import json
from decimal import Decimal
from typing import Any

import pytest

from boards.catalog import load_declarations
from boards.domain.generations import Phase
from boards.errors import Broken, Busy, ContentRefused, Rejected
from boards.generators.base import PollState
from boards.generators.declared import DeclaredGenerator
from boards.generators.declared.transport import Call, Job, Transport
from boards.testing.lab import Event, Fault, Kind, Lab, Stage
from boards.testing.lab.desk import LabJob, Progress
from boards.testing.lab.kie import KieLab
from boards.testing.lab.media import credentials_of, image, video
from tests.providers.samples import SAMPLES, Sample
from tests.providers.test_faults import settled
from tests.services.studio import Studio, eventually

FILMED = next(each for each in SAMPLES if each.provider == "kie")
DECLARED = {each.name: each for each in load_declarations("kie")}
EDIT, VEO = DECLARED["kie-nano-banana-edit"], DECLARED["kie-veo3"]
SONG = DECLARED["kie-suno-v5-5"]


@pytest.fixture
def transport(studio: Studio) -> Transport:
    generator = studio.registry.get(FILMED.generator)
    assert isinstance(generator, DeclaredGenerator)
    return generator.transport


@pytest.fixture
def kie(lab: Lab) -> KieLab:
    """The lab's Kie."""
    (found,) = [each for each in lab.providers if isinstance(each, KieLab)]
    return found


class TestTheMarket:
    async def test_an_edit_uploads_its_images_and_keeps_its_bytes(self, studio, lab):
        view = await _edited(studio)

        (generation,) = view.generations
        assert generation.phase is Phase.COMPLETED
        (job,) = lab.desk.jobs.values()
        (url,) = job.body["input"]["image_urls"]
        assert url.startswith(f"{lab.url}/files/kie/")
        kept = lab.desk.files["kie/" + url.rpartition("/")[2]]
        assert kept == (image("png", 64, 64), "image/png")
        assert job.body == {
            "model": "google/nano-banana-edit",
            "input": {
                "prompt": "at night",
                "image_urls": [url],
                "output_format": "png",
                "image_size": "1:1",
            },
        }
        stored = await studio.storage.read(generation.file.key, max_bytes=10 * 2**20)
        assert stored in [data for data, _ in lab.desk.files.values()]
        assert credentials_of(stored) is not None

    async def test_it_costs_the_estimate_as_nothing_else_is_told(self, studio):
        (generation,) = (await _edited(studio)).generations

        assert (await studio.balance(generation.id)).spent == Decimal("0.02")
        assert await studio.ledger(generation.id) == ["hold", "settle"]

    async def test_an_upload_that_is_refused_costs_nothing(self, studio, lab):
        lab.fault(Stage.UPLOAD, Kind.INPUT)

        (generation,) = (await _edited(studio)).generations

        assert generation.phase is Phase.FAILED
        assert await studio.ledger(generation.id) == ["hold", "release"]
        assert lab.book.accepted == 0

    async def test_an_upload_that_breaks_off_is_begun_again(self, studio, lab):
        lab.fault(Stage.UPLOAD, Kind.DROP_BEFORE)

        (generation,) = (await _edited(studio)).generations

        assert generation.phase is Phase.COMPLETED
        assert lab.book.count(Event.UPLOADED) == 1

    async def test_addresses_may_be_a_text_once_more(self, studio, kie, monkeypatch):
        plain = kie._result
        monkeypatch.setattr(
            kie, "_result", lambda job: {"resultUrls": json.dumps(plain(job)["resultUrls"])}
        )

        (generation,) = (await _edited(studio)).generations

        assert generation.phase is Phase.COMPLETED

    async def test_a_result_that_is_no_json_is_asked_for_again(
        self, transport, lab, kie, monkeypatch
    ):
        job = _open(lab, kie)
        monkeypatch.setattr(kie, "_task", lambda _: {"state": "success", "resultJson": "{oops"})

        with pytest.raises(Broken, match="result"):
            await transport.fetch(_job(job))

    @pytest.mark.parametrize(
        ("progress", "state"),
        [
            (Progress.QUEUED, PollState.QUEUED),
            (Progress.RUNNING, PollState.RUNNING),
            (Progress.DONE, PollState.DONE),
        ],
    )
    async def test_states_are_words(self, transport, lab, kie, progress, state):
        job = _open(lab, kie, Kind.NEVER)
        job.progress = progress

        assert (await transport.look(_job(job))).state is state

    async def test_a_task_that_waits_is_queued(self, transport, lab, kie, monkeypatch):
        monkeypatch.setattr(kie, "_task", lambda _: {"state": "waiting"})

        assert (await transport.look(_job(_open(lab, kie)))).state is PollState.QUEUED

    async def test_a_state_that_means_nothing_is_no_verdict(self, transport, lab, kie, monkeypatch):
        monkeypatch.setattr(kie, "_task", lambda _: {"state": "dreaming"})

        with pytest.raises(Broken, match="dreaming"):
            await transport.look(_job(_open(lab, kie)))

    async def test_a_record_that_is_not_there_yet_is_no_verdict(self, transport):
        job = Job(tenant_id="t", declaration=EDIT, external_id="task_none")

        with pytest.raises(Broken) as missing:
            await transport.look(job)
        assert missing.value.provider_code == "422"
        with pytest.raises(Broken):
            await transport.fetch(job)


class TestVeo:
    async def test_a_video_is_made_by_its_own_route(self, studio, lab):
        source = await studio.uploads.upload(
            studio.actor, source=image("png", 64, 64), filename="a.png"
        )
        async with studio.process():
            view = await studio.make(
                "kie-veo3", prompt="a wave", image_sources=[str(source.id)], aspect_ratio="9:16"
            )

        (generation,) = view.generations
        assert generation.phase is Phase.COMPLETED
        assert generation.file.facts.mime == "video/mp4"
        assert generation.output_metadata["resolution"] == "720p"
        assert (await studio.balance(generation.id)).spent == Decimal("0.8")
        (job,) = lab.desk.jobs.values()
        assert job.endpoint == "/kie/api/v1/veo/generate"
        assert {**job.body, "imageUrls": []} == {
            "prompt": "a wave",
            "imageUrls": [],
            "aspect_ratio": "9:16",
            "model": "veo3",
        }

    @pytest.mark.parametrize(
        ("flag", "state"),
        [
            (0, PollState.RUNNING),
            (1, PollState.DONE),
            (2, PollState.FAILED),
            (3, PollState.FAILED),
        ],
    )
    async def test_states_are_flags(self, transport, lab, kie, monkeypatch, flag, state):
        monkeypatch.setattr(kie, "_video", lambda _: {"successFlag": flag})

        look = await transport.look(_job(_open(lab, kie), VEO))

        assert look.state is state


class TestAleph:
    async def test_a_video_is_changed_by_its_own_route(self, studio, lab):
        source = await _uploaded(studio, video(64, 48), "a.mp4")
        async with studio.process():
            view = await studio.make("kie-runway-aleph", prompt="winter", video_source=source)

        (generation,) = view.generations
        assert generation.phase is Phase.COMPLETED
        assert generation.file.facts.mime == "video/mp4"
        (job,) = lab.desk.jobs.values()
        assert job.endpoint == "/kie/api/v1/aleph/generate"
        assert job.body.pop("videoUrl").startswith(f"{lab.url}/files/kie/")
        assert job.body == {"prompt": "winter"}


class TestMusic:
    async def test_a_song_comes_in_two_versions(self, studio, lab):
        async with studio.process():
            view = await studio.make(
                SONG.name, title="Tide", style="waltz", lyrics="The tide turns", vocal_gender="f"
            )

        assert [each.phase for each in view.generations] == [Phase.COMPLETED] * 2
        assert {each.file.facts.mime for each in view.generations} == {"audio/mpeg"}
        assert len({each.file.sha256 for each in view.generations}) == 2
        assert sum([(await studio.balance(each.id)).spent for each in view.generations]) == Decimal(
            "0.06"
        )
        (job,) = lab.desk.jobs.values()
        assert job.body.pop("callBackUrl").partition("/")[0] == "https:"
        assert job.body == {
            "model": "V5_5",
            "customMode": True,
            "title": "Tide",
            "style": "waltz",
            "prompt": "The tide turns",
            "instrumental": False,
            "vocalGender": "f",
        }

    async def test_a_song_that_is_sung_needs_words(self, studio, lab):
        async with studio.process():
            view = await studio.make(SONG.name, title="Tide", style="waltz")

        (generation,) = view.generations
        assert generation.phase is Phase.FAILED
        assert "prompt" in generation.failure.message
        assert lab.book.accepted == 0

    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("PENDING", PollState.QUEUED),
            ("TEXT_SUCCESS", PollState.RUNNING),
            ("FIRST_SUCCESS", PollState.RUNNING),
            ("SUCCESS", PollState.DONE),
            ("CREATE_TASK_FAILED", PollState.FAILED),
            ("GENERATE_AUDIO_FAILED", PollState.FAILED),
            ("SENSITIVE_WORD_ERROR", PollState.FAILED),
        ],
    )
    async def test_states_are_words_of_its_own(self, transport, lab, kie, monkeypatch, word, state):
        monkeypatch.setattr(kie, "_song", lambda _: {"status": word})

        assert (await transport.look(_job(_open(lab, kie), SONG))).state is state

    async def test_refused_words_are_a_verdict_on_the_content(
        self, transport, lab, kie, monkeypatch
    ):
        monkeypatch.setattr(kie, "_song", lambda _: {"status": "SENSITIVE_WORD_ERROR"})

        look = await transport.look(_job(_open(lab, kie), SONG))

        assert type(look.error) is ContentRefused
        assert look.error.billed is False

    @pytest.mark.parametrize(
        ("tracks", "state"),
        [
            (None, PollState.RUNNING),
            ([], PollState.RUNNING),
            ([{"audioUrl": "https://a.example/1.mp3"}, {"audioUrl": ""}], PollState.RUNNING),
            ([{"audioUrl": "https://a.example/1.mp3"}], PollState.DONE),
        ],
    )
    async def test_a_call_back_that_found_nobody_loses_no_song(
        self, transport, lab, kie, monkeypatch, tracks, state
    ):
        record = {"status": "CALLBACK_EXCEPTION", "response": {"sunoData": tracks}}
        monkeypatch.setattr(kie, "_song", lambda _: record)

        assert (await transport.look(_job(_open(lab, kie), SONG))).state is state


class TestVariants:
    async def test_with_images_it_is_the_model_that_edits(self, studio, lab):
        source = await _uploaded(studio, image("png", 64, 64), "a.png")
        async with studio.process():
            await studio.make("kie-qwen-image-2", prompt="a sign")
            await studio.make("kie-qwen-image-2", prompt="in green", image_sources=[source])

        drawn, edited = lab.desk.jobs.values()
        assert drawn.body["model"] == "qwen2/text-to-image"
        assert edited.body["model"] == "qwen2/image-edit"
        assert len(edited.body["input"]["image_url"]) == 1

    async def test_a_frame_goes_alone(self, studio, lab):
        source = await _uploaded(studio, image("png", 64, 64), "a.png")
        async with studio.process():
            await studio.make("kie-seedance-2-fast", prompt="a wave", first_frame_image=[source])

        (job,) = lab.desk.jobs.values()
        assert job.body["input"]["first_frame_url"].startswith(f"{lab.url}/files/kie/")
        assert "last_frame_url" not in job.body["input"]
        assert job.body["input"]["web_search"] is False


class TestRefusals:
    @pytest.mark.parametrize(
        ("code", "error", "billed"),
        [
            ("400", ContentRefused, False),
            ("401", Rejected, False),
            ("402", Rejected, False),
            ("404", Rejected, False),
            ("422", Rejected, False),
            ("451", Rejected, False),
            ("500", Broken, None),
            ("501", Broken, False),
            ("505", Rejected, False),
            ("418", Rejected, False),
            ("503", Broken, None),
        ],
    )
    async def test_the_code_inside_counts(self, transport, lab, code, error, billed):
        lab.fault(Stage.SUBMIT, Kind.STATUS, code=code)

        with pytest.raises(error) as refused:
            await transport.submit(_call(EDIT))

        assert (refused.value.provider_code, refused.value.billed) == (code, billed)
        assert lab.book.accepted == 0

    @pytest.mark.parametrize("code", ["429", "455"])
    async def test_busy_and_maintenance_are_waited_out(self, studio, lab, code):
        lab.fault(Stage.SUBMIT, Kind.STATUS, code=code)

        generation = await ran(studio, FILMED)

        assert generation.phase is Phase.COMPLETED
        assert lab.book.accepted == 1

    async def test_the_wait_that_is_asked_for_is_kept(self, transport, lab):
        lab.fault(Stage.SUBMIT, Kind.BUSY, retry_after=9)

        with pytest.raises(Busy) as busy:
            await transport.submit(_call(EDIT))

        assert busy.value.retry_after == 9

    @pytest.mark.parametrize(
        ("code", "error"),
        [
            ("content_policy_violation", ContentRefused),
            ("422", Rejected),
            ("501", Broken),
            ("500", Broken),
            ("", Broken),
        ],
    )
    @pytest.mark.parametrize("declaration", [EDIT, VEO], ids=lambda each: each.name)
    async def test_a_failed_task_costs_nothing(self, transport, lab, kie, declaration, code, error):
        job = _open(lab, kie, Kind.FAILS, code=code)

        look = await transport.look(_job(job, declaration))

        assert look.state is PollState.FAILED
        assert type(look.error) is error
        assert look.error.billed is False
        assert look.error.provider_code.isdecimal()

    async def test_a_failure_that_is_found_at_the_fetch_is_an_end(self, transport, lab, kie):
        job = _open(lab, kie, Kind.FAILS, code="500")

        with pytest.raises(Rejected) as failed:
            await transport.fetch(_job(job))

        assert failed.value.provider_code == "500"

    async def test_an_unknown_route_is_not_called(self, transport, lab):
        unknown = EDIT.model_copy(update={"endpoint": "api/v1/flux/generate"})

        with pytest.raises(Broken, match="api/v1/flux/generate") as refused:
            await transport.submit(_call(unknown))

        assert refused.value.billed is False
        assert lab.book.accepted == 0


async def test_what_is_cancelled_here_goes_on_there_and_is_kept(studio, lab):
    lab.fault(Stage.SUBMIT, Kind.NEVER)
    async with studio.process() as worker:
        job_id = await studio.ask(FILMED.generator, **FILMED.inputs)
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


async def _edited(studio: Studio):
    """Edit an uploaded image at the market."""
    source = await _uploaded(studio, image("png", 64, 64), "a.png")
    async with studio.process():
        return await studio.make(EDIT.name, prompt="at night", image_sources=[source])


async def _uploaded(studio: Studio, data: bytes, filename: str) -> str:
    uploaded = await studio.uploads.upload(studio.actor, source=data, filename=filename)
    return str(uploaded.id)


async def ran(studio: Studio, sample: Sample) -> Any:
    """Run a sample until it stands. Untyped: a test that reads a cost means that there is one."""
    return await settled(studio, sample)


def _open(lab: Lab, kie: KieLab, kind: Kind | None = None, **more) -> LabJob:
    """Take a task on at the lab."""
    fault = Fault(stage=Stage.SUBMIT, kind=kind, **more) if kind else None
    body: Any = {"model": EDIT.model, "input": {"prompt": "x"}}
    return lab.desk.open_job(kie, str(EDIT.model), body, fault)


def _job(job: LabJob, declaration=EDIT) -> Job:
    return Job(tenant_id="t", declaration=declaration, external_id=job.id)


def _call(declaration) -> Call:
    inputs = declaration.model_construct()
    return Call(
        key="01a1f800-0000-7000-8000-000000000001",
        tenant_id="t",
        declaration=declaration,
        inputs=inputs,
        body={"prompt": "x"},
    )
