"""Turning, cropping and fitting images: which part of a picture is kept, and how large."""

import math
from typing import Literal

from PIL import Image, ImageOps

from boards.adapters.providers.local.pictures import flattened

__all__ = ["Focus", "box_of_aspect", "contained", "covered", "inscribed", "turned"]

Focus = Literal["centre", "top", "bottom", "left", "right"]
Box = tuple[int, int, int, int]

_WEIGHTS: dict[str, tuple[float, float]] = {
    "centre": (0.5, 0.5),
    "top": (0.5, 0.0),
    "bottom": (0.5, 1.0),
    "left": (0.0, 0.5),
    "right": (1.0, 0.5),
}


def box_of_aspect(width: int, height: int, aspect: float, focus: Focus) -> Box:
    """The largest box of an aspect ratio in an image, towards one side."""
    if width / height > aspect:
        wide, tall = max(1, round(height * aspect)), height
    else:
        wide, tall = width, max(1, round(width / aspect))
    across, down = _WEIGHTS[focus]
    left, top = round((width - wide) * across), round((height - tall) * down)
    return left, top, left + wide, top + tall


def inscribed(width: int, height: int, degrees: float) -> tuple[int, int]:
    """The largest upright rectangle inside an image that was turned."""
    angle = math.radians(degrees)
    sin, cos = abs(math.sin(angle)), abs(math.cos(angle))
    long, short = max(width, height), min(width, height)
    if short <= 2 * sin * cos * long or abs(sin - cos) < 1e-10:
        # Two corners touch the long side, the other two lie on its middle line.
        half = 0.5 * short
        sides = (half / sin, half / cos) if width >= height else (half / cos, half / sin)
    else:
        twice = cos * cos - sin * sin
        sides = ((width * cos - height * sin) / twice, (height * cos - width * sin) / twice)
    return max(1, int(sides[0])), max(1, int(sides[1]))


def turned(image: Image.Image, degrees: float) -> Image.Image:
    """Turn clockwise. Quarter turns lose nothing; others are cropped to what is filled."""
    quarter = {
        90: Image.Transpose.ROTATE_270,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_90,
    }
    degrees %= 360
    if degrees in quarter:
        return image.transpose(quarter[int(degrees)])
    if not degrees:
        return image
    wide, tall = inscribed(image.width, image.height, degrees)
    whole = image.rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
    left, top = (whole.width - wide) // 2, (whole.height - tall) // 2
    return whole.crop((left, top, left + wide, top + tall))


def covered(image: Image.Image, width: int, height: int, focus: Focus = "centre") -> Image.Image:
    """Scale to fill a size, cutting off what stands over."""
    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS, centering=_WEIGHTS[focus])


def contained(
    image: Image.Image, width: int, height: int, background: tuple[int, int, int]
) -> Image.Image:
    """Scale to stand whole inside a size, the rest being background."""
    scaled = ImageOps.contain(image, (width, height), Image.Resampling.LANCZOS)
    ground = Image.new("RGB", (width, height), background)
    at = (width - scaled.width) // 2, (height - scaled.height) // 2
    ground.paste(flattened(scaled, background), at)
    return ground
