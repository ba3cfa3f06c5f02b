"""What is peculiar to OpenAI: answers at once, parts of a body, tokens and seconds as the bill."""

from decimal import Decimal

import pytest
from pydantic import JsonValue

from boards.adapters.providers.openai import _counts
from boards.catalog import load_declarations
from boards.domain.artifacts import ArtifactType
from boards.domain.costs import Confidence
from boards.domain.generations import Phase
from boards.errors import Broken
from boards.generators.declared import Count, DeclaredGenerator, Job, Transport
from boards.testing.lab import Kind, Stage
from boards.testing.lab.media import credentials_of, image, sound
from tests.providers.conftest import SECRETS
from tests.providers.parts import cost_of, facts_of, failure_of, stored
from tests.providers.samples import SAMPLES
from tests.providers.test_faults import settled
from tests.services.studio import Studio

OPENAI = next(each for each in SAMPLES if each.provider == "openai")
DECLARED = {each.name: each for each in load_declarations("openai")}


@pytest.fixture
def transport(studio: Studio) -> Transport:
    generator = studio.registry.get(OPENAI.generator)
    assert isinstance(generator, DeclaredGenerator)
    return generator.transport


class TestImages:
    async def test_are_settled_by_their_tokens(self, studio):
        generation = await settled(studio, OPENAI)

        # 4 text tokens at $2 and 272 image tokens at $8 a million.
        cost = cost_of(generation)
        assert cost.amount == Decimal("0.002184")
        assert cost.confidence is Confidence.EXACT
        assert (await studio.balance(generation.id)).spent == cost.amount
        assert generation.estimate.amount == Decimal("0.005")

    async def test_of_one_call_share_one_settlement(self, studio, lab):
        async with studio.process():
            view = await studio.make(OPENAI.generator, prompt="x", n=3, quality="low")

        first, *others = view.generations
        assert len(others) == 2
        assert lab.book.billed == 1
        spent = (await studio.balance(first.id)).spent
        shares = [cost_of(each).amount or 0 for each in view.generations]
        assert sum(shares) == pytest.approx(spent)
        for other in others:
            assert await studio.ledger(other.id) == []

    async def test_send_the_model_beside_the_inputs(self, studio, lab):
        await settled(studio, OPENAI)

        (job,) = lab.desk.jobs.values()
        assert job.body["model"] == "gpt-image-1-mini"
        assert "response_format" not in job.body, "these models refuse it"

    async def test_in_other_formats_are_what_they_say(self, studio):
        async with studio.process():
            view = await studio.make(OPENAI.generator, prompt="x", output_format="webp")

        assert facts_of(view.generations[0]).format == "webp"

    async def test_keep_the_request_id(self, studio):
        generation = await settled(studio, OPENAI)

        assert str(generation.output_metadata["provider_request_id"]).startswith("req_")


class TestEdits:
    async def test_send_their_images_as_parts(self, studio, lab):
        first = await _uploaded(studio, image("png", 32, 32, 1))
        second = await _uploaded(studio, image("png", 32, 32, 2))
        async with studio.process():
            view = await studio.make(
                "openai-gpt-image-1-mini-edit",
                prompt="both",
                image_sources=[first, second],
                mask=first,
            )

        (generation,) = view.generations
        assert generation.phase is Phase.COMPLETED, generation.failure
        (job,) = lab.desk.jobs.values()
        assert job.body["prompt"] == "both"
        assert "image_sources" not in job.body
        # Two images at 300 tokens each, $2.50 a million; the mask is none of them.
        cost = cost_of(generation)
        assert cost.amount == Decimal("0.001500") + Decimal("0.000004") + Decimal("0.008448")
        assert credentials_of(await stored(studio, generation)) is not None

    async def test_too_large_an_image_costs_nothing(self, studio, lab, transport, monkeypatch):
        traits = transport.traits
        small = type(traits.carries[0])(way=traits.carries[0].way, max_bytes=10)
        monkeypatch.setattr(
            type(transport), "traits", type(traits)(**{**vars(traits), "carries": (small,)})
        )
        source = await _uploaded(studio, image("png", 32, 32))
        async with studio.process():
            view = await studio.make(
                "openai-gpt-image-1-mini-edit", prompt="x", image_sources=[source]
            )

        (generation,) = view.generations
        assert failure_of(generation).code == "invalid_input"
        assert await studio.ledger(generation.id) == ["hold", "release"]
        assert lab.book.accepted == 0


