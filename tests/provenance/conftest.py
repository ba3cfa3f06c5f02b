"""A studio in which recipes are written."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from boards.generators.artifacts import ImageArtifact
from boards.generators.base import BaseGenerator
from boards.generators.context import GeneratorContext
from boards.testing.generators import FakePaid
from tests.media.files import picture
from tests.services.studio import Studio, open_studio


class PaintInput(BaseModel):
    prompt: str
    steps: int = Field(default=20)
    seed: int | None = None
    image: ImageArtifact | None = None
    reference_url: str | None = None
    api_key: str | None = None


class PaintOutput(BaseModel):
    image: ImageArtifact


class Paint(BaseGenerator):
    """Paints by a model, for nothing."""

    name = "paint"
    artifact_type = "image"
    description = "Paints"
    provider = "painters"
    version: str | None = "3"
    repeatable = True
    format = "png"

    def get_input_schema(self) -> type[BaseModel]:
        return PaintInput

    async def estimate_cost(self, inputs: BaseModel) -> float:
        return 0.0

    async def generate(self, inputs: PaintInput, context: GeneratorContext) -> BaseModel:
        data = picture("PNG" if self.format == "png" else "JPEG")
        return PaintOutput(image=await context.store_image(data, format=self.format))


class Rule(Paint):
    """Follows rules only."""

    name = "rule"
    is_algorithmic = True


class Gif(Paint):
    """Gives a format that has no place for a recipe."""

    name = "gif"

    async def generate(self, inputs: PaintInput, context: GeneratorContext) -> BaseModel:
        data = picture("GIF", mode="L")
        return PaintOutput(image=await context.store_image(data, format="gif"))


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    """A studio on SQLite, with its worker running."""
    generators = [Paint(), Rule(), Gif(), FakePaid()]
    url = f"sqlite:///{tmp_path / 'boards.db'}"
    async with open_studio(url, tmp_path, generators) as studio, studio.process():
        yield studio
