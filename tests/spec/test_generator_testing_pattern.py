"""The Generators API Reference, "Generator Testing Pattern": its test class as written there.

The class stands at the end; before it stands what the document takes for granted, a generator of
the reader's own and the module of a provider.
"""

import os
import sys
from types import ModuleType
from unittest.mock import patch

import pytest
from pydantic import BaseModel, Field

from boards.generators.artifacts import ImageArtifact
from boards.generators.base import BaseGenerator
from boards.generators.resolution import store_image_result


def _answer(prompt: str) -> str:
    raise AssertionError(f"the provider was asked for {prompt!r}; the pattern replaces it")


provider = ModuleType("provider")
provider.generate = _answer  # type: ignore[attr-defined]


@pytest.fixture
def _provider_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "provider", provider)


class MyInputClass(BaseModel):
    prompt: str = Field(min_length=1)


class MyOutputClass(BaseModel):
    image: ImageArtifact


class MyGenerator(BaseGenerator):
    name = "my-generator"
    artifact_type = "image"
    description = "What the document tests"

    def get_input_schema(self) -> type[MyInputClass]:
        return MyInputClass

    async def generate(self, inputs: MyInputClass) -> MyOutputClass:
        if not os.getenv("API_KEY"):
            raise ValueError("API_KEY environment variable required")
        url = provider.generate(inputs.prompt)
        image = await store_image_result(
            storage_url=url, format="png", generation_id="gen_1", width=512, height=512
        )
        return MyOutputClass(image=image)

    async def estimate_cost(self, inputs: MyInputClass) -> float:
        return 0.01 * len(inputs.prompt)

    def get_output_schema(self) -> type[MyOutputClass]:
        return MyOutputClass


@pytest.mark.usefixtures("_provider_is_installed")
class TestMyGenerator:
    """Generator Testing Pattern."""

    def setup_method(self):
        self.generator = MyGenerator()

    def test_metadata(self):
        assert self.generator.name == "my-generator"
        assert self.generator.artifact_type == "image"

    def test_input_schema(self):
        schema_class = self.generator.get_input_schema()
        assert schema_class == MyInputClass

        # Test schema validation
        valid_input = schema_class(prompt="test")
        assert valid_input.prompt == "test"

    @pytest.mark.asyncio
    async def test_generate_success(self):
        inputs = MyInputClass(prompt="test prompt")

        with patch.dict(os.environ, {"API_KEY": "fake-key"}):  # noqa: SIM117 - as written
            with patch("provider.generate") as mock_generate:
                mock_generate.return_value = "fake_result_url"

                result = await self.generator.generate(inputs)

                assert isinstance(result, MyOutputClass)
                mock_generate.assert_called_once()

    @pytest.mark.asyncio
    async def test_generate_missing_api_key(self):
        inputs = MyInputClass(prompt="test")

        with patch.dict(os.environ, {}, clear=True):  # noqa: SIM117 - as written
            with pytest.raises(ValueError, match="API_KEY.*required"):  # noqa: RUF043
                await self.generator.generate(inputs)

    @pytest.mark.asyncio
    async def test_estimate_cost(self):
        inputs = MyInputClass(prompt="short")
        cost = await self.generator.estimate_cost(inputs)

        assert isinstance(cost, float)
        assert cost > 0
