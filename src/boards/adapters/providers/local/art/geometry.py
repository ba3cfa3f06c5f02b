"""Styles of plain shapes: tiles, large overlapping forms, arcs, rays, cut paper."""

import numpy as np

from boards.adapters.providers.local.art.layouts import Setting
from boards.adapters.providers.local.art.lettering import Box, Face
from boards.adapters.providers.local.art.page import Page, Point, mix
from boards.adapters.providers.local.art.palettes import Rgb

__all__ = ["arcs", "cutout", "forms", "rays", "tiles"]


def _arc(centre: Point, radius: float, start: float, stop: float, steps: int = 48) -> list[Point]:
    """Points along a circle from one angle to another, in radians."""
    return [
        (float(centre[0] + radius * np.cos(a)), float(centre[1] + radius * np.sin(a)))
        for a in np.linspace(start, stop, steps)
    ]


def tiles(page: Page) -> Setting:
    """A grid of quarter circles, discs and triangles; the words stand in a field of their own."""
    p, rng = page.palette, page.random
    columns = int(rng.integers(4, 6)) if page.width <= page.height * 1.2 else 6
    side = page.width / columns
    rows = max(2, int(np.floor(page.height * 0.7 / side)))
    paper = p.light if rng.random() < 0.7 else p.dark
    page.fill(paper)
    ink = p.dark if paper is p.light else p.light
    colours = [p.deep, p.mid, p.bright, p.accent, ink]
    for row in range(rows):
        page.tick(0.8 * row / rows)
        for column in range(columns):
            ground, shape = rng.choice(len(colours), 2, replace=False)
            if rng.random() < 0.14:
                continue
            left, top = column * side, row * side
            _tile(page, left, top, side, colours[ground], colours[shape])
    page.grain(0.016)
    margin = page.unit * 0.055
    clear = Box(margin, rows * side + margin * 0.8, page.width - margin, page.height - margin)
    return Setting(
        place="bottom",
        face=Face.BLACK,
        inks=(ink,),
        height=1.0,
        caption="far",
        box=clear,
        most_lines=2,
    )


def _tile(page: Page, left: float, top: float, side: float, ground: Rgb, shape: Rgb) -> None:
    """One square of the grid."""
    a, b = round(left), round(top)
    c, d = round(left + side), round(top + side)
    page.pixels[b:d, a:c] = ground
    x = (np.arange(a, c, dtype=np.float32) + 0.5 - left)[None, :]
    y = (np.arange(b, d, dtype=np.float32) + 0.5 - top)[:, None]
    turn = int(page.random.integers(0, 4))
    if turn & 1:
        x = side - x
    if turn & 2:
        y = side - y
    match int(page.random.integers(0, 7)):
        case 0 | 1:  # quarter disc
            mask = side - np.hypot(x, y)
        case 2:  # disc
            mask = side * 0.36 - np.hypot(x - side / 2, y - side / 2)
        case 3:  # triangle
            mask = (side - x - y) / np.float32(np.sqrt(2))
        case 4:  # half disc
            mask = np.minimum(side / 2 - np.hypot(x - side / 2, y), y + 1)
        case 5:  # leaf: two quarter discs that meet
            mask = np.minimum(side - np.hypot(x, y), side - np.hypot(side - x, side - y))
        case _:  # quarter rings
            far = np.hypot(x, y)
            mask = np.minimum.reduce(
                [side - far, np.abs((far / side * 3) % 2 - 1) * side / 3 - side / 6]
            )
    page.paint(np.clip(mask + 0.5, 0, 1).astype(np.float32), shape, at=(a, b))


def forms(page: Page) -> Setting:
    """A few large forms that overlap like printed inks."""
    p, rng, unit = page.palette, page.random, page.unit
    page.fill(p.light)
    lying = page.width > page.height * 1.15
    # A page that lies has its words beside the forms, one that stands below them.
    left = page.width * 0.36 if lying else 0.0
    w, h = page.width - left, page.height * (1.22 if lying else 1.0)

    def spot(x: tuple[float, float], y: tuple[float, float]) -> Point:
        return left + w * rng.uniform(*x), h * rng.uniform(*y)

    page.disc(spot((0.42, 0.62), (0.34, 0.44)), unit * rng.uniform(0.3, 0.37), p.accent,
              mode="multiply")  # fmt: skip
    page.tick(0.2)
    tilt = float(rng.choice([-1, 1]) * rng.uniform(0.25, 0.7))
    along = np.array([np.cos(tilt), np.sin(tilt)])
    across = np.array([-along[1], along[0]])
    middle = np.array([left + w * 0.5, h * 0.45])
    for n, colour in enumerate((p.deep, p.mid, p.dark)[: int(rng.integers(2, 4))]):
        centre = middle + across * unit * (n - 1) * rng.uniform(0.16, 0.24)
        half, thick = unit * rng.uniform(0.35, 0.7), unit * rng.uniform(0.02, 0.075)
        # Not down into the words.
        half = min(half, (h * 0.7 - float(centre[1]) - thick) / abs(float(along[1])))
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        bar = [tuple(centre + along * half * a + across * thick * b) for a, b in corners]
        page.polygons([bar], colour, mode="multiply")
    page.tick(0.5)
    bowl = _arc(spot((0.22, 0.42), (0.42, 0.56)), unit * rng.uniform(0.2, 0.28), tilt, tilt + np.pi)
    page.polygons([bowl], p.bright, mode="multiply")
    tip = spot((0.6, 0.85), (0.12, 0.22))
    long = unit * rng.uniform(0.3, 0.45)
    triangle = [tip, (tip[0] + long * 0.55, tip[1] + long), (tip[0] - long * 0.55, tip[1] + long)]
    page.polygons([triangle], p.mid, mode="multiply")
    small = spot((0.12, 0.3), (0.14, 0.24))
    page.disc(small, unit * 0.045, p.dark)
    page.ring(small, unit * 0.085, unit * 0.008, p.dark)
    page.grain(0.02)
    margin = unit * 0.07
    clear = Box(margin, margin, left - margin * 0.3, page.height - margin) if lying else None
    return Setting(
        place="bottom", face=Face.BLACK, inks=(p.dark,), height=0.6 if lying else 0.24,
        caption="far", most_lines=4 if lying else 2, box=clear,
    )  # fmt: skip


