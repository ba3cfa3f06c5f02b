"""Recipes: how an output was made, said so that others can read it and make it again.

A recipe is written once, from what the rows say, and travels with the file. It holds no secrets and
no paths: what looks like either is left out on the way in, see `without_secrets`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from pydantic import JsonValue, TypeAdapter, ValidationError

from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput

__all__ = [
    "MAX_RECIPE_BYTES",
    "SCHEMA",
    "DigitalSource",
    "Recipe",
    "RecipeFile",
    "RecipeSource",
    "digital_source",
    "dump_recipe",
    "load_recipe",
    "parameters_text",
    "without_secrets",
]

SCHEMA = "boards.recipe/1"
MAX_RECIPE_BYTES = 2**20
"""A larger one is not read."""


class DigitalSource(StrEnum):
    """What kind of thing a picture, video or sound is, in the words of the IPTC's vocabulary."""

    TRAINED = "trainedAlgorithmicMedia"
    """Made by a model that was trained on others' works."""
    COMPOSITE = "compositeWithTrainedAlgorithmicMedia"
    """The same, from something that came from outside."""
    ALGORITHMIC = "algorithmicMedia"
    """Made by rules alone."""
    ENHANCED = "algorithmicallyEnhanced"
    """Something from outside, changed by rules."""

    @property
    def uri(self) -> str:
        """How files name it."""
        return f"http://cv.iptc.org/newscodes/digitalsourcetype/{self.value}"


def digital_source(*, has_trained: bool, has_uploads: bool) -> DigitalSource:
    """Say what an output is: `has_trained`, if a trained model made it or anything in it;
    `has_uploads`, if anything in it came from outside."""
    if has_trained:
        return DigitalSource.COMPOSITE if has_uploads else DigitalSource.TRAINED
    return DigitalSource.ENHANCED if has_uploads else DigitalSource.ALGORITHMIC


@dataclass(frozen=True, kw_only=True)
class RecipeSource:
    """An input that was an artifact: in which field it stood, and what it was."""

    role: str
    position: int
    generation_id: UUID
    artifact_type: ArtifactType
    sha256: str | None


@dataclass(frozen=True, kw_only=True)
class RecipeFile:
    """The output's bytes as the provider gave them, before any recipe was put into them."""

    format: str
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one output was made. `cost` is a decimal text in `currency`, None while nobody knows.

    In `inputs` an artifact stands as `{"generation_id": …, "sha256": …}`.
    """

    schema: str = SCHEMA
    generation_id: UUID
    job_id: UUID | None
    batch_index: int
    batch_size: int
    generator: str
    generator_version: str | None
    provider: str
    model: str | None
    artifact_type: ArtifactType
    inputs: Mapping[str, JsonValue]
    sources: tuple[RecipeSource, ...] = ()
    seed: int | None = None
    cost: str | None = None
    currency: str = "USD"
    cached_from: UUID | None = None
    file: RecipeFile | None = None
    digital_source_type: str
    made_with: str
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    notes: Mapping[str, JsonValue] = field(default_factory=dict)


_adapter: TypeAdapter[Recipe] = TypeAdapter(Recipe)


def dump_recipe(recipe: Recipe) -> bytes:
    """Write a recipe as JSON, always the same for the same recipe."""
    plain = _adapter.dump_python(recipe, mode="json")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def load_recipe(text: str | bytes) -> Recipe:
    """Read a recipe; InvalidInput for what is none, or one of a later kind."""
    if len(text) > MAX_RECIPE_BYTES:
        raise InvalidInput("This recipe is larger than 1 MiB; it is not read.")
    try:
        recipe = _adapter.validate_json(text)
    except (ValidationError, RecursionError) as error:
        raise InvalidInput("This is no recipe of Boards.", detail=str(error)[:500]) from None
    if recipe.schema != SCHEMA:
        raise InvalidInput(f"This recipe is of the kind {recipe.schema[:40]!r}; update Boards.")
    return recipe


def parameters_text(recipe: Recipe) -> str:
    """Say the same as far as it goes in the lines that AUTOMATIC1111 writes, for its many readers.

    prompt, `Negative prompt: …`, then `Steps: 20, Seed: 1, Size: 512x512, Model: …`.
    """
    inputs = recipe.inputs
    lines = [_first(inputs, "prompt", "text", "lyrics") or ""]
    negative = _first(inputs, "negative_prompt")
    if negative:
        lines.append(f"Negative prompt: {negative}")
    file = recipe.file
    size = f"{file.width}x{file.height}" if file and file.width and file.height else None
    said = {
        "Steps": _first(inputs, "steps", "num_inference_steps"),
        "Sampler": _first(inputs, "sampler", "scheduler"),
        "CFG scale": _first(inputs, "cfg_scale", "guidance_scale"),
        "Seed": None if recipe.seed is None else str(recipe.seed),
        "Size": size,
        "Model": recipe.model or recipe.generator,
        "Version": recipe.made_with,
    }
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in said.items() if value))
    return "\n".join(lines)


def _first(inputs: Mapping[str, JsonValue], *names: str) -> str | None:
    for name in names:
        value = inputs.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
    return None


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(c in value for c in ',:\n"') else value


_SECRET_NAMES = re.compile(
    r"(^|_)(api_?key|access_?key|secret|token|password|passphrase|authorization|credentials?)(_|$)",
    re.IGNORECASE,
)
_SECRET_TEXTS = re.compile(
    r"\b(sk-[A-Za-z0-9_-]{16,}|AKIA[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{20,}"
    r"|r8_[A-Za-z0-9]{20,}|Bearer\s+[A-Za-z0-9._~+/-]{16,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+)"
)
_PATH = re.compile(r"(file:/+\S*|~?(/[^/\s]+){2,}/?|[A-Za-z]:\\\S*|\\\\\S+)")


def without_secrets(value: JsonValue, name: str = "") -> JsonValue:
    """Give a value of an input as it may go into a file that anybody may read.

    Fields named like a secret are emptied, and so are texts that look like a key; addresses lose
    their user, query and fragment, which sign them; embedded data becomes its hash; of a path only
    the last name stays.
    """
    if isinstance(value, Mapping):
        return {key: without_secrets(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [without_secrets(each, name) for each in value]
    if not isinstance(value, str):
        return value
    if _SECRET_NAMES.search(name):
        return None
    text = value.strip()
    if text.startswith("data:"):
        return {"sha256": sha256(text.encode()).hexdigest()}
    if text.startswith(("http://", "https://")) and not any(c.isspace() for c in text):
        return _plain_address(text)
    if _PATH.fullmatch(text):
        return re.split(r"[/\\]", text.rstrip("/\\"))[-1]
    return _SECRET_TEXTS.sub("…", value)


def _plain_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "…"
    return urlunsplit((parts.scheme, host + port, parts.path, "", ""))
