"""Writes a declaration as the TOML that the reader reads, for people to correct."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from boards.errors import InvalidInput
from boards.generators.declared import Declaration

__all__ = ["toml_of"]

_Value: TypeAlias = object
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_FIRST = ("name", "aliases", "title", "description", "endpoint")
_APART = ("provider", "makes", "types", "inputs", "price", "examples")
"""Words of a model that have places of their own in the file."""
_ONE_OR_MORE = frozenset({"slot", "files", "text"})


def toml_of(
    declaration: Declaration, *, head: str = "", remarks: Mapping[str, str] | None = None
) -> str:
    """Write a file with one model. `head` becomes comments at its top, and `remarks` comments above
    the inputs (`image_url`) and fields of types (`LoraWeight.path`) that they name."""
    words = declaration.model_dump(exclude_unset=True)
    remarks = remarks or {}
    lines = [*_comment(head), f"provider = {_value(words['provider'])}"]
    lines.append(f"makes = {_value(words['makes'])}")
    for name, kind in words.get("types", {}).items():
        lines += ["", f"[types.{name}.fields]"]
        lines += _fields(kind["fields"], remarks, owner=f"{name}.")
    lines += ["", "[[models]]"]
    plain = [name for name in words if name not in (*_FIRST, *_APART)]
    for name in (*_FIRST, *plain):
        if words.get(name) not in (None, (), {}):
            lines.append(f"{name} = {_value(words[name], name)}")
    lines += ["", "[models.inputs]", *_fields(words["inputs"], remarks, owner="")]
    if words.get("price"):
        lines += ["", "[models.price]"]
        lines += [f"{key} = {_value(each)}" for key, each in words["price"].items()]
    for example in words.get("examples", ()):
        lines += ["", "[[models.examples]]"]
        lines += [f"{key} = {_value(each)}" for key, each in example.items() if each is not None]
    return "\n".join(lines) + "\n"


def _fields(
    fields: Mapping[str, Mapping[str, _Value]], remarks: Mapping[str, str], *, owner: str
) -> Iterator[str]:
    for name, words in fields.items():
        yield from _comment(remarks.get(f"{owner}{name}", ""))
        yield f"{name} = {_value(words)}"


def _comment(text: str) -> list[str]:
    """A comment for each line; what cannot be printed is left out, so that none can be ended."""
    lines = ("".join(c for c in line if c.isprintable()) for line in text.splitlines())
    return [f"# {line}".rstrip() for line in lines]


def _value(value: _Value, key: str = "") -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return _text(f"{value:f}")
    if isinstance(value, str):
        return _text(str(value))
    if isinstance(value, (int, float, date)):
        return str(value)
    if isinstance(value, Mapping):
        given = {str(name): each for name, each in value.items() if each is not None}
        inner = ", ".join(f"{_key(name)} = {_value(each, name)}" for name, each in given.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, (list, tuple)):
        if key in _ONE_OR_MORE and len(value) == 1 and isinstance(value, tuple):
            return _value(value[0])
        return f"[{', '.join(map(_value, value))}]"
    raise InvalidInput(f"{value!r:.60} cannot be written as TOML.")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    """JSON's escapes are TOML's, but for DEL; a lone half of a pair is no text at all."""
    clean = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
