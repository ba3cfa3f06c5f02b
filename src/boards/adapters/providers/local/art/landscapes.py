"""Styles that show a place: sun and sea, mountain ridges, dunes, a skyline, a night sky."""

import numpy as np

from boards.adapters.providers.local.art import motifs
from boards.adapters.providers.local.art.layouts import Place, Setting
from boards.adapters.providers.local.art.lettering import Box, Face
from boards.adapters.providers.local.art.page import Page, along, mix, smoothstep
from boards.adapters.providers.local.art.palettes import Rgb

__all__ = ["city", "dunes", "night", "ridges", "waves"]


def waves(page: Page) -> Setting:
    """A large sun or moon above bands of sea that rise towards the eye."""
    p, rng, unit = page.palette, page.random, page.unit
    dark = bool(page.words.said & {"night", "moon", "midnight", "storm", "stormy", "dark", "deep"})
    horizon = page.height * rng.uniform(0.58, 0.64)
    sky: tuple[Rgb, ...]
    if dark:
        sky = (p.dark, mix(p.dark, p.deep, 0.7), p.deep, p.mid)
        tints = (mix(p.mid, p.deep, 0.3), p.deep, mix(p.deep, p.dark, 0.6), p.dark)
    else:
        sky = (mix(p.deep, p.mid, 0.75), p.mid, mix(p.mid, p.bright, 0.6), p.bright, p.light)
        tints = (mix(p.bright, p.mid, 0.25), p.mid, p.deep, p.dark)
    page.gradient(sky, page.y / horizon)
    body = p.light if dark and rng.random() < 0.6 else p.accent
    radius = unit * rng.uniform(0.16, 0.23)
    across, height = rng.uniform(0.34, 0.66), rng.uniform(-0.25, 1.25)
    lying = page.width > page.height * 1.15
    if lying:
        across = 0.24 if across < 0.5 else 0.76
    sun = (page.width * across, horizon - radius * height)
    page.glow(sun, radius * 3.2, body, 0.4 if dark else 0.55)
    page.disc(sun, radius, body)
    page.tick(0.3)
    bands = int(rng.integers(6, 9))
    x = np.arange(page.width, dtype=np.float32)
    for n in range(bands):
        depth = n / (bands - 1)
        base = horizon + (page.height - horizon) * (depth**1.35) * 0.92
        swell = unit * (0.006 + 0.034 * depth) * (1.5 if "stormy" in page.words.said else 1.0)
        length = unit * (0.16 + 0.5 * depth)
        phase = rng.uniform(0, 2 * np.pi)
        # Trochoidal: crests sharper than troughs, as water has them.
        wave = np.abs(np.sin(np.pi * x / length + phase)) ** 0.8
        curve = base - swell * wave + swell * 0.6 * page.line_noise(length * 2, 2)
        if n == 1:
            motifs.at_sea(page, horizon, sun)
        page.paint(page.below(curve.astype(np.float32)), along(tints, depth))
        if n == 0:
            _glitter(page, sun, horizon, radius, body)
    page.tick(0.7)
    page.grain(0.014)
    margin = unit * 0.07
    clear = Box(margin, margin, page.width - margin, sun[1] - radius - margin * 0.6)
    if lying:
        beside = (page.width * 0.42, page.width - margin)
        ends = beside if across < 0.5 else (page.width - beside[1], page.width - beside[0])
        things = unit * 0.36 if page.words.said & motifs.NAMED_AT_SEA else 0.0
        clear = Box(ends[0], margin, ends[1], horizon - margin * 0.5 - things)
    return Setting(
        place="centre",
        face=Face.SERIF,
        upper=False,
        inks=(p.light, p.dark),
        height=0.8,
        caption="near",
        box=clear,
    )


def _glitter(
    page: Page, sun: tuple[float, float], horizon: float, radius: float, colour: Rgb
) -> None:
    """The sun's path on the water: short bars that widen and scatter towards the eye."""
    rng, unit = page.random, page.unit
    for _ in range(46):
        t = rng.random() ** 1.3
        y = horizon + t * (page.height - horizon) * 0.5
        half = radius * (0.15 + 0.6 * rng.random()) * (1 - 0.55 * t)
        x = sun[0] + rng.normal(0, radius * 0.42)
        thick = unit * (0.0016 + 0.003 * t)
        _bar(page, (x - half, y - thick, x + half, y + thick), colour)


