"""Writes a Python module with a TypedDict and a typed function for each generator.

    from boards.client import Boards
    from models import fal_flux_schnell

    with Boards() as boards:
        boards.generate(fal_flux_schnell(prompt="A red boat"))

A function gives a Request, which both kinds of client take wherever they take a generator; so one
module serves both, needs no part of them to be known to the type checker, and a fault is reported
at the argument. Names and texts come from a server and are written as literals only.
"""

import keyword
import re
from collections.abc import Iterable, Iterator, Sequence

from boards.client.stubs.forms import (
    Anything,
    Choice,
    Described,
    Field,
    Free,
    Group,
    Kind,
    Many,
    OneOf,
    Plain,
    Slot,
    read_fields,
)

__all__ = ["module_of"]

HEAD = '''\
"""The generators of a server of Boards, as functions with typed inputs.

Made by `boards client stubs`; do not edit.
"""
# ruff: noqa
# fmt: off

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, Required, TypedDict, Unpack

from boards.client import Artifact, Request
'''
PLAIN = {"text": "str", "integer": "int", "number": "float", "flag": "bool"}
RESERVED = frozenset(
    {
        *keyword.kwlist,
        *("str", "int", "float", "bool", "list", "object"),
        *("Mapping", "Sequence", "Literal", "NotRequired", "Required", "TypedDict", "Unpack"),
        *("Artifact", "Request"),
    }
)
"""What nothing may be called: it would hide what annotations mean."""


def module_of(generators: Iterable[Described]) -> str:
    """The text of the module, the same for the same generators in whatever order."""
    names = _Names()
    parts: list[str] = []
    functions: list[str] = []
    for each in sorted(generators, key=lambda one: one.name):
        name = names.function(each.name)
        parts.append("\n".join(_generator(each, name, names)))
        functions.append(name)
    listed = "".join(f"    {name!r},\n" for name in functions)
    return "\n\n".join([HEAD, *parts]) + f"\n\n__all__ = [\n{listed}]\n"


class _Names:
    """Gives each thing a name that nothing else in the module has."""

    def __init__(self) -> None:
        self._taken: set[str] = set(RESERVED)

    def function(self, name: str) -> str:
        """`fal-flux/dev` becomes `fal_flux_dev`."""
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "generator"
        return self._free(f"_{plain}" if plain[0].isdigit() else plain)

    def type(self, *parts: str) -> str:
        """`fal_flux_dev` becomes `FalFluxDevInputs`."""
        words = [word for part in parts for word in re.split(r"[^a-zA-Z0-9]+", part) if word]
        plain = "".join(word[0].upper() + word[1:] for word in words) or "Fields"
        return self._free(f"_{plain}" if plain[0].isdigit() else plain)

    def _free(self, wanted: str) -> str:
        found, count = wanted, 1
        while found in self._taken:
            count += 1
            found = f"{wanted}_{count}" if wanted not in RESERVED or count > 2 else f"{wanted}_"
        self._taken.add(found)
        return found


def _generator(each: Described, name: str, names: _Names) -> Iterator[str]:
    inputs = names.type(name, "inputs")
    yield from _typed_dict(
        inputs, f"What {each.name} takes.", read_fields(each.input_schema), names
    )
    description = f"{each.description.rstrip('.')} ({each.artifact_type})."
    yield f"def {name}(**inputs: Unpack[{inputs}]) -> Request:"
    yield f"    {_text(description)}"
    yield f"    return Request(generator={each.name!r}, inputs=inputs)"


def _typed_dict(name: str, says: str, fields: Sequence[Field], names: _Names) -> Iterator[str]:
    nested: list[str] = []
    rows = [(one, _annotation(one, name, names, nested)) for one in fields]
    yield from nested
    if all(_is_plain(one.name) for one in fields):
        yield f"class {name}(TypedDict, total=False):"
        yield f"    {_text(says)}"
        for one, annotation in rows:
            yield ""
            yield f"    {one.name}: {annotation}"
            if says := one.doc(repr):
                yield f"    {_text(says)}"
    else:
        yield f"{name} = TypedDict({name!r}, {{"
        for one, annotation in rows:
            yield f"    {one.name!r}: {annotation},"
        yield "}, total=False)"
    yield from ("", "")


def _is_plain(name: str) -> bool:
    # A class would mangle a double underscore, and Python changes some letters beyond ASCII.
    is_name = name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
    return is_name and not name.startswith("__")


def _annotation(one: Field, owner: str, names: _Names, nested: list[str]) -> str:
    kind = _type(one.kind, owner, one.name, names, nested)
    if one.takes_null and kind != "object":
        kind = f"{kind} | None"
    return f"{'Required' if one.is_required else 'NotRequired'}[{kind}]"


def _type(kind: Kind, owner: str, name: str, names: _Names, nested: list[str]) -> str:
    match kind:
        case Plain(of=of):
            return PLAIN[of]
        case Choice(values=values):
            return _choice(values)
        case Slot():
            return "Artifact"
        case Many(of=Slot()):
            return "Sequence[Artifact]"
        case Many(of=inner):
            return f"list[{_type(inner, owner, name, names, nested)}]"
        case Free(of=inner):
            return f"Mapping[str, {_type(inner, owner, name, names, nested)}]"
        case OneOf(kinds=kinds):
            return " | ".join(
                dict.fromkeys(_type(each, owner, name, names, nested) for each in kinds)
            )
        case Group(fields=fields):
            own = names.type(owner.removesuffix("Inputs"), name)
            nested.extend(_typed_dict(own, f"What goes into {name}.", fields, names))
            return own
        case Anything():
            return "object"


def _choice(values: Sequence[str | int | float | bool]) -> str:
    if any(isinstance(each, float) for each in values):
        # Literal takes no floats.
        return "float"
    return f"Literal[{', '.join(map(repr, values))}]"


def _text(says: str) -> str:
    """A docstring on one line; a plain literal where quotes or backslashes could end it."""
    plain = " ".join(says.split())
    if plain.isprintable() and '"""' not in plain and "\\" not in plain and plain[-1:] != '"':
        return f'"""{plain}"""'
    return repr(plain)
