"""Declarations for tests, from as little as a test has to say."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from boards.generators.artifacts import (
    AudioArtifact,
    DigitalArtifact,
    ImageArtifact,
    LoRArtifact,
    VideoArtifact,
)
from boards.generators.declared import Declaration, DeclaredInputs
from boards.generators.declared.schema import input_model

__all__ = [
    "AUDIO",
    "IMAGE",
    "LORA",
    "VIDEO",
    "declared",
    "filled",
    "given",
    "measured",
    "price",
    "typed",
]

IMAGE = ImageArtifact(generation_id="i", storage_url="https://a.example/i.png", format="png")
AUDIO = AudioArtifact(
    generation_id="a", storage_url="https://a.example/a.mp3", format="mp3", duration=12.5
)
VIDEO = VideoArtifact(
    generation_id="v",
    storage_url="https://a.example/v.mp4",
    format="mp4",
    width=None,
    height=None,
)
LORA = LoRArtifact(
    generation_id="l",
    storage_url="https://a.example/l.safetensors",
    format="safetensors",
    base_model="FLUX.1 [dev]",
)
_EXAMPLES = {
    "image": IMAGE,
    "audio": AUDIO.model_copy(update={"duration": None}),
    "video": VIDEO,
    "lora": LORA,
}


def declared(**words: Any) -> Declaration:
    """A declaration with these words, and harmless ones where there are none."""
    harmless: dict[str, Any] = {
        "provider": "one",
        "makes": "image",
        "name": "one-model",
        "title": "Model",
        "description": "Makes something",
        "endpoint": "one/model",
        "inputs": {"prompt": {"type": "text"}},
        "result": {"files": "images"},
    }
    return Declaration.model_validate({**harmless, **words})


def price(**words: Any) -> dict[str, Any]:
    """A price with these words and a source."""
    sourced = {"source": "a list", "checked": date(2026, 11, 20), "confidence": "listed"}
    return {"unit": "image", **sourced, **words}


def typed(declaration: Declaration, **inputs: Any) -> DeclaredInputs:
    """The typed inputs of a declaration."""
    return input_model(declaration).model_validate(inputs)


def filled(declaration: Declaration, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Put artifacts, of unknown length, into the slots of an example's inputs."""
    return {
        name: value if declaration.inputs[name].choices else given(value)
        for name, value in inputs.items()
    }


def measured(value: Any, **facts: float) -> Any:
    """Tell artifacts how long or how large they are, where their kind has such a fact."""
    if isinstance(value, list):
        return [measured(each, **facts) for each in value]
    if isinstance(value, dict):
        return {key: measured(each, **facts) for key, each in value.items()}
    if not isinstance(value, DigitalArtifact):
        return value
    update = {name: each for name, each in facts.items() if name in type(value).model_fields}
    return value.model_copy(update=update)


def given(value: Any) -> Any:
    """Put an artifact, of unknown length, where an example names its kind, such as "image"."""
    if isinstance(value, list):
        return [given(each) for each in value]
    if isinstance(value, dict):
        return {key: given(each) for key, each in value.items()}
    if isinstance(value, str) and value in _EXAMPLES:
        return _EXAMPLES[value].model_copy()
    return value
