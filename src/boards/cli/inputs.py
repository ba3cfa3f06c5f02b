"""Reads `key=value` words against the form of a generator, before anything is sent.

A value is JSON where the field is a list, an object, a number or a bool, and plain text otherwise;
a repeated key makes a list; a slot takes the id of a generation or a file. What can be known to be
wrong without the server is said here, all at once, so that no file is uploaded in vain.
"""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import cast

from pydantic import JsonValue

from boards.cli.exits import Exit, Stop
from boards.domain.artifacts import type_of_format
from boards.errors import Problem
from boards.generators.nearest import suggestion
from boards.ids import parse_id

__all__ = ["LocalFile", "Words", "read_words"]

Form = Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class LocalFile:
    """A file that goes into a slot: its id takes the place `index` of a list, or is the value."""

    field: str
    index: int | None
    path: Path


@dataclass(frozen=True, kw_only=True)
class Words:
    """Inputs as they were given. The places of `files` hold null until they are uploaded."""

    inputs: dict[str, JsonValue]
    files: tuple[LocalFile, ...]

    def filled(self, ids: Mapping[Path, str]) -> dict[str, JsonValue]:
        """Give the inputs with the ids of the uploads in their places."""
        inputs = {
            name: list(value) if isinstance(value, list) else value
            for name, value in self.inputs.items()
        }
        for file in self.files:
            if file.index is None:
                inputs[file.field] = ids[file.path]
            else:
                cast(list[JsonValue], inputs[file.field])[file.index] = ids[file.path]
        return inputs


class _Wrong(Exception):
    """A value that does not go with its field."""


def read_words(words: Sequence[str], form: Form, *, folder: Path) -> Words:
    """Read the words. Relative files are looked for in `folder`.

    Stop, with every problem, when something is wrong.
    """
    properties = cast(Mapping[str, Form], form.get("properties", {}))
    problems: list[Problem] = []
    given: dict[str, list[str]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            problems.append(_problem(word, f"{word!r} is no input; write KEY=VALUE."))
        elif name not in properties and form.get("additionalProperties") is False:
            hint = suggestion(name, properties)
            problems.append(_problem(name, f"there is no input {name!r}.{hint}"))
        else:
            given.setdefault(name, []).append(text)
    inputs: dict[str, JsonValue] = {}
    files: list[LocalFile] = []
    for name, texts in given.items():
        try:
            inputs[name] = _value(name, texts, properties.get(name, {}), files, folder)
        except _Wrong as wrong:
            problems.append(_problem(name, str(wrong)))
    required = cast(Sequence[str], form.get("required", []))
    problems += [
        _problem(name, f"is missing; give {name}=…") for name in required if name not in given
    ]
    if problems:
        said = "; ".join(
            one.message if repr(one.at) in one.message else f"{one.at}: {one.message}"
            for one in problems
        )
        raise Stop(
            f"The inputs are not valid: {said}",
            exit_code=Exit.USAGE,
            code="invalid_input",
            problems=[Problem(at=f"inputs.{one.at}", message=one.message) for one in problems],
        )
    return Words(inputs=inputs, files=tuple(files))


def _problem(at: str, message: str) -> Problem:
    return Problem(at=at, message=message)


def _value(
    name: str, texts: Sequence[str], node: Form, files: list[LocalFile], folder: Path
) -> JsonValue:
    if node.get("type") == "array":
        values = _items(name, texts, cast(Form, node.get("items", {})), files, folder)
        _check_length(values, node)
        return values
    if len(texts) > 1:
        raise _Wrong("is given more than once and takes one value")
    return _one(name, texts[0], node, files, folder, index=None)


def _items(
    name: str, texts: Sequence[str], node: Form, files: list[LocalFile], folder: Path
) -> list[JsonValue]:
    if len(texts) == 1 and texts[0].lstrip().startswith("["):
        values = _json(texts[0], "a list")
        if isinstance(values, list):
            return values
    return [_one(name, text, node, files, folder, index=index) for index, text in enumerate(texts)]


def _one(
    name: str,
    text: str,
    node: Form,
    files: list[LocalFile],
    folder: Path,
    *,
    index: int | None,
) -> JsonValue:
    if "x-artifact" in node:
        return _slot(name, text, node, files, folder, index=index)
    kinds = _kinds(node)
    if text == "null" and node.get("x-nullable") and "string" not in kinds:
        return None
    if kinds <= {"string"} and kinds:
        value: JsonValue = text
    elif "string" in kinds or not kinds:
        # Either would do: what reads as JSON of a fitting kind is that, all else is text.
        value = _json_or_text(text, kinds)
    else:
        value = _json(text, " or ".join(_NAMES[kind] for kind in sorted(kinds)))
        if not any(_is(value, kind) for kind in kinds):
            raise _Wrong(f"{text!r} is not {' or '.join(_NAMES[k] for k in sorted(kinds))}")
    _check_choice(text, value, node)
    _check_bounds(text, value, node)
    return value


_NAMES = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": 'a JSON object such as {"a": 1}',
    "array": "a JSON list such as [1, 2]",
    "null": "null",
    "string": "text",
}


