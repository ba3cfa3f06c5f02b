"""`local-text`: prompts for image models from a subject, by templates and word lists."""

import secrets
from collections.abc import Sequence
from random import Random
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from boards.adapters.providers.local.generator import SEED_LIMIT, LocalGenerator, hint
from boards.generators.artifacts import TextArtifact
from boards.generators.context import GeneratorContext

__all__ = ["LocalText", "TextInput", "TextOutput", "prompt_variants"]

Manner = Literal["any", "photo", "cinematic", "illustration", "painting", "product", "portrait"]


class TextInput(BaseModel):
    """What the prompts are about."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(
        min_length=1,
        max_length=300,
        description="What the picture shows, such as: a lighthouse in a storm",
        json_schema_extra=hint("Main", "textarea"),
    )
    manner: Manner = Field(
        default="any",
        description="What kind of picture; any mixes photo, cinematic, illustration, painting",
        json_schema_extra=hint("Main", "select"),
    )
    variants: int = Field(
        default=3,
        ge=1,
        le=20,
        description="How many prompts",
        json_schema_extra=hint("Main", "slider"),
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=SEED_LIMIT,
        description="The same seed gives the same prompts; none takes a new one",
        json_schema_extra=hint("Options", "seed"),
    )

    @field_validator("subject")
    @classmethod
    def _says_something(cls, subject: str) -> str:
        if not subject.strip():
            raise ValueError("the subject is blank; write some words")
        return subject


class TextOutput(BaseModel):
    """The prompts."""

    texts: list[TextArtifact] = Field(description="The prompts, each of them different")


_LIGHT = (
    "soft morning light", "low golden sun", "blue hour", "overcast, even light",
    "hard noon light with deep shadows", "backlight with a thin rim", "light through mist",
    "a single lamp in the dark", "moonlight", "neon reflected on wet ground",
)  # fmt: skip
_MOOD = (
    "quiet and spacious", "tense, before the storm", "warm and nostalgic", "solemn", "playful",
    "dreamlike", "lonely but hopeful", "full of motion", "mysterious", "tender",
)  # fmt: skip
_COLOUR = (
    "deep teal and rust", "muted earth tones", "pale pastels with one red accent",
    "indigo and gold", "nearly monochrome, warm grey", "emerald and cream",
    "saturated primary colours", "dusty pink and slate", "black, white and one yellow",
)  # fmt: skip
_FRAME = (
    "wide shot, the subject small in the frame", "close-up, shallow depth of field",
    "seen from far above", "low angle, looking up", "centred and symmetrical",
    "off centre with much empty space", "seen through a window", "in strict profile",
    "foreground out of focus, the subject beyond it",
)  # fmt: skip
_DETAIL = (
    "fine rain in the air", "dust in the light", "long shadows", "a few birds in the distance",
    "worn textures", "wind in every loose thing", "reflections on the ground",
    "steam rising", "traces of someone who has just left",
)  # fmt: skip

_OPENINGS: dict[str, Sequence[str]] = {
    "photo": (
        "Documentary photograph of {s}, 35 mm film, natural grain",
        "Photograph of {s}, medium format, 80 mm lens, f/2.8",
        "Long exposure photograph of {s}, tripod, 30 seconds",
    ),
    "cinematic": (
        "Film still of {s}, anamorphic lens, 2.39:1",
        "Opening shot of a slow film: {s}",
        "Cinematic frame of {s}, practical lights, slight haze",
    ),
    "illustration": (
        "Flat editorial illustration of {s}, bold shapes, limited palette",
        "Ink and wash illustration of {s}, loose confident lines",
        "Screen-printed poster of {s}, three inks, visible halftone",
    ),
    "painting": (
        "Oil painting of {s}, thick visible brush strokes",
        "Watercolour of {s}, wet edges, white of the paper left open",
        "Gouache painting of {s}, matte and flat, mid-century manner",
    ),
    "product": (
        "Studio product shot of {s} on a seamless ground, softbox from the left",
        "Product photograph of {s} on raw stone, one hard light",
        "Hero shot of {s} floating, clean gradient behind, crisp shadow",
    ),
    "portrait": (
        "Portrait of {s}, 85 mm lens, eyes in focus, plain backdrop",
        "Environmental portrait of {s} at work, window light",
        "Painted portrait of {s}, three-quarter view, dark ground",
    ),
}

_FOR_ANYTHING = ("photo", "cinematic", "illustration", "painting")
"""The manners that suit every subject; a landscape is neither a product nor a face."""


def prompt_variants(subject: str, manner: Manner, count: int, seed: int) -> list[str]:
    """Write so many prompts, all different; the same seed gives the same ones."""
    random = Random(f"{seed}\n{manner}\n{subject}")
    said = " ".join(subject.split()).rstrip(" .,;")
    kinds = list(_FOR_ANYTHING) if manner == "any" else [manner]
    random.shuffle(kinds)
    # Shuffled once and then taken in turn: neighbouring prompts share as little as can be.
    sources = (_LIGHT, _COLOUR, _FRAME, _MOOD, _DETAIL)
    lists = [random.sample(words, len(words)) for words in sources]
    starts = [random.randrange(7) for _ in lists]
    out: list[str] = []
    for n in range(count):
        openings = _OPENINGS[kinds[n % len(kinds)]]
        opening = openings[(n // len(kinds) + starts[0]) % len(openings)].format(s=said)
        light, colour, frame, mood, detail = (
            words[(n + start) % len(words)] for words, start in zip(lists, starts, strict=True)
        )
        extra = f"; {detail}" if random.random() < 0.6 else ""
        out.append(f"{opening}. {frame.capitalize()}. {light.capitalize()}, {colour}{extra}. "
                   f"Mood: {mood}.")  # fmt: skip
    return out


class LocalText(LocalGenerator):
    name = "local-text"
    title = "Prompt ideas"
    artifact_type = "text"
    description = "Prompt variants for image models from a subject. Free, on this machine"
    inputs = TextInput
    outputs = TextOutput

    async def generate(self, inputs: TextInput, context: GeneratorContext) -> TextOutput:
        seed = secrets.randbelow(SEED_LIMIT + 1) if inputs.seed is None else inputs.seed
        prompts = prompt_variants(inputs.subject, inputs.manner, inputs.variants, seed)
        texts = [await context.store_text(prompt) for prompt in prompts]
        context.note(seed=seed)
        return TextOutput(texts=texts)
