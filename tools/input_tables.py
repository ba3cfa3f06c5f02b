"""Writes the tables of inputs in docs/local-generators.md from the generators' own forms.

`python -m tools.input_tables` fills what stands between `<!-- inputs: NAME -->` and
`<!-- end -->`; the prose around it is written by hand. A test holds the page to the generators.
"""

import importlib
import re
import sys
from pathlib import Path
from typing import cast

from pydantic import JsonValue

from boards.adapters.providers.local import BUILT_IN
from boards.generators.base import BaseGenerator
from boards.generators.form import input_form

__all__ = ["PAGE", "filled", "main", "table"]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "local-generators.md"

_SLOT = re.compile(r"(<!-- inputs: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

Field = dict[str, JsonValue]


def _generators() -> dict[str, BaseGenerator]:
    found: dict[str, BaseGenerator] = {}
    for reference in BUILT_IN:
        module, _, name = reference.partition(":")
        generator: BaseGenerator = getattr(importlib.import_module(module), name)()
        found[generator.name] = generator
    return found


def _number(value: JsonValue) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}".replace("e+09", " billion")


def _values(field: Field) -> str:
    """What a field takes, in a few words."""
    if "x-artifact" in field:
        kind = str(field["x-artifact"])
        return (
            f"{field.get('minItems')} to {field['maxItems']} × {kind}"
            if "maxItems" in field
            else kind
        )
    if "enum" in field:
        choices = cast(list[JsonValue], field["enum"])
        return ", ".join(f"`{choice}`" for choice in choices if choice is not None)
    if field.get("type") in ("number", "integer"):
        return f"{_number(field['minimum'])} to {_number(field['maximum'])}"
    if field.get("type") == "array":
        each = _values(cast(Field, field["items"]))
        return f"{field['minItems']} to {field['maxItems']} × {each}"
    if field.get("type") == "object":
        names = ", ".join(f"`{name}`" for name in cast(Field, field["properties"]))
        return f"an object of {names}"
    if field.get("type") == "boolean":
        return "`true`, `false`"
    if "maxLength" in field:
        return f"up to {field['maxLength']} characters"
    return "`#rrggbb`" if str(field.get("pattern", "")).startswith("^#") else "text"


def _default(name: str, field: Field, form: Field) -> str:
    if name in cast(list[str], form.get("required", [])):
        return "*needed*"
    value = field.get("default")
    if value is None:
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def table(generator: BaseGenerator) -> str:
    """The table of a generator's inputs, as Markdown."""
    form = input_form(generator)
    rows = ["| input | takes | default | what it is |", "|---|---|---|---|"]
    for name, each in cast(dict[str, Field], form["properties"]).items():
        cells = (f"`{name}`", _values(each), _default(name, each, form), str(each["description"]))
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def filled(page: str) -> str:
    """The page with every table made anew. KeyError for a generator that there is not."""
    generators = _generators()
    return _SLOT.sub(
        lambda found: found[1] + "\n" + table(generators[found["name"]]) + "\n" + found[3], page
    )


def main() -> int:
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"Wrote {PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
