"""Writes web/src/api/generators.d.ts: the inputs of each generator that ships with Boards.

    python -m tools.generator_types            write it
    python -m tools.generator_types --check    fail when it is not current

The page draws its forms from what a server says, so it needs none of these at run time; they are
for code that sends requests and wants its inputs checked. A `.d.ts` adds nothing to the bundle.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from boards.adapters.providers.local import BUILT_IN
from boards.catalog import load_declarations
from boards.client.stubs import Described, Field, read_fields
from boards.client.stubs.forms import (
    Anything,
    Choice,
    Free,
    Group,
    Kind,
    Many,
    OneOf,
    Plain,
    Slot,
)
from boards.generators.base import BaseGenerator
from boards.generators.declared import DeclaredGenerator, Traits
from boards.generators.form import input_form

__all__ = ["FILE", "main", "shipped", "text_of"]

FILE = Path(__file__).resolve().parents[1] / "web" / "src" / "api" / "generators.d.ts"
HEAD = """\
// Made from the catalogue by `python -m tools.generator_types`; do not edit.

/** The id of an earlier generation. */
export type Artifact = string;

/** What each generator that ships with Boards takes, by its name. */
export interface GeneratorInputs {
"""
TAIL = """\
}

/** A request whose inputs go with its generator. */
export type TypedRequest = {
  [Name in keyof GeneratorInputs]: { generator: Name; inputs: GeneratorInputs[Name] };
}[keyof GeneratorInputs];
"""
PLAIN = {"text": "string", "integer": "number", "number": "number", "flag": "boolean"}


class _Silent:
    """A transport that is there and says nothing: a form needs no more."""

    unavailable = None
    traits = Traits(provider="none")


@cache
def shipped() -> tuple[Described, ...]:
    """The generators that come with Boards: those of this machine and the catalogue."""
    silent: Any = _Silent()
    found: list[BaseGenerator] = [_built_in(target) for target in BUILT_IN]
    found += [DeclaredGenerator(each, silent) for each in load_declarations()]
    return tuple(
        Described(
            name=each.name,
            artifact_type=each.artifact_type,
            description=each.description,
            input_schema=input_form(each),
        )
        for each in found
    )


def _built_in(target: str) -> BaseGenerator:
    module, _, name = target.partition(":")
    made: BaseGenerator = getattr(import_module(module), name)()
    return made


def text_of(generators: Sequence[Described]) -> str:
    """The text of the file."""
    lines = [
        line
        for each in sorted(generators, key=lambda one: one.name)
        for line in (
            f"  /** {_comment(each.description)} */",
            f"  {json.dumps(each.name)}: {{",
            *_fields(read_fields(each.input_schema), "    "),
            "  };",
        )
    ]
    return HEAD + "\n".join(lines) + "\n" + TAIL


def _fields(fields: Sequence[Field], indent: str) -> Iterator[str]:
    for each in fields:
        if says := each.doc(_literal):
            yield f"{indent}/** {_comment(says)} */"
        mark = "" if each.is_required else "?"
        null = " | null" if each.takes_null else ""
        yield f"{indent}{_key(each.name)}{mark}: {_type(each.kind, indent)}{null};"


def _type(kind: Kind, indent: str) -> str:
    match kind:
        case Plain(of=of):
            return PLAIN[of]
        case Choice(values=values):
            return " | ".join(map(_literal, values))
        case Slot():
            return "Artifact"
        case Many(of=inner):
            return f"({_type(inner, indent)})[]"
        case Free(of=inner):
            return f"Record<string, {_type(inner, indent)}>"
        case OneOf(kinds=kinds):
            return " | ".join(dict.fromkeys(f"({_type(each, indent)})" for each in kinds))
        case Group(fields=fields):
            inside = "\n".join(_fields(fields, f"{indent}  "))
            return f"{{\n{inside}\n{indent}}}"
        case Anything():
            return "unknown"


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if name.isascii() and name.isidentifier() else json.dumps(name)


def _comment(text: str) -> str:
    return " ".join(text.split()).replace("*/", "*\\/")


def main(arguments: Sequence[str] | None = None) -> int:
    text = text_of(shipped())
    if "--check" in (sys.argv[1:] if arguments is None else arguments):
        if not FILE.is_file() or FILE.read_text(encoding="utf-8") != text:
            print(f"{FILE.name} is not current; run: python -m tools.generator_types")
            return 1
        print(f"generator types: {len(shipped())} generators, current")
        return 0
    FILE.write_text(text, encoding="utf-8")
    print(f"Wrote {FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
