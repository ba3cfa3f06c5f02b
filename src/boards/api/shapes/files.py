"""Files as answers describe them."""

from pydantic import Field

from boards.api.links import Links
from boards.api.shapes.base import Answer
from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Generation

__all__ = ["ExtraFileShape", "FileShape", "extra_file_shapes", "file_shape"]


class FileShape(Answer):
    """A stored file and what its bytes say about it; null where it does not apply."""

    format: str = Field(description="The short name of the file format, such as `png`.")
    mime: str = Field(description="The media type.")
    size: int = Field(description="Bytes.")
    sha256: str = Field(description="The hash of the bytes, 64 hex digits; also their ETag.")
    width: int | None = Field(description="Pixels, as shown.")
    height: int | None = Field(description="Pixels, as shown.")
    duration: float | None = Field(description="Seconds.")
    fps: float | None = Field(description="Frames per second.")
    sample_rate: int | None = Field(description="Hz.")
    channels: int | None = Field(description="Audio channels.")
    has_alpha: bool | None = Field(description="Whether something shows through.")
    codec: str | None = Field(description="How the picture is packed, or else the sound.")
    frames: int | None = Field(description="How many frames an animated picture has.")
    orientation: int | None = Field(
        description="Degrees clockwise by which the stored picture is turned to be shown."
    )
    is_signed: bool | None = Field(
        description="Whether the bytes carry a C2PA manifest; null where the format has no place "
        "for one."
    )
    url: str = Field(description="Where the bytes are served.")


class ExtraFileShape(Answer):
    """A file kept beside the primary output, such as a mask or a transcript."""

    role: str = Field(description="What it is to the primary output.")
    type: ArtifactType | None = Field(description="Its artifact type, if it is one.")
    format: str = Field(description="The short name of the file format.")
    mime: str = Field(description="The media type.")
    size: int = Field(description="Bytes.")
    url: str = Field(description="Where the bytes are served.")


def file_shape(generation: Generation, links: Links) -> FileShape | None:
    """Describe the primary file of a generation, if it has one."""
    file = generation.file
    if file is None:
        return None
    facts = file.facts
    return FileShape(
        format=facts.format,
        mime=facts.mime,
        size=file.size,
        sha256=file.sha256,
        width=facts.width,
        height=facts.height,
        duration=facts.duration,
        fps=facts.fps,
        sample_rate=facts.sample_rate,
        channels=facts.channels,
        has_alpha=facts.has_alpha,
        codec=facts.codec,
        frames=facts.frames,
        orientation=facts.orientation,
        is_signed=facts.is_signed,
        url=links.content(generation.id),
    )


def extra_file_shapes(generation: Generation, links: Links) -> list[ExtraFileShape]:
    """Describe the extra files of a generation, in their order."""
    return [
        ExtraFileShape(
            role=extra.role,
            type=extra.type,
            format=extra.file.facts.format,
            mime=extra.file.facts.mime,
            size=extra.file.size,
            url=links.extra_file(generation.id, index),
        )
        for index, extra in enumerate(generation.extra_files)
    ]
