"""Styles grown from noise: flow lines, contours, ridge lines, halftone, soft colour."""

import numpy as np
from PIL import Image

from boards.adapters.providers.local.art.layouts import Place, Setting
from boards.adapters.providers.local.art.lettering import Box, Face
from boards.adapters.providers.local.art.page import Field, Page, along, mix, smoothstep

__all__ = ["contours", "flow", "halftone", "mesh", "pulse"]


def _sample(field: Field, x: Field, y: Field) -> Field:
    """The values of a field at points, the nearest pixel's; outside, the edge's."""
    rows = np.clip(y.astype(np.int32), 0, field.shape[0] - 1)
    columns = np.clip(x.astype(np.int32), 0, field.shape[1] - 1)
    return np.asarray(field[rows, columns], np.float32)


def flow(page: Page) -> Setting:
    """Thousands of threads that follow one current."""
    p, rng, unit = page.palette, page.random, page.unit
    dark = rng.random() < 0.65
    ground = p.dark if dark else p.light
    page.fill(ground)
    angle = page.noise(unit * rng.uniform(0.55, 0.9), 2, 0.35) * np.float32(2 * np.pi * 1.3)
    angle += np.float32(rng.uniform(0, 2 * np.pi))
    hue = page.noise(unit * 0.7, 2)
    count, steps = 1500, 44
    x: Field = (rng.random(count) * 1.2 - 0.1).astype(np.float32) * page.width
    y: Field = (rng.random(count) * 1.2 - 0.1).astype(np.float32) * page.height
    path = np.empty((steps, count, 2), np.float32)
    stride = np.float32(unit * 0.0085)
    for step in range(steps):
        path[step, :, 0], path[step, :, 1] = x, y
        heading = _sample(angle, x, y)
        x, y = x + np.cos(heading) * stride, y + np.sin(heading) * stride
    page.tick(0.3)
    colours = (
        (p.deep, p.mid, p.bright, p.accent, p.light) if dark else (p.bright, p.mid, p.deep, p.dark)
    )
    # By rank, so that every colour of the palette gets its share of the threads.
    start_hue = _sample(hue, path[0, :, 0], path[0, :, 1]) + rng.normal(0, 0.05, count)
    spread = np.argsort(np.argsort(start_hue)) / count
    widths = unit * rng.uniform(0.0014, 0.0062, count)
    drawing = page.drawing(2)
    for n in range(count):
        if n % 100 == 0:
            page.tick(0.3 + 0.6 * n / count)
        thread = [(a, b) for a, b in path[:, n].tolist()]
        drawing.line(thread, along(colours, float(spread[n])), float(widths[n]), joined=False)
    drawing.finish()
    field = _field(page, ground)
    page.grain(0.014)
    return Setting(
        place="bottom", face=Face.BLACK, inks=(p.light if dark else p.dark,), height=1.0,
        caption="near", box=field, most_lines=2,
    )  # fmt: skip


def _field(page: Page, colour: tuple[float, float, float], share: float = 0.27) -> Box:
    """Clear the foot of the page for the words, and give the box to stand in."""
    margin = page.unit * 0.065
    top = page.height * (1 - share)
    page.pixels[round(top) :] = colour
    return Box(margin, top + margin * 0.7, page.width - margin, page.height - margin)