def _bar(page: Page, box: tuple[float, float, float, float], colour: Rgb) -> None:
    """A bar with tapered ends."""
    left, top, right, bottom = box
    columns = np.clip(np.minimum(page.x - left, right - page.x) / (page.unit * 0.02), 0, 1)
    first, last = int(top), int(bottom) + 2
    rows = np.arange(first, last, dtype=np.float32)[:, None] + 0.5
    high = np.clip(np.minimum(rows - top, bottom - rows) + 0.5, 0, 1)
    page.paint((columns * high).astype(np.float32), colour, 0.8, at=(0, first))


def ridges(page: Page) -> Setting:
    """Mountain ridges that fade into the distance, with a pale sun or moon."""
    p, rng, unit = page.palette, page.random, page.unit
    dark_sky = rng.random() < 0.4
    top, low = (p.dark, p.mid) if dark_sky else (p.bright, p.light)
    page.gradient((top, mix(top, low, 0.6), low), page.y / (page.height * 0.75))
    body = (page.width * rng.uniform(0.25, 0.75), page.height * rng.uniform(0.3, 0.42))
    page.glow(body, unit * 0.6, p.accent if not dark_sky else p.light, 0.35)
    page.disc(body, unit * rng.uniform(0.09, 0.15), p.accent if rng.random() < 0.7 else p.light)
    layers = int(rng.integers(5, 8))
    far = mix(low, p.mid, 0.45)
    for n in range(layers):
        page.tick(0.2 + 0.6 * n / layers)
        depth = (n + 1) / layers
        base = page.height * (0.42 + 0.5 * depth**1.15)
        height = unit * (0.11 + 0.07 * (1 - abs(depth - 0.5)))
        # Ridged noise: the fold at zero makes the sharp crests.
        rough = 1 - np.abs(page.line_noise(unit * (0.55 - 0.2 * depth), 6, 0.52)) * 1.7
        curve = (base - height * rough).astype(np.float32)
        colour = mix(far, p.dark, depth**1.2)
        if n >= layers - 2:
            motifs.on_ridge(page, curve, colour, 0.5 + 0.5 * (n - layers + 2))
        mask = page.below(curve)
        page.paint(mask, colour)
        # Mist lies in the valley before the next ridge rises out of it.
        mist = smoothstep(base - height * 0.3, base + unit * 0.2, page.y + np.zeros_like(page.x))
        page.paint(mask * mist, mix(colour, low, 0.5), 0.55 * (1 - depth))
    page.grain(0.016)
    place: Place = "bottom" if rng.random() < 0.55 else "wall"
    return Setting(
        place=place,
        face=Face.CONDENSED if place == "wall" else Face.BLACK,
        inks=(p.light, p.accent),
        height=0.26,
        caption="far",
    )


def dunes(page: Page) -> Setting:
    """Long soft dunes, each lit on one side, below an empty sky with a hard sun."""
    p, rng, unit = page.palette, page.random, page.unit
    page.gradient((mix(p.light, p.bright, 0.25), p.light), page.y / (page.height * 0.6))
    sun = (page.width * rng.uniform(0.55, 0.82), page.height * rng.uniform(0.36, 0.42))
    page.disc(sun, unit * 0.1, p.accent)
    layers = int(rng.integers(4, 6))
    x = np.arange(page.width, dtype=np.float32)
    for n in range(layers):
        page.tick(0.2 + 0.6 * n / layers)
        depth = (n + 1) / layers
        base = page.height * (0.45 + 0.42 * depth**1.1)
        curve = base - unit * 0.13 * page.line_noise(unit * 1.1, 2, 0.35)
        crest = page.width * rng.uniform(0.2, 0.8)
        curve = curve - unit * 0.16 * depth * np.exp(-np.abs(x - crest) / (unit * 0.3))
        body = page.below(curve.astype(np.float32))
        lit = mix(p.bright, p.mid, depth * 0.8)
        page.paint(body, lit)
        # The lee side: a curved edge that runs down from the crest.
        drop = np.maximum(page.y - curve[None, :].min(), 0)
        edge = crest + drop * rng.uniform(0.2, 0.9) + unit * 0.07 * np.sin(drop / (unit * 0.13))
        shade = np.clip((page.x - edge) / 1.5, 0, 1) * body
        page.paint(shade.astype(np.float32), mix(p.deep, p.dark, depth * 0.5), 0.82)
    page.grain(0.022)
    margin = unit * 0.07
    clear = Box(margin, margin, page.width - margin, sun[1] - unit * 0.13)
    return Setting(
        place="top", face=Face.BLACK, inks=(p.dark, p.deep), height=0.9, caption="near", box=clear
    )


