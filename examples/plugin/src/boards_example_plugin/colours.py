"""Colours from words and from pictures, and the picture of a palette. Knows nothing of Boards."""

import colorsys
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

__all__ = ["from_image", "from_words", "paint"]

# Where a word points on the colour wheel, as hue and brightness from 0 to 1.
_MOODS = {
    "calm": (0.55, 0.70),
    "sea": (0.53, 0.65),
    "dawn": (0.06, 0.95),
    "night": (0.66, 0.25),
    "forest": (0.36, 0.40),
    "fire": (0.03, 0.90),
    "autumn": (0.08, 0.65),
    "snow": (0.58, 0.97),
}


def from_words(prompt: str, count: int, seed: int | None) -> list[str]:
    """Choose colours as `#rrggbb`: known moods pull towards their hue, other words decide by hash.

    The same words and seed give the same colours.
    """
    words = prompt.lower().split() or [""]
    colours = []
    for n in range(count):
        word = words[n % len(words)]
        digest = hashlib.sha256(f"{word}|{n}|{seed}".encode()).digest()
        drift, depth, shade = (byte / 255 for byte in digest[:3])
        hue, value = _MOODS.get(word, (drift, 0.35 + 0.6 * shade))
        red, green, blue = colorsys.hsv_to_rgb(
            (hue + 0.08 * (drift - 0.5)) % 1.0, 0.35 + 0.5 * depth, value
        )
        colours.append(f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}")
    return colours


def from_image(path: Path, count: int) -> list[str]:
    """Give up to `count` colours of a picture as `#rrggbb`, the commonest first."""
    with Image.open(path) as picture:
        small = picture.convert("RGB")
    small.thumbnail((128, 128))
    indexed = small.quantize(count)
    flat = indexed.getpalette() or []
    common = sorted(indexed.getcolors() or [], reverse=True)
    starts = [3 * index for _, index in common if isinstance(index, int)]
    return [f"#{flat[at]:02x}{flat[at + 1]:02x}{flat[at + 2]:02x}" for at in starts]


def paint(
    colours: list[str], size: int, background: str, painted: Callable[[float], None]
) -> bytes:
    """Paint one column per colour and give a PNG; `painted` hears the fraction that is done."""
    picture = Image.new("RGB", (size, size // 2), background)
    draw = ImageDraw.Draw(picture)
    margin = size // 40
    width = (size - margin) / len(colours)
    for n, colour in enumerate(colours):
        left = margin + n * width
        corners = (left, margin, left + width - margin, picture.height - margin)
        draw.rounded_rectangle(corners, radius=margin, fill=colour)
        painted((n + 1) / len(colours))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
