"""Makes the JSON Schemas by which an editor completes and checks files of the catalogue.

    python -m tools.catalog_schema            write them beside the files
    python -m tools.catalog_schema --check    fail when they are not current

Each file of the catalogue names its schema in its first line (`#:schema …`), as editors with
Taplo read it.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from boards.catalog.reader import FOLDER
from boards.domain.artifacts import PRODUCED, ArtifactType
from boards.generators.declared.declaration import Declaration, DeclarationFile, SharedFile

__all__ = ["main", "schemas"]

_NAMED = ("properties", "$defs")
_DIALECT = "http://json-schema.org/draft-07/schema#"


def schemas() -> dict[Path, str]:
    """Each schema's file and text."""
    return {
        FOLDER / "declaration.schema.json": _text(_of_declarations()),
        FOLDER / "shared.schema.json": _text(_of(SharedFile)),
    }


def main() -> int:
    """Write or check; the exit code is 1 when one is not current."""
    stale = [
        path
        for path, text in schemas().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.name} is not current; run: python -m tools.catalog_schema")
        return 1 if stale else 0
    for path, text in schemas().items():
        path.write_text(text, encoding="utf-8")
    return 0


def _of_declarations() -> dict[str, Any]:
    """A file, whose models have what a declaration has but for what stands at the file's top."""
    file, model = _of(DeclarationFile), _of(Declaration)
    at_the_top = ("provider", "makes")
    for name in at_the_top:
        model["properties"].pop(name)
    model["required"] = [name for name in model["required"] if name not in at_the_top]
    definitions = {**file.pop("definitions", {}), **model.pop("definitions", {}), "Model": model}
    model.pop("$schema")
    file["properties"]["models"] = {
        **file["properties"]["models"],
        "items": {"$ref": "#/definitions/Model"},
    }
    return {**file, "definitions": dict(sorted(definitions.items()))}


def _of(kind: type[BaseModel]) -> dict[str, Any]:
    schema = _tidy(kind.model_json_schema(ref_template="#/definitions/{model}"))
    definitions = schema.pop("$defs", {})
    found = {"$schema": _DIALECT, **schema}
    return {**found, "definitions": definitions} if definitions else found


def _tidy(node: Any) -> Any:
    """Take out what TOML cannot say (null) and what tells an editor nothing (titles of keys)."""
    if isinstance(node, list):
        return [_tidy(each) for each in node]
    if not isinstance(node, dict):
        return node
    tidy = {
        # Below these stand names, which may be words of JSON Schema as well, such as `default`.
        key: {name: _tidy(one) for name, one in each.items()} if key in _NAMED else _tidy(each)
        for key, each in node.items()
        if not _is_noise(key, each)
    }
    choices = tidy.get("anyOf")
    if isinstance(choices, list):
        rest = [each for each in choices if each != {"type": "null"}]
        if len(rest) == 1:
            del tidy["anyOf"]
            return {**rest[0], **tidy}
        tidy["anyOf"] = rest
    if tidy.get("enum") == [kind.value for kind in ArtifactType]:
        tidy["enum"] = [kind.value for kind in PRODUCED]
    return tidy


def _is_noise(key: str, value: Any) -> bool:
    empty = key == "default" and (not value or isinstance(value, dict)) and value is not False
    return empty or (key == "title" and isinstance(value, str))


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