def city(page: Page) -> Setting:
    """A skyline at dusk in flat layers, with lit windows."""
    p, rng, unit = page.palette, page.random, page.unit
    page.gradient((p.dark, p.deep, p.mid, p.bright), page.y / (page.height * 0.85))
    moon = (page.width * rng.uniform(0.25, 0.75), page.height * rng.uniform(0.34, 0.46))
    page.glow(moon, unit * 0.7, p.accent, 0.4)
    page.disc(moon, unit * rng.uniform(0.14, 0.2), p.accent)
    for n, (depth, tint) in enumerate(((0.0, 0.35), (0.5, 0.68), (1.0, 1.0))):
        page.tick(0.2 + 0.25 * n)
        colour = mix(p.mid, p.dark, tint)
        left = -unit * rng.uniform(0, 0.08)
        while left < page.width:
            wide = unit * rng.uniform(0.05, 0.12) * (0.8 + 0.5 * depth)
            tall = unit * rng.uniform(0.12, 0.42) * (1.15 - 0.45 * depth)
            _house(page, left, page.height * (0.72 + 0.1 * depth) - tall, wide, colour, depth)
            left += wide
    page.grain(0.014)
    return Setting(place="wall", face=Face.CONDENSED, inks=(p.light,), height=0.24, caption="far")


def _house(
    page: Page,
    left: float,
    top: float,
    wide: float,
    colour: tuple[float, float, float],
    depth: float,
) -> None:
    """One building down to the page's foot, at times with a spire, with windows when it is near."""
    p, rng, unit = page.palette, page.random, page.unit
    a, b, t = max(0, round(left)), min(page.width, round(left + wide)), max(0, round(top))
    if b <= a:
        return
    page.pixels[t:, a:b] = colour
    if rng.random() < 0.22:
        middle, spire = (a + b) // 2, round(unit * rng.uniform(0.03, 0.09))
        half = max(1, round(unit * 0.002))
        page.pixels[max(0, t - spire) : t, max(0, middle - half) : middle + half] = colour
    if depth < 0.4:
        return
    step = unit * 0.022
    lit = rng.uniform(0.12, 0.4)
    for row in np.arange(t + step, page.height * 0.74, step * 1.25):
        for column in np.arange(left + step * 0.6, left + wide - step * 0.9, step):
            if rng.random() < lit:
                w, h = max(1, round(step * 0.38)), max(1, round(step * 0.55))
                y, x = round(row), round(column)
                if x >= 0:
                    shade = mix(p.accent, p.light, float(rng.random()) * 0.6)
                    page.pixels[y : y + h, x : x + w] = mix(colour, shade, 0.25 + 0.6 * depth)


