"""The Generators API Reference, block by block.

Each test carries one code block of that document, as written there, and shows that it does what the
document says. A class is named after the section, a test after the heading of its block. "Generator
Testing Pattern" has a file of its own; "GraphQL API Integration" is tested with the schema.
"""

import os
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, List, Optional, Protocol, Type  # noqa: UP035 - the document's spelling

import pytest
from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from boards.generators import registry as registry_module
from boards.generators.artifacts import (
    AudioArtifact,
    GeneratorResult,
    ImageArtifact,
    LoRArtifact,
    TextArtifact,
    VideoArtifact,
)
from boards.generators.base import BaseGenerator
from boards.generators.registry import GeneratorRegistry
from boards.generators.resolution import resolve_artifact, store_image_result
from boards.testing import run
from boards.testing.generators import tiny_png
from tests.spec.doubles import Returning, form_of, problems, stored, submitted
from tests.spec.test_generator_testing_pattern import MyGenerator, MyOutputClass

# The code blocks stand here as the document writes them, with its older spelling of types.
# ruff: noqa: UP006, UP045


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> GeneratorRegistry:
    """The document's `registry`, empty and restored afterwards."""
    fresh = GeneratorRegistry()
    monkeypatch.setattr(registry_module, "registry", fresh)
    return fresh


class TestCoreClasses:
    def test_base_generator(self):
        class MyGenerator(BaseGenerator):
            name: str
            artifact_type: str
            description: str

            def get_input_schema(self) -> Type[BaseModel]:
                """Return Pydantic model class for input validation."""
                return BaseModel

            async def generate(self, inputs: BaseModel) -> BaseModel:
                """Execute generation and return results."""
                return inputs

            async def estimate_cost(self, inputs: BaseModel) -> float:
                """Estimate cost in USD for this generation."""
                return 0.0

            def get_output_schema(self) -> Type[BaseModel]:
                """Return Pydantic model class for output (optional override)."""
                return BaseModel

        assert isinstance(MyGenerator(), BaseGenerator)
        assert MyGenerator().get_output_schema() is BaseModel

    @pytest.mark.parametrize("method", ["get_input_schema", "generate", "estimate_cost"])
    def test_required_methods(self, method):
        methods = {
            name: lambda self: None for name in ("get_input_schema", "generate", "estimate_cost")
        }
        del methods[method]
        with pytest.raises(TypeError, match=method):
            type("Incomplete", (BaseGenerator,), methods)()

    def test_get_output_schema_is_an_optional_override(self):
        assert MyGenerator().get_output_schema() is MyOutputClass
        assert Returning(None).get_output_schema() is GeneratorResult

    @pytest.mark.parametrize("attribute", ["name", "artifact_type", "description"])
    def test_required_attributes(self, empty_registry, attribute):
        generator = MyGenerator()
        setattr(generator, attribute, "")
        with pytest.raises(ValueError, match=attribute):
            empty_registry.register(generator)


class TestArtifactTypes:
    def test_image_artifact(self):
        artifact = ImageArtifact(
            generation_id="gen_123",
            storage_url="https://...",
            width=1024,
            height=1024,
            format="png",
        )
        assert (artifact.generation_id, artifact.width, artifact.format) == ("gen_123", 1024, "png")
        assert artifact.storage_url == "https://..."

    def test_video_artifact(self):
        artifact = VideoArtifact(
            generation_id="gen_456",
            storage_url="https://...",
            width=1920,
            height=1080,
            format="mp4",
            duration=60.5,
            fps=30.0,
        )
        assert (artifact.duration, artifact.fps) == (60.5, 30.0)
        required = {
            "generation_id": "gen_456",
            "storage_url": "https://...",
            "width": 1920,
            "height": 1080,
            "format": "mp4",
        }
        assert_required(VideoArtifact, required)

    def test_audio_artifact(self):
        artifact = AudioArtifact(
            generation_id="gen_789",
            storage_url="https://...",
            format="mp3",
            duration=120.0,
            sample_rate=44100,
            channels=2,
        )
        assert (artifact.duration, artifact.sample_rate, artifact.channels) == (120.0, 44100, 2)
        required = {"generation_id": "gen_789", "storage_url": "https://...", "format": "mp3"}
        assert_required(AudioArtifact, required)

    def test_text_artifact(self):
        artifact = TextArtifact(
            generation_id="gen_text", content="Generated text...", format="plain"
        )
        assert artifact.content == "Generated text..."
        assert_required(TextArtifact, {"generation_id": "gen_text", "content": "..."})
        assert TextArtifact(generation_id="gen_text", content="...").format == "plain"

    def test_lor_artifact(self):
        artifact = LoRArtifact(
            generation_id="gen_lora",
            storage_url="https://...",
            base_model="sd-v1.5",
            format="safetensors",
            trigger_words=["style1", "tag"],
        )
        assert artifact.trigger_words == ["style1", "tag"]
        required = {
            "generation_id": "gen_lora",
            "storage_url": "https://...",
            "base_model": "sd-v1.5",
            "format": "safetensors",
        }
        assert_required(LoRArtifact, required)


