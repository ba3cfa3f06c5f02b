"""What a generator may ask for while it runs: inputs as files, places to store, progress.

`generate(inputs, context)` receives it; `generate(inputs)` reaches the same through the functions
of `boards.generators.resolution`, which find the current run in a context variable.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from pydantic import JsonValue

from boards.domain.costs import Cost
from boards.generators.artifacts import (
    AudioArtifact,
    DigitalArtifact,
    ImageArtifact,
    LoRArtifact,
    TextArtifact,
    VideoArtifact,
)

__all__ = ["GeneratorContext", "Source", "current_context", "running"]

Source = str | bytes | Path
"""Where content comes from: an http(s) or `data:` URL, the bytes themselves, or a local file."""


class GeneratorContext(Protocol):
    """The run as a generator sees it. All ids are strings; progress is a fraction from 0 to 1."""

    @property
    def generation_id(self) -> str: ...
    @property
    def tenant_id(self) -> str: ...
    @property
    def board_id(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def generator_name(self) -> str: ...

    async def resolve_artifact(self, artifact: DigitalArtifact) -> str:
        """Give the path of a local file with the artifact's bytes; it goes when the run ends.

        Raises ValueError for a TextArtifact (read its `content`), StorageError when the bytes
        are gone, InvalidInput or TooLarge when its URL is refused by the guarded client.
        """
        ...

    def link(self, artifact: DigitalArtifact) -> str | None:
        """Give an address at which anybody can read an input for the next hour, made anew for each
        call; None where this server has no public address. For providers that take inputs by URL.
        """
        ...

    async def store_image(
        self, source: Source, *, format: str, width: int | None = None, height: int | None = None
    ) -> ImageArtifact:
        """Copy an image into the board's storage and give the artifact for the output model."""
        ...

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
        """Copy a video into the board's storage and give the artifact for the output model."""
        ...

    async def store_audio(
        self,
        source: Source,
        *,
        format: str,
        duration: float | None = None,
        sample_rate: int | None = None,
        channels: int | None = None,
    ) -> AudioArtifact:
        """Copy audio into the board's storage and give the artifact for the output model."""
        ...

    async def store_text(self, content: str, *, format: str = "plain") -> TextArtifact:
        """Keep a text whole in the board's storage and give the artifact for the output model."""
        ...

    async def store_lora(
        self,
        source: Source,
        *,
        base_model: str,
        format: str = "safetensors",
        trigger_words: list[str] | None = None,
    ) -> LoRArtifact:
        """Copy a LoRA model (safetensors only) into the board's storage."""
        ...

    async def add_file(self, source: Source, *, role: str, format: str) -> None:
        """Keep an extra file with the primary output, such as a mask or a transcript.

        `role` says what it is; it is shown beside the file.
        """
        ...

    def bill(self, cost: Decimal | Cost) -> None:
        """Say what the provider charged for this run, in USD; without it the estimate is settled.

        The last word counts. What is no amount of money is logged and ignored, because what was
        paid for must not be lost by it.
        """
        ...

    def note(self, **facts: JsonValue) -> None:
        """Keep facts of the run (seed, revised prompt, safety flags) in the output metadata."""
        ...

    async def progress(self, fraction: float, message: str = "") -> None:
        """Report progress from 0 to 1; frequent calls are thinned, a wrong value is clamped."""
        ...

    def temporary_path(self, suffix: str = "") -> Path:
        """Give a fresh path below the run's own temporary folder, which goes when the run ends."""
        ...


current_context: ContextVar[GeneratorContext | None] = ContextVar("boards_run", default=None)
"""The context of the run in which this code executes, or None outside a run."""


@contextmanager
def running(context: GeneratorContext) -> Iterator[None]:
    """Make `context` the current run, which the functions of `resolution` find, for a while."""
    token = current_context.set(context)
    try:
        yield
    finally:
        current_context.reset(token)
