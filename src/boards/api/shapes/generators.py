"""Generators as answers show them."""

from pydantic import Field, JsonValue

from boards.api.shapes.base import Answer
from boards.domain.artifacts import ArtifactType
from boards.generators.base import BaseGenerator
from boards.services.generators import OwnKeys, why_unavailable

__all__ = ["GeneratorList", "GeneratorShape", "generator_shape"]


class GeneratorShape(Answer):
    """A generator: makes an artifact from typed inputs."""

    name: str = Field(description="What to send as `generator`.")
    title: str | None = Field(description="Its name for people, if it has one.")
    artifact_type: ArtifactType = Field(description="What it makes.")
    description: str = Field(description="What it is for.")
    provider: str = Field(description="Whose service or library does the work.")
    version: str | None = Field(description="A new one may give other results.")
    unavailable: str | None = Field(
        description="Why it cannot run here now, and what to do about it; null when it can."
    )
    input_schema: dict[str, JsonValue] = Field(
        description="The JSON Schema of its inputs, with hints for a form."
    )


class GeneratorList(Answer):
    """All generators that were asked for."""

    items: list[GeneratorShape] = Field(description="The generators, in the order of the registry.")


def generator_shape(
    generator: BaseGenerator, form: dict[str, JsonValue], own: OwnKeys
) -> GeneratorShape:
    """Show a generator to a tenant with these keys of its own. `title` is an attribute that it may
    have."""
    return GeneratorShape(
        name=generator.name,
        title=_text(generator, "title"),
        artifact_type=ArtifactType(generator.artifact_type),
        description=generator.description,
        provider=generator.provider,
        version=generator.version,
        unavailable=why_unavailable(generator, own),
        input_schema=form,
    )


def _text(generator: BaseGenerator, name: str) -> str | None:
    value = getattr(generator, name, None)
    return value if isinstance(value, str) and value else None