def assert_required(kind: type[BaseModel], required: dict[str, Any]) -> None:
    """Show that exactly these fields must be given."""
    kind(**required)
    for name in required:
        with pytest.raises(ValidationError, match=name):
            kind(**{key: value for key, value in required.items() if key != name})


class TestGeneratorRegistry:
    def test_global_registry(self, capsys):
        from boards.generators.registry import registry

        # Register a generator
        generator_instance = MyGenerator()
        registry.register(generator_instance)

        # Get a generator by name
        generator = registry.get("my-generator")

        # List all generators
        all_generators = registry.list_all()

        # List generators by artifact type
        image_generators = registry.list_by_artifact_type("image")

        # Check if generator exists
        if "my-generator" in registry:
            print("Generator is registered")  # noqa: T201 - the document prints

        # Get count of registered generators
        count = len(registry)

        assert generator is generator_instance
        assert all_generators == image_generators == [generator_instance]
        assert capsys.readouterr().out == "Generator is registered\n"
        assert count == 1

    def test_generator_registry_methods(self):
        class Documented(Protocol):
            def register(self, generator: BaseGenerator) -> None: ...
            def get(self, name: str) -> Optional[BaseGenerator]: ...
            def list_all(self) -> List[BaseGenerator]: ...
            def list_by_artifact_type(self, artifact_type: str) -> List[BaseGenerator]: ...
            def list_names(self) -> List[str]: ...
            def unregister(self, name: str) -> bool: ...
            def clear(self) -> None: ...
            def __contains__(self, name: str) -> bool: ...
            def __len__(self) -> int: ...

        generators: Documented = GeneratorRegistry()
        generators.register(generator=MyGenerator())
        assert generators.list_names() == ["my-generator"]
        assert generators.list_by_artifact_type(artifact_type="video") == []
        assert generators.get(name="nobody") is None
        assert generators.unregister(name="my-generator") is True
        assert generators.unregister("my-generator") is False
        generators.register(MyGenerator())
        generators.clear()
        assert "my-generator" not in generators
        assert len(generators) == 0


class TestArtifactResolution:
    async def test_resolve_artifact(self, tmp_path):
        class Provider:
            async def process(self, audio: str, video: str) -> tuple[bytes, bytes]:
                return contents(audio), contents(video)

        provider = Provider()

        async def generate(self: Any, inputs: Any) -> Any:
            # Resolve artifacts to local file paths
            audio_path = await resolve_artifact(inputs.audio_source)
            video_path = await resolve_artifact(inputs.video_source)

            # Now you can pass file paths to any provider SDK
            return await provider.process(audio=audio_path, video=video_path)

        for name in ("a.mp3", "v.mp4"):
            (tmp_path / name).write_text(name)
        inputs = SimpleNamespace(
            audio_source=AudioArtifact(
                generation_id="g", storage_url=str(tmp_path / "a.mp3"), format="mp3"
            ),
            video_source=VideoArtifact(
                generation_id="g",
                storage_url=str(tmp_path / "v.mp4"),
                format="mp4",
                width=1,
                height=1,
            ),
        )
        assert await generate(None, inputs) == (b"a.mp3", b"v.mp4")

    @pytest.mark.parametrize("kind", [AudioArtifact, VideoArtifact, ImageArtifact, LoRArtifact])
    async def test_supported_artifacts(self, tmp_path, kind):
        file = tmp_path / "file"
        file.write_bytes(b"x")
        known = {"generation_id": "g", "storage_url": str(file), "format": "x"}
        more = {"width": 1, "height": 1, "base_model": "m"}
        fields = kind.model_fields
        artifact = kind(**known, **{k: v for k, v in more.items() if k in fields})
        assert await resolve_artifact(artifact) == str(file)

    async def test_not_supported(self):
        text = TextArtifact(generation_id="g", content="Generated text...")
        with pytest.raises(ValueError, match=r"\.content"):
            await resolve_artifact(text)

    async def test_store_result_functions(self):
        from boards.generators.resolution import (
            store_audio_result,
            store_image_result,
            store_video_result,
        )

        # Store generated image
        image_artifact = await store_image_result(
            storage_url="https://storage.com/image.png",
            format="png",
            generation_id="gen_123",
            width=1024,
            height=1024,
        )

        # Store generated video
        video_artifact = await store_video_result(
            storage_url="https://storage.com/video.mp4",
            format="mp4",
            generation_id="gen_456",
            width=1920,
            height=1080,
            duration=60.0,
            fps=30.0,
        )

        # Store generated audio
        audio_artifact = await store_audio_result(
            storage_url="https://storage.com/audio.mp3",
            format="mp3",
            generation_id="gen_789",
            duration=120.0,
            sample_rate=44100,
            channels=2,
        )

        assert image_artifact == ImageArtifact(
            generation_id="gen_123",
            storage_url="https://storage.com/image.png",
            format="png",
            width=1024,
            height=1024,
        )
        assert (video_artifact.duration, video_artifact.fps) == (60.0, 30.0)
        assert (audio_artifact.sample_rate, audio_artifact.channels) == (44100, 2)