def arcs(page: Page) -> Setting:
    """Thick arcs around one point, each twice as long as the last, as on old concert posters."""
    p, rng, unit = page.palette, page.random, page.unit
    paper, colours = (
        (p.light, (p.dark, p.deep, p.mid, p.accent))
        if rng.random() < 0.5
        else (p.dark, (p.light, p.bright, p.mid, p.accent))
    )
    page.fill(paper)
    field = page.height * (0.3 if page.height >= page.width else 0.36)
    centre = (page.width * rng.uniform(0.34, 0.66), (page.height + field) * rng.uniform(0.48, 0.56))
    start = rng.uniform(0, 2 * np.pi)
    radius = unit * 0.055
    reach = float(np.hypot(page.width, page.height))
    n = 0
    drawing = page.drawing(2)
    while radius < reach and n < 16:
        page.tick(min(0.9, radius / reach))
        thick = unit * 0.028 * 1.18**n
        pieces = int(rng.integers(1, 4))
        for cut in np.sort(rng.uniform(0, 2 * np.pi, pieces)):
            length = rng.uniform(0.35, 1.9) / pieces * np.pi * 0.8
            a, b = start + cut, start + cut + length
            outline = _arc(centre, radius + thick, a, b, 90) + _arc(centre, radius, b, a, 90)
            drawing.polygon(outline, colours[3 if rng.random() < 0.17 else int(rng.integers(0, 3))])
        radius += thick * 1.45
        n += 1
    drawing.finish()
    page.pixels[: round(field)] = paper
    page.grain(0.014)
    ink = p.light if paper is p.dark else p.dark
    margin = unit * 0.07
    clear = Box(margin, margin, page.width - margin, field - margin * 0.7)
    return Setting(
        place="top",
        face=Face.BLACK,
        upper=False,
        inks=(ink,),
        height=0.9,
        caption="near",
        box=clear,
    )


def rays(page: Page) -> Setting:
    """A sun that sends rays over the whole page, in the manner of travel posters."""
    p, rng, unit = page.palette, page.random, page.unit
    centre = (page.width * rng.uniform(0.4, 0.6), page.height * rng.uniform(0.56, 0.66))
    count = int(rng.integers(11, 19))
    angle = np.arctan2(page.y - centre[1], page.x - centre[0]) + np.float32(rng.uniform(0, 1))
    far = np.hypot(page.x - centre[0], page.y - centre[1])
    turn = angle * np.float32(count / (2 * np.pi))
    if rng.random() < 0.45:
        turn = turn + far / np.float32(unit * 2.6)
    phase = turn - np.floor(turn)
    page.tick(0.3)
    page.fill(p.light if rng.random() < 0.6 else p.bright)
    # The width of a smoothed edge in turns shrinks with the distance from the centre.
    edge = np.clip(np.float32(count / (2 * np.pi)) / np.maximum(far, 1.0), 0, 0.5)
    wave = np.abs(phase - 0.5)
    mask = np.clip((wave - 0.25) / edge + 0.5, 0, 1)
    page.paint(mask.astype(np.float32), p.mid)
    page.tick(0.6)
    radius = unit * rng.uniform(0.15, 0.19)
    page.disc(centre, radius * 1.22, p.light)
    page.disc(centre, radius, p.accent)
    base = page.height * rng.uniform(0.7, 0.74)
    for n, colour in enumerate((p.deep, mix(p.deep, p.dark, 0.6), p.dark)):
        hill = base + n * page.height * 0.065 - unit * 0.06 * page.line_noise(unit * 0.9, 2, 0.3)
        page.paint(page.below(hill), colour)
    page.grain(0.02)
    return Setting(place="wall", face=Face.CONDENSED, inks=(p.light,), height=0.21, caption="far")


