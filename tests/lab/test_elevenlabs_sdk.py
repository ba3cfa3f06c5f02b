"""ElevenLabs' own Python client, unchanged, against the lab."""

import httpx
import pytest
from elevenlabs import AsyncElevenLabs, VoiceSettings
from elevenlabs.core.api_error import ApiError
from elevenlabs.core.http_client import _parse_retry_after
from elevenlabs.errors import UnprocessableEntityError

from boards.testing.lab import Kind, Lab, Stage

GEORGE = "JBFqnCBsd6RMkjVDRZzb"
ONCE = {"max_retries": 0}


@pytest.fixture
async def client(lab: Lab):
    async with httpx.AsyncClient() as http:
        yield AsyncElevenLabs(api_key="key", base_url=f"{lab.url}/elevenlabs", httpx_client=http)


class TestSound:
    async def test_speech_is_the_sound_itself(self, client, lab):
        settings = VoiceSettings(stability=0.4, speed=1.1)

        data = await _read(
            client.text_to_speech.convert(
                GEORGE,
                text="hello",
                model_id="eleven_multilingual_v2",
                output_format="wav_44100",
                voice_settings=settings,
            )
        )

        assert data.startswith(b"RIFF")
        (job,) = lab.desk.jobs.values()
        assert job.body["voice_settings"] == {"stability": 0.4, "speed": 1.1}
        assert (lab.book.accepted, lab.book.billed) == (1, 1)

    async def test_headers_tell_the_request_and_its_credits(self, client, lab):
        raw = client.text_to_speech.with_raw_response

        async with raw.convert(GEORGE, text="hello", output_format="wav_8000") as answer:
            headers = answer.headers

        (job,) = lab.desk.jobs.values()
        assert headers["request-id"] == job.id
        assert headers["character-cost"] == "5"
        assert headers["content-type"] == "audio/wav"

    async def test_sound_effects_have_the_length_that_was_asked_for(self, client):
        data = await _read(
            client.text_to_sound_effects.convert(
                text="a door", duration_seconds=0.5, output_format="wav_44100"
            )
        )

        assert data.startswith(b"RIFF")
        assert len(data) == pytest.approx(0.5 * 24_000 * 2, rel=0.01)

    async def test_music_is_an_mp3(self, client, lab):
        data = await _read(
            client.music.compose(prompt="a waltz", music_length_ms=3000, model_id="music_v1")
        )

        assert data[:3] == b"ID3" or data[0] == 0xFF
        assert lab.book.billed == 1


class TestErrors:
    @pytest.mark.parametrize(
        ("kind", "status", "code"),
        [
            (Kind.AUTH, 401, "invalid_api_key"),
            (Kind.QUOTA, 401, "quota_exceeded"),
            (Kind.BUSY, 429, "too_many_concurrent_requests"),
            (Kind.NOT_FOUND, 404, "voice_not_found"),
            (Kind.MODERATION, 400, "bad_prompt"),
        ],
    )
    async def test_refusals_have_their_status_and_code(self, client, lab, kind, status, code):
        lab.fault(Stage.SUBMIT, kind)

        with pytest.raises(ApiError) as refused:
            await _read(client.music.compose(prompt="x", request_options=ONCE))

        assert refused.value.status_code == status
        assert refused.value.body["detail"]["status"] == code
        assert lab.book.billed == 0

    async def test_a_refused_prompt_comes_with_another(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.MODERATION)

        with pytest.raises(ApiError) as refused:
            await _read(client.music.compose(prompt="x", request_options=ONCE))

        assert refused.value.body["detail"]["data"]["prompt_suggestion"]

    async def test_a_wrong_field_is_unprocessable(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.INPUT)

        with pytest.raises(UnprocessableEntityError) as refused:
            await _read(client.text_to_speech.convert(GEORGE, text="x", request_options=ONCE))

        assert refused.value.body["detail"][0]["loc"] == ["body", "text"]

    async def test_an_unknown_voice_is_not_found(self, client, lab):
        with pytest.raises(ApiError) as refused:
            await _read(client.text_to_speech.convert("nobody", text="x", request_options=ONCE))

        assert refused.value.status_code == 404
        assert lab.book.accepted == 0

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    async def test_server_errors_have_their_status(self, client, lab, status):
        lab.fault(Stage.SUBMIT, Kind.STATUS, status=status)

        with pytest.raises(ApiError) as failed:
            await _read(client.text_to_speech.convert(GEORGE, text="x", request_options=ONCE))

        assert failed.value.status_code == status

    async def test_retry_after_is_understood(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.BUSY, retry_after=7)

        with pytest.raises(ApiError) as refused:
            await _read(client.text_to_speech.convert(GEORGE, text="x", request_options=ONCE))

        headers = httpx.Headers(refused.value.headers)
        assert _parse_retry_after(headers) == 7
        assert int(headers["x-ratelimit-reset"]) > 0

    async def test_a_dropped_connection_is_an_error_of_the_network(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.DROP_BEFORE)

        with pytest.raises(httpx.TransportError):
            await _read(client.text_to_speech.convert(GEORGE, text="x", request_options=ONCE))

        assert lab.book.accepted == 0


async def _read(chunks) -> bytes:
    return b"".join([chunk async for chunk in chunks])