def _kinds(node: Form) -> set[str]:
    """Name the JSON types that a field takes; none of them known gives an empty set."""
    for word in ("anyOf", "oneOf"):
        members = node.get(word)
        if isinstance(members, list):
            return set().union(*(_kinds(cast(Form, member)) for member in members))
    kind = node.get("type")
    if isinstance(kind, list):
        return {str(each) for each in kind}
    if isinstance(kind, str):
        return {kind}
    choices = node.get("enum", [node["const"]] if "const" in node else [])
    if isinstance(choices, list) and choices:
        return {kind for kind in _NAMES for choice in choices if _is(choice, kind)} - {"number"}
    return set()


_TYPES: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
    "string": (str,),
}


def _is(value: JsonValue, kind: str) -> bool:
    if isinstance(value, bool):  # in Python a bool is an int
        return kind == "boolean"
    return isinstance(value, _TYPES.get(kind, ()))


def _json(text: str, expected: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text, parse_constant=_no_number)
    except ValueError:
        raise _Wrong(f"{text!r} is not {expected}") from None
    return value


def _no_number(text: str) -> JsonValue:
    raise ValueError(text)


def _json_or_text(text: str, kinds: set[str]) -> JsonValue:
    try:
        value = _json(text, "")
    except _Wrong:
        return text
    fits = not kinds or any(_is(value, kind) for kind in kinds - {"string"})
    return value if fits else text


def _slot(
    name: str, text: str, node: Form, files: list[LocalFile], folder: Path, *, index: int | None
) -> JsonValue:
    generation_id = parse_id(text)
    if generation_id is not None:
        return str(generation_id)
    path = folder / Path(text).expanduser()
    takes = node["x-artifact"]
    types = [str(each) for each in (takes if isinstance(takes, list) else [takes])]
    if not text or not path.is_file():
        raise _Wrong(f"{text!r} is neither the id of a generation nor a file")
    if path.stat().st_size == 0:
        raise _Wrong(f"the file {text!r} is empty")
    found = type_of_format(path.suffix) if path.suffix else None
    if found is not None and found not in types:
        raise _Wrong(f"{text!r} is {_a(found)} and this takes {' or '.join(map(_a, types))}")
    files.append(LocalFile(field=name, index=index, path=path.resolve()))
    return None


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _check_choice(text: str, value: JsonValue, node: Form) -> None:
    choices = node.get("enum")
    if isinstance(choices, list) and value not in choices:
        names = [str(choice) for choice in choices]
        raise _Wrong(f"{text!r} is none of its choices.{suggestion(text, names)}")


_BOUNDS: tuple[tuple[str, str, Callable[[Decimal, Decimal], bool]], ...] = (
    ("minimum", "at least", operator.ge),
    ("maximum", "at most", operator.le),
    ("exclusiveMinimum", "more than", operator.gt),
    ("exclusiveMaximum", "less than", operator.lt),
)


def _check_bounds(text: str, value: JsonValue, node: Form) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    number = Decimal(str(value))
    for word, sign, holds in _BOUNDS:
        limit = node.get(word)
        if isinstance(limit, int | float) and not holds(number, Decimal(str(limit))):
            raise _Wrong(f"{text!r} is out of range; it is {sign} {limit}")


def _check_length(values: Sequence[JsonValue], node: Form) -> None:
    least, most = node.get("minItems"), node.get("maxItems")
    if isinstance(least, int) and len(values) < least:
        raise _Wrong(f"has {len(values)} values and takes at least {least}")
    if isinstance(most, int) and len(values) > most:
        raise _Wrong(f"has {len(values)} values and takes at most {most}")
