"""Styles in which the words themselves are the picture."""

import numpy as np
from PIL import Image

from boards.adapters.providers.local.art.layouts import set_caption
from boards.adapters.providers.local.art.lettering import Block, Box, Face, fit, fit_lines
from boards.adapters.providers.local.art.page import Page, along, mix
from boards.adapters.providers.local.art.palettes import Rgb, contrast, luminance

__all__ = ["echo", "slabs"]


def _title(page: Page) -> str:
    """The words to paint with; a poster without any gets a plain ornament."""
    return page.words.title.upper() or "•"


def _most_readable(ground: Rgb, inks: tuple[Rgb, ...]) -> Rgb:
    return max(inks, key=lambda ink: contrast(luminance(ink), luminance(ground)))


def _line_image(block: Block, line: int) -> Image.Image:
    """One line of a block, cut to its ink."""
    single = Block((block.lines[line],), (block.lines[line].size * 1.2,), block.width, 0)
    size = block.lines[line].size
    image = single.mask((round(block.lines[line].width) + size, size * 2), size / 4, 0, "left")
    box = image.getbbox()
    return image.crop(box) if box else image


def echo(page: Page) -> None:
    """The title again and again down the page, once in full voice."""
    p, rng, unit = page.palette, page.random, page.unit
    dark = rng.random() < 0.5
    ground = p.dark if dark else p.light
    page.fill(ground)
    margin = unit * 0.055
    wide = page.width - 2 * margin
    block = fit_lines(
        _title(page),
        Face.CONDENSED,
        Box(0, 0, wide, page.height * 0.21),
        most_lines=3,
        leading=0.09,
    )
    lines = [_line_image(block, n) for n in range(len(block.lines))]
    gap = unit * 0.017
    step = sum(line.height for line in lines) + gap * len(lines)
    room = page.height - 2 * margin - (unit * 0.09 if page.words.caption else 0)
    copies = max(2, int((room + gap) // step))
    # Stretched to fill the room: condensed letters bear it, an empty strip at the foot looks lost.
    stretch = (room + gap - gap * len(lines) * copies) / (
        copies * sum(line.height for line in lines)
    )
    loud = int(rng.integers(0, copies))
    fade = (p.bright, p.mid, p.deep) if dark else (p.deep, p.mid, p.bright)
    y = margin
    for n in range(copies):
        page.tick(0.8 * n / copies)
        distance = abs(n - loud) / max(1, copies - 1)
        quiet = mix(along(fade, distance), ground, 0.15 + 0.5 * distance)
        ink = p.accent if n == loud else quiet
        for line in lines:
            image = line.resize((round(wide), max(1, round(line.height * stretch))))
            page.paint(image, ink, at=(round(margin), round(y)))
            y += image.height + gap
    page.grain(0.016)
    foot = Box(margin, page.height * 0.8, page.width - margin, page.height - margin * 0.8)
    set_caption(page, foot, p.light if dark else p.dark)


def slabs(page: Page) -> None:
    """Each line of the title fills a slab of colour from edge to edge."""
    p, rng, unit = page.palette, page.random, page.unit
    inset = unit * 0.04
    wide = page.width - 2 * inset
    block = fit(_title(page), Face.CONDENSED, Box(0, 0, wide, page.height), most_lines=5)
    lines = [_line_image(block, n) for n in range(len(block.lines))]
    foot = unit * 0.13 if page.words.caption else 0.0
    page.fill(p.light)
    # A slab is as high as its line at full width, within what condensed letters bear.
    wanted = np.array([line.height * wide / line.width + 2 * inset for line in lines])
    room = page.height - foot
    wanted = np.clip(wanted, wanted.mean() * 0.6, wanted.mean() * 1.5)
    empty = -1
    if wanted.sum() < room * 0.72:
        empty = int(rng.integers(0, len(wanted) + 1))
        wanted = np.insert(wanted, empty, room - wanted.sum() * 1.12)
    heights = wanted / wanted.sum() * room
    grounds = [p.accent, p.dark, p.bright, p.deep, p.light, p.mid]
    first = int(rng.integers(0, len(grounds)))
    rest = iter(lines)
    y = 0.0
    for n, height in enumerate(heights):
        page.tick(0.8 * n / len(heights))
        ground = grounds[(first + n) % len(grounds)]
        ink = _most_readable(ground, (p.light, p.dark, p.accent))
        page.pixels[round(y) : round(y + height)] = ground
        if n == empty:
            _discs(page, y, float(height), ink)
        else:
            image = next(rest).resize((round(wide), max(1, round(height - 2 * inset))))
            page.paint(image, ink, at=(round(inset), round(y + inset)))
        y += float(height)
    page.grain(0.016)
    set_caption(page, Box(inset, y, page.width - inset, page.height - inset), p.dark)


def _discs(page: Page, top: float, height: float, ink: Rgb) -> None:
    """A row of discs that wane like the moon, in a slab without words."""
    radius = min(height * 0.34, page.width * 0.16)
    count = max(1, int(page.width / (radius * 2.7)))
    pitch = page.width / count
    for n in range(count):
        share = n / max(1, count - 1)
        page.disc(
            (pitch * (n + 0.5), top + height / 2), radius * float(np.sqrt(1 - 0.85 * share)), ink
        )
