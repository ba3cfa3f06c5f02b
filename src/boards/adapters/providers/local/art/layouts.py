"""Where the words of a poster stand, and in which ink: readable wherever they come to lie.

A style names a `Setting`; `set_words` puts title and caption on the page. The ink is the first of
the wanted colours that has contrast enough with what lies behind the letters; where none has, the
ground is calmed with a soft veil first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

from boards.adapters.providers.local.art.lettering import (
    Block,
    Box,
    Face,
    cap_height,
    fit,
    fit_lines,
    paragraph,
)
from boards.adapters.providers.local.art.page import Field, Page, mix
from boards.adapters.providers.local.art.palettes import Rgb, contrast, luminance

__all__ = ["Place", "Setting", "set_caption", "set_words"]

Place = Literal["wall", "bottom", "top", "centre", "low-centre", "high-centre"]

LARGE_CONTRAST = 3.6
SMALL_CONTRAST = 4.6


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How a title is set. `inks` are tried in order; `height` is its most, as a share of the page.

    `box` replaces the page as the area to stand in, for styles that keep a field clear.
    """

    place: Place
    face: Face
    upper: bool = True
    inks: tuple[Rgb, ...] = ()
    height: float = 0.36
    width: float = 1.0
    tracking: float = 0.0
    most_lines: int = 3
    caption: Literal["near", "far"] = "far"
    box: Box | None = None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _behind(page: Page, mask: Image.Image) -> tuple[Field, tuple[int, int, int, int]] | None:
    """The luminances around the letters of a mask, and its bounding box."""
    box = mask.getbbox()
    if box is None:
        return None
    left, top, right, bottom = box
    part = page.pixels[top:bottom:2, left:right:2]
    linear = np.clip(part, 0, 1) ** np.float32(2.2)
    return linear @ np.array([0.2126, 0.7152, 0.0722], np.float32), box


def _worst(ink: Rgb, ground: Field) -> float:
    """The contrast of an ink with the least suitable tenth of the ground."""
    low, high = np.percentile(ground, (6, 94))
    level = luminance(ink)
    return min(contrast(level, float(low)), contrast(level, float(high)))


def _ramp(at: Field, first: float, last: float, size: int, margin: float) -> Field:
    """1 between two edges, fading outside of them, but not towards a page's edge that is near."""
    rise = np.ones_like(at) if first < margin * 1.2 else (at - first) / margin + 1
    fall = np.ones_like(at) if size - last < margin * 1.2 else (last - at) / margin + 1
    ramp = np.clip(np.minimum(rise, fall), 0, 1)
    return np.asarray(ramp * ramp * (3 - 2 * ramp))


def _veil(page: Page, box: tuple[int, int, int, int], colour: Rgb, opacity: float) -> None:
    """Calm the ground behind words with a soft patch, tinted by what it covers."""
    left, top, right, bottom = box
    margin = page.unit * 0.12
    mask = _ramp(page.y, top, bottom, page.height, margin) * _ramp(
        page.x, left, right, page.width, margin
    )
    red, green, blue = page.pixels[top:bottom:2, left:right:2].mean(axis=(0, 1)).tolist()
    page.paint(mask, mix((red, green, blue), colour, 0.8), opacity)


def ink_on(page: Page, mask: Image.Image, inks: Sequence[Rgb], least: float) -> Rgb:
    """Choose the ink for a mask of letters, veiling the ground when no ink is readable on it."""
    palette = page.palette
    choices = [*inks, palette.light, palette.dark]
    behind = _behind(page, mask)
    if behind is None:
        return choices[0]
    ground, box = behind
    for ink in choices:
        if _worst(ink, ground) >= least:
            return ink
    best = max((palette.light, palette.dark), key=lambda ink: _worst(ink, ground))
    veil = palette.dark if best is palette.light else palette.light
    for _ in range(6):
        _veil(page, box, veil, 0.4)
        seen = _behind(page, mask)
        if seen is None or _worst(best, seen[0]) >= least:
            break
    return best


