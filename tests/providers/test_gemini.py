"""What is peculiar to Gemini: refusals with 200, tokens as the bill, long-running operations."""

import base64
from decimal import Decimal
from typing import Any

import pytest

from boards.domain.generations import Phase
from boards.errors import Broken, Busy, ContentRefused, Rejected
from boards.generators.base import PollState
from boards.generators.declared import Declaration, DeclaredGenerator
from boards.generators.declared.transport import Count, Job, Transport
from boards.testing.lab import Event, Fault, Kind, Lab, Stage, media
from boards.testing.lab import gemini as lab_file
from boards.testing.lab.desk import LabJob, json_answer
from boards.testing.lab.gemini import GeminiLab
from boards.testing.lab.media import credentials_of, image, video
from tests.providers.samples import SAMPLES, Sample
from tests.providers.test_faults import settled
from tests.services.studio import Studio

DRAWN = next(each for each in SAMPLES if each.provider == "gemini")
VIDEO = Declaration.model_validate(
    {
        "provider": "gemini",
        "makes": "video",
        "name": "a-long-running-video",
        "title": "A video",
        "description": "A video by a long-running operation",
        "endpoint": "models/veo-3.1-generate-preview:predictLongRunning",
        "inputs": {
            "prompt": {"type": "text"},
            "first_frame": {"slot": "image", "optional": True, "send_as": "image"},
            "duration": {
                "choices": [4, 6, 8],
                "default": 8,
                "send_as": "parameters.durationSeconds",
            },
        },
        "price": {
            "unit": "second",
            "rate": "0.4",
            "units": "duration",
            "source": "none: a test's",
            "checked": "2026-11-20",
            "confidence": "unverified",
        },
    }
)
FILMED = Sample(
    provider="gemini", generator=VIDEO.name, inputs={"prompt": "a wave"}, one_question=True
)


@pytest.fixture
def transport(studio: Studio) -> Transport:
    generator = studio.registry.get(DRAWN.generator)
    assert isinstance(generator, DeclaredGenerator)
    return generator.transport


@pytest.fixture
def gemini(lab: Lab) -> GeminiLab:
    """The lab's Gemini."""
    (found,) = [each for each in lab.providers if isinstance(each, GeminiLab)]
    return found


@pytest.fixture
def filming(studio: Studio, transport: Transport) -> Studio:
    """A studio with a model of long-running operations."""
    generator = DeclaredGenerator(VIDEO, transport)
    generator.poll_every = 0.01
    studio.registry.register(generator)
    return studio


