"""`local-noop`: the smallest real artifact, for measuring everything around a generator."""

import asyncio
import struct
import zlib

from pydantic import BaseModel, ConfigDict, Field

from boards.adapters.providers.local.generator import LocalGenerator, hint
from boards.generators.artifacts import ImageArtifact
from boards.generators.context import GeneratorContext

__all__ = ["SMALLEST", "LocalNoop", "NoopInput", "NoopOutput", "padded_pixel"]

STEP = 1.0
"""Seconds between two progress reports of a long delay."""


class NoopInput(BaseModel):
    """How long to wait and how large the file is to be."""

    model_config = ConfigDict(extra="forbid")

    delay: float = Field(
        default=0,
        ge=0,
        le=3600,
        description="Seconds to wait before the artifact is made",
        json_schema_extra=hint("Main", "number"),
    )
    size: int = Field(
        default=0,
        ge=0,
        le=64 * 1024 * 1024,
        description="Size of the file in bytes; 0 or too small gives the smallest there is",
        json_schema_extra=hint("Main", "number"),
    )


class NoopOutput(BaseModel):
    """One grey pixel."""

    image: ImageArtifact = Field(description="A PNG of one pixel")


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


_HEAD = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
_TAIL = _chunk(b"IDAT", zlib.compress(b"\x00\x80", 9)) + _chunk(b"IEND", b"")
SMALLEST = len(_HEAD) + len(_TAIL)
"""Bytes of the PNG without padding."""


def padded_pixel(size: int) -> bytes:
    """A valid PNG of one pixel and exactly so many bytes, when at least a chunk's 12 are spare."""
    if size < SMALLEST + 12:
        return _HEAD + _TAIL
    # A private ancillary chunk: readers must skip what they do not know.
    return _HEAD + _chunk(b"paDd", bytes(size - SMALLEST - 12)) + _TAIL


class LocalNoop(LocalGenerator):
    name = "local-noop"
    title = "Nothing (for measuring)"
    artifact_type = "image"
    description = "The smallest real image after a delay, for measuring. Free, on this machine"
    inputs = NoopInput
    outputs = NoopOutput

    async def generate(self, inputs: NoopInput, context: GeneratorContext) -> NoopOutput:
        waited = 0.0
        while waited < inputs.delay:
            step = min(STEP, inputs.delay - waited)
            await asyncio.sleep(step)
            waited += step
            if inputs.delay > STEP:
                await context.progress(waited / inputs.delay, "Waiting")
        data = padded_pixel(inputs.size)
        return NoopOutput(image=await context.store_image(data, format="png", width=1, height=1))
