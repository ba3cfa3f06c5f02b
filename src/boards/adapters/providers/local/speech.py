"""`local-speech`: a text read aloud by a synthetic voice."""

import io
import wave
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from boards.adapters.providers.local.espeak import speak
from boards.adapters.providers.local.generator import LocalGenerator, hint
from boards.errors import InvalidInput
from boards.generators.artifacts import AudioArtifact
from boards.generators.compute import Tick, compute, no_tick
from boards.generators.context import GeneratorContext

__all__ = ["LocalSpeech", "SpeechInput", "SpeechOutput", "render_speech"]

Language = Literal[
    "en-us", "en-gb", "de", "fr", "es", "es-419", "it", "pt", "pt-br", "nl", "sv", "nb", "da",
    "fi", "pl", "cs", "sk", "hu", "ro", "bg", "el", "ru", "uk", "tr", "ar", "hi", "id", "vi",
    "cmn", "ko",
]  # fmt: skip
VoiceName = Literal["plain", "woman", "soft woman", "man", "deep man", "old man", "whisper"]

_NAMES: dict[str, str] = {"en-gb": "en"}
"""Languages whose voice has another name."""

_VARIANTS: dict[VoiceName, str] = {
    "plain": "",
    "woman": "+f2",
    "soft woman": "+f5",
    "man": "+m3",
    "deep man": "+m7",
    "old man": "+grandpa",
    "whisper": "+whisper",
}


class SpeechInput(BaseModel):
    """What is said and how."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        min_length=1,
        max_length=5000,
        description="The text to say",
        json_schema_extra=hint("Main", "textarea"),
    )
    language: Language = Field(
        default="en-us",
        description="Language of the text",
        json_schema_extra=hint("Main", "select"),
    )
    voice: VoiceName = Field(
        default="plain", description="Who speaks", json_schema_extra=hint("Main", "select")
    )
    rate: int = Field(
        default=160,
        ge=80,
        le=400,
        description="Words per minute",
        json_schema_extra=hint("Options", "slider", step=5),
    )
    pitch: int = Field(
        default=50,
        ge=0,
        le=100,
        description="How high the voice is",
        json_schema_extra=hint("Options", "slider", step=5),
    )

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("the text is blank; write some words")
        return text


class SpeechOutput(BaseModel):
    """The spoken text."""

    audio: AudioArtifact = Field(description="WAV, 22.05 kHz, 16 bit, mono")


def render_speech(inputs: SpeechInput, tick: Tick = no_tick) -> tuple[bytes, float, int]:
    """Say the text; gives the bytes of a WAV file, its seconds, and its rate in Hz."""
    # About one byte in 2,500 of speech is a letter of text; good enough for a bar.
    expected = max(1, len(inputs.text) * 2800 * 160 // inputs.rate)
    # Nought is C's end of a text.
    text = inputs.text.replace("\0", " ")
    samples, rate = speak(
        text,
        voice=_NAMES.get(inputs.language, inputs.language) + _VARIANTS[inputs.voice],
        words_per_minute=inputs.rate,
        pitch=inputs.pitch,
        watch=lambda done: tick(min(0.95, done / expected), "Speaking"),
    )
    if not samples:
        raise InvalidInput("There is nothing in this text that the voice can say.")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return out.getvalue(), len(samples) / 2 / rate, rate


class LocalSpeech(LocalGenerator):
    name = "local-speech"
    title = "Speech"
    artifact_type = "audio"
    description = "A text read aloud in thirty languages. Free, on this machine"
    # Not the same bytes every time, so never taken from the cache.
    version = None
    needs = ("espeakng_loader", "speech")
    inputs = SpeechInput
    outputs = SpeechOutput

    async def generate(self, inputs: SpeechInput, context: GeneratorContext) -> SpeechOutput:
        self.require()
        data, seconds, rate = await compute(context, lambda tick: render_speech(inputs, tick))
        audio = await context.store_audio(
            data, format="wav", duration=seconds, sample_rate=rate, channels=1
        )
        return SpeechOutput(audio=audio)
