"""The five artifacts that generators take and make, as generator code sees them.

An artifact names the generation that made it and where its bytes are. Lengths are in seconds,
sizes in pixels, rates in Hz. A value that nobody could tell is None.
"""

from typing import ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SerializeAsAny,
    ValidationInfo,
    model_validator,
)

from boards.domain.artifacts import ArtifactType

__all__ = [
    "ARTIFACT_CLASSES",
    "FROM_CLIENT",
    "ArtifactType",
    "AudioArtifact",
    "DigitalArtifact",
    "FileArtifact",
    "GeneratorResult",
    "ImageArtifact",
    "LoRArtifact",
    "TextArtifact",
    "VideoArtifact",
]

FROM_CLIENT = "boards.from_client"
"""A key of the validation context: the data is a client's, who may name artifacts only by id."""


class DigitalArtifact(BaseModel):
    """What all artifacts have in common."""

    model_config = ConfigDict(extra="forbid")

    artifact_type: ClassVar[ArtifactType]

    generation_id: str = Field(description="ID of the generation that made this")
    format: str = Field(description="File format, such as png, mp4, mp3, plain or safetensors")

    @model_validator(mode="before")
    @classmethod
    def _clients_give_ids_only(cls, value: object, info: ValidationInfo) -> object:
        # The second lock behind the slots: wherever a model hides an artifact, a client's own
        # `storage_url` (a path of this machine, any address) never becomes one.
        from_client = isinstance(info.context, dict) and FROM_CLIENT in info.context
        if from_client and not isinstance(value, DigitalArtifact):
            raise ValueError("Pass the generation's id, not an artifact.")
        return value


class FileArtifact(DigitalArtifact):
    """An artifact whose content is a file."""

    storage_url: str = Field(description="Where the bytes are stored")


class ImageArtifact(FileArtifact):
    """A generated or uploaded image."""

    artifact_type: ClassVar[ArtifactType] = ArtifactType.IMAGE

    width: int | None = Field(default=None, ge=1, description="Width in pixels")
    height: int | None = Field(default=None, ge=1, description="Height in pixels")


class VideoArtifact(FileArtifact):
    """A generated or uploaded video. Its size must be given; None says that nobody could tell."""

    artifact_type: ClassVar[ArtifactType] = ArtifactType.VIDEO

    width: int | None = Field(ge=1, description="Width in pixels")
    height: int | None = Field(ge=1, description="Height in pixels")
    duration: float | None = Field(default=None, ge=0, description="Length in seconds")
    fps: float | None = Field(default=None, gt=0, description="Frames per second")


class AudioArtifact(FileArtifact):
    """Generated or uploaded audio."""

    artifact_type: ClassVar[ArtifactType] = ArtifactType.AUDIO

    duration: float | None = Field(default=None, ge=0, description="Length in seconds")
    sample_rate: int | None = Field(default=None, ge=1, description="Sample rate in Hz")
    channels: int | None = Field(default=None, ge=1, description="Number of channels")


class TextArtifact(DigitalArtifact):
    """Generated or uploaded text; read `content`, there is no file to resolve."""

    artifact_type: ClassVar[ArtifactType] = ArtifactType.TEXT

    content: str = Field(description="The text itself")
    format: str = Field(default="plain", description="plain, markdown or html")


class LoRArtifact(FileArtifact):
    """A LoRA (low-rank adaptation) model."""

    artifact_type: ClassVar[ArtifactType] = ArtifactType.LORA

    base_model: str = Field(description="Name of the model that this adapts")
    trigger_words: list[str] | None = Field(default=None, description="Words that call the style")


ARTIFACT_CLASSES: dict[ArtifactType, type[DigitalArtifact]] = {
    cls.artifact_type: cls
    for cls in (ImageArtifact, VideoArtifact, AudioArtifact, TextArtifact, LoRArtifact)
}


class GeneratorResult(BaseModel):
    """A ready-made output model for generators that need no own one.

    The first of `outputs` with the generator's own type is the primary; further ones of that type
    are its batch siblings, others are extra files of the primary. `metadata` is kept and shown.
    """

    outputs: list[SerializeAsAny[DigitalArtifact]] = Field(description="Artifacts, primary first")
    metadata: dict[str, JsonValue] = Field(default_factory=dict, description="Facts to keep")
