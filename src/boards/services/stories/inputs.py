"""What a generator is sent for a take: its own fields for the words, the shape, the references and
the seed, whatever they are called there."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from boards.domain.artifacts import ArtifactType
from boards.errors import Refused
from boards.generators.base import BaseGenerator
from boards.generators.slots import Slot, slots_of

__all__ = ["inputs_for", "most_seed", "with_seed"]

_PROMPTS = ("prompt", "text", "description")
_SHAPES = ("aspect_ratio", "ratio", "image_size", "size", "aspect")
_SEED = "seed"
_LARGEST_SEED = 2**31 - 1
_AREA = 1024 * 1024
_SIDES = re.compile(r"([0-9]+)\s*[:x×]\s*([0-9]+)")
_NAMED = re.compile(r"(portrait|landscape)_([0-9]+)_([0-9]+)")


def inputs_for(
    generator: BaseGenerator, *, prompt: str, aspect: str, references: Sequence[UUID]
) -> dict[str, JsonValue]:
    """Fill the generator's fields. Refused when it takes no words, or nothing to go by where there
    are references."""
    schema = generator.get_input_schema()
    document: dict[str, Any] = schema.model_json_schema()
    fields: Mapping[str, Any] = document.get("properties", {})
    field = next((name for name in _PROMPTS if name in fields), None)
    if field is None:
        raise Refused(f"{generator.name!r} takes no prompt; choose another generator.")
    inputs: dict[str, JsonValue] = {field: prompt}
    inputs |= _shape(fields, document, aspect)
    if references:
        slot = _slot(slots_of(schema))
        if slot is None:
            raise Refused(
                f"{generator.name!r} makes nothing after reference images; choose a generator "
                "that edits or combines images, or remove the references."
            )
        ids: list[JsonValue] = [str(one) for one in references]
        inputs[slot.path] = ids if slot.is_list else ids[0]
    return inputs


def most_seed(generator: BaseGenerator) -> int | None:
    """The largest seed that the generator takes; None when it takes none."""
    fields = generator.get_input_schema().model_json_schema().get("properties", {})
    if _SEED not in fields:
        return None
    bounds = [one["maximum"] for one in _parts(fields[_SEED], {}) if "maximum" in one]
    return min(int(bounds[0]), _LARGEST_SEED) if bounds else _LARGEST_SEED


def with_seed(inputs: Mapping[str, JsonValue], seed: int | None) -> dict[str, JsonValue]:
    """The same with a seed, where there is one to be set."""
    return dict(inputs) if seed is None else {**inputs, _SEED: seed}


def _slot(slots: Sequence[Slot]) -> Slot | None:
    fitting = [
        one
        for one in slots
        if ArtifactType.IMAGE in one.artifact_types and "." not in one.path and "*" not in one.path
    ]
    # A list takes them all; a mask or a style is no picture to go by.
    fitting.sort(key=lambda one: (not one.is_list, "mask" in one.path, "style" in one.path))
    return fitting[0] if fitting else None


def _shape(
    fields: Mapping[str, Any], document: Mapping[str, Any], aspect: str
) -> dict[str, JsonValue]:
    """The field for the shape, at the choice that is nearest to the aspect."""
    wanted = _ratio(aspect)
    for name in _SHAPES:
        if name not in fields or wanted is None:
            continue
        choices = [
            choice
            for part in _parts(fields[name], document)
            for choice in part.get("enum", ())
            if isinstance(choice, str)
        ]
        known = [(choice, ratio) for choice in choices if (ratio := _ratio(choice)) is not None]
        if aspect in choices:
            return {name: aspect}
        if known:
            return {name: min(known, key=lambda one: abs(math.log(one[1] / wanted)))[0]}
        if name == "aspect_ratio" and not choices:
            return {name: aspect}
    if wanted is not None and "width" in fields and "height" in fields:
        width = round(math.sqrt(_AREA * wanted) / 16) * 16
        return {"width": width, "height": round(width / wanted / 16) * 16}
    return {}


def _ratio(text: str) -> float | None:
    """Width to height of `16:9`, `1024x1536`, `portrait_16_9` or `square_hd`."""
    if text.startswith("square"):
        return 1.0
    if found := _NAMED.fullmatch(text):
        longer, shorter = sorted((int(found[2]), int(found[3])), reverse=True)
        return longer / shorter if found[1] == "landscape" else shorter / longer
    found = _SIDES.fullmatch(text)
    return None if found is None else int(found[1]) / int(found[2])


def _parts(field: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A field's schema and those that it is made of."""
    yield field
    for key in ("anyOf", "oneOf", "allOf"):
        for part in field.get(key, ()):
            yield from _parts(part, document)
    if "$ref" in field:
        name = str(field["$ref"]).rpartition("/")[2]
        yield from _parts(document.get("$defs", {}).get(name, {}), document)
