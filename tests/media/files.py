"""Small media files made on the spot."""

import json
import math
import struct
import wave
import zlib
from array import array
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image


def picture(name: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **options) -> bytes:
    """An image whose pixels differ, so that it does not compress to nothing."""
    image = Image.effect_mandelbrot(size, (-2, -1, 1, 1), 40).convert(mode)
    if mode in {"LA", "RGBA"}:
        image.putalpha(Image.linear_gradient("L").resize(size))
    out = BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def tone(path: Path, *, seconds: float = 0.5, rate: int = 8000, channels: int = 2) -> Path:
    """A wav of a sine."""
    count = int(seconds * rate)
    values = (int(9000 * math.sin(n / 5)) for n in range(count) for _ in range(channels))
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(array("h", values).tobytes())
    return path


def tensors(header: object = None, data: bytes = bytes(16)) -> bytes:
    """A safetensors file; by default with one tensor of four floats."""
    if header is None:
        header = {
            "__metadata__": {"format": "pt"},
            "lora.down": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        }
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def film(
    path: Path, *, seconds: float = 2.0, fps: int = 10, sound: bool = True, picture: bool = True
) -> Path:
    """A video whose first half is red and second half is blue, by PyAV."""
    # Its stubs know no relation between the name of a codec and the kind of stream.
    av: Any = import_module("av")
    codecs = {"webm": ("libvpx-vp9", "libopus"), "avi": ("mpeg4", "mp3"), "mp3": ("", "mp3")}
    video_codec, audio_codec = codecs.get(path.suffix[1:], ("libx264", "aac"))
    with av.open(str(path), "w") as container:
        shown = container.add_stream(video_codec, rate=fps) if picture else None
        heard = container.add_stream(audio_codec, rate=48000) if sound else None
        if shown is not None:
            shown.width, shown.height, shown.pix_fmt = 64, 48, "yuv420p"
            for n in range(int(seconds * fps)):
                colour = "red" if n < seconds * fps / 2 else "blue"
                frame = av.VideoFrame.from_image(Image.new("RGB", (64, 48), colour))
                container.mux(shown.encode(frame))
            container.mux(shown.encode())
        if heard is not None:
            for n in range(int(seconds * 48000 / 960)):
                frame = av.AudioFrame(format="fltp", layout="stereo", samples=960)
                frame.sample_rate, frame.pts = 48000, n * 960
                for plane in frame.planes:
                    plane.update(bytes(plane.buffer_size))
                container.mux(heard.encode(frame))
            container.mux(heard.encode())
    return path
