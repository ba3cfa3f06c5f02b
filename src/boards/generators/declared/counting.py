"""Checks that a price counts only what its model's inputs can say.

What cannot be counted would make every run unpriced, and a value that never occurs would make a
factor or a case that never holds: both are found when the catalogue is read.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from boards.domain.artifacts import ArtifactType
from boards.generators.declared.rules import RULE_INPUTS

if TYPE_CHECKING:
    from boards.generators.declared.declaration import Condition, Declaration, Input

__all__ = ["MEASURES", "as_key", "check_conditions", "check_units"]

MEASURES = ("characters", "count", "seconds")
"""What may follow the name of an input in `units`; without one its own number counts."""

_LASTING = {ArtifactType.AUDIO, ArtifactType.VIDEO}


def as_key(value: object) -> str:
    """How a value is written as a key: `true`, `8`, `1080p`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_conditions(declaration: "Declaration") -> None:
    """ValueError names the first condition or factor that waits for a value that never comes."""
    for where, name, value in _values_named(declaration):
        known = _values_of(declaration.inputs[name])
        if known is not None and value not in known:
            raise ValueError(f"{where}: {name} is never {value!r}; it is {', '.join(known)}")


def check_units(declaration: "Declaration") -> None:
    """ValueError names the first unit of the price that no run could count."""
    price = declaration.price
    if price is None:
        return
    for each in (price, *price.cases, *price.additions):
        if each.units is not None:
            name, _, measure = each.units.partition(".")
            _check_measure(declaration.inputs[name], name, measure)
        if each.rule is None:
            continue
        groups = RULE_INPUTS[each.rule]
        missing = [group for group in groups if not declaration.inputs.keys() & {*group}]
        if missing:
            needed = " and ".join(" or ".join(group) for group in missing)
            raise ValueError(f"price.rule: {each.rule.value!r} needs the inputs {needed}")


def _values_named(declaration: "Declaration") -> Iterator[tuple[str, str, str]]:
    """Each place that says what an input's value is: the place, the input, the value."""
    conditions: list[tuple[str, Condition]] = [("variants", each) for each in declaration.variants]
    if declaration.price is not None:
        for name, by_value in declaration.price.factors.items():
            yield from (("price.factors", name, value) for value in by_value)
        conditions += [("price.cases", each) for each in declaration.price.cases]
        conditions += [("price.additions", each) for each in declaration.price.additions]
    for where, condition in conditions:
        yield from ((where, name, as_key(value)) for name, value in condition.when.items())


def _values_of(field: "Input") -> tuple[str, ...] | None:
    """All values of an input, as keys; None when they are not listed."""
    if field.choices is not None and field.or_type is None:
        return tuple(as_key(each) for each in field.choices)
    return ("true", "false") if field.type == "boolean" else None


def _check_measure(field: "Input", name: str, measure: str) -> None:
    match measure:
        case "":
            can = field.type in ("integer", "number") or bool(
                field.choices and all(as_key(each)[:1].isdigit() for each in field.choices)
            )
        case "characters":
            can = field.type == "text" and not field.many
        case "count":
            can = field.slot is not None or field.many
        case "seconds":
            can = field.slot is not None and {*field.slot} <= _LASTING
        case _:
            known = ", ".join(MEASURES)
            raise ValueError(f"price.units: there is no measure {measure!r}; use {known}")
    if not can:
        raise ValueError(f"price.units: {name!r} has no {measure or 'number'} that counts")
