"""`local-music`: a piece of music from a mood, a tempo and a seed, composed by rules."""

import secrets
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from boards.adapters.providers.local.generator import SEED_LIMIT, LocalGenerator, hint
from boards.adapters.providers.local.harmony import Key, MoodName, Score, compose
from boards.adapters.providers.local.synth import RATE, perform, wav_bytes
from boards.generators.artifacts import AudioArtifact
from boards.generators.compute import Tick, compute, no_tick
from boards.generators.context import GeneratorContext

__all__ = ["LocalMusic", "MusicInput", "MusicOutput", "render_music"]


class MusicInput(BaseModel):
    """What the music is to be like."""

    model_config = ConfigDict(extra="forbid")

    mood: MoodName = Field(
        default="calm",
        description="Decides scale, chords, tempo and instruments",
        json_schema_extra=hint("Main", "select"),
    )
    seconds: float = Field(
        default=30,
        ge=1,
        le=300,
        description="Length in seconds",
        json_schema_extra=hint("Main", "slider", step=1),
    )
    bpm: float | None = Field(
        default=None,
        ge=40,
        le=200,
        description="Beats per minute; none takes the mood's own",
        json_schema_extra=hint("Main", "number"),
    )
    key: Key = Field(
        default="auto",
        description="Tonic; auto goes by the seed",
        json_schema_extra=hint("Options", "select"),
    )
    drums: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="auto goes by the mood",
        json_schema_extra=hint("Options", "select"),
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=SEED_LIMIT,
        description="The same seed gives the same music; none takes a new one",
        json_schema_extra=hint("Options", "seed"),
    )


class MusicOutput(BaseModel):
    """The music."""

    audio: AudioArtifact = Field(description="WAV, 44.1 kHz, 16 bit, stereo")


def render_music(inputs: MusicInput, seed: int, tick: Tick = no_tick) -> tuple[Score, bytes]:
    """Compose and play; gives the score and the bytes of a WAV file."""
    score = compose(
        inputs.mood,
        seconds=inputs.seconds,
        bpm=inputs.bpm,
        seed=seed,
        key=inputs.key,
        drums=inputs.drums,
        watch=lambda share: tick(share * 0.05, "Composing"),
    )
    audio = perform(score, inputs.seconds, tick)
    tick(0.97, "Writing")
    return score, wav_bytes(audio)


class LocalMusic(LocalGenerator):
    name = "local-music"
    title = "Music"
    artifact_type = "audio"
    description = "Music from a mood: chords, bass, melody and drums. Free, on this machine"
    inputs = MusicInput
    outputs = MusicOutput

    async def generate(self, inputs: MusicInput, context: GeneratorContext) -> MusicOutput:
        seed = secrets.randbelow(SEED_LIMIT + 1) if inputs.seed is None else inputs.seed
        score, data = await compute(context, lambda tick: render_music(inputs, seed, tick))
        audio = await context.store_audio(
            data,
            format="wav",
            duration=round(inputs.seconds * RATE) / RATE,
            sample_rate=RATE,
            channels=2,
        )
        mode = "minor" if score.mood.minor else "major"
        context.note(seed=seed, key=f"{score.key} {mode}", bpm=score.bpm)
        return MusicOutput(audio=audio)