class TestAnImage:
    async def test_it_keeps_its_bytes_and_its_credentials(self, studio, monkeypatch):
        made: list[bytes] = []
        plain = media.png_with_credentials

        def draw(*size):
            made.append(plain(*size))
            return made[-1]

        monkeypatch.setattr(media, "png_with_credentials", draw)

        generation = await ran(studio, DRAWN)

        assert generation.phase is Phase.COMPLETED
        stored = await studio.storage.read(generation.file.key, max_bytes=10 * 2**20)
        assert [stored] == made
        assert credentials_of(stored) is not None

    async def test_it_costs_its_tokens(self, studio):
        generation = await ran(studio, DRAWN)

        # 4 tokens in at 0.5 a million, 1,120 out at 60.
        assert generation.cost.amount == Decimal("0.067202")
        assert (await studio.balance(generation.id)).spent == Decimal("0.067202")
        assert generation.estimate.amount == Decimal("0.067")

    async def test_an_edit_sends_its_images_inside_the_request(self, studio, lab):
        data = image("png", 64, 64)
        source = await studio.uploads.upload(studio.actor, source=data, filename="a.png")
        async with studio.process():
            view = await studio.make(
                "gemini-3-pro-image",
                prompt="at night",
                image_sources=[str(source.id)],
                aspect_ratio="16:9",
                image_size="2K",
                seed=7,
            )

        (generation,) = view.generations
        assert generation.phase is Phase.COMPLETED
        (job,) = lab.desk.jobs.values()
        assert job.endpoint == "gemini-3-pro-image:generateContent"
        assert job.body == {
            "contents": [
                {
                    "role": "user",
                    "parts": [
                        {"text": "at night"},
                        {
                            "inlineData": {
                                "mimeType": "image/png",
                                "data": base64.b64encode(data).decode(),
                            }
                        },
                    ],
                }
            ],
            "generationConfig": {
                "responseModalities": ["IMAGE"],
                "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"},
                "seed": 7,
            },
        }
        facts = generation.file.facts
        assert facts.width > facts.height

    async def test_two_takes_are_two_calls_with_a_hold_each(self, studio, lab):
        async with studio.process():
            view = await studio.make(DRAWN.generator, takes=2, **DRAWN.inputs)

        assert lab.book.accepted == 2
        for generation in view.generations:
            assert await studio.ledger(generation.id) == ["hold", "settle"]

    async def test_drafts_of_the_thinking_are_no_results(self, studio, monkeypatch):
        plain = lab_file._content

        def thinking(job, parts, usage):
            draft = {**parts[0], "thought": True}
            return plain(job, [draft, {"text": "Let me see."}, *parts], usage)

        monkeypatch.setattr(lab_file, "_content", thinking)

        async with studio.process():
            view = await studio.make(DRAWN.generator, **DRAWN.inputs)

        assert len(view.generations) == 1

    async def test_tokens_that_do_not_add_up_are_no_signal(self, studio, monkeypatch):
        plain = lab_file._usage
        monkeypatch.setattr(
            lab_file, "_usage", lambda *given: {**plain(*given), "totalTokenCount": 9999}
        )

        generation = await ran(studio, DRAWN)

        assert (await studio.balance(generation.id)).spent == generation.estimate.amount

    async def test_thoughts_count_as_words(self, studio, monkeypatch):
        plain: Any = lab_file._usage

        def thoughtful(*given):
            usage = plain(*given)
            total = usage["totalTokenCount"] + 1000
            return {**usage, "thoughtsTokenCount": 1000, "totalTokenCount": total}

        monkeypatch.setattr(lab_file, "_usage", thoughtful)

        generation = await ran(studio, DRAWN)

        assert generation.cost.amount == Decimal("0.070202")


