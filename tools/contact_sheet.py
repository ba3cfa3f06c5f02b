"""Makes the pictures of docs/local-generators.md from the local generators themselves.

`python -m tools.contact_sheet [NAME…]` writes posters, edit, collage, slideshow-frames and
music-spectrogram into docs/images/; all of them without a name. The seeds are fixed, so that only a
change of the generators changes a picture.
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from boards.adapters.providers.local.art.lettering import Face, font
from boards.adapters.providers.local.av_files import image_of, opened_media
from boards.adapters.providers.local.collage import Layout, render_collage
from boards.adapters.providers.local.edit import EditInput, render_edit
from boards.adapters.providers.local.harmony import MOODS, MoodName
from boards.adapters.providers.local.music import MusicInput, render_music
from boards.adapters.providers.local.poster import render_poster
from boards.adapters.providers.local.slideshow import SlideshowInput, render_slideshow
from boards.generators.artifacts import ImageArtifact

__all__ = ["PICTURES", "main"]

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
PAPER = (238, 235, 228)
INK = (70, 66, 60)

POSTERS: Sequence[tuple[str, int, str]] = (
    ("A lighthouse at the edge of a stormy sea", 4, "waves"),
    ("Fire dance", 2, "flow"),
    ("Museum of Modern Art", 12, "tiles"),
    ("Forest of wolves", 11, "ridges"),
    ("Jazz in the park: three nights of blues", 3, "arcs"),
    ("Tokyo midnight", 5, "city"),
    ("Never give up", 7, "echo"),
    ("Desert road to nowhere", 5, "dunes"),
    ("Spring garden", 17, "cutout"),
    ("To the moon", 22, "night"),
    ("Café Zürich", 6, "forms"),
    ("Summer in California", 9, "rays"),
    ("Unknown sounds of the radio", 25, "pulse"),
    ("Slow Sunday", 14, "slabs"),
    ("Alpine ice atlas", 24, "contours"),
    ("Daydream of love", 29, "mesh"),
    ("Planet candy", 28, "halftone"),
    ("The old man and the sea\na voyage in a small boat", 1, "waves"),
)


def _slot() -> ImageArtifact:
    return ImageArtifact(generation_id="none", format="png", storage_url="none")


def _poster(
    prompt: str, seed: int, style: str, width: int = 800, height: int = 1000
) -> Image.Image:
    return render_poster(prompt, seed=seed, width=width, height=height, style=style).image


def _sheet(
    images: Sequence[Image.Image],
    columns: int,
    cell: tuple[int, int],
    captions: Sequence[str] = (),
    gap: int = 14,
) -> Image.Image:
    """Images in rows on paper, each with its caption below."""
    foot = 26 if captions else 0
    rows = -(-len(images) // columns)
    sheet = Image.new(
        "RGB",
        (columns * (cell[0] + gap) + gap, rows * (cell[1] + gap + foot) + gap),
        PAPER,
    )
    draw = ImageDraw.Draw(sheet)
    for n, image in enumerate(images):
        small = image.convert("RGB")
        small.thumbnail(cell, Image.Resampling.LANCZOS)
        left = gap + n % columns * (cell[0] + gap)
        top = gap + n // columns * (cell[1] + gap + foot)
        sheet.paste(small, (left + (cell[0] - small.width) // 2, top + cell[1] - small.height))
        if captions:
            draw.text((left, top + cell[1] + 6), captions[n], fill=INK, font=font(Face.TEXT, 15))
    return sheet


def posters() -> Image.Image:
    """One poster of each style."""
    return _sheet([_poster(*each) for each in POSTERS], 6, (200, 250))


def edit() -> Image.Image:
    """One poster, edited in twelve ways."""
    source = _poster("Harbour at dusk, a boat and a lighthouse", 8, "waves", 900, 720)
    steps: Sequence[tuple[str, dict[str, object]]] = (
        ("the source", {"crop_aspect": "5:4"}),
        ("preset=noir", {"preset": "noir"}),
        ("preset=sunset", {"preset": "sunset"}),
        ("preset=dusk", {"preset": "dusk"}),
        ("preset=sepia", {"preset": "sepia"}),
        ("preset=faded grain=0.5", {"preset": "faded", "grain": 0.5}),
        ("preset=dream", {"preset": "dream"}),
        ("warmth=0.7 vignette=0.8", {"warmth": 0.7, "vignette": 0.8}),
        ("rotate=8 crop_aspect=5:4", {"rotate": 8, "crop_aspect": "5:4"}),
        (
            "blur=14 text='Night shift'",
            {"blur": 14, "text": "Night shift", "text_position": "centre", "text_size": 0.16},
        ),
        (
            "text_style=panel",
            {"text": "Boats leave at six. Bring a coat.", "text_style": "panel",
             "text_font": "sans", "text_size": 0.06},
        ),
        ("flip=horizontal crop_box=…", {
            "flip": "horizontal",
            "crop_box": {"x": 0.1, "y": 0.25, "width": 0.5, "height": 0.5},
        }),
    )  # fmt: skip
    made = [
        render_edit(source, EditInput.model_validate({"image_source": _slot(), **step}))
        for _, step in steps
    ]
    return _sheet(made, 4, (300, 240), [caption for caption, _ in steps])


def collage() -> Image.Image:
    """The four layouts."""
    images = [
        _poster(prompt, seed, style, *((800, 1000), (900, 720), (800, 800))[n % 3])
        for n, (prompt, seed, style) in enumerate(POSTERS[:9])
    ]
    layouts: Sequence[tuple[Layout, int, int, tuple[int, int, int]]] = (
        ("grid", 4, 0, (244, 241, 234)),
        ("mosaic", 7, 14, (24, 24, 28)),
        ("strip", 4, 0, (244, 241, 234)),
        ("freeform", 6, 0, (148, 120, 94)),
    )
    sheets = []
    for layout, count, corner, background in layouts:
        size = (1000, 760) if layout == "strip" else (1000, 1000)
        sheets.append(
            render_collage(
                images[:count],
                layout=layout,
                width=size[0],
                height=size[1],
                gap=12,
                corner=corner,
                background=background,
                seed=6,
            )
        )
    return _sheet(sheets, 2, (480, 480), [f"layout={each[0]}" for each in layouts])


def slideshow_frames() -> Image.Image:
    """A slideshow of four images, two pictures a second."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for n, each in enumerate((POSTERS[0], POSTERS[5], POSTERS[3], POSTERS[8])):
            path = Path(folder) / f"{n}.png"
            _poster(*each, *((960, 540), (800, 1000))[n % 2]).save(path)
            paths.append(str(path))
        inputs = SlideshowInput(
            images=[_slot()] * 4, seconds_per_image=2, transition=1, size=640, fps=12
        )
        out = Path(folder) / "out.mp4"
        render_slideshow(paths, None, inputs, seed=3, out=out)
        with opened_media(str(out), "video") as container:
            frames = [image_of(frame) for frame in container.decode(video=0)]
    shown = range(0, len(frames), 6)
    return _sheet([frames[n] for n in shown], 4, (300, 169), [f"{n / 12:.1f} s" for n in shown])


