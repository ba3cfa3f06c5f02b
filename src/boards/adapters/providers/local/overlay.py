"""Text over an image: placed on a grid of nine, wrapped, and readable by shadow or panel."""

from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw, ImageFilter

from boards.adapters.providers.local.art.lettering import Block, Box, Face, paragraph
from boards.adapters.providers.local.art.wording import drawable

__all__ = ["FACES", "FaceName", "Overlay", "TextPosition", "TextStyle", "lettered"]

TextPosition = Literal[
    "top-left", "top", "top-right", "left", "centre", "right",
    "bottom-left", "bottom", "bottom-right",
]  # fmt: skip
TextStyle = Literal["plain", "shadow", "panel"]
FaceName = Literal["sans", "black", "condensed", "serif"]

FACES: dict[FaceName, Face] = {
    "sans": Face.TEXT,
    "black": Face.BLACK,
    "condensed": Face.CONDENSED,
    "serif": Face.SERIF,
}


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """What is written; `size` is the letters' size as a share of the image's height."""

    text: str
    position: TextPosition
    size: float
    colour: tuple[int, int, int]
    face: Face
    style: TextStyle


def _ground_of(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """Black behind light letters, white behind dark ones."""
    light = 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2] > 110
    return (0, 0, 0) if light else (255, 255, 255)


def _set(image: Image.Image, overlay: Overlay, margin: float) -> tuple[Block, float, float, str]:
    """The block of lines, its left top, and how lines stand to each other."""
    room = Box(0, 0, image.width - 2 * margin, image.height - 2 * margin)
    size = max(6, round(overlay.size * image.height))
    leading = 0.16 if overlay.text.isupper() else 0.42
    text = "\n".join(drawable(line) for line in overlay.text.splitlines())
    block = paragraph(text, overlay.face, room, size=size, leading=leading)
    sides = overlay.position.split("-")
    align = "left" if "left" in sides else "right" if "right" in sides else "centre"
    spare_x, spare_y = room.width - block.width, room.height - block.height
    x = margin + {"left": 0.0, "centre": spare_x / 2, "right": spare_x}[align]
    y = margin + (0.0 if "top" in sides else spare_y if "bottom" in sides else spare_y / 2)
    return block, x, y, align


def lettered(image: Image.Image, overlay: Overlay) -> Image.Image:
    """Write on a copy of an image. Text that does not fit is cut with an ellipsis."""
    image = image.copy()
    short = min(image.size)
    margin = short * 0.06
    block, x, y, align = _set(image, overlay, margin)
    if not block.lines:
        return image
    mask = block.mask(image.size, x, y, align)
    ground = _ground_of(overlay.colour)
    if overlay.style == "shadow":
        soft = mask.filter(ImageFilter.GaussianBlur(max(1.0, block.size * 0.12)))
        image.paste(ground, (0, round(block.size * 0.04)), soft.point(lambda v: round(v * 0.75)))
    elif overlay.style == "panel":
        pad = block.size * 0.45
        panel = Image.new("L", image.size)
        ImageDraw.Draw(panel).rounded_rectangle(
            (x - pad, y - pad, x + block.width + pad, y + block.height + pad),
            radius=block.size * 0.18,
            fill=190,
        )
        image.paste(ground, (0, 0), panel)
    image.paste(overlay.colour, (0, 0), mask)
    return image
