"""The words in which a provider model is declared. The vocabulary is closed: no other key exists.

    [[models]]
    name = "fal-flux-pro-kontext"
    title = "FLUX.1 Kontext [pro]"
    description = "Edits an image by instruction"
    endpoint = "fal-ai/flux-pro/kontext"
    result = { files = "images", notes = ["seed"] }

    [models.inputs]
    prompt = { type = "text" }
    image_url = { slot = "image" }
    num_images = { type = "integer", min = 1, max = 4, default = 1 }

    [models.price]
    unit = "image"
    rate = "0.055"
    units = "num_images"

A file begins with `provider` and `makes`, which all of its models share, and may declare `types`
and shared `inputs`. docs/catalogue.md explains every word; a new word needs a third user and a
decision record.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StrictInt,
    StrictStr,
    WithJsonSchema,
    model_validator,
)

from boards.domain.artifacts import PRODUCED, ArtifactType
from boards.generators.declared.counting import check_conditions, check_units
from boards.generators.declared.rules import Rule

__all__ = [
    "BUILT_IN_TYPES",
    "Addition",
    "Amount",
    "Capability",
    "Case",
    "Condition",
    "Convert",
    "Counted",
    "Declaration",
    "DeclarationFile",
    "Example",
    "Input",
    "Limits",
    "Price",
    "PriceConfidence",
    "Result",
    "SharedFile",
    "TypeWord",
    "Unit",
    "Variant",
]

BUILT_IN_TYPES = ("text", "integer", "number", "boolean", "json")
"""What `type` may say besides the names of the file's own `types`."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_FIELD = re.compile(r"[a-z_][a-z0-9_]*")
_TYPE = re.compile(r"[A-Z][A-Za-z0-9]*")
_PLACE = re.compile(r"\{([^}]*)\}")


def _amount(value: object) -> object:
    """A price is written as a text: a float has lost digits before anybody can look at it."""
    if not isinstance(value, str):
        raise ValueError(f'write amounts as text, such as "{value}", not as {value!r}')
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise ValueError(f'{value!r} is no amount; write a decimal such as "0.04"') from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{value!r} is no amount; it must be 0 or more")
    return amount


def _produced(kind: ArtifactType) -> ArtifactType:
    if kind not in PRODUCED:
        raise ValueError(f"{kind.value!r} is nothing that is made; use {', '.join(PRODUCED)}")
    return kind


def _matching(pattern: re.Pattern[str], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"{value!r} is no {what}")
        return value

    return AfterValidator(check)


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?$", "title": "Amount in USD"}),
]
Name = Annotated[str, _matching(_NAME, "name: use small letters, digits, hyphens and dots")]
FieldName = Annotated[str, _matching(_FIELD, "name of an input: use small letters, digits and _")]
TypeName = Annotated[str, _matching(_TYPE, "name of a type: begin with a capital letter")]
Text = Annotated[str, Field(min_length=1)]
Paths = Annotated[
    tuple[Text, ...], BeforeValidator(_one_or_more, json_schema_input_type=Text | list[Text])
]
Produced = Annotated[ArtifactType, AfterValidator(_produced)]
Kinds = Annotated[
    tuple[Produced, ...],
    BeforeValidator(_one_or_more, json_schema_input_type=Produced | list[Produced]),
]
Choice = StrictStr | StrictInt