def _heat(value: np.ndarray) -> np.ndarray:
    """Colours for values from 0 to 1: night blue over red to pale yellow."""
    stops = np.array([(11, 10, 36), (62, 20, 94), (160, 38, 96), (232, 92, 62), (250, 182, 80),
                      (254, 244, 200)], float)  # fmt: skip
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(value, at, stops[:, k]) for k in range(3)], axis=-1).astype(np.uint8)


def _spectrogram(mood: MoodName, width: int, height: int) -> Image.Image:
    """Twelve seconds of a mood: time to the right, 40 Hz to 10 kHz upwards."""
    _, data = render_music(MusicInput(mood=mood, seconds=12), 7)
    audio = np.frombuffer(data[44:], "<i2").reshape(-1, 2).mean(axis=1) / 32768
    size = 4096
    starts = np.linspace(0, len(audio) - size, width).astype(int)
    strength = np.abs(
        np.fft.rfft(np.stack([audio[at : at + size] for at in starts]) * np.hanning(size), axis=1)
    )
    frequencies = np.geomspace(10_000, 40, height)
    rows = np.clip(frequencies / (44_100 / size), 0, strength.shape[1] - 2)
    low = rows.astype(int)
    part = rows - low
    picture = strength[:, low] * (1 - part) + strength[:, low + 1] * part
    level = 20 * np.log10(picture.T + 1e-6)
    return Image.fromarray(_heat(np.clip((level + 22) / 74, 0, 1)), "RGB")


def music_spectrogram() -> Image.Image:
    """All moods below each other."""
    names = tuple(MOODS)
    captions = [f"{name}, {MOODS[name].bpm} bpm" for name in names]
    return _sheet([_spectrogram(name, 1100, 190) for name in names], 1, (1100, 190), captions)


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "posters": posters,
    "edit": edit,
    "collage": collage,
    "slideshow-frames": slideshow_frames,
    "music-spectrogram": music_spectrogram,
}


def main(names: Sequence[str]) -> int:
    """Write the pictures of those names as WebP: as PNG they are four times as large."""
    unknown = set(names) - set(PICTURES)
    if unknown:
        print(f"There is no picture {min(unknown)!r}; there are: {', '.join(PICTURES)}")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names or PICTURES:
        image = PICTURES[name]()
        path = FOLDER / f"{name}.webp"
        image.save(path, "WEBP", quality=86, method=6)
        print(f"{path.name}: {image.width} x {image.height}, {path.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
