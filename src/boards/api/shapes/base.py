"""What all shapes share: strict requests that name a misspelt key's neighbour, closed answers."""

import math
from collections.abc import Iterable
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ModelWrapValidatorHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from boards.domain.artifacts import PRODUCED, ArtifactType
from boards.generators.nearest import suggestion
from boards.ids import parse_id

__all__ = [
    "FORM",
    "Answer",
    "Asked",
    "Days",
    "Id",
    "JsonObject",
    "Name",
    "PageShape",
    "Produced",
    "Sent",
    "Text",
    "Whole",
]

Item = TypeVar("Item")

FORM = "form:"
"""How the names of the forms begin of which a body may have any; they are no part of its paths."""


class Asked(BaseModel):
    """Something a caller asks in a query: an unknown key is refused and its neighbour named."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="wrap")
    @classmethod
    def _name_the_neighbour(cls, data: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
        try:
            return handler(data)
        except ValidationError as error:
            known = [field.alias or name for name, field in cls.model_fields.items()]
            raise ValidationError.from_exception_data(
                cls.__name__, list(_with_hints(error, known))
            ) from None


def _with_hints(error: ValidationError, known: list[str]) -> Iterable[InitErrorDetails]:
    for fault in error.errors(include_url=False):
        kind: PydanticCustomError
        if fault["type"] == "extra_forbidden":
            # The name goes in as context: braces in a template would be placeholders.
            kind = PydanticCustomError(
                "unknown_key",
                "There is no key {key} here.{hint}",
                {"key": repr(fault["loc"][-1]), "hint": suggestion(str(fault["loc"][-1]), known)},
            )
        else:
            kind = PydanticCustomError("not_valid", "{said}", {"said": fault["msg"]})
        yield InitErrorDetails(type=kind, loc=fault["loc"], input=fault["input"])


class Sent(Asked):
    """Something a caller sends as JSON: moreover, nothing is coerced."""

    model_config = ConfigDict(strict=True)


class Answer(BaseModel):
    """Something we answer with. Built by us from checked values, so it is only typed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageShape(Answer, Generic[Item]):
    """A part of an ordered list."""

    items: list[Item] = Field(description="The things of this part, in order.")
    next: str | None = Field(
        default=None,
        description="Send this as `cursor` to get the following part; null at the end.",
    )


def _as_id(value: object) -> object:
    # Pydantic also reads `{…}`, `urn:uuid:…` and hex without dashes, in which one thing would
    # have many names.
    found = parse_id(value)
    if found is None:
        raise PydanticCustomError(
            "not_an_id", "This is no id; ids look like 01890a5d-ac96-774b-bcce-b302099a8057."
        )
    return found


Id = Annotated[UUID, BeforeValidator(_as_id)]


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("nul", "The character U+0000 cannot be stored; leave it out.")
    return text


Text = Annotated[
    str,
    AfterValidator(_without_nul),
    Field(json_schema_extra={"pattern": r"^[^\u0000]*$"}),
]


Name = Annotated[Text, Field(max_length=200)]
"""What a thing is called: a generator, a provider."""


def _whole(value: object) -> object:
    # To JSON, and to a JSON Schema, 4.0 is an integer.
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
Days = Annotated[int, Field(ge=1, le=366), BeforeValidator(_whole)]
"""How long something is good for."""


def _produced(kind: ArtifactType) -> ArtifactType:
    if kind not in PRODUCED:
        raise PydanticCustomError(
            "not_produced", "Nothing makes {kind}; it is only read.", {"kind": repr(kind.value)}
        )
    return kind


Produced = Annotated[
    ArtifactType,
    AfterValidator(_produced),
    WithJsonSchema({"type": "string", "enum": [kind.value for kind in PRODUCED]}),
]


def _storable(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Refuse what JSON can spell and databases cannot hold: U+0000 and numbers beyond a float."""
    todo: list[JsonValue] = [value]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            _without_nul(part)
        elif isinstance(part, float):
            if not math.isfinite(part):
                raise PydanticCustomError("not_finite", "A number is too large to be stored.")
        elif isinstance(part, dict):
            todo.extend(part)
            todo.extend(part.values())
        elif isinstance(part, list):
            todo.extend(part)
    return value


JsonObject = Annotated[dict[str, JsonValue], AfterValidator(_storable)]