def contents(path: str) -> bytes:
    return Path(path).read_bytes()


class TestPydanticIntegration:
    def test_basic_inputs(self):
        class BasicInput(BaseModel):
            prompt: str = Field(description="Text prompt")
            strength: float = Field(default=0.75, ge=0.0, le=1.0, description="Generation strength")
            seed: Optional[int] = Field(None, description="Random seed")

        form = form_of(BasicInput)
        assert form["required"] == ["prompt"]
        assert form["properties"]["strength"]["x-widget"] == "slider"
        assert form["properties"]["seed"]["x-widget"] == "seed"
        assert BasicInput(prompt="x").seed is None

    def test_artifact_inputs(self):
        class ArtifactInput(BaseModel):
            image_source: ImageArtifact = Field(description="Input image")
            audio_source: AudioArtifact = Field(description="Input audio")
            reference_text: TextArtifact = Field(description="Reference text")

        slots = form_of(ArtifactInput)["x-slots"]
        assert [(slot["path"], slot["artifact_types"]) for slot in slots] == [
            ("image_source", ["image"]),
            ("audio_source", ["audio"]),
            ("reference_text", ["text"]),
        ]

    def test_validation_and_constraints(self):
        class ValidatedInput(BaseModel):
            prompt: str = Field(min_length=1, max_length=500)
            quality: str = Field(pattern="^(low|medium|high)$")
            dimensions: str = Field(pattern="^\\d+x\\d+$")

            @field_validator("prompt")
            @classmethod
            def validate_prompt(cls, v):
                if "forbidden" in v.lower():
                    raise ValueError("Prompt contains forbidden content")
                return v.strip()

        good = {"prompt": " a cat ", "quality": "high", "dimensions": "512x512"}
        assert submitted(ValidatedInput, good).prompt == "a cat"
        assert problems(ValidatedInput, {**good, "prompt": "FORBIDDEN"}) == {
            "inputs.prompt": "Prompt contains forbidden content"
        }
        assert set(problems(ValidatedInput, {**good, "quality": "best", "dimensions": "big"})) == {
            "inputs.quality",
            "inputs.dimensions",
        }

    def test_conditional_fields(self):
        class ConditionalInput(BaseModel):
            mode: str = Field(pattern="^(text|image)$")
            text_prompt: Optional[str] = Field(None)
            image_prompt: Optional[ImageArtifact] = Field(None)

            @model_validator(mode="after")
            def validate_conditional_fields(self):
                if self.mode == "text" and not self.text_prompt:
                    raise ValueError("text_prompt required when mode=text")
                elif self.mode == "image" and not self.image_prompt:  # noqa: RET506 - as written
                    raise ValueError("image_prompt required when mode=image")
                return self

        assert submitted(ConditionalInput, {"mode": "text", "text_prompt": "hi"}).mode == "text"
        assert problems(ConditionalInput, {"mode": "image"}) == {
            "inputs": "image_prompt required when mode=image"
        }

    async def test_simple_outputs(self):
        class SimpleOutput(BaseModel):
            result: ImageArtifact
            metadata: dict = Field(default_factory=dict)

        async def generate(inputs: Any) -> SimpleOutput:
            return SimpleOutput(result=await stored(1), metadata={"steps": 20})

        ran = await run(Returning(generate), {"prompt": "x"})

        assert [file.data for file in ran.files] == [tiny_png(1)]
        assert ran.metadata == {"metadata": {"steps": 20}}

    async def test_multiple_artifacts(self):
        class MultiOutput(BaseModel):
            images: List[ImageArtifact] = Field(description="Generated images")
            preview: ImageArtifact = Field(description="Low-res preview")
            generation_time: float = Field(description="Time taken in seconds")

        async def generate(inputs: Any) -> MultiOutput:
            return MultiOutput(
                images=[await stored(1), await stored(2)],
                preview=await stored(3),
                generation_time=1.5,
            )

        ran = await run(Returning(generate), {"prompt": "x"})

        assert [(file.role, file.data) for file in ran.files] == [
            ("output", tiny_png(1)),
            ("output", tiny_png(2)),
            ("preview", tiny_png(3)),
        ]
        assert ran.metadata == {"generation_time": 1.5}