def contours(page: Page) -> Setting:
    """A map's contour lines over tinted heights."""
    p, rng, unit = page.palette, page.random, page.unit
    land = page.noise(unit * rng.uniform(0.42, 0.6), 4, 0.42)
    page.tick(0.3)
    levels = int(rng.integers(11, 16))
    height = land * np.float32(levels)
    step = np.floor(height)
    dark = rng.random() < 0.5
    ramp = (p.dark, p.deep, p.mid) if dark else (p.light, mix(p.light, p.bright, 0.7), p.bright)
    page.gradient(ramp, np.clip((step / levels - 0.15) * 1.4, 0, 1))
    page.tick(0.5)
    slope_y, slope_x = np.gradient(height)
    slope = np.maximum(np.hypot(slope_x, slope_y), np.float32(1e-4))
    near = np.abs(height - np.round(height)) / slope
    strong = np.round(height) % 4 == 0
    thick = np.where(strong, unit * 0.0022, unit * 0.001) + 0.35
    line = np.clip(thick - near + 0.5, 0, 1).astype(np.float32)
    ink = p.bright if dark else p.deep
    page.paint(line, ink, 0.85)
    page.tick(0.8)
    peak = np.unravel_index(int(np.argmax(land[: int(page.height * 0.6)])), land.shape)
    spot = (
        float(np.clip(peak[1], unit * 0.15, page.width - unit * 0.15)),
        float(np.clip(peak[0], unit * 0.15, page.height * 0.6)),
    )
    page.ring(spot, unit * 0.045, unit * 0.006, p.accent)
    page.disc(spot, unit * 0.016, p.accent)
    field = _field(page, p.dark if dark else p.light, 0.25)
    page.grain(0.016)
    return Setting(
        place="bottom", face=Face.CONDENSED, inks=(p.light if dark else p.dark,), height=1.0,
        caption="near", box=field, most_lines=2, tracking=0.015,
    )  # fmt: skip


def pulse(page: Page) -> Setting:
    """Stacked lines that rise where something sounds."""
    p, rng, unit = page.palette, page.random, page.unit
    page.fill(p.dark)
    lines = 58
    left, right = page.width * 0.11, page.width * 0.89
    top, bottom = page.height * 0.17, page.height * 0.69
    x = np.linspace(left, right, 260)
    u = (x - page.width / 2) / ((right - left) / 2)
    drawing = page.drawing()
    centre = rng.uniform(-0.15, 0.15)
    for n in range(lines):
        page.tick(0.85 * n / lines)
        y0 = top + (bottom - top) * n / (lines - 1)
        rise = np.zeros_like(x)
        for _ in range(int(rng.integers(5, 9))):
            middle, wide = rng.normal(centre, 0.26), rng.uniform(0.04, 0.13)
            rise += rng.random() * np.exp(-(((u - middle) / wide) ** 2))
        envelope = np.exp(-((u / 0.52) ** 4)) * (0.5 + 0.5 * np.sin(np.pi * (n + 4) / (lines + 6)))
        jitter = rng.normal(0, 0.012, len(x)) + 0.02 * np.sin(u * 30 + n)
        y = y0 - unit * (0.085 * rise * envelope + 0.12 * jitter * (0.25 + envelope))
        curve = list(zip(x.tolist(), y.tolist(), strict=True))
        # Each line hides what lies behind it.
        drawing.polygon([*curve, (right, y0 + unit * 0.03), (left, y0 + unit * 0.03)], p.dark)
        drawing.line(curve, along((p.light, p.bright, p.accent), n / lines), unit * 0.0026)
    drawing.finish()
    page.grain(0.012)
    margin = unit * 0.07
    clear = Box(margin, page.height * 0.72, page.width - margin, page.height - margin)
    return Setting(
        place="centre", face=Face.CONDENSED, inks=(p.light,), height=0.9, width=0.84,
        caption="near", tracking=0.08, most_lines=2, box=clear,
    )  # fmt: skip


def halftone(page: Page) -> Setting:
    """A sphere and its light, printed in coarse dots of two inks."""
    p, rng, unit = page.palette, page.random, page.unit
    paper = p.light if rng.random() < 0.6 else p.bright
    page.fill(paper)
    centre = (page.width * rng.uniform(0.42, 0.6), page.height * rng.uniform(0.38, 0.44))
    radius = unit * rng.uniform(0.3, 0.36)
    light = rng.uniform(-2.6, -0.6)
    dx, dy = (page.x - centre[0]) / radius, (page.y - centre[1]) / radius
    inside = dx * dx + dy * dy
    depth = np.sqrt(np.clip(1 - inside, 0, 1))
    shade = np.clip(dx * np.cos(light) * 0.66 + dy * np.sin(light) * 0.66 + depth * 0.6, -0.2, 1)
    tone = np.where(inside < 1.1, 1 - np.clip(shade, 0, 1), 0).astype(np.float32)
    far = page.y / page.height
    ground = (0.5 * smoothstep(0.35, 1.05, far + np.zeros_like(page.x))).astype(np.float32)
    page.tick(0.3)
    page.paint(
        _dots(page, np.where(inside < 1, 0, ground), unit * 0.02, 0.26), p.mid, 1, "multiply"
    )
    page.tick(0.5)
    page.disc(centre, radius, p.accent)
    disc = np.clip((1 - np.sqrt(inside)) * radius + 0.5, 0, 1).astype(np.float32)
    page.paint(_dots(page, tone, unit * 0.0165, 1.309) * disc, p.dark)
    page.grain(0.016)
    return Setting(
        place="wall", face=Face.CONDENSED, inks=(p.dark, p.deep), height=0.24, caption="far"
    )