def night(page: Page) -> Setting:
    """A night sky: nebula, stars, and a constellation drawn as in an atlas."""
    p, rng, unit = page.palette, page.random, page.unit
    page.gradient(
        (p.dark, mix(p.dark, p.deep, 0.6), mix(p.deep, p.mid, 0.35)), page.y / page.height
    )
    cloud = page.noise(unit * 0.5, 5, 0.55)
    page.paint(smoothstep(0.5, 0.95, cloud), p.mid, 0.6, "screen")
    page.paint(smoothstep(0.6, 1.0, page.noise(unit * 0.35, 4)), p.accent, 0.22, "screen")
    page.tick(0.4)
    for _ in range(420):
        size = unit * 0.0011 * (1 + rng.pareto(2.6))
        spot = (rng.uniform(0, page.width), rng.uniform(0, page.height))
        page.disc(spot, min(size, unit * 0.004), p.light, rng.uniform(0.3, 1.0))
    centre = (page.width * 0.5, page.height * (0.42 if page.height > page.width else 0.46))
    reach = unit * 0.36
    for share in (1.0, 0.985, 0.66, 0.33):
        page.ring(centre, reach * share, max(1.0, unit * 0.0014), p.light, 0.5)
    for n in range(72):
        angle = n * np.pi / 36
        out = reach * (1.0 if n % 6 else 1.045)
        a = (centre[0] + reach * 0.985 * np.cos(angle), centre[1] + reach * 0.985 * np.sin(angle))
        b = (centre[0] + out * np.cos(angle), centre[1] + out * np.sin(angle))
        _stroke(page, [a, b], unit * 0.0014, 0.5)
    page.tick(0.7)
    points = _scattered(page, centre, reach * 0.86, 11)
    for one, other in _tree(points):
        _stroke(page, [points[one], points[other]], unit * 0.0018, 0.8)
    for n, point in enumerate(points):
        big = unit * (0.0105 if n % 4 == 0 else 0.0065)
        page.glow(point, big * 7, p.accent, 0.6)
        page.disc(point, big, p.light)
        if n % 4 == 0:
            page.ring(point, big * 2.1, max(1.0, unit * 0.0014), p.accent)
    page.grain(0.012)
    return Setting(
        place="low-centre",
        face=Face.SERIF,
        upper=False,
        inks=(p.light,),
        height=0.66,
        caption="near",
        box=_lower(page),
    )


def _lower(page: Page) -> Box:
    """The part of a page under a round picture, when it stands; the whole when it lies."""
    m = page.unit * 0.07
    if page.height <= page.width * 1.1:
        return Box(m, m, page.width - m, page.height - m * 0.6)
    top = page.height * 0.42 + page.unit * 0.4
    return Box(m, top, page.width - m, page.height - m)


def _stroke(page: Page, points: list[tuple[float, float]], wide: float, opacity: float) -> None:
    """A straight line between two points."""
    (ax, ay), (bx, by) = points
    left, top = int(min(ax, bx) - wide - 2), int(min(ay, by) - wide - 2)
    cols, rows = int(abs(ax - bx) + 2 * wide + 5), int(abs(ay - by) + 2 * wide + 5)
    x = np.arange(cols, dtype=np.float32)[None, :] + left + 0.5
    y = np.arange(rows, dtype=np.float32)[:, None] + top + 0.5
    dx, dy = bx - ax, by - ay
    t = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1)
    distance = np.hypot(x - ax - t * dx, y - ay - t * dy)
    mask = np.clip(max(wide, 1.0) / 2 - distance + 0.5, 0, 1).astype(np.float32)
    page.paint(mask, page.palette.light, opacity, at=(left, top))


def _scattered(
    page: Page, centre: tuple[float, float], reach: float, count: int
) -> list[tuple[float, float]]:
    """Points in a circle that keep their distance from each other."""
    points: list[tuple[float, float]] = []
    for _ in range(600):
        angle, far = page.random.uniform(0, 2 * np.pi), reach * np.sqrt(page.random.random())
        spot = (centre[0] + far * np.cos(angle), centre[1] + far * np.sin(angle))
        if all(np.hypot(spot[0] - x, spot[1] - y) > reach * 0.34 for x, y in points):
            points.append(spot)
        if len(points) == count:
            break
    return points


def _tree(points: list[tuple[float, float]]) -> list[tuple[int, int]]:
    """The shortest lines that connect all points."""
    joined, lines = {0}, []
    while len(joined) < len(points):
        _, a, b = min(
            (np.hypot(points[a][0] - points[b][0], points[a][1] - points[b][1]), a, b)
            for a in joined
            for b in range(len(points))
            if b not in joined
        )
        joined.add(b)
        lines.append((a, b))
    return lines
