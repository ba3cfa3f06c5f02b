"""Colour grading: brightness, contrast, saturation, warmth, vignette, grain, and named looks."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

from boards.adapters.providers.local.art.page import Field
from boards.generators.compute import Tick, no_tick

__all__ = ["PRESETS", "Grade", "PresetName", "graded"]

PresetName = Literal[
    "none", "noir", "sunset", "dusk", "cinema", "vivid", "faded", "sepia", "cool", "dream"
]
Tint = tuple[float, float, float]

BAND = 256
"""Rows that are worked on at a time: bounds the memory, and how late a cancel is noticed."""


@dataclass(frozen=True, kw_only=True)
class Grade:
    """A look. All amounts are from -1 to 1, 0 changing nothing; vignette and grain from 0.

    `shadows` and `highlights` are added to dark and light parts, as red, green and blue.
    """

    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    warmth: float = 0.0
    vignette: float = 0.0
    grain: float = 0.0
    shadows: Tint = (0.0, 0.0, 0.0)
    highlights: Tint = (0.0, 0.0, 0.0)

    def with_changes(self, other: "Grade") -> "Grade":
        """This look with further changes on top; sums stay within -1 and 1."""

        def both(one: float, two: float) -> float:
            return min(1.0, max(-1.0, one + two))

        return Grade(
            brightness=both(self.brightness, other.brightness),
            contrast=both(self.contrast, other.contrast),
            saturation=both(self.saturation, other.saturation),
            warmth=both(self.warmth, other.warmth),
            vignette=both(self.vignette, other.vignette),
            grain=both(self.grain, other.grain),
            shadows=self.shadows,
            highlights=self.highlights,
        )


PRESETS: dict[PresetName, Grade] = {
    "none": Grade(),
    "noir": Grade(saturation=-1, contrast=0.6, brightness=-0.06, vignette=0.55, grain=0.25),
    "sunset": Grade(
        warmth=0.55, saturation=0.18, contrast=0.12,
        shadows=(0.09, -0.02, 0.08), highlights=(0.06, 0.0, -0.07), vignette=0.2,
    ),
    "dusk": Grade(
        brightness=-0.14, warmth=-0.25, saturation=-0.12, contrast=0.1,
        shadows=(0.02, -0.01, 0.13), highlights=(0.09, 0.0, -0.02), vignette=0.35,
    ),
    "cinema": Grade(
        contrast=0.28, saturation=-0.06, shadows=(-0.05, 0.02, 0.07),
        highlights=(0.07, 0.02, -0.07), vignette=0.25,
    ),
    "vivid": Grade(saturation=0.5, contrast=0.3, brightness=0.04),
    "faded": Grade(
        contrast=-0.3, saturation=-0.3, warmth=0.08, shadows=(0.07, 0.06, 0.08), grain=0.12
    ),
    "sepia": Grade(
        saturation=-1, contrast=0.1, shadows=(0.07, 0.02, -0.05), highlights=(0.06, 0.02, -0.11),
        vignette=0.3, grain=0.1,
    ),
    "cool": Grade(warmth=-0.5, saturation=-0.08, contrast=0.1, highlights=(-0.02, 0.01, 0.03)),
    "dream": Grade(
        brightness=0.14, contrast=-0.18, saturation=0.1,
        shadows=(0.07, 0.02, 0.11), highlights=(0.05, 0.0, 0.03),
    ),
}  # fmt: skip

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def _toned(x: Field, grade: Grade) -> Field:
    """Everything that looks at one pixel alone; values from 0 to 1."""
    if grade.brightness:
        # A power keeps black black and white white, where a factor would clip.
        x = x ** np.float32(2.0 ** (-1.2 * grade.brightness))
    if grade.warmth:
        w = grade.warmth
        x = np.clip(x * np.array([1 + 0.2 * w, 1 + 0.02 * w, 1 - 0.22 * w], np.float32), 0, 1)
    if grade.contrast > 0:
        x = x + (x * x * (3 - 2 * x) - x) * np.float32(grade.contrast * 1.5)
    elif grade.contrast < 0:
        x = 0.5 + (x - 0.5) * np.float32(1 + 0.75 * grade.contrast)
    if grade.saturation:
        grey = (x @ _LUMA)[..., None]
        x = grey + (x - grey) * np.float32(1 + grade.saturation)
    if any(grade.shadows) or any(grade.highlights):
        level = np.clip(x @ _LUMA, 0, 1)[..., None]
        x = x + np.array(grade.shadows, np.float32) * (1 - level) ** 2
        x = x + np.array(grade.highlights, np.float32) * level
    return x


def graded(image: Image.Image, grade: Grade, tick: Tick = no_tick) -> Image.Image:
    """Apply a look; what is see-through stays so. The grain is the same every time."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    source = np.asarray(image.convert("RGB"))
    height, width = source.shape[:2]
    out = np.empty_like(source)
    across = (np.linspace(-1, 1, width, dtype=np.float32) ** 2)[None, :]
    down = (np.linspace(-1, 1, height, dtype=np.float32) ** 2)[:, None]
    tile = np.random.default_rng(0).normal(0, 0.09, (BAND, BAND)).astype(np.float32)
    for top in range(0, height, BAND):
        tick(top / height, "Grading")
        rows = slice(top, min(top + BAND, height))
        x = _toned(source[rows].astype(np.float32) / np.float32(255), grade)
        if grade.vignette > 0:
            edge = np.clip((across + down[rows] - 0.5) / 1.5, 0, 1)
            x = x * (1 - np.float32(grade.vignette * 0.85) * edge)[..., None]
        if grade.grain > 0:
            noise = np.tile(tile, (1, -(-width // BAND)))[: x.shape[0], :width]
            x = x + noise[..., None] * np.float32(grade.grain)
        out[rows] = (np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8)
    result = Image.fromarray(out, "RGB")
    if alpha is not None:
        result.putalpha(alpha)
    return result
