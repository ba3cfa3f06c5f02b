"""How many files get their previews in a second: three WebP sizes and a blurhash of each.

    python -m benchmarks.previews [--count 24] [--threads 2]

Beside it stands what it takes to decode the same picture once with Pillow, and nothing else: the
figure that counts is the ratio. Videos and sounds are made by PyAV, in the confined process.
"""

import argparse
import asyncio
import math
import resource
import tempfile
import time
import wave
from array import array
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image

from boards.adapters.media.probe import MediaProbe, probe

MADE: dict[str, Callable[[Path], Path]] = {}
"""What is measured, by what it is called in the table."""


def picture(name: str, size: tuple[int, int], format: str) -> None:
    def make(folder: Path) -> Path:
        path = folder / f"{name}.{format}"
        image = Image.effect_mandelbrot(size, (-2, -1, 1, 1), 60).convert("RGB")
        image.paste(Image.effect_noise(size, 30), mask=Image.new("L", size, 90))
        image.save(path, format, quality=90)
        return path

    MADE[name] = make


picture("JPEG, 1 megapixel", (1024, 1024), "JPEG")
picture("JPEG, 12 megapixels", (4000, 3000), "JPEG")
picture("JPEG, 24 megapixels", (6000, 4000), "JPEG")
picture("PNG, 1 megapixel", (1024, 1024), "PNG")
picture("WebP, 1 megapixel", (1024, 1024), "WEBP")


def tone(folder: Path) -> Path:
    path = folder / "tone.wav"
    second = array("h", (int(9000 * math.sin(n / 5)) for n in range(48_000)))
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48_000)
        for _ in range(60):
            sound.writeframes(second.tobytes())
    return path


def film(folder: Path) -> Path:
    import av

    library: Any = av
    path = folder / "film.mp4"
    with library.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        image = Image.effect_mandelbrot((1280, 720), (-2, -1, 1, 1), 60).convert("RGB")
        for n in range(5 * 24):
            turned = image.rotate(n)
            container.mux(stream.encode(library.VideoFrame.from_image(turned)))
        container.mux(stream.encode())
    return path


MADE["WAV, a minute"] = tone
if find_spec("av") is not None:
    MADE["MP4, 5 s of 720p"] = film


async def measure(path: Path, count: int, threads: int) -> tuple[float, float, float]:
    """Previews per second, processor ms of each, and processor seconds to decode it plainly."""
    media = MediaProbe(threads=threads)
    facts = probe(path)
    await media.previews(path, facts)
    used, started = cpu(), time.perf_counter()
    await asyncio.gather(*(media.previews(path, facts) for _ in range(count)))
    taken, spent = time.perf_counter() - started, cpu() - used
    media.close()
    plain = 0.0
    if facts.mime.startswith("image/"):
        started = time.process_time()
        for _ in range(5):
            with Image.open(path) as image:
                image.load()
        plain = (time.process_time() - started) / 5
    return count / taken, spent / count * 1000, plain


def cpu() -> float:
    """Processor time of this process, and of those that have ended."""
    mine = resource.getrusage(resource.RUSAGE_SELF)
    return mine.ru_utime + mine.ru_stime


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    print("| file | files per second | CPU ms each | against one plain decode |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in MADE.items():
            path = make(Path(folder))
            rate, each, plain = await measure(path, asked.count, asked.threads)
            ratio = f"{each / 1000 / plain:.2f}×" if plain else ""
            # What another process has spent is not known here.
            cpu_each = f"{each:.0f}" if not name.startswith("MP4") else ""
            print(f"| {name} | {rate:.1f} | {cpu_each} | {ratio} |", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
