"""What was written down about 98 models, and where this catalogue differs from it on purpose.

`fields.json` holds each model as it was found in an earlier catalogue: its inputs in the words of a
declaration (`null` for what may be null, which is then the default; `or` for another type that it
may be; `never_resolved` for a slot that could not be filled there), its price formula and what that
comes to. `differences.toml` holds every place where a declaration says something else, with the
reason. docs/catalogue.md lists them:

    python -m tests.catalog.facts            print the list
    python -m tests.catalog.facts --write    put it into docs/catalogue.md
"""

import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from boards.catalog import load_declarations
from boards.generators.declared import Declaration
from boards.generators.declared.schema import input_model

__all__ = ["BEGIN", "FINISH", "PAGE", "Difference", "differences", "facts", "listed", "shape_of"]

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "catalogue.md"
BEGIN, FINISH = "<!-- differences: begin -->", "<!-- differences: end -->"

_TYPES = {"string": "text", "object": "json"}
_BOUNDS = {
    "minimum": "min",
    "maximum": "max",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "minItems": "min_items",
    "maxItems": "max_items",
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place, dotted (`inputs.size`, `prices`), where models say something else."""

    models: tuple[str, ...]
    at: str
    here: Any
    reason: str


@cache
def facts() -> dict[str, dict[str, Any]]:
    """The models as they were found, by name."""
    found: dict[str, dict[str, Any]] = json.loads((FOLDER / "fields.json").read_text())
    return found


@cache
def differences() -> tuple[Difference, ...]:
    """The differences in their order."""
    table = tomllib.loads((FOLDER / "differences.toml").read_text())
    return tuple(
        Difference(
            models=tuple(each["models"]),
            at=each["at"],
            here=each.get("here"),
            reason=each["reason"],
        )
        for each in table.get("differences", [])
    )


def shape_of(declaration: Declaration) -> dict[str, dict[str, Any]]:
    """Read a declaration's JSON Schema back into the words of `fields.json`: `inputs`, `types`."""
    schema = input_model(declaration).model_json_schema()
    definitions = schema.get("$defs", {})
    types = {
        name: _fields(each, definitions)
        for name, each in definitions.items()
        if not name.endswith("Artifact") and "properties" in each
    }
    shape = {"inputs": _fields(schema, definitions)}
    return {**shape, "types": types} if types else shape


def listed() -> str:
    """The differences as Markdown, for the docs."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    slots = [
        f"`{name}.{field}`"
        for name, model in facts().items()
        for field, each in model["inputs"].items()
        if each.get("never_resolved")
    ]
    yield f"**Slots that could not be filled ({len(slots)}).** They are optional here, and work:"
    yield f"{', '.join(slots)}."
    yield ""
    yield "**What goes to the provider as something else.** A form has a number or a list where the"
    yield f"provider takes a text or one artifact: {', '.join(_converted())}."
    yield ""
    yield "**Prices and inputs.**"
    yield ""
    yield "| models | where | why it is different here |"
    yield "|---|---|---|"
    for each in differences():
        names = ", ".join(f"`{name}`" for name in each.models)
        yield f"| {names} | `{each.at}` | {each.reason} |"


def _converted() -> Iterator[str]:
    for declaration in load_declarations():
        for name, each in declaration.inputs.items():
            if each.convert is not None and declaration.name in facts():
                yield f"`{declaration.name}.{name}` ({each.convert.value})"


def _fields(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    required = schema.get("required", [])
    found: dict[str, Any] = {}
    for name, each in schema["properties"].items():
        field = _field(each, definitions)
        if name in required:
            field["required"] = True
        elif each.get("default") is not None:
            field["default"] = each["default"]
        found[name] = field
    return found


def _field(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    choices = schema.get("anyOf")
    if choices is None:
        return _kind(schema, definitions)
    kinds = [_kind(each, definitions) for each in choices if each.get("type") != "null"]
    field = kinds[0]
    if len(kinds) > 1:
        field["or"] = kinds[1]["type"]
    if len(kinds) < len(choices):
        field["null"] = True
    return field


def _kind(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    field: dict[str, Any] = {}
    reference = schema.get("$ref", "").rpartition("/")[2]
    if schema.get("type") == "array":
        field = {**_field(schema["items"], definitions), "many": True}
    elif reference.endswith("Artifact"):
        field = {"slot": {"LoRArtifact": "lora"}.get(reference, reference[: -len("Artifact")])}
        field["slot"] = field["slot"].lower()
    elif reference:
        field = {"type": reference}
    elif "enum" in schema or "const" in schema:
        field = {"choices": schema.get("enum") or [schema["const"]]}
    else:
        field = {"type": _TYPES.get(schema["type"], schema["type"])}
    return {**field, **{_BOUNDS[key]: schema[key] for key in _BOUNDS if key in schema}}


if __name__ == "__main__":
    if "--write" in sys.argv:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        after = rest.partition(FINISH)[2]
        PAGE.write_text(f"{before}{BEGIN}\n\n{listed()}\n\n{FINISH}{after}")
    else:
        sys.stdout.write(f"{listed()}\n")
