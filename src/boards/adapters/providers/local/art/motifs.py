"""Small things that a landscape shows when the prompt names them: boats, a lighthouse, trees."""

import numpy as np

from boards.adapters.providers.local.art.page import Field, Page, Point, mix
from boards.adapters.providers.local.art.palettes import Rgb
from boards.adapters.providers.local.art.wording import word_set

__all__ = ["NAMED_AT_SEA", "at_sea", "on_ridge"]

_BOAT = word_set("boat ship sail sails sailing sailor yacht captain fisherman voyage regatta")
_TOWER = word_set("lighthouse beacon")
_GULLS = word_set("bird birds gull gulls seagull beach coast summer morning island")
_TREES = word_set(
    "forest forests tree trees wood woods wolf wolves pine bear winter christmas cabin wild"
)
NAMED_AT_SEA = _BOAT | _TOWER | _GULLS


def at_sea(page: Page, horizon: float, sun: Point) -> None:
    """What the words put on the horizon, on the side away from the sun."""
    said = page.words.said
    away = 0.24 if sun[0] > page.width / 2 else 0.76
    if said & _TOWER:
        _lighthouse(page, (page.width * away, horizon))
    if said & _BOAT:
        _boat(page, (page.width * (1 - away * 0.8 if said & _TOWER else away), horizon))
    if said & _GULLS:
        _gulls(page, (page.width * away, horizon - page.unit * 0.16))


def _boat(page: Page, foot: Point) -> None:
    """A sailing boat seen from the side."""
    x, y = foot
    s = page.unit * page.random.uniform(0.1, 0.13)
    p = page.palette
    main = [(x + 0.02 * s, y - 1.5 * s), (x + 0.02 * s, y - 0.3 * s), (x + 0.75 * s, y - 0.3 * s)]
    jib = [(x - 0.06 * s, y - 1.3 * s), (x - 0.06 * s, y - 0.3 * s), (x - 0.55 * s, y - 0.3 * s)]
    hull = [(x - 0.8 * s, y - 0.2 * s), (x + 0.9 * s, y - 0.2 * s), (x + 0.6 * s, y + 0.14 * s),
            (x - 0.55 * s, y + 0.14 * s)]  # fmt: skip
    page.polygons([main], p.light)
    page.polygons([jib], mix(p.light, p.bright, 0.5))
    page.polygons([hull], p.dark)


def _lighthouse(page: Page, foot: Point) -> None:
    """A banded tower on a rock, with its beam."""
    x, y = foot
    s = page.unit * 0.2
    p, rng = page.palette, page.random
    lamp = (x, y - 1.2 * s)
    side = 1 if x < page.width / 2 else -1
    far = page.unit * 0.9
    beam = [lamp, (x + side * far, lamp[1] - far * 0.16), (x + side * far, lamp[1] + far * 0.06)]
    fade = np.clip(1 - np.abs(page.x - x) / far, 0, 1).astype(np.float32)
    page.paint(page.shapes([beam], 2) * fade, p.light, 0.5)

    def half(share: float) -> float:
        return s * (0.17 - 0.065 * share)

    bands = 5
    for n in range(bands):
        low, high = n / bands, (n + 1) / bands
        part = [
            (x - half(low), y - s * low), (x + half(low), y - s * low),
            (x + half(high), y - s * high), (x - half(high), y - s * high),
        ]  # fmt: skip
        page.polygons([part], p.light if n % 2 else p.accent)
    room = [(x - 0.08 * s, y - s), (x + 0.08 * s, y - s), (x + 0.08 * s, y - 1.26 * s),
            (x - 0.08 * s, y - 1.26 * s)]  # fmt: skip
    roof = [(x - 0.12 * s, y - 1.26 * s), (x + 0.12 * s, y - 1.26 * s), (x, y - 1.42 * s)]
    gallery = [(x - 0.15 * s, y - s), (x + 0.15 * s, y - s), (x + 0.15 * s, y - 1.04 * s),
               (x - 0.15 * s, y - 1.04 * s)]  # fmt: skip
    page.polygons([room], mix(p.light, p.accent, 0.35))
    page.polygons([roof, gallery], p.dark)
    page.glow(lamp, s * 0.7, p.light, 0.8)
    edge = np.linspace(-1, 1, 24)
    rock = [(x + s * 0.75 * float(t), y - s * 0.16 * float(1 - t * t) * rng.uniform(0.6, 1.2))
            for t in edge]  # fmt: skip
    page.polygons([[*rock, (x + s, y + s * 0.3), (x - s, y + s * 0.3)]], p.dark)


def _gulls(page: Page, around: Point) -> None:
    """Three birds as two strokes each."""
    drawing = page.drawing()
    for n in range(3):
        x = around[0] + page.unit * float(page.random.normal(0, 0.07))
        y = around[1] - page.unit * 0.035 * n
        s = page.unit * page.random.uniform(0.014, 0.024)
        t = np.linspace(0, np.pi, 12)
        for side in (-1, 1):
            wing = [(x + side * s * float(a) / np.pi * 1.6, y - s * 0.6 * float(np.sin(a)) ** 0.8)
                    for a in t]  # fmt: skip
            drawing.line(wing, page.palette.dark, page.unit * 0.0032)
    drawing.finish()


def on_ridge(page: Page, curve: Field, colour: Rgb, near: float) -> None:
    """Firs along a ridge, larger when it is near, where the words speak of a forest."""
    if not page.words.said & _TREES:
        return
    rng, unit = page.random, page.unit
    firs: list[list[Point]] = []
    x = -unit * 0.02
    while x < page.width + unit * 0.02:
        at = int(min(max(x, 0), page.width - 1))
        tall = unit * rng.uniform(0.035, 0.09) * near
        foot = float(curve[at]) + unit * 0.012
        half = tall * 0.19
        for tier in range(3):
            low = foot - tall * 0.27 * tier
            wide = half * (1 - 0.24 * tier)
            firs.append([(x - wide, low), (x + wide, low), (x, low - tall * 0.46)])
        x += half * rng.uniform(0.7, 2.6)
    page.polygons(firs, colour)