class TestRefusals:
    @pytest.mark.parametrize(
        ("said", "error"),
        [
            ("finishReason=IMAGE_SAFETY", ContentRefused),
            ("finishReason=IMAGE_PROHIBITED_CONTENT", ContentRefused),
            ("finishReason=IMAGE_RECITATION", ContentRefused),
            ("finishReason=SAFETY", ContentRefused),
            ("finishReason=PROHIBITED_CONTENT", ContentRefused),
            ("finishReason=BLOCKLIST", ContentRefused),
            ("finishReason=SPII", ContentRefused),
            ("finishReason=RECITATION", ContentRefused),
            ("finishReason=IMAGE_OTHER", Rejected),
            ("finishReason=NO_IMAGE", Rejected),
            ("blockReason=SAFETY", ContentRefused),
            ("blockReason=OTHER", ContentRefused),
            ("blockReason=BLOCKLIST", ContentRefused),
            ("blockReason=IMAGE_SAFETY", ContentRefused),
        ],
    )
    async def test_a_refusal_with_200_is_final_and_costs_nothing(self, studio, lab, said, error):
        lab.fault(Stage.SUBMIT, Kind.MODERATION, code=said)

        generation = await ran(studio, DRAWN)

        assert generation.phase is Phase.FAILED
        assert generation.failure.code == error.code
        assert generation.failure.provider_code == said.partition("=")[2]
        assert await studio.ledger(generation.id) == ["hold", "release"]

    async def test_an_image_that_was_drawn_and_held_back_is_paid(self, studio, gemini, monkeypatch):
        usage = {"candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}]}
        answer: Any = {"candidates": [{"finishReason": "IMAGE_SAFETY"}], "usageMetadata": usage}
        monkeypatch.setattr(gemini, "refuse", lambda _: json_answer(answer))
        gemini._desk.script.add(Fault(stage=Stage.SUBMIT, kind=Kind.MODERATION))

        generation = await ran(studio, DRAWN)

        assert generation.phase is Phase.FAILED
        assert await studio.ledger(generation.id) == ["hold", "settle"]

    async def test_words_instead_of_an_image_are_no_success(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.EMPTY)

        generation = await ran(studio, DRAWN)

        assert generation.phase is Phase.FAILED
        assert generation.failure.provider_code == "empty_result"
        assert generation.needs_attention

    async def test_a_wrong_key_is_known_by_its_reason(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.AUTH)

        generation = await ran(studio, DRAWN)

        assert generation.failure.provider_code == "API_KEY_INVALID"
        assert "refused the key" in generation.failure.message

    async def test_an_overloaded_model_is_busy(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.STATUS, status=503, code="UNAVAILABLE")

        generation = await ran(studio, DRAWN)

        assert generation.phase is Phase.COMPLETED
        assert lab.book.accepted == 1

    async def test_an_error_that_is_not_charged_releases_the_hold(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.STATUS, status=500, code="INTERNAL")

        generation = await ran(studio, DRAWN)

        assert generation.phase is Phase.FAILED
        assert await studio.ledger(generation.id) == ["hold", "release"]

    async def test_a_call_that_took_too_long_may_be_charged(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.STATUS, status=504, code="DEADLINE_EXCEEDED")

        generation = await ran(studio, DRAWN)

        assert generation.phase is Phase.SUBMIT_UNKNOWN

    async def test_the_wait_is_read_out_of_the_details(self, transport, lab):
        lab.fault(Stage.POLL, Kind.BUSY, retry_after=0.25)

        with pytest.raises(Busy) as busy:
            await transport.look(_job("models/veo/operations/x"))

        assert busy.value.retry_after == 0.25


class TestAVideo:
    async def test_it_is_asked_about_and_fetched_with_the_key(self, filming, lab):
        generation = await ran(filming, FILMED)

        assert generation.phase is Phase.COMPLETED
        stored = await filming.storage.read(generation.file.key, max_bytes=10 * 2**20)
        (made,) = [data for data, _ in lab.desk.files.values()]
        assert stored == made
        assert generation.file.facts.mime == "video/mp4"
        assert generation.external_id.startswith("models/veo-3.1-generate-preview/operations/")
        assert (await filming.balance(generation.id)).spent == Decimal("3.2")
        (job,) = lab.desk.jobs.values()
        assert job.body == {
            "instances": [{"prompt": "a wave"}],
            "parameters": {"durationSeconds": 8},
        }

    async def test_its_first_image_goes_inside_the_request(self, filming, lab):
        data = image("png", 64, 64)
        source = await filming.uploads.upload(filming.actor, source=data, filename="a.png")
        async with filming.process():
            view = await filming.make(VIDEO.name, prompt="a wave", first_frame=str(source.id))

        assert view.generations[0].phase is Phase.COMPLETED
        (job,) = lab.desk.jobs.values()
        encoded = base64.b64encode(data).decode()
        assert job.body["instances"] == [
            {
                "prompt": "a wave",
                "image": {"bytesBase64Encoded": encoded, "mimeType": "image/png"},
            }
        ]

    async def test_an_address_elsewhere_is_fetched_without_the_key(
        self, filming, lab, gemini, monkeypatch
    ):
        url = lab.desk.keep("gemini", video(64, 36), "video/mp4")
        monkeypatch.setattr(
            gemini, "_videos", lambda _: {"generatedSamples": [{"video": {"uri": url}}]}
        )
        seen: list[dict[str, str]] = []
        plain = filming.client._send

        async def send(method, target, headers, content, exchange):
            if "/files/" in str(target):
                seen.append(dict(headers))
            return await plain(method, target, headers, content, exchange)

        monkeypatch.setattr(filming.client, "_send", send)

        generation = await ran(filming, FILMED)

        assert generation.phase is Phase.COMPLETED
        assert len(seen) == 1
        assert "x-goog-api-key" not in seen[0]

    async def test_filtered_videos_are_refused_content(self, filming, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS, code="content_policy_violation")

        generation = await ran(filming, FILMED)

        assert generation.phase is Phase.FAILED
        assert generation.failure.code == ContentRefused.code
        assert generation.failure.provider_code == "raiMediaFiltered"
        assert await filming.ledger(generation.id) == ["hold", "release"]

    async def test_a_failed_operation_says_its_code(self, filming, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS)

        generation = await ran(filming, FILMED)

        assert generation.failure.code == Broken.code
        assert generation.failure.provider_code == "13"
        assert await filming.ledger(generation.id) == ["hold", "release"]

    async def test_a_failure_that_is_found_at_the_fetch_is_an_end(self, transport, lab, gemini):
        job = _open(lab, gemini, Kind.FAILS)

        with pytest.raises(Rejected) as failed:
            await transport.fetch(_job(lab_file._name(job)))

        assert failed.value.provider_code == "13"

    async def test_a_finished_operation_without_a_video_is_no_success(self, filming, lab):
        lab.fault(Stage.SUBMIT, Kind.EMPTY)

        generation = await ran(filming, FILMED)

        assert generation.phase is Phase.FAILED
        assert generation.failure.provider_code == "empty_result"
        assert await filming.ledger(generation.id) == ["hold"]

    @pytest.mark.parametrize(
        ("stage", "kind"),
        [
            (Stage.POLL, Kind.AUTH),
            (Stage.POLL, Kind.NOT_FOUND),
            (Stage.FETCH, Kind.INPUT),
            (Stage.FETCH, Kind.NONSENSE),
            (Stage.FILE, Kind.TRUNCATED),
            (Stage.FILE, Kind.DROP_BEFORE),
            (Stage.FILE, Kind.EXPIRED),
        ],
    )
    async def test_trouble_on_the_way_back_is_overcome(self, filming, lab, stage, kind):
        lab.fault(stage, kind, times=2)

        generation = await ran(filming, FILMED)

        assert generation.phase is Phase.COMPLETED
        assert (lab.book.accepted, lab.book.billed) == (1, 1)

    async def test_a_lost_answer_to_its_submit_is_never_sent_again(self, filming, lab):
        lab.fault(Stage.SUBMIT, Kind.DROP_AFTER)

        generation = await ran(filming, FILMED)

        assert generation.phase is Phase.SUBMIT_UNKNOWN
        assert lab.book.accepted == 1
        assert lab.book.count(Event.LOOKED) == 0

    async def test_an_operation_under_way_runs(self, transport, lab, gemini):
        job = _open(lab, gemini, Kind.NEVER)

        look = await transport.look(_job(lab_file._name(job)))

        assert look.state is PollState.RUNNING

    async def test_an_id_that_leads_elsewhere_is_not_asked_about(self, transport):
        with pytest.raises(Broken, match="cannot be used"):
            await transport.look(_job("models/../../secrets"))


async def test_the_counts_are_by_modality(transport):
    assert transport.traits.counts == {
        Count.TEXT_INPUT_TOKENS,
        Count.IMAGE_INPUT_TOKENS,
        Count.TEXT_OUTPUT_TOKENS,
        Count.IMAGE_OUTPUT_TOKENS,
    }


async def ran(studio: Studio, sample: Sample) -> Any:
    """Run a sample until it stands. Untyped: a test that reads a cost means that there is one."""
    return await settled(studio, sample)


def _open(lab: Lab, gemini: GeminiLab, kind: Kind) -> LabJob:
    """Begin an operation at the lab."""
    fault = Fault(stage=Stage.SUBMIT, kind=kind)
    return lab.desk.open_job(gemini, "veo:predictLongRunning", {"instances": [{}]}, fault)


def _job(name: str) -> Job:
    return Job(tenant_id="t", declaration=VIDEO, external_id=name)
