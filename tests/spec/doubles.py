"""What the tests of the documents share."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, JsonValue

from boards.errors import InvalidInput
from boards.generators.artifact_resolution import FoundGeneration, build_inputs
from boards.generators.artifacts import ImageArtifact
from boards.generators.base import BaseGenerator
from boards.generators.form import input_form
from boards.generators.resolution import store_image_result
from boards.testing.generators import tiny_png

TENANT = UUID("11111111-1111-4111-8111-111111111111")


class Prompt(BaseModel):
    prompt: str


class Returning(BaseGenerator):
    """A generator with the `generate(inputs)` of a code block."""

    name = "returning"
    artifact_type = "image"
    description = "Returns what a block says"

    def __init__(self, generate: Any, schema: type[BaseModel] = Prompt) -> None:
        self._generate = generate
        self._schema = schema

    def get_input_schema(self) -> type[BaseModel]:
        return self._schema

    async def generate(self, inputs: Any) -> Any:
        return await self._generate(inputs)

    async def estimate_cost(self, inputs: Any) -> float:
        return 0.0


async def stored(colour: int) -> ImageArtifact:
    """Store a small image of this colour in the current run."""
    return await store_image_result(data=tiny_png(colour), format="png")


def form_of(schema: type[BaseModel]) -> dict[str, Any]:
    """The form that clients see for this input model."""
    return dict[str, JsonValue](input_form(Returning(None, schema)))


def submitted(
    schema: type[BaseModel],
    inputs: dict[str, Any],
    found: Mapping[UUID, FoundGeneration] | None = None,
) -> Any:
    """What the generator gets when a client of `TENANT` submits these inputs."""
    return build_inputs(schema, inputs, found or {}, tenant_id=TENANT).model


def problems(schema: type[BaseModel], inputs: dict[str, Any]) -> dict[str, str]:
    """The problems for which such a submit is refused, by place."""
    with pytest.raises(InvalidInput) as caught:
        submitted(schema, inputs)
    return {problem.at: problem.message for problem in caught.value.problems}
