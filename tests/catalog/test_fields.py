"""Each declared model has the inputs that were written down about it, or says why it has not."""

import copy
from decimal import Decimal
from typing import Any

import pytest

from boards.catalog import load_declarations
from boards.generators.artifacts import AudioArtifact, DigitalArtifact, VideoArtifact
from boards.generators.declared import Declaration
from boards.generators.declared.prices import quote
from boards.generators.declared.schema import input_model
from boards.generators.slots import slots_of
from tests.catalog.facts import differences, facts, shape_of
from tests.catalog.words import AUDIO, VIDEO, given

DECLARED = {each.name: each for each in load_declarations()}
KNOWN = [pytest.param(name, id=name) for name in facts() if name in DECLARED]


def expected(name: str) -> dict[str, Any]:
    """What was written down about a model, with the differences put in."""
    found = copy.deepcopy(facts()[name])
    for each in found["inputs"].values():
        each.pop("never_resolved", None)
    for difference in differences():
        if name in difference.models:
            *way, last = difference.at.split(".")
            place = found
            for part in way:
                place = place[part]
            if difference.here is None:
                del place[last]
            else:
                place[last] = difference.here
    return found


@pytest.mark.parametrize("name", KNOWN)
class TestADeclaredModel:
    def test_has_the_inputs_that_were_written_down(self, name: str):
        known, found = expected(name), shape_of(DECLARED[name])

        assert list(found["inputs"]) == list(known["inputs"])
        assert found["inputs"] == known["inputs"]
        assert found.get("types") == known.get("types")

    def test_is_called_where_it_was_written_down(self, name: str):
        known, found = expected(name), DECLARED[name]

        assert (found.provider, found.makes.value) == (known["provider"], known["makes"])
        assert found.endpoint == known["endpoint"]
        assert found.limits.outputs == known.get("outputs")
        if "model" in known:
            assert found.model == known["model"]

    def test_costs_what_the_formula_says(self, name: str):
        declaration = DECLARED[name]
        for each in expected(name)["prices"]:
            inputs = whole(declaration, each["inputs"])
            amount = quote(declaration, input_model(declaration).model_validate(inputs)).amount
            wanted = each.get("usd")
            assert amount == (None if wanted is None else Decimal(wanted)), each["inputs"]

    def test_has_slots_that_can_be_filled(self, name: str):
        slots = {slot.path: slot for slot in slots_of(input_model(DECLARED[name]))}

        for field, each in expected(name)["inputs"].items():
            if "slot" in each:
                assert slots[field].is_list is each.get("many", False)
                assert slots[field].optional is each.get("null", False)


def test_every_model_is_declared():
    assert sorted(facts().keys() - DECLARED.keys()) == []


def test_a_difference_is_one():
    for each in differences():
        assert each.reason
        for name in each.models:
            place: Any = facts()[name]
            for part in each.at.split("."):
                place = place.get(part) if isinstance(place, dict) else None
            assert place != each.here, (name, each.at)


def test_the_figures_were_copied_whole():
    fields = [each for model in facts().values() for each in model["inputs"].values()]

    assert (len(facts()), len(fields)) == (98, 624)
    assert sum("slot" in each for each in fields) == 92
    assert sum("never_resolved" in each for each in fields) == 25


def whole(declaration: Declaration, inputs: dict[str, Any]) -> dict[str, Any]:
    """Complete the inputs of a price with something for all else that must be given.

    `{"seconds": 30}` is an artifact of that length, `{"characters": 250}` a text.
    """
    found: dict[str, Any] = {}
    for name, field in declaration.inputs.items():
        value = inputs.get(name)
        kind = str(field.slot[0]) if field.slot else field.type
        if isinstance(value, dict) and "characters" in value:
            found[name] = "x" * value["characters"]
        elif isinstance(value, dict) and "seconds" in value:
            found[name] = lasting(str(kind), value["seconds"])
        elif value is not None:
            found[name] = value if field.choices else given(value)
        elif field.required:
            thing: Any = given(kind) if field.slot else _something(field.choices, field.min_length)
            found[name] = [thing] if field.many else thing
    leaders = [group[0] for group in declaration.one_of]
    if leaders and not any(name in found for name in leaders):
        name = leaders[0]
        slot = declaration.inputs[name].slot
        found[name] = given(str(slot[0])) if slot else "x"
    return found


def lasting(kind: str, seconds: int) -> DigitalArtifact:
    """An artifact of this length."""
    known: dict[str, AudioArtifact | VideoArtifact] = {"audio": AUDIO, "video": VIDEO}
    return known[kind].model_copy(update={"duration": float(seconds)})


def _something(choices: tuple[str | int, ...] | None, shortest: int | None) -> str | int:
    return choices[0] if choices else "x" * (shortest or 1)
