"""The page that a poster is painted on: an RGB array, and ways to put shapes and light on it.

Coordinates are pixels from the left top; `unit` is the shorter side, in which styles think. Masks
are float arrays from 0 to 1 of the page's size. All randomness comes from `random`, so that one
seed gives one poster.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from boards.adapters.providers.local.art.palettes import Palette, Rgb
from boards.adapters.providers.local.art.wording import Wording
from boards.generators.compute import Tick, no_tick

__all__ = ["Field", "Page", "Point", "along", "mix", "smoothstep"]

Field = NDArray[np.floating[Any]]
Mode = Literal["normal", "multiply", "screen"]
Point = tuple[float, float]

FINE = 3
"""Shapes are drawn this many times larger and scaled down, for smooth edges."""


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """The colour between two, `share` of the way to the other."""
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def along(colours: Sequence[Rgb], share: float) -> Rgb:
    """The colour at a share of the way through evenly spaced colours."""
    at = min(max(share, 0.0), 1.0) * (len(colours) - 1)
    first = min(int(at), len(colours) - 2)
    return mix(colours[first], colours[first + 1], at - first)


def smoothstep(low: float, high: float, value: Field) -> Field:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


@dataclass
class Page:
    """A poster in the making."""

    width: int
    height: int
    palette: Palette
    random: np.random.Generator
    words: Wording
    tick: Tick = no_tick
    pixels: NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        self.pixels = np.zeros((self.height, self.width, 3), np.float32)

    @property
    def unit(self) -> float:
        return float(min(self.width, self.height))

    @property
    def x(self) -> Field:
        """Column numbers, as a row to broadcast."""
        return np.arange(self.width, dtype=np.float32)[None, :] + 0.5

    @property
    def y(self) -> Field:
        """Row numbers, as a column to broadcast."""
        return np.arange(self.height, dtype=np.float32)[:, None] + 0.5

    def fill(self, colour: Rgb) -> None:
        self.pixels[:] = colour

    def gradient(self, colours: Sequence[Rgb], t: Field) -> None:
        """Colour the whole page by a field from 0 to 1, through evenly spaced colours."""
        stops = np.linspace(0.0, 1.0, len(colours), dtype=np.float32)
        table = np.stack(
            [np.interp(np.linspace(0, 1, 1024), stops, [c[k] for c in colours]) for k in range(3)],
            axis=-1,
        ).astype(np.float32)
        index = np.clip(t * 1023, 0, 1023).astype(np.int16)
        self.pixels[:] = table[index]

    def paint(
        self,
        mask: Field | Image.Image,
        colour: Rgb | Field,
        opacity: float = 1.0,
        mode: Mode = "normal",
        at: tuple[int, int] = (0, 0),
    ) -> None:
        """Lay a colour over the page where the mask is; `at` is the mask's left top."""
        if isinstance(mask, Image.Image):
            mask = np.asarray(mask).astype(np.float32) / np.float32(255)
        left, top = at
        high, wide = mask.shape
        rows = slice(max(0, top), max(0, min(self.height, top + high)))
        columns = slice(max(0, left), max(0, min(self.width, left + wide)))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        part = mask[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
        below = self.pixels[rows, columns]
        over: Field = np.asarray(colour, np.float32)
        if over.ndim == 3:
            over = over[rows, columns]
        if mode == "multiply":
            over = below * over
        elif mode == "screen":
            over = 1.0 - (1.0 - below) * (1.0 - over)
        below += (over - below) * (part * np.float32(opacity))[..., None]

    def disc(
        self,
        centre: Point,
        radius: float,
        colour: Rgb,
        opacity: float = 1.0,
        mode: Mode = "normal",
        softness: float = 1.2,
    ) -> None:
        """A filled circle; `softness` is the width of its edge in pixels."""
        cx, cy = centre
        reach = int(radius + softness + 2)
        left, top = int(cx) - reach, int(cy) - reach
        span = np.arange(2 * reach + 1, dtype=np.float32) + 0.5
        distance = np.hypot(span[None, :] + left - cx, span[:, None] + top - cy)
        mask = np.clip((radius - distance) / softness + 0.5, 0, 1).astype(np.float32)
        self.paint(mask, colour, opacity, mode, at=(left, top))

    def ring(
        self, centre: Point, radius: float, thickness: float, colour: Rgb, opacity: float = 1.0
    ) -> None:
        """A circle's line, `thickness` pixels wide."""
        cx, cy = centre
        reach = int(radius + thickness + 2)
        left, top = int(cx) - reach, int(cy) - reach
        span = np.arange(2 * reach + 1, dtype=np.float32) + 0.5
        distance = np.hypot(span[None, :] + left - cx, span[:, None] + top - cy)
        mask = np.clip(thickness / 2 - np.abs(distance - radius) + 0.5, 0, 1).astype(np.float32)
        self.paint(mask, colour, opacity, at=(left, top))

    def glow(self, centre: Point, radius: float, colour: Rgb, opacity: float = 1.0) -> None:
        """Light that fades away from a point, gone at about `radius`."""
        cx, cy = centre
        reach = int(radius * 1.25) + 1
        left, top = max(0, int(cx) - reach), max(0, int(cy) - reach)
        columns, rows = min(self.width, int(cx) + reach), min(self.height, int(cy) + reach)
        if columns <= left or rows <= top:
            return
        # A bell in each direction: their product is the bell around the point.
        across = np.exp(-(((np.arange(left, columns) + 0.5 - cx) / (radius / 2)) ** 2))
        down = np.exp(-(((np.arange(top, rows) + 0.5 - cy) / (radius / 2)) ** 2))
        mask = (down[:, None] * across[None, :]).astype(np.float32)
        self.paint(mask, colour, opacity, "screen", at=(left, top))

    def shapes(
        self,
        polygons: Sequence[Sequence[Point]],
        fine: int = FINE,
        size: tuple[int, int] | None = None,
    ) -> Field:
        """The mask of filled polygons, as large as the page or as said."""
        width, height = size or (self.width, self.height)
        image = Image.new("L", (width * fine, height * fine))
        draw = ImageDraw.Draw(image)
        for polygon in polygons:
            if len(polygon) > 2:
                draw.polygon([(x * fine, y * fine) for x, y in polygon], fill=255)
        return np.asarray(image.reduce(fine), np.float32) / np.float32(255)

    def polygons(
        self,
        outlines: Sequence[Sequence[Point]],
        colour: Rgb,
        opacity: float = 1.0,
        mode: Mode = "normal",
    ) -> None:
        """Filled polygons of one colour; only the rectangle they lie in is touched."""
        points = np.array([point for outline in outlines for point in outline])
        left, top = np.maximum(np.floor(points.min(0)).astype(int) - 1, 0).tolist()
        right, bottom = np.ceil(points.max(0)).astype(int) + 1
        size = min(self.width, int(right)) - left, min(self.height, int(bottom)) - top
        if min(size) > 0:
            moved = [[(x - left, y - top) for x, y in outline] for outline in outlines]
            self.paint(self.shapes(moved, size=size), colour, opacity, mode, at=(left, top))

    def drawing(self, fine: int = FINE) -> "Drawing":
        """Begin to draw opaque shapes and lines; `finish` puts them on the page."""
        return Drawing(self, fine)

    def below(self, curve: Field) -> Field:
        """The mask of everything below a curve that gives one height for each column."""
        return np.clip(self.y - curve[None, :] + 0.5, 0, 1).astype(np.float32)

    def noise(self, scale: float, octaves: int = 3, fade: float = 0.5) -> Field:
        """Smooth noise from 0 to 1 with features about `scale` pixels large."""
        total = np.zeros((self.height, self.width), np.float32)
        weight, amount = 1.0, 0.0
        for octave in range(octaves):
            size = max(3.0, scale / 2**octave)
            grid = self.random.random(
                (int(self.height / size) + 4, int(self.width / size) + 4), np.float32
            )
            image = Image.fromarray(grid, "F").resize(
                (self.width, self.height),
                Image.Resampling.BICUBIC,
                box=(1, 1, 1 + self.width / size, 1 + self.height / size),
            )
            total += np.asarray(image) * np.float32(weight)
            amount += weight
            weight *= fade
        total /= np.float32(amount)
        return np.asarray(np.clip((total - 0.5) * np.float32(1.5) + 0.5, 0, 1))

    def line_noise(self, scale: float, octaves: int = 4, fade: float = 0.5) -> Field:
        """Smooth noise along the width, about -1 to 1; `scale` in pixels."""
        x = np.arange(self.width, dtype=np.float32)
        total = np.zeros(self.width, np.float32)
        weight, amount = 1.0, 0.0
        for octave in range(octaves):
            size = max(2.0, scale / 2**octave)
            knots = self.random.random(int(self.width / size) + 3) * 2 - 1
            at = x / size
            left = at.astype(int)
            t = at - left
            t = t * t * (3 - 2 * t)
            total += weight * (knots[left] * (1 - t) + knots[left + 1] * t).astype(np.float32)
            amount += weight
            weight *= fade
        return total / np.float32(amount) * np.float32(1.4)

    def grain(self, amount: float) -> None:
        """Fine noise like paper or film, the same in all three colours."""
        # One small tile repeated: invisible to the eye, and far cheaper than noise everywhere.
        tile = self.random.normal(0.0, amount, (256, 256)).astype(np.float32)
        rows, columns = -(-self.height // 256), -(-self.width // 256)
        self.pixels += np.tile(tile, (rows, columns))[: self.height, : self.width, None]

    def vignette(self, amount: float) -> None:
        """Darken the corners."""
        dx = (self.x / self.width - 0.5) * 2
        dy = (self.y / self.height - 0.5) * 2
        self.pixels *= (1 - np.float32(amount) * smoothstep(0.6, 1.9, dx * dx + dy * dy))[..., None]

    def image(self) -> Image.Image:
        """The page as an 8-bit image."""
        pixels = np.clip(self.pixels, 0, 1)
        return Image.fromarray((pixels * 255 + 0.5).astype(np.uint8), "RGB")

    @staticmethod
    def blurred(mask: Field, radius: float) -> Field:
        """A mask with soft edges; `radius` in pixels."""
        image = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8), "L")
        return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


class Drawing:
    """Many opaque shapes and lines at once: one scaling down for all of them."""

    def __init__(self, page: Page, fine: int) -> None:
        self._page = page
        self._fine = fine
        self._image = page.image().resize(
            (page.width * fine, page.height * fine), Image.Resampling.NEAREST
        )
        self._draw = ImageDraw.Draw(self._image)

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._fine, y * self._fine) for x, y in points]

    def polygon(self, points: Sequence[Point], colour: Rgb) -> None:
        self._draw.polygon(self._scaled(points), fill=_bytes(colour))

    def line(
        self, points: Sequence[Point], colour: Rgb, thickness: float, *, joined: bool = True
    ) -> None:
        """A line through points; without `joined` bends stay open, which costs half the time."""
        wide = max(1, round(thickness * self._fine))
        self._draw.line(
            self._scaled(points), fill=_bytes(colour), width=wide, joint="curve" if joined else None
        )

    def finish(self) -> None:
        self._page.pixels[:] = np.asarray(self._image.reduce(self._fine), np.float32) / 255


def _bytes(colour: Rgb) -> tuple[int, int, int]:
    red, green, blue = (min(255, max(0, round(c * 255))) for c in colour)
    return red, green, blue