class TestSpeech:
    async def test_is_the_body_of_the_answer(self, studio):
        async with studio.process():
            view = await studio.make("openai-tts-1", text="Six.", response_format="wav")

        (generation,) = view.generations
        assert facts_of(generation).format == "wav"
        assert facts_of(generation).duration == pytest.approx(1.0)
        assert cost_of(generation).amount == Decimal("0.00006")

    async def test_that_is_empty_is_a_failure_that_may_be_billed(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.EMPTY)
        async with studio.process():
            view = await studio.make("openai-tts-1", text="Six.")

        (generation,) = view.generations
        assert failure_of(generation).provider_code == "empty_result"
        assert await studio.ledger(generation.id) == ["hold"]


class TestTranscription:
    async def test_gives_a_text_and_is_billed_by_the_second(self, studio, lab):
        source = await _uploaded(studio, sound("wav"), "a.wav")
        async with studio.process():
            view = await studio.make("openai-whisper", audio_source=source)

        (generation,) = view.generations
        assert generation.artifact_type is ArtifactType.TEXT
        assert generation.content == "This is what the lab hears, number 0."
        assert generation.estimate.amount == Decimal("0.0001"), "one second, known beforehand"
        assert cost_of(generation).amount == Decimal("0.0001")
        (job,) = lab.desk.jobs.values()
        assert job.body == {"model": "whisper-1", "language": "en"}


class TestTheKey:
    async def test_that_the_answer_quotes_is_shown_to_nobody(self, studio, lab, monkeypatch):
        monkeypatch.setattr(
            "boards.testing.lab.openai.OpenAILab.keys", {"OPENAI_API_KEY": SECRETS["openai"]}
        )
        lab.fault(Stage.SUBMIT, Kind.AUTH)

        generation = await settled(studio, OPENAI)

        failure = failure_of(generation)
        assert failure.code == "rejected"
        assert failure.provider_code == "invalid_api_key"
        assert "sk-lab" not in failure.message, "what it says of keys is not passed on"


class TestCounts:
    def test_tokens_are_told_apart(self):
        usage: dict[str, JsonValue] = {
            "input_tokens": 30,
            "input_tokens_details": {"text_tokens": 10, "image_tokens": 20},
            "output_tokens": 100,
            "output_tokens_details": {"image_tokens": 90, "text_tokens": 10},
            "total_tokens": 130,
        }

        assert _counts(usage) == {
            Count.TEXT_INPUT_TOKENS: 10,
            Count.IMAGE_INPUT_TOKENS: 20,
            Count.IMAGE_OUTPUT_TOKENS: 90,
            Count.TEXT_OUTPUT_TOKENS: 10,
        }

    def test_a_sum_that_its_parts_do_not_explain_is_no_signal(self):
        usage: dict[str, JsonValue] = {
            "input_tokens": 30,
            "input_tokens_details": {"text_tokens": 10},
            "output_tokens": 100,
            "total_tokens": 130,
        }

        assert _counts(usage) == {}

    @pytest.mark.parametrize("usage", [{}, {"type": "duration"}, {"output_tokens": "many"}])
    def test_nonsense_is_no_signal(self, usage):
        assert _counts(usage) == {}


async def test_there_is_no_job_to_ask_about(transport):
    job = Job(tenant_id="t", declaration=DECLARED[OPENAI.generator], external_id="x")

    assert transport.traits.synchronous
    assert await transport.cancel(job) is False
    assert await transport.lookup("k", tenant_id="t", declaration=job.declaration) is None
    for asked in (transport.look, transport.fetch):
        with pytest.raises(Broken):
            await asked(job)


async def _uploaded(studio: Studio, data: bytes, name: str = "a.png") -> str:
    return str((await studio.uploads.upload(studio.actor, source=data, filename=name)).id)
