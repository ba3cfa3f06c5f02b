"""What is peculiar to ElevenLabs: audio for an answer, a voice in the path, credits in a header."""

import json
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import JsonValue

from boards.adapters.providers.elevenlabs import _address, _outcome, _refusal
from boards.adapters.providers.wire import RefusalKind, Reply
from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Phase
from boards.errors import Broken, ContentRefused, InvalidInput, Rejected
from boards.generators.declared.transport import Count, Job
from boards.testing.lab import Kind, Lab, Stage, media
from tests.providers.parts import cost_of, facts_of, failure_of, stored
from tests.providers.samples import SAMPLES
from tests.providers.test_faults import settled
from tests.services.studio import Studio

SPEECH = next(each for each in SAMPLES if each.provider == "elevenlabs")
MODELS: dict[str, tuple[dict[str, Any], str]] = {
    "elevenlabs-multilingual-v2": ({"text": "The tide turns at six."}, "0.0022"),
    "elevenlabs-sound-effects-v2": ({"text": "A door creaks", "duration_seconds": 0.5}, "0.12"),
    "elevenlabs-music-v1": ({"prompt": "A slow waltz", "duration": 3}, "0.015"),
}


class TestARun:
    @pytest.mark.parametrize("model", MODELS)
    async def test_every_model_makes_audio_at_its_price(self, studio: Studio, lab: Lab, model):
        inputs, price = MODELS[model]
        async with studio.process():
            view = await studio.make(model, **inputs)

        (generation,) = view.generations
        assert generation.phase is Phase.COMPLETED
        assert generation.artifact_type is ArtifactType.AUDIO
        assert (facts_of(generation).format, facts_of(generation).mime) == ("mp3", "audio/mpeg")
        assert cost_of(generation).amount == Decimal(price)
        assert await studio.ledger(generation.id) == ["hold", "settle"]
        assert (lab.book.accepted, lab.book.billed) == (1, 1)

    async def test_the_bytes_are_kept_as_they_came(self, studio, lab):
        generation = await settled(studio, SPEECH)

        data = await stored(studio, generation)
        assert data == media.sound("wav", 1.0, 0)
        assert facts_of(generation).duration == pytest.approx(1.0)

    async def test_the_request_can_be_found_again_in_the_account(self, studio, lab):
        generation = await settled(studio, SPEECH)

        (job,) = lab.desk.jobs.values()
        assert generation.output_metadata["provider_request_id"] == job.id

    async def test_credits_of_a_dearer_voice_are_settled(self, studio, lab):
        """A voice of the library may cost twice as much, which only the answer tells."""
        dearer = replace(SPEECH, inputs={**SPEECH.inputs, "voice": "EXAVITQu4vr4xnSDxMaL"})

        generation = await settled(studio, dearer)

        assert generation.estimate.amount == Decimal("0.0022")
        assert cost_of(generation).amount == Decimal("0.0044")
        assert (await studio.balance(generation.id)).spent == Decimal("0.0044")


class TestTheRequest:
    async def test_voice_and_format_stand_in_the_address(self, studio, lab):
        await settled(studio, SPEECH)

        (job,) = lab.desk.jobs.values()
        assert job.endpoint == "/elevenlabs/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb"
        assert job.body == {"text": SPEECH.inputs["text"], "model_id": "eleven_multilingual_v2"}

    async def test_settings_of_the_voice_are_nested(self, studio, lab):
        async with studio.process():
            await studio.make("elevenlabs-multilingual-v2", text="x", stability=0.4, speed=1.1)

        (job,) = lab.desk.jobs.values()
        assert job.body["voice_settings"] == {"stability": 0.4, "speed": 1.1}

    async def test_seconds_of_music_become_milliseconds(self, studio, lab):
        async with studio.process():
            await studio.make("elevenlabs-music-v1", prompt="x", duration=4.5)

        (job,) = lab.desk.jobs.values()
        assert job.body["music_length_ms"] == 4500
        assert "music_length_seconds" not in job.body

    @pytest.mark.parametrize("voice", ["../../user", "a/b", "", ".", "a?b=c", "a b"])
    async def test_a_voice_that_is_no_id_is_refused_before_anything_is_written(
        self, studio, lab, voice
    ):
        with pytest.raises(InvalidInput):
            await studio.ask("elevenlabs-multilingual-v2", text="x", voice=voice)

        assert lab.book.accepted == 0

    @pytest.mark.parametrize("voice", ["..", ".", "", None, 7])
    def test_an_address_is_never_left_by_a_voice(self, voice):
        with pytest.raises(InvalidInput, match="voice_id"):
            _address("v1/text-to-speech/{voice_id}", {"voice_id": voice})

    def test_what_stands_in_the_address_is_quoted(self):
        body: dict[str, JsonValue] = {"voice_id": "a/../b", "output_format": "mp3&x=1", "text": "x"}

        address = _address("v1/text-to-speech/{voice_id}", body)

        assert address == "v1/text-to-speech/a%2F..%2Fb?output_format=mp3%26x%3D1"
        assert body == {"text": "x"}


