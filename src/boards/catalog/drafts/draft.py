"""A new declaration out of a provider's document, with all that was guessed on the way."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from boards.catalog.drafts.documents import Node, read_document
from boards.catalog.drafts.guesses import Guess
from boards.catalog.drafts.inputs import Inputs, Words, read_inputs
from boards.catalog.drafts.names import model_name
from boards.catalog.drafts.outputs import Outputs, read_outputs
from boards.catalog.drafts.publishers import Described, Source, describe
from boards.domain.artifacts import ArtifactType, file_format
from boards.errors import InvalidInput
from boards.generators.declared import Declaration
from boards.generators.declared.schema import input_model

__all__ = ["Draft", "GivenPrice", "Said", "make_draft"]

_COUNTS = frozenset(
    {
        *("batch_size", "n", "n_images", "num_images", "num_outputs", "num_samples"),
        *("num_videos", "number_of_images", "number_of_outputs"),
    }
)
"""Inputs that say how many outputs there will be."""
_SAMPLE = "A lighthouse in a storm"
_LONGEST_SAMPLE = 200


@dataclass(frozen=True, kw_only=True)
class GivenPrice:
    """A price that a person gives: USD for a run, or for each of the units that an input says."""

    amount: Decimal
    per: str | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a person says of a model, in place of what would be guessed.

    `slots` names inputs (dotted for fields of types) and what they take; None is a plain text.
    """

    name: str | None = None
    makes: ArtifactType | None = None
    slots: Mapping[str, ArtifactType | None] = field(default_factory=dict)
    price: GivenPrice | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A declaration that nobody has confirmed yet, and the document that it comes from.

    `guesses` are the inputs that are or might be slots; `why` says where the output was found;
    `left_out` are optional inputs that cannot be said.
    """

    source: Source
    declaration: Declaration
    document: bytes = field(repr=False)
    guesses: tuple[Guess, ...]
    why: str
    left_out: tuple[str, ...]


def make_draft(source: Source, document: bytes, said: Said, *, today: date) -> Draft:
    """Read a model's document into a declaration.

    InvalidInput, naming the document and the place in it, for what is no such document, goes
    beyond a limit, is needed and cannot be said, or contradicts itself; and for what a person says
    of inputs that there are not.
    """
    root = read_document(str(source), document)
    found = describe(source, root)
    inputs = read_inputs(found.inputs, said.slots)
    if inputs.unused:
        names = ", ".join(sorted(inputs.unused))
        texts = ", ".join(guess.input for guess in inputs.guesses.values()) or "none"
        raise InvalidInput(f"{source} has no text input {names}; addresses are {texts}.")
    outputs = read_outputs(
        found.outputs, within=found.within, expected=found.expected, makes=said.makes
    )
    words = _words(source, found, inputs, outputs, said)
    words["version"] = _version(words)
    if said.price is not None:
        words["price"] = _price(said.price, inputs, today)
    if (example := _example(inputs)) is not None:
        words["examples"] = [{"inputs": example}]
    try:
        declaration = Declaration.model_validate(words)
    except ValidationError as error:
        _refuse(root, inputs, error)
    _check_defaults(declaration, inputs)
    return Draft(
        source=source,
        declaration=declaration,
        document=document,
        guesses=tuple(inputs.guesses.values()),
        why=outputs.why,
        left_out=tuple(inputs.left_out),
    )


def _words(
    source: Source, found: Described, inputs: Inputs, outputs: Outputs, said: Said
) -> dict[str, Any]:
    result: dict[str, JsonValue] = {}
    result["text" if outputs.makes is ArtifactType.TEXT else "files"] = outputs.path
    if outputs.makes is ArtifactType.LORA:
        # No document says what a LoRA is trained on; a person may.
        trained: dict[str, JsonValue] = {"base_model": found.title}
        triggers = (name for name in inputs.fields if name.startswith("trigger"))
        if (trigger := next(triggers, None)) is not None:
            trained["trigger"] = trigger
        result["lora"] = trained
    if outputs.extra:
        result["extra"] = dict(outputs.extra)
    if outputs.notes:
        result["notes"] = list(outputs.notes)
    formats = inputs.fields.get("output_format", {}).get("choices")
    if isinstance(formats, list) and all(file_format(str(each)) for each in formats):
        result["format"] = "{output_format}"
    elif found.format is not None:
        result["format"] = found.format
    words: dict[str, Any] = {
        "provider": source.provider,
        "makes": outputs.makes,
        "name": said.name or model_name(source.provider, source.model),
        "title": found.title,
        "description": found.description,
        "endpoint": found.endpoint,
        "result": result,
        "inputs": inputs.fields,
        "types": {name: {"fields": fields} for name, fields in inputs.types.items()},
    }
    counts = (
        name
        for name, each in inputs.fields.items()
        if name in _COUNTS and each.get("type") == "integer" and "default" in each
    )
    if outputs.is_list and (count := next(counts, None)):
        words["limits"] = {"outputs": count}
    capabilities = [
        *(["seed"] if "seed" in inputs.fields else []),
        *(["lora"] if any(g.kind is ArtifactType.LORA for g in inputs.guesses.values()) else []),
        *(["trains_lora"] if outputs.makes is ArtifactType.LORA else []),
    ]
    if capabilities:
        words["capabilities"] = capabilities
    return words


def _version(words: Mapping[str, Any]) -> str:
    """Tell drafts apart that would not give the same result for the same inputs."""
    said = json.dumps(words, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _price(price: GivenPrice, inputs: Inputs, today: date) -> dict[str, Any]:
    """A price as a declaration says it; nobody has checked it."""
    amount = f"{price.amount.normalize():f}"
    words: dict[str, Any] = {"unit": "run", "base": amount}
    if price.per is not None:
        field_words = inputs.fields.get(price.per, {})
        choices = field_words.get("choices")
        if field_words.get("type") not in ("integer", "number") and not choices:
            raise InvalidInput(f"{price.per!r} is no input that counts, so it has no price each.")
        unit = "second" if "duration" in price.per or "second" in price.per else "run"
        unit = "image" if price.per in _COUNTS else unit
        words = {"unit": unit, "rate": amount, "units": price.per}
    return {
        **words,
        "source": "given when the model was added",
        "checked": today,
        "confidence": "unverified",
    }


def _example(inputs: Inputs) -> dict[str, JsonValue] | None:
    """Inputs that should work: what must be given, with the document's own samples."""
    example: dict[str, JsonValue] = {}
    for name, words in inputs.fields.items():
        if "default" in words or words.get("optional"):
            continue
        sample = _sample(words, inputs.places[name])
        if sample is None:
            return None
        least = words.get("min_items")
        count = least if isinstance(least, int) else 1
        example[name] = [sample] * count if words.get("many") else sample
    return example


