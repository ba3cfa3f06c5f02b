"""Makes real media for the lab: small, quick and different from one another."""

import io
import json
import math
import struct
import wave
import zlib
from functools import lru_cache
from typing import Any

from PIL import Image

from boards.errors import Unsupported

__all__ = ["credentials_of", "image", "lora", "png_with_credentials", "sound", "video"]

_COLOURS = (0x2F4858, 0x33658A, 0x86BBD8, 0xF6AE2D, 0xF26419, 0x55DDE0, 0x7A306C, 0x8E8DBE)
_PILLOW = {"png": "PNG", "jpeg": "JPEG", "jpg": "JPEG", "webp": "WEBP"}
_CREDENTIALS = b"caBX"


@lru_cache(maxsize=64)
def image(format: str, width: int, height: int, seed: int = 0) -> bytes:
    """An image of one colour, which `seed` chooses."""
    colour = _COLOURS[seed % len(_COLOURS)]
    rgb = (colour >> 16, colour >> 8 & 0xFF, colour & 0xFF)
    buffer = io.BytesIO()
    made = Image.new("RGB", (width, height), rgb)
    made.save(buffer, _PILLOW.get(format, "PNG"), compress_level=1)
    return buffer.getvalue()


@lru_cache(maxsize=64)
def png_with_credentials(width: int, height: int, seed: int = 0) -> bytes:
    """A PNG with a `caBX` chunk right after its header, as image providers send it.

    The chunk is a JUMBF box of the right form whose signature nobody can check. It shows whether
    bytes are kept, not whether they are true.
    """
    plain = image("png", width, height, seed)
    label = b"c2pa\x00"
    description = _box(b"jumd", b"c2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71\x03" + label)
    content = _box(b"cbor", b"\xa1\x64made\x63lab" + seed.to_bytes(4, "big"))
    superbox = _box(b"jumb", description + content)
    chunk = struct.pack(">I", len(superbox)) + _CREDENTIALS + superbox
    chunk += struct.pack(">I", zlib.crc32(_CREDENTIALS + superbox))
    after_header = 8 + 4 + 4 + 13 + 4
    return plain[:after_header] + chunk + plain[after_header:]


def credentials_of(png: bytes) -> bytes | None:
    """Give the `caBX` chunk of a PNG, or None when it has none."""
    at = 8
    while at + 8 <= len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == _CREDENTIALS:
            return png[at : at + 12 + length]
        at += 12 + length
    return None


@lru_cache(maxsize=32)
def sound(format: str, seconds: float = 1.0, seed: int = 0) -> bytes:
    """A tone. Formats other than WAV need the extra `media`."""
    rate = 24_000
    pitch = 220.0 * 2 ** (seed % 12 / 12)
    samples = [
        int(12_000 * math.sin(2 * math.pi * pitch * n / rate)) for n in range(int(rate * seconds))
    ]
    data = struct.pack(f"<{len(samples)}h", *samples)
    if format != "wav":
        return _encoded(format, data, rate)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(data)
    return buffer.getvalue()


@lru_cache(maxsize=16)
def video(width: int = 320, height: int = 180, seconds: float = 1.0, seed: int = 0) -> bytes:
    """A video of one colour that grows lighter. Needs the extra `media`."""
    av = _av()
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for n in range(int(24 * seconds)):
            picture = Image.new("RGB", (width, height), ((seed * 40 + n * 4) % 256, 90, 140))
            for packet in stream.encode(av.VideoFrame.from_image(picture)):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return buffer.getvalue()


@lru_cache(maxsize=16)
def lora(seed: int = 0) -> bytes:
    """A LoRA of rank one for one small layer, as safetensors; `seed` is in its numbers."""
    tensors, data = {}, b""
    for name, size in (("lora_A", 8), ("lora_B", 8)):
        numbers = struct.pack(f"<{size}f", *(math.sin(seed + n) for n in range(size)))
        tensors[f"transformer.proj.{name}.weight"] = {
            "dtype": "F32",
            "shape": [1, size] if name == "lora_A" else [size, 1],
            "data_offsets": [len(data), len(data) + len(numbers)],
        }
        data += numbers
    header = json.dumps({"__metadata__": {"format": "pt"}, **tensors}).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + data


_CODECS = {"mp3": "libmp3lame", "opus": "libopus", "aac": "aac", "flac": "flac"}
_CONTAINERS = {"opus": "ogg", "aac": "adts"}


def _encoded(format: str, samples: bytes, rate: int) -> bytes:
    av = _av()
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples) // 2)
    frame.sample_rate = rate
    frame.planes[0].update(samples)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=_CONTAINERS.get(format, format)) as container:
        stream = container.add_stream(_CODECS[format], rate=rate)
        stream.layout = "mono"
        for packet in [*stream.encode(frame), *stream.encode()]:
            container.mux(packet)
    return buffer.getvalue()


def _av() -> Any:
    try:
        import av
    except ImportError as error:
        raise Unsupported(
            "The lab makes video and compressed sound only with PyAV; "
            "run: pip install 'boards-studio[media]'"
        ) from error
    return av


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content
