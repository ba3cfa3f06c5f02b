"""Colours of a poster: hand-made palettes, chosen by the words of the prompt, else by the seed.

A palette has six roles, from `dark` to `light`, and an `accent` that stands out from all of them.
Colours are sRGB triples from 0 to 1.
"""

import colorsys
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

__all__ = [
    "PALETTES",
    "Palette",
    "Rgb",
    "choose_palette",
    "contrast",
    "luminance",
    "rgb",
    "shifted",
]

Rgb = tuple[float, float, float]


def rgb(code: str) -> Rgb:
    """Read `#rrggbb`."""
    digits = code.removeprefix("#")
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Six colours that go together, and the words that call them."""

    name: str
    dark: Rgb
    deep: Rgb
    mid: Rgb
    bright: Rgb
    light: Rgb
    accent: Rgb
    words: frozenset[str]

    @property
    def ramp(self) -> tuple[Rgb, ...]:
        """The colours without the accent, dark to light."""
        return (self.dark, self.deep, self.mid, self.bright, self.light)


def _palette(name: str, colours: str, words: str) -> Palette:
    dark, deep, mid, bright, light, accent = (rgb(code) for code in colours.split())
    return Palette(
        name=name,
        dark=dark,
        deep=deep,
        mid=mid,
        bright=bright,
        light=light,
        accent=accent,
        words=frozenset(words.split()) | {name},
    )


PALETTES: dict[str, Palette] = {
    palette.name: palette
    for palette in (
        _palette(
            "sea",
            "0b1f33 12456b 2a86a8 7cc6c9 f4ecdc ff6b4a",
            "ocean water wave waves blue harbour harbor ship sail coast island lighthouse swim "
            "whale fish marine tide surf lake river boat sailor aqua dolphin shore",
        ),
        _palette(
            "fire",
            "2a0a12 7a1422 d9381e f79432 fff0d6 ffd23f",
            "flame flames red volcano lava burn burning heat hot dragon passion rage phoenix "
            "ember embers devil blood furnace war revolution",
        ),
        _palette(
            "forest",
            "0f1f17 1f4a36 4f8a4f b5c66b f4efdc e8743b",
            "tree trees wood woods green leaf leaves jungle fern wild nature moss fox bear deer "
            "wolf hike camp garden valley meadow",
        ),
        _palette(
            "night",
            "0a0c24 1f2358 4b3f93 a88be0 f1ecff ffd166",
            "star stars moon space cosmos galaxy midnight dream dreams astronaut planet universe "
            "nebula orbit comet sleep purple violet magic wizard lunar constellation cosmic",
        ),
        _palette(
            "desert",
            "3a1c14 8c3f2b d0743c eab676 faf0df 2f7f86",
            "sand dune dunes canyon dust mars cactus camel sahara terracotta clay orange western "
            "cowboy arizona",
        ),
        _palette(
            "ice",
            "12263a 3c6e91 86b4cf c9e1ec f7fafb e4572e",
            "snow winter frozen frost cold glacier arctic polar penguin ski white alps iceberg",
        ),
        _palette(
            "dawn",
            "2b1436 7a2b5e d95d7a f7a58b fff1e6 ffcf56",
            "sunset sunrise dusk evening morning love heart romance pink rose twilight kiss "
            "horizon sky cloud clouds valentine",
        ),
        _palette(
            "autumn",
            "2c1a10 7c3a14 c8681c eeb23a fbf2dc 8a1c2b",
            "gold golden fall harvest yellow honey bee lion october pumpkin whisky whiskey amber "
            "sun wheat thanksgiving",
        ),
        _palette(
            "neon",
            "0d0522 351067 c4178f ff4fb0 f3f0ff 21e6ff",
            "cyber cyberpunk synthwave retro robot future arcade tokyo techno disco electric "
            "game laser vaporwave hacker digital party rave",
        ),
        _palette(
            "blue-note",
            "0d1b2a 1b3b6f 2f6fb7 93bbe0 f3eee3 ff9f1c",
            "jazz music concert song piano sound rhythm trumpet saxophone band melody symphony "
            "orchestra vinyl record radio blues festival beethoven",
        ),
        _palette(
            "noir",
            "121212 353535 7b7b7b c4c2bd f6f4ef d7263d",
            "black detective crime film cinema silence shadow shadows smoke night-train mono "
            "monochrome ink raven crow minimal ghost",
        ),
        _palette(
            "bloom",
            "3b2148 7b3f8c e06a9f f8c3cf fff7f0 2f9e83",
            "flower flowers spring blossom garden-party orchid petal tulip bouquet butterfly "
            "cherry sakura peony",
        ),
        _palette(
            "citrus",
            "143c40 1e8577 f2a71b f9dc6b fff9e6 ef4b3f",
            "summer lemon fruit beach holiday tropical banana juice california picnic vacation "
            "mango sunshine miami",
        ),
        _palette(
            "coffee",
            "221610 54382a 9b6a4a d8b78c f7eee0 2a7f7a",
            "cafe espresso book books library chocolate leather brown bread bakery kitchen "
            "earth tea horse",
        ),
        _palette(
            "rain",
            "18242b 36505c 6e8b93 b9c9c8 f2f2ed f2b632",
            "storm thunder fog mist grey gray umbrella cloudburst november quiet alone solitude "
            "melancholy ash",
        ),
        _palette(
            "candy",
            "2d1e52 6a3fb5 f25fa6 ffb9cd fff5f6 21c7c7",
            "sweet unicorn birthday bubble ice-cream pop kids toy cake carnival circus balloon",
        ),
        _palette(
            "mint",
            "0f2d2e 1d6a63 4fb79f b9e6d2 f9f7ed f0566e",
            "fresh health yoga calm peace spa breathe herbal apple bamboo turquoise",
        ),
        _palette(
            "bauhaus",
            "161616 1d4e9e e23a2c f4b71d f4eee0 e23a2c",
            "design architecture modern geometry school city metro swiss art museum "
            "exhibition typography building urban new-york berlin construct",
        ),
    )
}


def choose_palette(name: str, words: Iterable[str], random: np.random.Generator) -> Palette:
    """Take the palette of that name; for "auto" the one that most words call, else by chance."""
    if name != "auto":
        return PALETTES[name]
    said = [word.lower() for word in words]
    votes = {key: sum(word in p.words for word in said) for key, p in PALETTES.items()}
    # Drawn even when the words decide, so that a changed word list moves nothing drawn after it.
    by_chance = str(random.choice(sorted(PALETTES)))
    best = max(votes.values())
    called = [key for key, count in votes.items() if count == best and best > 0]
    if not called:
        return PALETTES[by_chance]
    first = {key: min(i for i, w in enumerate(said) if w in PALETTES[key].words) for key in called}
    return PALETTES[min(called, key=first.__getitem__)]


def shifted(palette: Palette, degrees: float) -> Palette:
    """Turn all hues a little, so that two posters of one palette are not the same colours."""

    def turn(colour: Rgb) -> Rgb:
        hue, lightness, saturation = colorsys.rgb_to_hls(*colour)
        return colorsys.hls_to_rgb((hue + degrees / 360) % 1, lightness, saturation)

    return replace(
        palette,
        dark=turn(palette.dark),
        deep=turn(palette.deep),
        mid=turn(palette.mid),
        bright=turn(palette.bright),
        light=turn(palette.light),
        accent=turn(palette.accent),
    )


def luminance(colour: Rgb) -> float:
    """Relative luminance as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: float, other: float) -> float:
    """WCAG 2 contrast ratio of two luminances, 1 to 21."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
