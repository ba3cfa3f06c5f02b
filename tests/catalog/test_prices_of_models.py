"""No model's price is negative, falls when more is asked for, or is 0 because nobody knows it."""

import re
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis import given as generated
from hypothesis.strategies import DataObject, SearchStrategy
from pydantic import BaseModel

from boards.catalog import load_declarations
from boards.generators.declared import Declaration
from boards.generators.declared.counting import as_key
from boards.generators.declared.declaration import Input
from boards.generators.declared.prices import quote
from boards.generators.declared.schema import input_model
from tests.catalog.words import filled, given, measured

ALL = load_declarations()
PRICED = [pytest.param(each, id=each.name) for each in ALL if each.price is not None]
UNPRICED = [pytest.param(each, id=each.name) for each in ALL if each.price is None]

AMOUNTS = (
    *("duration", "duration_seconds", "seconds", "num_frames"),
    *("upscale_factor", "scale_factor", "steps"),
)
QUALITIES = (
    ("standard", "hd"),
    ("low", "medium", "high"),
    ("TURBO", "BALANCED", "QUALITY"),
    ("veo3_fast", "veo3"),
    ("lipsync-2", "lipsync-2-pro"),
)
FACTS = {"duration": 7.0, "width": 1024, "height": 768}
SIZE = re.compile(r"(\d+(?:\.\d+)?)(p|K)")

few = settings(
    max_examples=12,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.parametrize("declaration", PRICED)
class TestAPrice:
    @few
    @generated(data=strategies.data())
    def test_is_never_negative(self, declaration: Declaration, data: DataObject):
        amount = price_of(declaration, data.draw(inputs_of(declaration)))

        assert amount is None or amount >= 0

    @few
    @generated(data=strategies.data())
    def test_does_not_fall_when_more_is_asked_for(self, declaration: Declaration, data: DataObject):
        inputs = data.draw(inputs_of(declaration))
        for name, steps in growing(declaration).items():
            amounts = [price_of(declaration, {**inputs, name: each}) for each in steps]
            priced = [each for each in amounts if each is not None]
            assert priced == sorted(priced), (name, steps)

    def test_is_something_for_the_first_example(self, declaration: Declaration):
        amount = price_of(declaration, known(filled(declaration, declaration.examples[0].inputs)))

        assert amount is not None
        assert amount > 0


@pytest.mark.parametrize("declaration", UNPRICED)
def test_a_price_that_nobody_knows_is_none(declaration: Declaration):
    inputs = filled(declaration, declaration.examples[0].inputs)

    assert price_of(declaration, inputs) is None


def test_much_grows_in_this_catalogue():
    """The property above would also hold for a catalogue in which nothing can grow."""
    names = [name for each in ALL if each.price for name in growing(each)]

    for kind in ("num_images", "duration", "resolution", "quality"):
        assert names.count(kind) >= 3, kind


def price_of(declaration: Declaration, inputs: dict[str, Any]) -> Decimal | None:
    return quote(declaration, model_of(declaration.name).model_validate(inputs)).amount


def known(inputs: dict[str, Any]) -> dict[str, Any]:
    """The inputs with artifacts of known length and size."""
    return {name: measured(each, **FACTS) for name, each in inputs.items()}


@cache
def model_of(name: str) -> type[BaseModel]:
    return input_model(next(each for each in ALL if each.name == name))


def growing(declaration: Declaration) -> dict[str, list[Any]]:
    """The inputs of which more means more, each with its values from little to much."""
    found = {name: steps(name, each) for name, each in declaration.inputs.items()}
    if declaration.limits.outputs is not None:
        name = declaration.limits.outputs
        found[name] = ends_of(declaration.inputs[name])
    return {name: each for name, each in found.items() if len(each) > 1}


def steps(name: str, field: Input) -> list[Any]:
    choices = list(field.choices or ())
    if name in AMOUNTS:
        return sorted(choices, key=number_in) if choices else ends_of(field)
    sizes = {each: SIZE.fullmatch(str(each)) for each in choices}
    if any(sizes.values()):
        return sorted((each for each in choices if sizes[each]), key=lines_of)
    order = next((each for each in QUALITIES if {*each} <= {*choices}), ())
    return list(order)


def lines_of(size: object) -> Decimal:
    found = SIZE.fullmatch(str(size))
    assert found is not None
    return Decimal(found.group(1)) * (1000 if found.group(2) == "K" else 1)


def number_in(value: object) -> Decimal:
    found = re.match(r"\d+(?:\.\d+)?", as_key(value))
    return Decimal(found.group()) if found else Decimal(0)


def ends_of(field: Input) -> list[Any]:
    """The bounds of a number, and one between them."""
    if field.min is None or field.max is None:
        return []
    between = (field.min + field.max) / 2
    return [field.min, int(between) if field.type == "integer" else between, field.max]


def inputs_of(declaration: Declaration) -> SearchStrategy[dict[str, Any]]:
    """Valid inputs, of the fields whose values are choices, switches and bounded numbers."""
    first = known(filled(declaration, declaration.examples[0].inputs))
    drawn = {
        name: values
        for name, each in declaration.inputs.items()
        if name not in first and (values := values_of(each)) is not None
    }
    leaders = {name for group in declaration.one_of for name in group}
    free = {name: each for name, each in drawn.items() if name not in leaders}
    return strategies.fixed_dictionaries({}, optional=free).map(lambda more: {**first, **more})


def values_of(field: Input) -> SearchStrategy[Any] | None:
    if field.choices is not None and not field.many:
        return strategies.sampled_from(field.choices)
    if field.type == "boolean":
        return strategies.booleans()
    if field.slot is not None and not field.many:
        return strategies.just(measured(given(str(field.slot[0])), **FACTS))
    if field.type == "integer" and field.min is not None and field.max is not None:
        return strategies.integers(int(field.min), int(field.max))
    return None
