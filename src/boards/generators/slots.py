"""Artifact slots: the places in an input model that take an artifact, found by its types alone.

A slot may be plain, `| None`, a list, `Annotated`, inherited, in a nested model, in a list or a
dict of those, or a union of artifact types. `slots_of` lists them for a form; `fill` walks through
one actual input, whose lists have a length, and replaces what stands in the slots.
"""

import typing
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, Protocol, Union, get_args, get_origin

from pydantic import AliasChoices, AliasPath, BaseModel, RootModel
from pydantic.fields import FieldInfo
from typing_extensions import is_typeddict

from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput, Problem
from boards.generators.artifacts import ARTIFACT_CLASSES, DigitalArtifact
from boards.ids import parse_id

__all__ = ["DEEPEST", "LONGEST_PATH", "Filling", "Place", "Slot", "fill", "slots_of", "types_of"]

DEEPEST = 32
"""How many levels of nesting an input may have; a self-referring model has no other end."""

LONGEST_PATH = 200
"""How many characters the place of a slot may have; the keys of a dict are the client's words."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One place for artifacts in an input model.

    `path` is dotted, `*` stands for each item of a list or dict on the way to it:
    `image_source`, `scene.background`, `scenes.*.background`. `optional` says that it can be left
    out, or that something on the way to it can.
    """

    path: str
    artifact_types: tuple[ArtifactType, ...]
    is_list: bool = False
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """A slot as it occurs in one input: `path` has indices, such as `scenes.0.background`."""

    path: str
    classes: tuple[type[DigitalArtifact], ...]
    is_list: bool


class Filling(Protocol):
    """What `fill` asks for on its way through an input."""

    def put(self, place: Place, value: object) -> object:
        """Give what shall stand in the slot instead of the client's value."""
        ...

    def unknown(self, path: str, known: Collection[str]) -> None:
        """Hear of a key that no field takes; it is left out."""
        ...


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """What an annotation allows at one place, one level deep."""

    artifacts: tuple[type[DigitalArtifact], ...] = ()
    models: tuple[type, ...] = ()
    items: tuple[Any, ...] = ()
    values: tuple[Any, ...] = ()
    none: bool = False
    other: bool = False

    def __or__(self, more: "_Shape") -> "_Shape":
        return _Shape(
            artifacts=self.artifacts + more.artifacts,
            models=self.models + more.models,
            items=self.items + more.items,
            values=self.values + more.values,
            none=self.none or more.none,
            other=self.other or more.other,
        )


@dataclass(frozen=True, kw_only=True)
class _Field:
    """One field of a nested type: the keys it is read from (the first is shown), and its type."""

    keys: tuple[str, ...]
    annotation: Any
    required: bool


def slots_of(schema: type[BaseModel]) -> tuple[Slot, ...]:
    """List the slots of an input model in the order of its fields.

    A model that holds itself is followed once.
    """
    return tuple(_slots(_shape(schema), (), optional=False, on_the_way=()))


def types_of(classes: tuple[type[DigitalArtifact], ...]) -> tuple[ArtifactType, ...]:
    """List the artifact types that these classes stand for; a base class stands for several."""
    return tuple(
        kind
        for kind, concrete in ARTIFACT_CLASSES.items()
        if any(issubclass(c, concrete) or issubclass(concrete, c) for c in classes)
    )


def fill(schema: type[BaseModel], inputs: Mapping[str, object], filling: Filling) -> object:
    """Give a copy of `inputs` in which `filling.put` has replaced what stands in the slots.

    InvalidInput when they are nested deeper than `DEEPEST`, or a place is called too long.
    """
    return _fill(_shape(schema), inputs, (), filling)


def _slots(
    shape: _Shape, path: tuple[str, ...], *, optional: bool, on_the_way: tuple[type, ...]
) -> Iterator[Slot]:
    optional = optional or shape.none
    items = _shapes(shape.items)
    listed = shape.artifacts + items.artifacts
    if listed:
        yield Slot(
            path=".".join(path),
            artifact_types=types_of(listed),
            is_list=bool(items.artifacts),
            optional=optional,
        )
    for model in shape.models:
        if model not in on_the_way:
            for field in _fields(model):
                yield from _slots(
                    _shape(field.annotation),
                    (*path, field.keys[0]),
                    optional=optional or not field.required,
                    on_the_way=(*on_the_way, model),
                )
    inner = _Shape(models=items.models, items=items.items, values=items.values)
    for each in (inner, _shapes(shape.values)):
        if each != _Shape():
            yield from _slots(each, (*path, "*"), optional=True, on_the_way=on_the_way)


