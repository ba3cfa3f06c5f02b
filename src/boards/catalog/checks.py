"""Checks a declaration beyond its words: its form, its examples, its price and its result hold."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import JsonValue, PydanticUserError, ValidationError
from pydantic_core import SchemaError

from boards.domain.artifacts import ArtifactType, file_format
from boards.generators.artifacts import ARTIFACT_CLASSES
from boards.generators.declared import Count, Declaration, DeclaredInputs
from boards.generators.declared.declaration import Example, Input
from boards.generators.declared.prices import quote
from boards.generators.declared.schema import input_model

__all__ = ["faults_of"]

_FORMATS = {
    ArtifactType.IMAGE: "png",
    ArtifactType.VIDEO: "mp4",
    ArtifactType.AUDIO: "mp3",
    ArtifactType.TEXT: "plain",
    ArtifactType.LORA: "safetensors",
}


def faults_of(declaration: Declaration, providers: Collection[str]) -> list[str]:
    """Say what is wrong with a declaration that reads well; `providers` are those there are."""
    faults: list[str] = []
    if declaration.provider not in providers:
        faults.append(f"there is no provider {declaration.provider!r}")
    try:
        model = input_model(declaration)
        model.model_json_schema()
    except (PydanticUserError, SchemaError, NameError, TypeError) as error:
        return [*faults, f"its inputs cannot be shown: {str(error).splitlines()[0]}"]
    faults += _price_faults(declaration)
    faults += _result_faults(declaration)
    for number, example in enumerate(declaration.examples, 1):
        faults += [
            f"example {number}: {fault}" for fault in _example_faults(declaration, example, model)
        ]
    return faults


def _price_faults(declaration: Declaration) -> list[str]:
    counted = declaration.price.counted if declaration.price else None
    counts = {count.value for count in Count}
    rates = counted.rates if counted else {}
    return [f"price: nobody counts {each!r}" for each in rates if each not in counts]


def _result_faults(declaration: Declaration) -> list[str]:
    said = declaration.result.format
    if said is None or "{" in said or file_format(said) is not None:
        return []
    return [f"result.format: there is no format {said!r}"]


def _example_faults(
    declaration: Declaration, example: Example, model: type[DeclaredInputs]
) -> list[str]:
    filled = {
        name: _filled(declaration, declaration.inputs[name], value)
        for name, value in example.inputs.items()
    }
    try:
        inputs = model.model_validate(filled)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = ".".join(map(str, first["loc"])) or "inputs"
        return [f"{at}: {str(first['msg']).removeprefix('Value error, ')}"]
    try:
        amount = quote(declaration, inputs).amount
    except ValueError as error:
        return [f"its price cannot be worked out: {error}"]
    if example.price is not None and amount != example.price:
        said = "unpriced" if amount is None else f"{amount:f}"
        return [f"it should cost {example.price:f}, and comes to {said}"]
    return []


def _filled(declaration: Declaration, field: Input, value: JsonValue) -> Any:
    """Put an artifact where an example names its kind."""
    if isinstance(value, list) and field.many:
        return [_filled(declaration, field, each) for each in value]
    if field.slot is not None and isinstance(value, str):
        return _artifacts().get(value, value)
    word = declaration.types.get(field.type or "") or declaration.types.get(field.or_type or "")
    if isinstance(value, Mapping) and word is not None:
        return {
            name: _filled(declaration, word.fields[name], each) if name in word.fields else each
            for name, each in value.items()
        }
    return value


def _artifacts() -> dict[str, Any]:
    """One artifact of each kind, whose lengths nobody knows."""
    found: dict[str, Any] = {}
    for kind, made in ARTIFACT_CLASSES.items():
        format = _FORMATS.get(kind)
        if format is None:
            continue
        facts: dict[str, Any] = {"generation_id": "example", "format": format}
        if kind is ArtifactType.TEXT:
            facts["content"] = "A text"
        else:
            facts["storage_url"] = f"https://files.example/example.{format}"
        if kind is ArtifactType.LORA:
            facts["base_model"] = "example"
        found[kind.value] = made.model_construct(**facts)
    return found
