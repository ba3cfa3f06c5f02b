"""Makes the input model of a declared generator, from which forms, checks and slots follow."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, create_model, model_validator

from boards.generators.artifacts import ARTIFACT_CLASSES
from boards.generators.declared.declaration import Declaration, Input, TypeWord

__all__ = ["DeclaredInputs", "input_model"]

_PLAIN: dict[str, Any] = {
    "text": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "json": dict[str, JsonValue],
}
_BOUNDS = {
    "min": "ge",
    "max": "le",
    "min_length": "min_length",
    "max_length": "max_length",
    "pattern": "pattern",
}


class DeclaredInputs(BaseModel):
    """What the inputs of every declared generator have in common."""

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @model_validator(mode="after")
    def _one_alternative_is_given(self) -> Self:
        """Of alternatives exactly one leads: two would be paid for and one ignored."""
        leaders = [group[0] for group in self.one_of]
        given = [name for name in leaders if getattr(self, name) not in (None, "", [])]
        if leaders and len(given) != 1:
            said = f"{' and '.join(given)} are both given" if given else "none is given"
            raise ValueError(f"Give one of {', '.join(leaders)}; {said}.")
        return self


def input_model(declaration: Declaration) -> type[DeclaredInputs]:
    """Make the Pydantic model of a declaration's inputs."""
    types = _Types(declaration.types)
    fields = {name: types.field(each) for name, each in declaration.inputs.items()}
    model = create_model(_class_name(declaration.name), __base__=DeclaredInputs, **fields)
    model.one_of = declaration.one_of
    model.__doc__ = None
    return model


class _Types:
    """The types of one declaration, each made once."""

    def __init__(self, words: dict[str, TypeWord]) -> None:
        self._words = words
        self._made: dict[str, type[BaseModel]] = {}

    def field(self, field: Input) -> Any:
        """Give the annotation and the default of one field, as `create_model` takes them."""
        bounds = _given(field, _BOUNDS)
        annotation = self._kind(field)
        if bounds:
            annotation = Annotated[annotation, Field(**bounds)]
        if field.many:
            annotation = list[annotation]  # type: ignore[valid-type]
            items = _given(field, {"min_items": "min_length", "max_items": "max_length"})
            if items:
                annotation = Annotated[annotation, Field(**items)]
        if field.or_type is not None:
            annotation = annotation | self._named(field.or_type)
        if field.optional:
            annotation = annotation | None
        hints: dict[str, JsonValue] = {}
        if field.group is not None:
            hints["x-group"] = field.group
        if field.widget is not None:
            hints["x-widget"] = field.widget
        default: Any = ... if field.required else field.default
        return annotation, Field(
            default,
            title=field.title,
            description=field.description,
            json_schema_extra=hints or None,
            # A default that is a table becomes an object of the declared type.
            validate_default=isinstance(default, (dict, list)) or None,
        )

    def _kind(self, field: Input) -> Any:
        if field.choices is not None:
            return Literal[field.choices]
        if field.slot is not None:
            classes = [ARTIFACT_CLASSES[kind] for kind in field.slot]
            union: Any = classes[0]
            for each in classes[1:]:
                union = union | each
            return union
        return self._named(field.type or "text")

    def _named(self, name: str) -> Any:
        if name in _PLAIN:
            return _PLAIN[name]
        if name not in self._made:
            fields = {key: self.field(each) for key, each in self._words[name].fields.items()}
            config = ConfigDict(extra="forbid")
            self._made[name] = create_model(name, __config__=config, **fields)
        return self._made[name]


def _given(field: Input, words: dict[str, str]) -> dict[str, Any]:
    """What a field says in these words, by Pydantic's names for them."""
    return {
        keyword: value
        for word, keyword in words.items()
        if (value := getattr(field, word)) is not None
    }


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace(".", "-").split("-")) + "Input"
