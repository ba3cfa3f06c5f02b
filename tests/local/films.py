"""Films and sounds for tests: each second of a film has a grey of its own, to tell its time."""

import io
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

GREYS = (40, 80, 120, 160, 200, 240)


def film(
    path: Path, *, seconds: int = 3, fps: int = 10, codec: str = "libx264", sound: bool = False
) -> Path:
    """A film of 64 x 48 pixels; its second n is grey GREYS[n]. mp4 for H.264, else Matroska."""
    container = "mp4" if codec == "libx264" else "matroska"
    with av.open(str(path), "w", format=container) as out:
        options = {"crf": "1"} if codec == "libx264" else {}
        stream = out.add_stream(codec, rate=fps, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.gop_size = 1000  # only the first picture is a key frame
        tone = out.add_stream("aac", rate=48_000, layout="stereo") if sound else None
        for n in range(seconds * fps):
            grey = GREYS[n // fps]
            pixels = np.full((48, 64, 3), grey, np.uint8)
            pixels[:, : 1 + n % 60] //= 2
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, fps)
            out.mux(stream.encode(frame))
        if tone is not None:
            t = np.arange(seconds * 48_000) / 48_000
            wave_ = np.tile((0.3 * np.sin(2 * np.pi * 880 * t)).astype(np.float32), (2, 1))
            sounded = av.AudioFrame.from_ndarray(wave_, format="fltp", layout="stereo")
            sounded.sample_rate, sounded.pts = 48_000, 0
            out.mux(tone.encode(sounded))
            out.mux(tone.encode(None))
        out.mux(stream.encode(None))
    return path


def tone(seconds: float, frequency: float = 440.0, *, rate: int = 44_100) -> bytes:
    """A WAV file of one sine."""
    t = np.arange(round(seconds * rate)) / rate
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((0.5 * np.sin(2 * np.pi * frequency * t) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def pictures(path: Path) -> list[Image.Image]:
    """All pictures of a film."""
    with av.open(str(path)) as container:
        return [
            Image.fromarray(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)
        ]


def sound(path: Path) -> NDArray[np.float64]:
    """The left channel of a film at 48 kHz."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
        parts = [
            part.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for part in resampler.resample(frame)
        ]
    return np.concatenate(parts).astype(np.float64)


def loudness(samples: NDArray[np.float64], begin: float, end: float) -> float:
    """Root mean square between two times in seconds."""
    part = samples[round(begin * 48_000) : round(end * 48_000)]
    return float(np.sqrt((part**2).mean()))


def pitch(samples: NDArray[np.float64], begin: float, end: float) -> float:
    """The strongest frequency between two times, in Hz."""
    part = samples[round(begin * 48_000) : round(end * 48_000)]
    strength = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    return float(np.fft.rfftfreq(len(part), 1 / 48_000)[strength.argmax()])