def _title_block(page: Page, title: str, setting: Setting, area: Box) -> Block:
    text = title.upper() if setting.upper else _sentence(title)
    if setting.place == "wall":
        return fit_lines(text, setting.face, area)
    block = _fitted(page, text, setting, setting.face, area)
    if block.size < page.unit * 0.055 and setting.face is not Face.CONDENSED:
        # A very long word: narrow letters keep it large.
        block = _fitted(page, text.upper(), setting, Face.CONDENSED, area)
    return block


def _fitted(page: Page, text: str, setting: Setting, face: Face, area: Box) -> Block:
    return fit(
        text,
        face,
        area,
        most_lines=setting.most_lines,
        tracking=setting.tracking,
        leading=0.15 if text.isupper() else 0.3,
        largest=page.unit * 0.3,
        smallest=max(8.0, page.unit * 0.03),
    )


def _paint(page: Page, mask: Image.Image, inks: Sequence[Rgb], least: float) -> Rgb:
    ink = ink_on(page, mask, inks, least)
    page.paint(mask, ink)
    return ink


def _caption_size(page: Page) -> int:
    return max(9, round(page.unit * 0.026))


def _tops(setting: Setting, area: Box, title: Block, caption: Block, gap: float) -> list[float]:
    """Where title and caption begin, from the top of the page."""
    near = caption.height > 0 and setting.caption == "near"
    whole = title.height + (gap + caption.height if near else 0.0)
    match setting.place:
        case "top":
            first = area.top
        case "centre":
            first = (area.top + area.bottom - whole) / 2
        case "high-centre":
            first = area.top + (area.height - whole) * 0.16
        case "low-centre":
            first = area.top + (area.height - whole) * 0.86
        case _:
            first = area.bottom - whole
    if near:
        return [first, first + title.height + gap]
    head, foot = area.top, area.bottom - caption.height
    return [first, foot if first + title.height / 2 < (area.top + area.bottom) / 2 else head]


def set_words(page: Page, setting: Setting) -> None:
    """Put title and caption on the page; a wording without letters leaves it as it is."""
    words = page.words
    if not words.title:
        return
    margin = page.unit * 0.07
    area = setting.box or Box(margin, margin, page.width - margin, page.height - margin)
    align = "centre" if "centre" in setting.place else "left"
    size = _caption_size(page)
    narrow = min(area.width, size * 34)
    caption = paragraph(words.caption, Face.TEXT, Box(0, 0, narrow, area.height * 0.2), size=size)
    high = area.height * setting.height
    if setting.caption == "near" and caption.lines:
        high = min(high, area.height - caption.height - page.unit * 0.03)
    title = _title_block(
        page, words.title, setting, Box(0, 0, area.width * setting.width, max(high, 1.0))
    )
    gap = min(page.unit * 0.05, max(page.unit * 0.03, cap_height(setting.face, title.size) * 0.28))
    tops = _tops(setting, area, title, caption, gap)
    ink: Rgb | None = None
    for block, top, least in zip(
        (title, caption), tops, (LARGE_CONTRAST, SMALL_CONTRAST), strict=True
    ):
        if not block.lines:
            continue
        left = area.left + ((area.width - block.width) / 2 if align == "centre" else 0.0)
        mask = block.mask((page.width, page.height), left, top, align)
        ink = _paint(page, mask, setting.inks if ink is None else (ink,), least)


def set_caption(page: Page, box: Box, ink: Rgb) -> None:
    """Put only the caption on the page, at the foot of a box."""
    size = _caption_size(page)
    block = paragraph(page.words.caption, Face.TEXT, box, size=size)
    if block.lines:
        mask = block.mask((page.width, page.height), box.left, box.bottom - block.height, "left")
        _paint(page, mask, (ink,), SMALL_CONTRAST)