def _fill(shape: _Shape, value: object, path: tuple[str, ...], filling: Filling) -> object:
    if len(path) > DEEPEST:
        raise _refused(path, f"This is nested more than {DEEPEST} levels deep.")
    items = _shapes(shape.items)
    if isinstance(value, Mapping) and (shape.models or shape.values):
        return _fill_mapping(shape, value, path, filling)
    if isinstance(value, (list, tuple)) and shape.items:
        if items == _Shape(artifacts=items.artifacts):
            return _put(items.artifacts, value, path, filling, is_list=True)
        return [_fill(items, each, (*path, str(n)), filling) for n, each in enumerate(value)]
    if (value is None and shape.none) or not (shape.artifacts or items.artifacts):
        return value
    if shape.other and not isinstance(value, Mapping) and parse_id(value) is None:
        return value
    if shape.artifacts:
        return _put(shape.artifacts, value, path, filling, is_list=False)
    return _put(items.artifacts, value, path, filling, is_list=True)


def _fill_mapping(
    shape: _Shape, value: Mapping[str, object], path: tuple[str, ...], filling: Filling
) -> dict[str, object]:
    models = [model for model in shape.models if _is_meant(model, value)] or list(shape.models)
    shapes: dict[str, _Shape] = {}
    for model in models:
        for field in _fields(model):
            for key in field.keys:
                shapes[key] = shapes.get(key, _Shape()) | _shape(field.annotation)
    values = _shapes(shape.values)
    takes_more = bool(shape.values) or any(map(_takes_more, models))
    filled: dict[str, object] = {}
    for key, each in value.items():
        here = (*path, str(key))
        if key in shapes:
            filled[key] = _fill(shapes[key], each, here, filling)
        elif takes_more:
            filled[key] = _fill(values, each, here, filling)
        else:
            shown = [field.keys[0] for model in models for field in _fields(model)]
            filling.unknown(".".join(here), list(dict.fromkeys(shown)))
    return filled


def _put(
    classes: tuple[type[DigitalArtifact], ...],
    value: object,
    path: tuple[str, ...],
    filling: Filling,
    *,
    is_list: bool,
) -> object:
    place = Place(path=".".join(path), classes=classes, is_list=is_list)
    if len(place.path) > LONGEST_PATH:
        raise _refused(path, f"The name of this place has more than {LONGEST_PATH} characters.")
    return filling.put(place, value)


def _refused(path: tuple[str, ...], message: str) -> InvalidInput:
    at = ".".join(("inputs", *path))[:LONGEST_PATH]
    return InvalidInput(message, problems=(Problem(at=at, message=message),))


def _is_meant(model: type, value: Mapping[str, object]) -> bool:
    """Tell whether the fields that tell the members of a union apart agree with the value."""
    return all(
        value[key] in get_args(field.annotation)
        for field in _fields(model)
        if get_origin(field.annotation) is Literal
        for key in field.keys
        if key in value
    )


def _takes_more(model: type) -> bool:
    """Tell whether the author has said what becomes of unknown keys; silence means a typo."""
    config = getattr(model, "model_config", {})
    return config.get("extra") in {"allow", "ignore"}


def _shapes(annotations: tuple[Any, ...]) -> _Shape:
    shape = _Shape()
    for annotation in annotations:
        shape |= _shape(annotation)
    return shape


def _shape(annotation: Any) -> _Shape:
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0])
    if origin in (Union, UnionType):
        return _shapes(arguments)
    if annotation is None or annotation is NoneType:
        return _Shape(none=True)
    if hasattr(annotation, "__value__"):  # type Alias = ...
        return _shape(annotation.__value__)
    if isinstance(annotation, NewType):
        return _shape(annotation.__supertype__)
    if isinstance(annotation, type) and origin is None:
        return _shape_of_class(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _Shape(values=arguments[1:])
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return _Shape(items=tuple(each for each in arguments if each is not Ellipsis))
    return _Shape(other=True)


def _shape_of_class(kind: type) -> _Shape:
    if issubclass(kind, DigitalArtifact):
        return _Shape(artifacts=(kind,))
    if issubclass(kind, RootModel):
        return _shape(kind.model_fields["root"].annotation)
    if issubclass(kind, BaseModel) or is_dataclass(kind) or is_typeddict(kind):
        return _Shape(models=(kind,))
    return _Shape(other=True)


@lru_cache(maxsize=1024)
def _fields(model: type) -> tuple[_Field, ...]:
    if not issubclass(model, BaseModel):
        hints = typing.get_type_hints(model, include_extras=True)
        required = getattr(model, "__required_keys__", frozenset(hints))
        return tuple(
            _Field(keys=(name,), annotation=hint, required=name in required)
            for name, hint in hints.items()
        )
    by_name = bool(
        model.model_config.get("validate_by_name") or model.model_config.get("populate_by_name")
    )
    return tuple(
        _Field(
            keys=_keys(name, field, by_name=by_name),
            annotation=field.annotation,
            required=field.is_required(),
        )
        for name, field in model.model_fields.items()
    )


def _keys(name: str, field: FieldInfo, *, by_name: bool) -> tuple[str, ...]:
    alias = field.validation_alias
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    keys = [
        str(each.path[0]) if isinstance(each, AliasPath) else each
        for each in choices
        if each is not None
    ]
    if by_name or not keys:
        keys.append(name)
    return tuple(dict.fromkeys(keys))