def test_json_schema_generation():
    class MyInputClass(BaseModel):
        prompt: str = Field(description="Text prompt", min_length=1, max_length=500)
        strength: float = Field(default=0.75, ge=0.0, le=1.0, description="Generation strength")

    # Get JSON schema for frontend type generation
    schema = MyInputClass.model_json_schema()

    # Example output:
    example = {
        "type": "object",
        "properties": {
            "prompt": {
                "type": "string",
                "description": "Text prompt",
                "minLength": 1,
                "maxLength": 500,
            },
            "strength": {
                "type": "number",
                "minimum": 0.0,
                "maximum": 1.0,
                "default": 0.75,
                "description": "Generation strength",
            },
        },
        "required": ["prompt"],
    }
    assert_holds(schema, example)
    assert_holds(form_of(MyInputClass), example)


def assert_holds(schema: Any, example: Any) -> None:
    """Show that everything in the example stands in the schema, which may say more."""
    if isinstance(example, dict):
        for key, value in example.items():
            assert_holds(schema[key], value)
    else:
        assert schema == example


class TestErrorHandling:
    """Common Error Patterns: the document's `generate`, with a provider that fails in each way."""

    class Provider(ModuleType):
        class AuthenticationError(Exception):
            pass

        class RateLimitError(Exception):
            retry_after = 30

        class ValidationError(Exception):
            message = "bad size"

        failure: Exception | None = None

        async def generate(self, inputs: Any) -> Any:
            if self.failure:
                raise self.failure
            return await store_image_result(data=tiny_png())

    @pytest.fixture
    def provider(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.setenv("PROVIDER_API_KEY", "fake-key")
        return self.Provider("provider")

    @pytest.fixture
    def generator(self, provider: Any) -> Any:
        async def generate(inputs):
            # Check environment variables
            api_key = os.getenv("PROVIDER_API_KEY")
            if not api_key:
                raise ValueError(
                    "PROVIDER_API_KEY environment variable required. "
                    "Get your key from https://provider.com/keys"
                )

            # Provider-specific error handling
            try:
                result = await provider.generate(inputs)
            except provider.AuthenticationError:
                raise ValueError("Invalid API key - check PROVIDER_API_KEY")  # noqa: B904
            except provider.RateLimitError as e:
                raise ValueError(  # noqa: B904 - as written
                    f"Rate limited - retry after {e.retry_after} seconds"
                )
            except provider.ValidationError as e:
                raise ValueError(f"Invalid input: {e.message}")  # noqa: B904
            except Exception as e:  # noqa: BLE001
                raise RuntimeError(f"Generation failed: {str(e)}")  # noqa: B904, RUF010
            return result

        return Returning(generate)

    async def test_common_error_patterns(self, provider, generator):
        for failure, raised, says in [
            (provider.AuthenticationError(), ValueError, "Invalid API key - check PROVIDER"),
            (provider.RateLimitError(), ValueError, "Rate limited - retry after 30 seconds"),
            (provider.ValidationError(), ValueError, "Invalid input: bad size"),
            (OSError("cable cut"), RuntimeError, "Generation failed: cable cut"),
        ]:
            provider.failure = failure
            with pytest.raises(raised, match=says):
                await run(generator, {"prompt": "x"})
        provider.failure = None
        assert (await run(generator, {"prompt": "x"})).primary.data == tiny_png()

    async def test_environment_variable_checks(self, generator, monkeypatch):
        monkeypatch.delenv("PROVIDER_API_KEY")
        with pytest.raises(ValueError, match="PROVIDER_API_KEY environment variable required"):
            await run(generator, {"prompt": "x"})


class TestIntegrationPoints:
    async def test_storage_system_integration(self, tmp_path):
        """The store functions upload, return an artifact with a proper URL, and keep metadata."""

        async def generate(inputs: Any) -> Any:
            return await stored(5)

        ran = await run(Returning(generate), {"prompt": "x"}, folder=tmp_path)

        # 1. Upload content to configured storage backend (S3, local, etc.)
        assert ran.primary.path.parent == tmp_path
        assert ran.primary.data == tiny_png(5)
        # 2. Return artifact with proper storage_url
        assert ran.output.storage_url.endswith(ran.primary.path.name)
        # 3. Handle metadata
        assert (ran.primary.facts.width, ran.primary.facts.mime) == (4, "image/png")
        assert len(ran.primary.sha256) == 64
