"""Looking into files: what they are, whether they are whole, and a small picture of them.

`probe`, `check_upload` and `thumbnail` block and may take a second of processor time; `MediaProbe`
calls them in threads of its own.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, TypeVar

from boards.adapters.media.boxes import box_facts, check_boxes
from boards.adapters.media.confined import Confined
from boards.adapters.media.containers import container_facts
from boards.adapters.media.images import image_facts
from boards.adapters.media.manifests import carries_manifest, is_signed
from boards.adapters.media.matroska import matroska_facts
from boards.adapters.media.sniff import HEAD_BYTES, sniff
from boards.adapters.media.sounds import Decode, sound_facts
from boards.adapters.media.tensors import tensor_facts
from boards.adapters.media.texts import text_facts
from boards.adapters.media.thumbnails import previews, thumbnail
from boards.domain.artifacts import (
    FORMATS,
    ArtifactType,
    MediaFacts,
    mime_for_format,
    type_of_format,
)
from boards.errors import InvalidInput, StorageError, Unsupported
from boards.services.ports import MadePreviews

__all__ = ["MediaProbe", "check_upload", "previews", "probe", "thumbnail"]

T = TypeVar("T")

_WHY_REFUSED = {
    "svg": "SVG pictures can carry scripts; save it as PNG.",
    "pickle": "Pickle files can run code when they are opened; convert it to safetensors.",
    "zip": "Archives, and PyTorch checkpoints among them, are not opened; convert models to "
    "safetensors, or unpack the archive.",
}
_KNOWN = ", ".join(known.name for known in FORMATS)


def probe(path: Path, decode: Decode | None = None) -> MediaFacts:
    """Read what a file is from its bytes; its name is never looked at.

    `decode` stands in for `container_facts`, which reads hostile bytes in this very process.

    Raises InvalidInput when it is empty or damaged, TooLarge above the limits in pixels or bytes of
    its kind, Unsupported for another kind of file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if not head:
            raise InvalidInput("This file is empty; choose another, or export it again.")
        facts = _facts(path, sniff(head), decode)
        return replace(facts, is_signed=carries_manifest(path, facts.format))
    except OSError as error:
        raise StorageError(
            "The file could not be read; the log has the reason.", detail=f"{path}: {error!r}"
        ) from error


def _facts(path: Path, name: str | None, decode: Decode | None) -> MediaFacts:
    kind = type_of_format(name) if name else None
    if name is None or kind is None:
        reason = _WHY_REFUSED.get(name or "", f"Supported are {_KNOWN}; text as UTF-8.")
        what = f"{name!r} file" if name else "kind of file"
        raise Unsupported(f"This {what} is not supported. {reason}")
    match kind:
        case ArtifactType.IMAGE:
            return image_facts(path, name)
        case ArtifactType.AUDIO:
            if name == "m4a":
                check_boxes(path, name)
            return sound_facts(path, name, decode)
        case ArtifactType.VIDEO:
            if name in {"mp4", "mov"}:
                check_boxes(path, name)
            return (decode or container_facts)(path, name) or _by_headers(path, name)
        case ArtifactType.LORA | ArtifactType.MODEL:
            return tensor_facts(path)
        case ArtifactType.TEXT:
            return text_facts(path, name)


def _by_headers(path: Path, name: str) -> MediaFacts:
    """What a video's headers say, where nothing is there that could decode it."""
    if name in {"mp4", "mov"}:
        return box_facts(path, name)
    if name in {"webm", "mkv"}:
        return matroska_facts(path, name)
    return MediaFacts(format=name, mime=mime_for_format(name))


def check_upload(
    path: Path, declared: ArtifactType | None, decode: Decode | None = None
) -> MediaFacts:
    """Probe a file that somebody sent and hold it to the type they declared, if any.

    Raises as `probe` does, and InvalidInput when the file is of another type.
    """
    facts = probe(path, decode)
    kind = facts.artifact_type
    if declared is not None and kind is not declared:
        raise InvalidInput(
            f"This file is {facts.format!r}, which is {kind}, not {declared}; "
            "choose another file or another type."
        )
    return facts


class MediaProbe:
    """Looks into files in `threads` threads of its own, so that big pictures cannot pile up.

    What FFmpeg reads it reads in a process of its own, which is started when first needed. It is
    both `Media` and `PreviewMaker`.
    """

    def __init__(self, *, threads: int = 2, confined: Confined | None = None) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="media")
        self._confined = confined or Confined()

    async def probe(self, path: Path) -> MediaFacts:
        """Read what a file is; raises as the function `probe` does."""
        return await self._run(partial(probe, path, self._confined.facts))

    async def check_upload(self, path: Path, declared: ArtifactType | None) -> MediaFacts:
        """Probe a file and hold it to a type; raises as the function `check_upload` does."""
        return await self._run(partial(check_upload, path, declared, self._confined.facts))

    async def thumbnail(
        self, path: Path, facts: MediaFacts, *, max_edge: int = 512
    ) -> bytes | None:
        """Make a small WebP, or None; raises as the function `thumbnail` does."""
        return await self._run(partial(thumbnail, path, facts, max_edge))

    async def previews(self, path: Path, facts: MediaFacts) -> MadePreviews:
        """Make all there is to show a file; raises as the function `previews` does."""
        decodes = facts.artifact_type in (ArtifactType.VIDEO, ArtifactType.AUDIO)
        if decodes and find_spec("av") is not None:
            return await self._run(partial(self._confined.previews, path, facts))
        return await self._run(partial(previews, path, facts))

    async def is_signed(self, file: BinaryIO, size: int, format: str) -> bool | None:
        """Tell whether a file carries a C2PA manifest; None where it has no place for one."""
        return await self._run(partial(is_signed, file, size, format))

    def close(self) -> None:
        """Stop the process."""
        self._confined.close()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