class Word(BaseModel):
    """What all parts of a declaration have in common: no other keys, no later change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Convert(StrEnum):
    """What a value becomes on its way to the provider."""

    TEXT = "text"
    """A whole number goes as text: 5 as "5"."""
    FIRST = "first"
    """A list of one goes as the one."""
    ZIP = "zip"
    """A list of artifacts goes as one archive of their files."""


class Input(Word):
    """One input, or a field of one of the file's types.

    What it takes is one of `type` (built in, or of the file), `choices`, and `slot` (artifacts).
    `many` makes a list of it. Without `default` it must be given; `optional` allows null, which is
    then the default and is not sent.

    `send_as` is the name in the request, dotted for a nested one, and `convert` what the value
    becomes there. `omit_empty` leaves out an empty text or list as well.
    """

    type: str | None = None
    choices: tuple[Choice, ...] | None = Field(default=None, min_length=1)
    slot: Kinds | None = Field(default=None, min_length=1)
    or_type: str | None = None
    many: bool = False
    optional: bool = False
    default: JsonValue = None

    min: int | float | None = None
    max: int | float | None = None
    min_length: int | None = Field(default=None, ge=0)
    max_length: int | None = Field(default=None, ge=1)
    min_items: int | None = Field(default=None, ge=0)
    max_items: int | None = Field(default=None, ge=1)
    pattern: str | None = None

    title: Text | None = None
    description: Text | None = None
    group: Text | None = None
    widget: Text | None = None

    send_as: Text | None = None
    convert: Convert | None = None
    omit_empty: bool = False

    @property
    def has_default(self) -> bool:
        return "default" in self.model_fields_set

    @property
    def required(self) -> bool:
        return not (self.optional or self.has_default)

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        kinds = [name for name in ("type", "choices", "slot") if getattr(self, name) is not None]
        if len(kinds) != 1:
            given = " and ".join(kinds) or "none of them"
            raise ValueError(f"say one of type, choices and slot; this says {given}")
        if self.choices is not None:
            if len({type(each) for each in self.choices}) > 1:
                raise ValueError("choices are all texts or all whole numbers")
            alone = not self.many and self.or_type is None
            if self.has_default and alone and self.default not in (*self.choices, None):
                raise ValueError(f"the default {self.default!r} is none of the choices")
        if self.slot is not None and self.has_default:
            raise ValueError("a slot has no default; make it optional instead")
        if not self.many and (self.min_items is not None or self.max_items is not None):
            raise ValueError("min_items and max_items go with `many = true`")
        is_number = self.type in ("integer", "number")
        if not is_number and (self.min is not None or self.max is not None):
            raise ValueError("min and max go with the types integer and number")
        is_whole = self.type == "integer" or isinstance((self.choices or ("",))[0], int)
        if self.convert is Convert.TEXT and (self.many or not is_whole):
            raise ValueError('convert = "text" goes with one whole number')
        if self.convert is Convert.FIRST and self.max_items != 1:
            raise ValueError('convert = "first" goes with `many = true` and `max_items = 1`')
        has_files = self.many and self.slot is not None and ArtifactType.TEXT not in self.slot
        if self.convert is Convert.ZIP and not has_files:
            raise ValueError('convert = "zip" goes with a slot of files and `many = true`')
        is_text = self.type == "text"
        if not is_text and any((self.min_length, self.max_length, self.pattern)):
            raise ValueError("min_length, max_length and pattern go with the type text")
        return self


class TypeWord(Word):
    """A type of the file, shared by its models: an object with `fields`."""

    fields: dict[FieldName, Input] = Field(min_length=1)

    @model_validator(mode="after")
    def _packs_nothing(self) -> Self:
        for name, field in self.fields.items():
            if field.convert is Convert.ZIP:
                raise ValueError(f'{name}: convert = "zip" goes with an input, not inside a type')
        return self


class Unit(StrEnum):
    """What a price counts."""

    RUN = "run"
    IMAGE = "image"
    MEGAPIXEL = "megapixel"
    SECOND = "second"
    FRAME = "frame"
    CHARACTER = "character"
    TOKEN = "token"  # noqa: S105 - a unit of price
    INPUT = "input"


class PriceConfidence(StrEnum):
    """Where a price comes from: the provider's own list, somebody else's, or nobody checked."""

    LISTED = "listed"
    SECOND_HAND = "second_hand"
    UNVERIFIED = "unverified"


class _Amounts(Word):
    """`base` plus `rate` for each of the `units`, `per` of them together; all in USD.

    `units` names an input and how it is measured: `num_images` (its number; of a choice such as
    "8s" the number in it), `text.characters`, `image_urls.count`, `audio.seconds`. `assume` stands
    in where an artifact's length is not known. `rule` counts units in its own way instead.
    """

    base: Amount | None = None
    rate: Amount | None = None
    units: Text | None = None
    rule: Rule | None = None
    per: Amount = Decimal(1)
    assume: Amount | None = None

    @model_validator(mode="after")
    def _units_and_rate_belong_together(self) -> Self:
        if self.units is not None and self.rule is not None:
            raise ValueError("units are measured or counted by a rule, not both")
        if (self.rate is None) != (self.units is None and self.rule is None):
            raise ValueError("rate and units go together; a price for the whole run is `base`")
        if self.per == 0:
            raise ValueError("per cannot be 0")
        return self


class Condition(Word):
    """When a part holds: these inputs have these values, these are given, and these are not."""

    when: dict[FieldName, StrictBool | StrictInt | StrictStr] = {}
    given: tuple[FieldName, ...] = ()
    absent: tuple[FieldName, ...] = ()


class Case(_Amounts, Condition):
    """A price of its own; the first case that holds takes the place of the price's amounts."""