class TestTheAnswer:
    def test_something_else_than_audio_leaves_open_what_it_cost(self):
        with pytest.raises(Broken) as broken:
            _outcome(_reply(200, b'{"ok": true}', {"content-type": "application/json"}), None)

        assert broken.value.billed is None

    @pytest.mark.parametrize(
        ("mime", "asked", "format"),
        [
            ("audio/mpeg", None, "mp3"),
            ("audio/wav; charset=x", "mp3_44100_128", "wav"),
            ("application/octet-stream", "opus_48000_64", "opus"),
            ("application/octet-stream", None, "mp3"),
        ],
    )
    def test_the_format_is_what_the_answer_says_or_what_was_asked_for(self, mime, asked, format):
        (made,) = _outcome(_reply(200, b"...", {"content-type": mime}), asked).made

        assert made.format == format

    @pytest.mark.parametrize("header", ["", "many", "-1", "NaN", "Infinity"])
    def test_a_senseless_count_is_none(self, header):
        headers = {"content-type": "audio/mpeg", "character-cost": header}

        assert _outcome(_reply(200, b"...", headers), None).counts == {}

    def test_credits_may_be_halves(self):
        headers = {"content-type": "audio/mpeg", "character-cost": "10.5"}

        assert _outcome(_reply(200, b"...", headers), None).counts == {
            Count.CREDITS: Decimal("10.5")
        }


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "code", "provider_code"),
        [
            (Kind.AUTH, Rejected.code, "invalid_api_key"),
            (Kind.QUOTA, Rejected.code, "quota_exceeded"),
            (Kind.INPUT, Rejected.code, "value_error"),
            (Kind.MODERATION, ContentRefused.code, "bad_prompt"),
        ],
    )
    async def test_they_keep_the_providers_code(self, studio, lab, kind, code, provider_code):
        lab.fault(Stage.SUBMIT, kind)

        generation = await settled(studio, SPEECH)

        assert failure_of(generation).code == code
        assert failure_of(generation).provider_code == provider_code

    async def test_an_empty_account_is_told_from_a_wrong_key(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.QUOTA)

        generation = await settled(studio, SPEECH)

        assert "no credit or quota left" in failure_of(generation).message
        assert "91 credits are required" in failure_of(generation).message

    @pytest.mark.parametrize("status", [429, 503])
    def test_a_busy_system_took_nothing_on(self, status):
        detail = b'{"detail": {"status": "system_busy", "message": "Busy"}}'

        refusal = _refusal(_reply(status, detail))

        assert refusal is not None
        assert (refusal.kind, refusal.billed) == (RefusalKind.BUSY, False)

    def test_the_reset_of_the_rate_is_a_time_of_day(self):
        soon = {"x-ratelimit-reset": str(int(time.time()) + 60)}
        odd = {"x-ratelimit-reset": "soon"}
        far = {"x-ratelimit-reset": "99999999999999"}

        waits = [_refusal(_reply(429, b"{}", headers)) for headers in (soon, odd, far)]

        assert waits[0] is not None
        assert waits[0].retry_after == pytest.approx(60, abs=2)
        assert [each.retry_after for each in waits[1:] if each] == [None, 3600]

    @pytest.mark.parametrize(
        ("body", "code", "text"),
        [
            (b'{"detail": {"code": "invalid_x", "message": "No"}}', "invalid_x", "No"),
            (b'{"detail": {"status": "old_x", "message": "No"}}', "old_x", "No"),
            (b'{"detail": [{"loc": ["body", "text"], "msg": "No"}]}', "400", "text: No"),
            (b'{"detail": "No"}', "400", "No"),
            (b"<html>", "400", ""),
        ],
    )
    def test_every_shape_is_read(self, body, code, text):
        refusal = _refusal(_reply(400, body))

        assert refusal is not None
        assert (refusal.code, refusal.text) == (code, text)


async def test_there_is_no_job_to_ask_about(studio):
    transport = studio.registry.get(SPEECH.generator).transport
    job = Job(
        tenant_id="t",
        declaration=studio.registry.get(SPEECH.generator).declaration,
        external_id="x",
    )

    assert transport.traits.synchronous
    assert await transport.cancel(job) is False
    for ask in (transport.look, transport.fetch):
        with pytest.raises(Broken, match="answer at once"):
            await ask(job)


def _reply(status: int, body: bytes, headers: dict[str, str] | None = None) -> Reply:
    content = json.loads(body) if body[:1] in b"{[" else None
    return Reply(
        status=status, headers=headers or {}, body=body, provider="elevenlabs", content=content
    )