def _dots(page: Page, tone: Field, pitch: float, turn: float) -> Field:
    """A halftone screen of a tone from 0 to 1; `pitch` in pixels, `turn` in radians."""
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    u = (page.x * cos + page.y * sin) / np.float32(pitch)
    v = (page.y * cos - page.x * sin) / np.float32(pitch)
    # The tone is read at the dot's middle, so that each dot is round.
    mu, mv = np.floor(u) + 0.5, np.floor(v) + 0.5
    mx, my = (mu * cos - mv * sin) * np.float32(pitch), (mu * sin + mv * cos) * np.float32(pitch)
    at_dot = _sample(np.asarray(tone, np.float32), mx, my)
    size = np.sqrt(at_dot / np.float32(np.pi)) * 1.22
    far = np.hypot(u - mu, v - mv)
    mask = np.clip((size - far) * np.float32(pitch) + 0.5, 0, 1)
    return np.where(at_dot > 0.02, mask, 0).astype(np.float32)


def mesh(page: Page) -> Setting:
    """Soft colours that flow into each other, like light through glass."""
    p, rng, unit = page.palette, page.random, page.unit
    small_w, small_h = max(24, page.width // 8), max(24, page.height // 8)
    x = np.linspace(0, 1, small_w, dtype=np.float32)[None, :] * page.width / unit
    y = np.linspace(0, 1, small_h, dtype=np.float32)[:, None] * page.height / unit
    bend = float(rng.uniform(0.12, 0.22))
    turn = rng.uniform(2.0, 4.0, 2)
    phase = rng.uniform(0, 6.28, 2)
    x, y = x + bend * np.sin(y * turn[0] + phase[0]), y + bend * np.sin(x * turn[1] + phase[1])
    # All dark or all light: words must be readable wherever they come to lie.
    dark = rng.random() < 0.55
    glow, shade = mix(p.mid, p.bright, 0.25), mix(p.mid, p.deep, 0.3)
    pale, blush = mix(p.accent, p.light, 0.35), mix(p.mid, p.light, 0.5)
    colours = (
        [p.dark, p.deep, shade, glow, p.deep, p.dark, shade, mix(p.accent, p.mid, 0.45)]
        if dark
        else [p.light, p.bright, blush, pale, p.light, p.bright, pale, blush]
    )
    total = np.zeros((small_h, small_w, 3), np.float32)
    weights = np.zeros((small_h, small_w, 1), np.float32)
    for colour in colours:
        spot = rng.random(2) * (page.width / unit, page.height / unit)
        near = ((x - spot[0]) ** 2 + (y - spot[1]) ** 2)[..., None]
        weight = 1 / (near + 0.03) ** 2.1
        total += weight * np.asarray(colour, np.float32)
        weights += weight
    soft = total / weights
    layers = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(soft[..., k]), "F").resize(
                (page.width, page.height), Image.Resampling.BICUBIC
            )
        )
        for k in range(3)
    ]
    page.pixels = np.stack(layers, axis=-1)
    page.tick(0.6)
    page.grain(0.035)
    place: Place = "centre" if rng.random() < 0.5 else "bottom"
    return Setting(
        place=place, face=Face.SERIF if place == "centre" else Face.BLACK, upper=False,
        inks=(p.light if dark else p.dark,), height=0.4,
        caption="near" if place == "centre" else "far",
    )  # fmt: skip