def _sample(words: Words, node: Node) -> JsonValue:
    if "slot" in words:
        return words["slot"]
    choices = words.get("choices")
    if isinstance(choices, list):
        return choices[0]
    match words.get("type"):
        case "text":
            listed = node.resolved().fields().get("examples")
            samples = (
                [each for each in listed if isinstance(each, str)]
                if isinstance(listed, list)
                else []
            )
            return next((each for each in samples if len(each) <= _LONGEST_SAMPLE), _SAMPLE)
        case "integer" | "number":
            return words.get("min", words.get("max", 1))
        case "boolean":
            return True
        case "json":
            return {}
    return None


def _refuse(root: Node, inputs: Inputs, error: ValidationError) -> NoReturn:
    """Say which part of the document makes a declaration that is none."""
    first = error.errors(include_url=False)[0]
    at = [str(part) for part in first["loc"]]
    message = str(first["msg"]).removeprefix("Value error, ")
    named = [part for part in at if part not in ("inputs", "types", "fields")]
    place = next(
        (inputs.places[each] for n in (2, 1) if (each := ".".join(named[:n])) in inputs.places),
        None,
    )
    if place is not None and at[0] in ("inputs", "types"):
        place.fail(message)
    if at[:1] == ["name"]:
        raise InvalidInput(f"{message}. Give another with --name.") from error
    root.fail(": ".join(part for part in (".".join(at), message) if part))


def _check_defaults(declaration: Declaration, inputs: Inputs) -> None:
    """Refuse a default that its own input would refuse."""
    for place, name, default, model in _defaults(declaration):
        info = model.model_fields[name]
        annotation: Any = info.annotation
        if info.metadata:
            annotation = Annotated[annotation, *info.metadata]
        try:
            adapter: TypeAdapter[Any] = TypeAdapter(annotation)
            adapter.validate_json(json.dumps(default), strict=True)
        except ValidationError as error:
            why = error.errors(include_url=False)[0]["msg"]
            inputs.places[place].fail(f"the default {str(default)[:60]!r} does not fit: {why}")


def _defaults(
    declaration: Declaration,
) -> Iterator[tuple[str, str, JsonValue, type[BaseModel]]]:
    """Every default with the place of its field, the field's name, and the model that has it."""
    model = input_model(declaration)
    for name, each in declaration.inputs.items():
        if each.has_default:
            yield name, name, each.default, model
    for kind, word in declaration.types.items():
        alone = declaration.model_copy(update={"inputs": word.fields, "one_of": ()})
        model = input_model(alone)
        for name, each in word.fields.items():
            if each.has_default:
                yield f"{kind}.{name}", name, each.default, model
