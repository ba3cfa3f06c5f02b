"""All poster styles by name, the words that call them, and the frame that any may stand in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from boards.adapters.providers.local.art import fields, geometry, landscapes, typographic
from boards.adapters.providers.local.art.layouts import Setting, set_words
from boards.adapters.providers.local.art.lettering import Box, Face
from boards.adapters.providers.local.art.page import Page
from boards.adapters.providers.local.art.wording import word_set

__all__ = ["STYLES", "choose_style", "paint"]

Style = Callable[[Page], Setting | None]


@dataclass(frozen=True, kw_only=True)
class _Named:
    style: Style
    words: frozenset[str]
    framed: bool = False


def _named(style: Style, words: str, *, framed: bool = False) -> _Named:
    return _Named(style=style, words=word_set(words), framed=framed)


STYLES: dict[str, _Named] = {
    "waves": _named(
        landscapes.waves,
        "sea ocean wave waves water beach island sail ship boat coast lighthouse surf sunset lake "
        "whale fish harbour harbor river shore tide sailor",
        framed=True,
    ),
    "ridges": _named(
        landscapes.ridges,
        "mountain mountains alps hill hills forest wolf snow winter hike valley wild bear fog "
        "mist silence peak peaks trees wolves",
        framed=True,
    ),
    "dunes": _named(
        landscapes.dunes,
        "desert dune dunes sand mars sahara camel cactus western canyon",
    ),
    "city": _named(
        landscapes.city,
        "city tokyo york berlin paris london street skyline urban midnight neon cyberpunk tower "
        "metropolis downtown rooftop rooftops",
        framed=True,
    ),
    "night": _named(
        landscapes.night,
        "star stars night galaxy cosmos space universe moon astronaut constellation dream dreams "
        "planet comet zodiac magic observatory",
        framed=True,
    ),
    "tiles": _named(
        geometry.tiles,
        "modern architecture pattern geometry city design school museum coffee cafe kitchen "
        "market house",
    ),
    "forms": _named(
        geometry.forms,
        "bauhaus design abstract modern art geometry exhibition circus construct carnival play",
    ),
    "arcs": _named(
        geometry.arcs,
        "music symphony concert orchestra jazz beethoven festival vinyl record opera quartet",
    ),
    "rays": _named(
        geometry.rays,
        "sun summer sunshine dragon revolution power travel road trip holiday hero "
        "japan circus glory",
    ),
    "cutout": _named(
        geometry.cutout,
        "flower flowers spring garden leaf leaves plant plants jungle nature fruit blossom reef "
        "weeds forest",
    ),
    "flow": _named(
        fields.flow,
        "wind river hair current currents flow dance smoke silk storm abstract fire "
        "flame energy motion",
        framed=True,
    ),
    "contours": _named(
        fields.contours,
        "map mountain mountains atlas glacier island trail terrain expedition "
        "journey alpine explore valley",
    ),
    "pulse": _named(
        fields.pulse,
        "sound radio noise pulse music signal heartbeat techno silence joy wave "
        "frequency song voice",
    ),
    "halftone": _named(
        fields.halftone,
        "planet pop moon comic comics retro ball globe world candy print punk earth",
        framed=True,
    ),
    "mesh": _named(
        fields.mesh,
        "dream love calm breath soft aura light glow colour color gradient meditation "
        "heart sleep sky cloud clouds",
        framed=True,
    ),
    "echo": _named(
        typographic.echo, "never again forever repeat echo loud more now protest vote love rhythm"
    ),
    "slabs": _named(
        typographic.slabs,
        "sale big news protest party burn stop festival punk boxing cinema film burger pizza",
    ),
}


def choose_style(name: str, words: Iterable[str], random: np.random.Generator) -> str:
    """Take the style of that name; for "auto" one that the words call, else one by chance."""
    if name != "auto":
        return name
    said = set(words)
    called = [key for key, entry in STYLES.items() if entry.words & said]
    return str(random.choice(called or sorted(STYLES)))


def paint(page: Page, style: str) -> None:
    """Paint the page in a style, words and all; some now and then stand in a paper frame."""
    entry = STYLES[style]
    framed = entry.framed and page.words.title and page.random.random() < 0.3
    if framed and page.height >= page.width:
        _paint_framed(page, entry.style)
        return
    setting = entry.style(page)
    if setting is not None:
        set_words(page, setting)


def _paint_framed(page: Page, style: Style) -> None:
    """The picture on a sheet of paper, the words below it, as for an exhibition."""
    p, margin = page.palette, page.unit * 0.06
    foot = page.height * 0.2
    height = round(page.height - margin - foot)
    inner = Page(
        width=round(page.width - 2 * margin),
        # Styles keep their lowest quarter for words, which stand outside the frame here.
        height=round(height / 0.76),
        palette=p,
        random=page.random,
        words=page.words,
        tick=page.tick,
    )
    style(inner)
    page.fill(p.light)
    page.grain(0.012)
    a, b = round(margin), round(margin)
    page.pixels[a : a + height, b : b + inner.width] = inner.pixels[:height]
    serif = page.random.random() < 0.5
    clear = Box(
        margin, page.height - foot + margin * 0.55, page.width - margin, page.height - margin * 0.9
    )
    set_words(
        page,
        Setting(
            place="bottom",
            face=Face.SERIF if serif else Face.BLACK,
            upper=not serif,
            inks=(p.dark,),
            height=0.75,
            caption="near",
            most_lines=2,
            box=clear,
        ),
    )