def cutout(page: Page) -> Setting:
    """Fronds and pebbles as if cut from coloured paper, each on a sheet of its own."""
    p, rng, unit = page.palette, page.random, page.unit
    page.fill(p.light)
    foot = page.height * 0.74
    columns = max(2, round(page.width / unit * 2))
    rows = max(1, round(foot / (page.width / columns) / 1.1))
    sheets = [p.deep, p.mid, p.bright, p.accent, p.light, p.dark]
    before: dict[int, int] = {}
    for row in range(rows):
        # Sheets of unequal width, as hands cut them.
        cuts = np.cumsum(rng.uniform(0.75, 1.25, columns))
        edges = np.concatenate([[0.0], cuts / cuts[-1]]) * page.width
        left_neighbour = -1
        for column in range(columns):
            page.tick(0.8 * (row + column / columns) / rows)
            free = [n for n in range(6) if n not in (left_neighbour, before.get(column))]
            ground, figure = rng.choice(free[:6], 2, replace=False)
            before[column] = left_neighbour = int(ground)
            a, c = round(edges[column]), round(edges[column + 1])
            b, d = round(foot * row / rows), round(foot * (row + 1) / rows)
            page.pixels[b:d, a:c] = sheets[ground]
            spot = ((a + c) / 2, (b + d) / 2)
            size = min(c - a, d - b)
            outlines = [_frond(page, spot, size * 1.02)]
            if rng.random() < 0.3:
                outlines = [_pebble(page, spot, size * 0.3)]
            _paste(page, outlines, (a, b, c, d), sheets[figure])
    page.grain(0.022)
    margin = unit * 0.06
    clear = Box(margin, foot + margin * 0.8, page.width - margin, page.height - margin)
    return Setting(
        place="bottom",
        face=Face.SERIF,
        upper=False,
        inks=(p.dark,),
        height=1.0,
        caption="near",
        most_lines=2,
        box=clear,
    )


def _paste(
    page: Page, outlines: list[list[Point]], box: tuple[int, int, int, int], colour: Rgb
) -> None:
    """Lay cut paper on a sheet, clipped to it, with the thin shadow of its thickness."""
    a, b, c, d = box
    mask = page.shapes([[(x - a, y - b) for x, y in one] for one in outlines], 2, (c - a, d - b))
    depth = max(1, round(page.unit * 0.005))
    shadow = np.roll(page.blurred(mask, depth), (depth, depth), (0, 1))
    page.paint(shadow, page.palette.dark, 0.3, "multiply", at=(a, b))
    page.paint(mask, colour, at=(a, b))


def _pebble(page: Page, spot: Point, size: float) -> list[Point]:
    """A round shape that is no circle."""
    rng = page.random
    a = np.linspace(0, 2 * np.pi, 120)
    r = size * (
        1
        + 0.16 * np.cos(2 * a + rng.uniform(0, 6))
        + 0.11 * np.cos(3 * a + rng.uniform(0, 6))
        + 0.05 * np.cos(5 * a + rng.uniform(0, 6))
    )
    return list(zip(spot[0] + r * np.cos(a), spot[1] + r * np.sin(a), strict=True))


def _frond(page: Page, spot: Point, length: float) -> list[Point]:
    """A sea-weed of round fingers along a bent stem."""
    rng = page.random
    turn = rng.uniform(-0.5, 0.5) - np.pi / 2
    bend = rng.uniform(-0.5, 0.5)
    fingers = int(rng.integers(3, 6))
    t = np.linspace(0, 1, 60)
    heading = turn + bend * (t - 0.5)
    x = spot[0] + (np.cumsum(np.cos(heading)) - np.cos(heading).sum() / 2) * length * 0.8 / 60
    y = spot[1] + (np.cumsum(np.sin(heading)) - np.sin(heading).sum() / 2) * length * 0.8 / 60
    stem = length * 0.045
    right: list[Point] = []
    left: list[Point] = []
    for side, out in ((1, right), (-1, left)):
        for n in range(fingers):
            at = (n + 0.35) / fingers * 0.86
            k = int(at * 59)
            reach = (
                length * (0.2 + 0.2 * np.sin(np.pi * (at * 0.75 + 0.22))) * rng.uniform(0.85, 1.1)
            )
            # Fingers lean towards the tip, as they grow, and end round.
            angle = heading[k] + side * rng.uniform(0.85, 1.15)
            along, across = (
                np.array([np.cos(angle), np.sin(angle)]),
                np.array([-np.sin(angle), np.cos(angle)]),
            )
            root = np.array([x[k], y[k]])
            thick = length * 0.4 / fingers * 0.62
            out.append(tuple(root + along * stem - across * side * -thick * 0.5))
            for bow in np.linspace(-np.pi / 2, np.pi / 2, 14):
                tip = (
                    along * (reach - thick + thick * np.cos(bow))
                    + across * side * -thick * np.sin(-bow) * -1
                )
                out.append(tuple(root + tip * 1.0))
            out.append(tuple(root + along * stem - across * side * thick * 0.5))
    tip_at = (float(x[-1]), float(y[-1]))
    crown = _arc(tip_at, length * 0.1, turn + bend / 2 - np.pi / 2, turn + bend / 2 + np.pi / 2, 14)
    return right + crown[::-1] + left[::-1]
