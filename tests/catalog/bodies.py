"""The requests that the examples of the catalogue make, as `bodies.json` holds them.

    python -m tests.catalog.bodies            print them
    python -m tests.catalog.bodies --write    put them into bodies.json

Where an artifact travels, its address at the provider stands as `<where: kind>`.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from boards.catalog import load_declarations
from boards.generators.artifacts import FileArtifact
from boards.generators.declared import Declaration
from boards.generators.declared.body import build_body
from boards.generators.declared.conditions import variant_for
from boards.generators.declared.schema import input_model
from tests.catalog.words import filled

__all__ = ["FILE", "bodies_of", "written"]

FILE = Path(__file__).parent / "bodies.json"


def bodies_of(declaration: Declaration) -> list[dict[str, Any]]:
    """Each example's endpoint, model and body."""
    return [asyncio.run(_body(declaration, each.inputs)) for each in declaration.examples]


def written(bodies: dict[str, list[dict[str, Any]]]) -> str:
    """One request a line, so that a change shows where it is."""
    models = []
    for name, requests in sorted(bodies.items()):
        lines = ",\n".join(f"    {json.dumps(each, ensure_ascii=False)}" for each in requests)
        models.append(f"  {json.dumps(name)}: [\n{lines}\n  ]")
    return "{\n" + ",\n".join(models) + "\n}\n"


async def _body(declaration: Declaration, inputs: dict[str, JsonValue]) -> dict[str, Any]:
    typed = input_model(declaration).model_validate(filled(declaration, inputs))

    async def place(field: str, artifact: FileArtifact) -> JsonValue:
        return f"<{field}: {type(artifact).__name__.removesuffix('Artifact').lower()}>"

    async def pack(field: str, artifacts: Sequence[FileArtifact]) -> JsonValue:
        return f"<{field}: {len(artifacts)} in an archive>"

    sent = variant_for(declaration, typed)
    model = {} if sent.model is None else {"model": sent.model}
    return {"endpoint": sent.endpoint, **model, "body": await build_body(sent, typed, place, pack)}


if __name__ == "__main__":
    text = written({each.name: bodies_of(each) for each in load_declarations()})
    if "--write" in sys.argv:
        FILE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