class Addition(_Amounts, Condition):
    """What comes on top, when it holds."""


class Counted(Word):
    """The exact cost from what the provider counted: USD `per` so many of each count."""

    per: Amount = Decimal(1)
    rates: dict[str, Amount] = Field(min_length=1)


class Price(_Amounts):
    """What a run costs, before it is run: (base + rate × units / per) × factors + additions.

    `factors` multiply by what an input says; a value that is not listed multiplies by 1.
    `counted` gives the exact cost afterwards.
    """

    unit: Unit
    factors: dict[FieldName, dict[str, Amount]] = {}
    cases: tuple[Case, ...] = ()
    additions: tuple[Addition, ...] = ()
    counted: Counted | None = None

    source: Text
    checked: date
    confidence: PriceConfidence

    @model_validator(mode="after")
    def _has_an_amount(self) -> Self:
        if self.base is None and self.rate is None and not self.cases:
            raise ValueError("say base, rate or cases; leave the whole price out when unknown")
        return self


class Trained(Word):
    """What a LoRA that was made is for: the model that it adapts, and the input with its words."""

    base_model: Text
    trigger: FieldName | None = None


class Result(Word):
    """Where in the provider's answer the results are.

    `files` and `text` are dotted paths, of which the first that is there counts; a list on the way
    is followed into each of its items. `extra` are further files by role, `notes` top-level facts
    to keep. `format` is what the files are when nobody says; `{input}` takes an input's value.
    """

    files: Paths = ()
    text: Paths = ()
    extra: dict[str, Text] = {}
    notes: tuple[Text, ...] = ()
    format: Text | None = None
    lora: Trained | None = None


class Limits(Word):
    """Bounds of a model's runs. Seconds; `outputs` is the input that says how many are made."""

    longest_run: float | None = Field(default=None, gt=0)
    poll_every: float | None = Field(default=None, gt=0)
    outputs: FieldName | None = None


class Capability(StrEnum):
    """What a model can do beyond its inputs, for those who choose among models."""

    DRAFT = "draft"
    EDIT = "edit"
    UPSCALE = "upscale"
    REFERENCE = "reference"
    SEED = "seed"
    SOUND = "sound"
    LIPSYNC = "lipsync"
    LORA = "lora"
    TRAINS_LORA = "trains_lora"
    TRANSPARENCY = "transparency"


class Variant(Condition):
    """Another endpoint or model for some inputs, such as an edit instead of a new image.

    The first that holds is where the call goes. Status and result are asked about at the
    declaration's own endpoint.
    """

    endpoint: Text | None = None
    model: Text | None = None

    @model_validator(mode="after")
    def _leads_elsewhere(self) -> Self:
        if self.endpoint is None and self.model is None:
            raise ValueError("a variant says another endpoint, or another model")
        if not (self.when or self.given or self.absent):
            raise ValueError("a variant says for which inputs it holds: when, given or absent")
        return self


