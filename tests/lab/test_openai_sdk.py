"""OpenAI's own Python client, unchanged, against the lab."""

import base64
import io

import openai
import pytest

from boards.testing.lab import Kind, Lab, Stage
from boards.testing.lab.media import credentials_of, image, sound

IMAGES = "gpt-image-1-mini"


@pytest.fixture
async def client(lab: Lab):
    async with openai.AsyncOpenAI(
        api_key="sk-x", base_url=f"{lab.url}/openai/v1", max_retries=0
    ) as opened:
        yield opened


class TestImages:
    async def test_images_come_as_base64_with_their_usage(self, client, lab):
        answer = await client.images.generate(model=IMAGES, prompt="a boat", n=2, quality="low")

        assert len(answer.data) == 2
        assert base64.b64decode(answer.data[0].b64_json).startswith(b"\x89PNG")
        assert answer.usage.output_tokens == 2 * 272
        assert answer.usage.total_tokens == answer.usage.input_tokens + 2 * 272
        assert answer.usage.input_tokens_details.image_tokens == 0
        assert (answer.size, answer.quality, answer.output_format) == ("1024x1024", "low", "png")
        assert lab.book.billed == 1

    async def test_pngs_carry_content_credentials(self, client):
        answer = await client.images.generate(model=IMAGES, prompt="a boat")

        png = base64.b64decode(answer.data[0].b64_json)
        assert credentials_of(png) is not None
        assert png[12:16] == b"IHDR"
        assert png[37:41] == b"caBX", "right after the header"

    async def test_edits_take_several_images_and_a_mask(self, client):
        answer = await client.images.edit(
            model=IMAGES,
            prompt="at night",
            image=[_png("a"), _png("b")],
            mask=_png("mask"),
            size="1536x1024",
        )

        assert answer.usage.input_tokens_details.image_tokens == 600
        assert answer.size == "1536x1024"

    async def test_gpt_image_models_refuse_a_response_format(self, client):
        with pytest.raises(openai.BadRequestError) as refused:
            await client.images.generate(model=IMAGES, prompt="a boat", response_format="b64_json")

        assert refused.value.code == "unknown_parameter"
        assert refused.value.param == "response_format"


class TestSound:
    async def test_speech_is_the_sound_itself(self, client, lab):
        answer = await client.audio.speech.create(
            model="tts-1", voice="alloy", input="hello", response_format="wav"
        )

        assert answer.content.startswith(b"RIFF")
        assert answer.response.headers["content-type"] == "audio/wav"

    async def test_transcription_tells_its_seconds(self, client):
        answer = await client.audio.transcriptions.create(
            model="whisper-1", file=("a.wav", io.BytesIO(sound("wav")))
        )

        assert answer.text.startswith("This is what the lab hears")
        assert (answer.usage.type, answer.usage.seconds) == ("duration", 1)


class TestErrors:
    @pytest.mark.parametrize(
        ("kind", "error", "code"),
        [
            (Kind.AUTH, openai.AuthenticationError, "invalid_api_key"),
            (Kind.BUSY, openai.RateLimitError, "rate_limit_exceeded"),
            (Kind.QUOTA, openai.RateLimitError, "insufficient_quota"),
            (Kind.NOT_FOUND, openai.NotFoundError, "model_not_found"),
            (Kind.INPUT, openai.BadRequestError, "invalid_value"),
            (Kind.MODERATION, openai.BadRequestError, "moderation_blocked"),
        ],
    )
    async def test_refusals_are_parsed_into_their_classes(self, client, lab, kind, error, code):
        lab.fault(Stage.SUBMIT, kind)

        with pytest.raises(error) as refused:
            await client.images.generate(model=IMAGES, prompt="x")

        assert refused.value.code == code
        assert refused.value.request_id
        assert lab.book.billed == 0

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    async def test_server_errors_are_internal_ones(self, client, lab, status):
        lab.fault(Stage.SUBMIT, Kind.STATUS, status=status, code="server_error")

        with pytest.raises(openai.InternalServerError) as failed:
            await client.images.generate(model=IMAGES, prompt="x")

        assert failed.value.status_code == status

    async def test_retry_after_is_understood_in_seconds_and_milliseconds(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.BUSY, retry_after=1.5)

        with pytest.raises(openai.RateLimitError) as refused:
            await client.images.generate(model=IMAGES, prompt="x")

        assert client._parse_retry_after_header(refused.value.response.headers) == 1.5

    async def test_a_dropped_connection_is_a_connection_error(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.DROP_BEFORE)

        with pytest.raises(openai.APIConnectionError):
            await client.images.generate(model=IMAGES, prompt="x")

        assert lab.book.accepted == 0

    async def test_the_clients_own_retries_pay_again_for_a_lost_answer(self, client, lab):
        """Why Boards does not call through it: one lost answer, two bills."""
        lab.fault(Stage.SUBMIT, Kind.DROP_AFTER)

        await client.with_options(max_retries=1).images.generate(model=IMAGES, prompt="x")

        assert lab.book.billed == 2


def _png(name: str) -> tuple[str, bytes, str]:
    return (f"{name}.png", image("png", 64, 64), "image/png")
