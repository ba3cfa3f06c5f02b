"""What stands in for a run when there is none: a generator called from a script or a plain test."""

import asyncio
import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import JsonValue

from boards.domain.artifacts import extension_for_format
from boards.domain.costs import Cost
from boards.generators.artifacts import (
    AudioArtifact,
    DigitalArtifact,
    FileArtifact,
    ImageArtifact,
    LoRArtifact,
    TextArtifact,
    VideoArtifact,
)
from boards.generators.context import Source
from boards.outbound.temporary import fetch_to_temporary_file

__all__ = ["OutsideRun", "path_of"]


class OutsideRun:
    """A `GeneratorContext` that stores nothing: artifacts come back as they were given.

    Bytes are written to a temporary file, whose path becomes the `storage_url`; it goes when the
    process ends. Progress, notes and extra files have nowhere to go and are dropped.
    """

    tenant_id = board_id = user_id = generator_name = ""

    def __init__(self, generation_id: str = "") -> None:
        self.generation_id = generation_id

    async def resolve_artifact(self, artifact: DigitalArtifact) -> str:
        """Give a local path; a `storage_url` that is the path of an existing file is one."""
        url = path_of(artifact)
        if await asyncio.to_thread(Path(url).is_file):
            return url
        suffix = f".{extension_for_format(artifact.format)}"
        path = await fetch_to_temporary_file(url, suffix=suffix)
        atexit.register(path.unlink, missing_ok=True)
        return str(path)

    def link(self, artifact: DigitalArtifact) -> str | None:
        """The address that the artifact has, where it has one."""
        url = path_of(artifact)
        return url if url.startswith(("https://", "http://")) else None

    async def store_image(
        self, source: Source, *, format: str, width: int | None = None, height: int | None = None
    ) -> ImageArtifact:
        return ImageArtifact(
            generation_id=self.generation_id,
            storage_url=await _as_url(source, format),
            format=format,
            width=width,
            height=height,
        )

    async def store_video(
        self,
        source: Source,
        *,
        format: str,
        width: int | None = None,
        height: int | None = None,
        duration: float | None = None,
        fps: float | None = None,
    ) -> VideoArtifact:
        return VideoArtifact(
            generation_id=self.generation_id,
            storage_url=await _as_url(source, format),
            format=format,
            width=width,
            height=height,
            duration=duration,
            fps=fps,
        )

    async def store_audio(
        self,
        source: Source,
        *,
        format: str,
        duration: float | None = None,
        sample_rate: int | None = None,
        channels: int | None = None,
    ) -> AudioArtifact:
        return AudioArtifact(
            generation_id=self.generation_id,
            storage_url=await _as_url(source, format),
            format=format,
            duration=duration,
            sample_rate=sample_rate,
            channels=channels,
        )

    async def store_text(self, content: str, *, format: str = "plain") -> TextArtifact:
        return TextArtifact(generation_id=self.generation_id, content=content, format=format)

    async def store_lora(
        self,
        source: Source,
        *,
        base_model: str,
        format: str = "safetensors",
        trigger_words: list[str] | None = None,
    ) -> LoRArtifact:
        return LoRArtifact(
            generation_id=self.generation_id,
            storage_url=await _as_url(source, format),
            format=format,
            base_model=base_model,
            trigger_words=trigger_words,
        )

    async def add_file(self, source: Source, *, role: str, format: str) -> None:
        pass

    def bill(self, cost: Decimal | Cost) -> None:
        pass

    def note(self, **facts: JsonValue) -> None:
        pass

    async def progress(self, fraction: float, message: str = "") -> None:
        pass

    def temporary_path(self, suffix: str = "") -> Path:
        """Give a fresh path in a folder that goes when the process ends."""
        handle, name = tempfile.mkstemp(dir=_folder(), suffix=suffix)
        os.close(handle)
        return Path(name)


def path_of(artifact: DigitalArtifact) -> str:
    """Give the `storage_url`; ValueError for a text, which has none."""
    if not isinstance(artifact, FileArtifact):
        raise ValueError(
            f"{type(artifact).__name__} is no file; read its text from `.content` instead."
        )
    return artifact.storage_url


async def _as_url(source: Source, format: str) -> str:
    if isinstance(source, str):
        return source
    if isinstance(source, Path):
        if not await asyncio.to_thread(source.is_file):
            raise ValueError(f"There is no file {str(source)!r} to store.")
        return str(source)
    path = OutsideRun().temporary_path(f".{extension_for_format(format)}")
    write: Callable[[bytes], int] = path.write_bytes
    await asyncio.to_thread(write, source)
    return str(path)


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="boards-outside-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
