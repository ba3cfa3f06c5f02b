"""Small generators for tests of the plugin API."""

from typing import Any

from pydantic import BaseModel

from boards.generators.artifacts import ImageArtifact
from boards.generators.base import BaseGenerator


class PromptInput(BaseModel):
    prompt: str = "a moon"


class ImageOutput(BaseModel):
    image: ImageArtifact


class Sample(BaseGenerator):
    """A generator with whatever name, type and input model a test needs."""

    description = "For tests"

    def __init__(
        self,
        name: str = "sample",
        artifact_type: str = "image",
        schema: type[BaseModel] = PromptInput,
    ) -> None:
        self.name = name
        self.artifact_type = artifact_type
        self._schema = schema

    def get_input_schema(self) -> type[BaseModel]:
        return self._schema

    async def generate(self, *args: Any, **kwargs: Any) -> Any:
        _, context = args
        return ImageOutput(image=await context.store_image(b"", format="png"))

    async def estimate_cost(self, inputs: Any) -> float:
        return 0.0