class Example(Word):
    """Inputs that work, with the price that they come to. Artifacts stand as "image", "audio"…"""

    inputs: dict[FieldName, JsonValue]
    price: Amount | None = None


class Declaration(Word):
    """One model of one provider.

    `retired` is the day on which the provider ends or ended it, `use` the model to take instead.
    """

    provider: Name
    makes: Produced
    name: Name
    aliases: tuple[Name, ...] = ()
    title: Text
    description: Text
    endpoint: Text
    model: Text | None = None
    variants: tuple[Variant, ...] = ()
    retired: date | None = None
    use: Name | None = None
    version: Text = "1"
    inputs: dict[FieldName, Input] = Field(min_length=1)
    types: dict[TypeName, TypeWord] = Field(default={}, repr=False)
    one_of: tuple[tuple[FieldName, ...], ...] = ()
    constants: dict[str, JsonValue] = {}
    result: Result = Result()
    price: Price | None = None
    limits: Limits = Limits()
    capabilities: tuple[Capability, ...] = ()
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        fields = [*self.inputs.items()]
        for name, kind in self.types.items():
            fields += [(f"{name}.{each}", field) for each, field in kind.fields.items()]
        for name, field in fields:
            for kind_name in (field.type, field.or_type):
                known = kind_name in BUILT_IN_TYPES or kind_name in self.types
                if kind_name is not None and not known:
                    allowed = ", ".join((*BUILT_IN_TYPES, *self.types))
                    raise ValueError(f"{name}: there is no type {kind_name!r}; use {allowed}")
        for where, named in self._named_inputs():
            if named not in self.inputs:
                raise ValueError(f"{where}: there is no input {named!r}")
        if self.result.lora is not None and self.makes is not ArtifactType.LORA:
            raise ValueError("result.lora goes with models that make LoRAs")
        if self.use is not None and (self.retired is None or self.use == self.name):
            raise ValueError("`use` names another model for one that has a day in `retired`")
        check_conditions(self)
        check_units(self)
        return self

    def _named_inputs(self) -> list[tuple[str, str]]:
        """Every place outside `inputs` that names one."""
        named = [("one_of", each) for group in self.one_of for each in group]
        named += [("examples", each) for example in self.examples for each in example.inputs]
        if self.limits.outputs is not None:
            named.append(("limits.outputs", self.limits.outputs))
        if self.result.lora is not None and self.result.lora.trigger is not None:
            named.append(("result.lora", self.result.lora.trigger))
        for variant in self.variants:
            named += [("variants", name) for name in _conditional(variant)]
        if self.price is not None:
            named += [("price.factors", each) for each in self.price.factors]
            conditions: list[Condition] = [*self.price.cases, *self.price.additions]
            for condition in conditions:
                named += [("price", name) for name in _conditional(condition)]
            named += [
                ("price.units", each.units.partition(".")[0])
                for each in (self.price, *self.price.cases, *self.price.additions)
                if each.units
            ]
        if self.result.format is not None:
            named += [("result.format", each) for each in _PLACE.findall(self.result.format)]
        return named


def _conditional(condition: Condition) -> tuple[str, ...]:
    return (*condition.when, *condition.given, *condition.absent)


class SharedFile(Word):
    """What the files of one provider share: `shared.toml` beside them.

    `types` are objects with fields. `inputs` are whole inputs under a name with a capital letter;
    an input that names one as its `type` takes over all that it says, but for what it says itself.
    """

    types: dict[TypeName, TypeWord] = {}
    inputs: dict[TypeName, Input] = {}


class DeclarationFile(SharedFile):
    """A file of the catalogue: what its models share, and the models."""

    provider: Name
    makes: Produced
    models: tuple[dict[str, Any], ...] = Field(min_length=1)
