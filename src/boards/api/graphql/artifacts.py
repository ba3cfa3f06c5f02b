"""Artifacts in the schema: what a generation has made, by type.

Where several types have a field of one name, it has one type: GraphQL refuses a document that asks
for both otherwise.
"""

from typing import Annotated
from uuid import UUID

import strawberry

from boards.api.graphql.enums import ArtifactType, Status
from boards.api.links import Links
from boards.domain.generations import Generation

__all__ = ["Artifact", "artifact_of"]

STORAGE_URL = "Where the bytes are served."


@strawberry.type(description="A generated or uploaded image.")
class ImageArtifact:
    generation_id: UUID
    format: str
    storage_url: str = strawberry.field(description=STORAGE_URL)
    width: int | None
    height: int | None


@strawberry.type(description="A generated or uploaded video.")
class VideoArtifact:
    generation_id: UUID
    format: str
    storage_url: str = strawberry.field(description=STORAGE_URL)
    width: int | None
    height: int | None
    duration: float | None = strawberry.field(description="Seconds.")
    fps: float | None


@strawberry.type(description="Generated or uploaded audio.")
class AudioArtifact:
    generation_id: UUID
    format: str
    storage_url: str = strawberry.field(description=STORAGE_URL)
    duration: float | None = strawberry.field(description="Seconds.")
    sample_rate: int | None = strawberry.field(description="Hz.")
    channels: int | None


@strawberry.type(description="Generated or uploaded text.")
class TextArtifact:
    generation_id: UUID
    format: str
    content: str


@strawberry.type(description="A LoRA (low-rank adaptation) model.", name="LoRArtifact")
class LoRArtifact:
    generation_id: UUID
    format: str
    storage_url: str = strawberry.field(description=STORAGE_URL)
    base_model: str | None
    trigger_words: list[str] | None


Artifact = Annotated[
    ImageArtifact | VideoArtifact | AudioArtifact | TextArtifact | LoRArtifact,
    strawberry.union("Artifact", description="What a generation has made."),
]


def artifact_of(
    generation: Generation, links: Links
) -> ImageArtifact | VideoArtifact | AudioArtifact | TextArtifact | LoRArtifact | None:
    """Show what a generation has made; None until it is complete."""
    if generation.status is not Status.COMPLETED:
        return None
    if generation.artifact_type is ArtifactType.TEXT:
        return TextArtifact(
            generation_id=generation.id,
            format="plain" if generation.file is None else generation.file.facts.format,
            content=generation.content or "",
        )
    if generation.file is None:
        return None
    facts = generation.file.facts
    url = links.content(generation.id)
    match generation.artifact_type:
        case ArtifactType.IMAGE:
            return ImageArtifact(
                generation_id=generation.id,
                format=facts.format,
                storage_url=url,
                width=facts.width,
                height=facts.height,
            )
        case ArtifactType.VIDEO:
            return VideoArtifact(
                generation_id=generation.id,
                format=facts.format,
                storage_url=url,
                width=facts.width,
                height=facts.height,
                duration=facts.duration,
                fps=facts.fps,
            )
        case ArtifactType.AUDIO:
            return AudioArtifact(
                generation_id=generation.id,
                format=facts.format,
                storage_url=url,
                duration=facts.duration,
                sample_rate=facts.sample_rate,
                channels=facts.channels,
            )
        case ArtifactType.LORA:
            return _lora(generation, facts.format, url)
        case _:
            return None


def _lora(generation: Generation, format: str, url: str) -> LoRArtifact:
    base_model = generation.output_metadata.get("base_model")
    words = generation.output_metadata.get("trigger_words")
    return LoRArtifact(
        generation_id=generation.id,
        format=format,
        storage_url=url,
        base_model=base_model if isinstance(base_model, str) else None,
        trigger_words=[str(word) for word in words] if isinstance(words, list) else None,
    )
