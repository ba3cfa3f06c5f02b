"""The functions by which a generator reaches files: artifacts in, results out.

    async def generate(self, inputs):
        path = await resolve_artifact(inputs.image_source)
        ...
        return Output(image=await store_image_result(data=png, format="png", width=w, height=h))

They act on the current run. Content comes as an http(s) or `data:` URL in `storage_url`, or as
`data`: the bytes themselves or the `Path` of a file that the generator made. A path in
`storage_url` is refused inside a run: such a string may be a provider's answer.

Inside a run the content is copied into the board's storage and the artifact carries the run's own
generation id, whatever was passed. Outside a run, in a script or a plain test, the artifact comes
back as it was given and nothing is stored.
"""

import re
from pathlib import Path

from pydantic import JsonValue

from boards.generators.artifacts import (
    AudioArtifact,
    DigitalArtifact,
    ImageArtifact,
    LoRArtifact,
    TextArtifact,
    VideoArtifact,
)
from boards.generators.context import GeneratorContext, Source, current_context
from boards.generators.outside import OutsideRun, path_of

__all__ = [
    "add_file",
    "note",
    "report_progress",
    "resolve_artifact",
    "store_audio_result",
    "store_image_result",
    "store_lora_result",
    "store_text_result",
    "store_video_result",
]

_URL = re.compile(r"(https?|data):", re.IGNORECASE)


async def resolve_artifact(artifact: DigitalArtifact) -> str:
    """Give the path of a local file with the artifact's bytes, for any provider's SDK.

    Raises ValueError for a TextArtifact (read its `content`), StorageError when the bytes are
    gone, and what the guarded client raises for a URL that it refuses or cannot fetch.
    """
    path_of(artifact)
    return await _run().resolve_artifact(artifact)


async def store_image_result(
    storage_url: str | None = None,
    format: str = "png",
    generation_id: str = "",
    width: int | None = None,
    height: int | None = None,
    *,
    data: bytes | Path | None = None,
) -> ImageArtifact:
    """Store a generated image. Width and height are in pixels; the file's own are used if None."""
    return await _run(generation_id).store_image(
        _source(storage_url, data), format=format, width=width, height=height
    )


async def store_video_result(
    storage_url: str | None = None,
    format: str = "mp4",
    generation_id: str = "",
    width: int | None = None,
    height: int | None = None,
    duration: float | None = None,
    fps: float | None = None,
    *,
    data: bytes | Path | None = None,
) -> VideoArtifact:
    """Store a generated video. Size in pixels, `duration` in seconds."""
    return await _run(generation_id).store_video(
        _source(storage_url, data),
        format=format,
        width=width,
        height=height,
        duration=duration,
        fps=fps,
    )


async def store_audio_result(
    storage_url: str | None = None,
    format: str = "mp3",
    generation_id: str = "",
    duration: float | None = None,
    sample_rate: int | None = None,
    channels: int | None = None,
    *,
    data: bytes | Path | None = None,
) -> AudioArtifact:
    """Store generated audio. `duration` is in seconds, `sample_rate` in Hz."""
    return await _run(generation_id).store_audio(
        _source(storage_url, data),
        format=format,
        duration=duration,
        sample_rate=sample_rate,
        channels=channels,
    )


async def store_text_result(
    content: str, format: str = "plain", generation_id: str = ""
) -> TextArtifact:
    """Store a generated text, whole. The format is plain, markdown, html, json or csv."""
    return await _run(generation_id).store_text(content, format=format)


async def store_lora_result(
    storage_url: str | None = None,
    format: str = "safetensors",
    generation_id: str = "",
    *,
    base_model: str,
    trigger_words: list[str] | None = None,
    data: bytes | Path | None = None,
) -> LoRArtifact:
    """Store a trained LoRA model."""
    return await _run(generation_id).store_lora(
        _source(storage_url, data),
        format=format,
        base_model=base_model,
        trigger_words=trigger_words,
    )


async def add_file(
    storage_url: str | None = None,
    format: str = "png",
    *,
    role: str,
    data: bytes | Path | None = None,
) -> None:
    """Keep an extra file with the primary output; `role` says what it is, such as "mask"."""
    await _run().add_file(_source(storage_url, data), role=role, format=format)


def note(**facts: JsonValue) -> None:
    """Keep facts of the run (seed, revised prompt, safety flags) in the output metadata."""
    _run().note(**facts)


async def report_progress(fraction: float, message: str = "") -> None:
    """Report how much is done, from 0 to 1."""
    await _run().progress(fraction, message)


def _run(generation_id: str = "") -> GeneratorContext:
    context = current_context.get()
    return OutsideRun(generation_id) if context is None else context


def _source(storage_url: str | None, data: bytes | Path | None) -> Source:
    if (storage_url is None) == (data is None):
        raise ValueError("Pass one of `storage_url` (a URL) and `data` (bytes or a Path).")
    if data is not None:
        return data
    url = storage_url or ""
    if current_context.get() is not None and not _URL.match(url):
        raise ValueError(f"{url[:200]!r} is no URL. Pass a local file as `data=Path(...)`.")
    return url
