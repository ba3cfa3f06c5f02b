"""Posters: the same for the same seed, different for different words, readable, quick to refuse."""

import asyncio
import itertools
from typing import get_args

import numpy as np
import pytest
from PIL import Image, ImageChops
from pydantic import ValidationError

from boards.adapters.providers.local.art import layouts
from boards.adapters.providers.local.art.layouts import LARGE_CONTRAST
from boards.adapters.providers.local.art.lettering import Box, Face, fit, fit_lines, paragraph, wrap
from boards.adapters.providers.local.art.page import Page
from boards.adapters.providers.local.art.palettes import (
    PALETTES,
    choose_palette,
    contrast,
    luminance,
)
from boards.adapters.providers.local.art.styles import STYLES, choose_style, paint
from boards.adapters.providers.local.art.wording import Wording, drawable, wording, words_of
from boards.adapters.providers.local.pictures import encoded
from boards.adapters.providers.local.poster import (
    LocalPoster,
    PaletteName,
    PosterInput,
    StyleName,
    render_poster,
)
from tests.local.conftest import Run
from tests.local.pictures import distance, picture

SMALL = {"width": 256, "height": 320}
ALL_STYLES = sorted(STYLES)


def draw(prompt: str = "The sea", seed: int = 1, **more: object) -> Image.Image:
    return render_poster(prompt, seed=seed, **{**SMALL, **more}).image  # type: ignore[arg-type]


class TestRepeats:
    @pytest.mark.parametrize("style", ALL_STYLES)
    def test_the_same_seed_gives_the_same_bytes(self, style):
        one, other = (encoded(draw(style=style, seed=7), "png") for _ in range(2))

        assert one == other

    @pytest.mark.parametrize("style", ALL_STYLES)
    def test_another_seed_gives_another_poster(self, style):
        assert distance(draw(style=style, seed=1), draw(style=style, seed=2)) > 1.5

    def test_distinct_prompts_differ_under_one_seed(self):
        prompts = ["The sea", "The sea at night", "Fire", "A quiet forest", "Jazz", "Hello"]
        posters = [draw(prompt, seed=3) for prompt in prompts]

        distances = [distance(a, b) for a, b in itertools.combinations(posters, 2)]

        assert min(distances) > 8

    def test_a_single_letter_makes_a_difference(self):
        assert distance(draw("The sea", style="tiles"), draw("The seal", style="tiles")) > 1


class TestWordsAreSeen:
    @pytest.mark.parametrize("style", ALL_STYLES)
    def test_taking_the_words_away_changes_the_picture_where_they_stood(self, style):
        def page(title: str) -> Image.Image:
            random = np.random.default_rng(5)
            page = Page(
                width=320, height=400, palette=PALETTES["sea"], random=random,
                words=Wording(title=title, caption=""),
            )  # fmt: skip
            paint(page, style)
            return page.image()

        changed = ImageChops.difference(page("HARBOUR"), page("")).convert("L")
        share = np.asarray(changed.point(lambda v: 255 if v > 60 else 0)).mean() / 255

        assert share > 0.012

    @pytest.mark.parametrize("style", [s for s in ALL_STYLES if s not in ("echo", "slabs")])
    def test_the_title_stands_out_from_what_is_behind_it(self, style, monkeypatch):
        """The ink's contrast with the ground just before it is laid on."""
        worst: list[float] = []
        choose = layouts.ink_on

        def watched(page, mask, inks, least):
            ink = choose(page, mask, inks, least)
            behind = layouts._behind(page, mask)
            assert behind is not None
            low, high = np.percentile(behind[0], (10, 90))
            level = luminance(ink)
            worst.append(min(contrast(level, float(low)), contrast(level, float(high))))
            return ink

        monkeypatch.setattr(layouts, "ink_on", watched)
        for seed in range(4):
            render_poster("Harbour lights", seed=seed, style=style, width=320, height=400)

        assert len(worst) >= 4
        assert min(worst) >= LARGE_CONTRAST * 0.85

    def test_a_long_prompt_is_cut_down_to_a_title_and_told_in_full_below(self):
        said = wording("A lighthouse at the edge of a stormy sea at dusk, oil painting")

        assert said.title == "lighthouse"
        assert said.caption == "A lighthouse at the edge of a stormy sea at dusk, oil painting"

    def test_a_line_break_sets_title_and_caption(self):
        said = wording("The long night\nA festival of silent film")

        assert (said.title, said.caption) == ("The long night", "A festival of silent film")

    @pytest.mark.parametrize(
        ("prompt", "drawn"),
        [
            ("Café Zürich", "Café Zürich"),
            ("Łódź", "Lódz"),
            ("Привет", "Privet"),
            ("Αθήνα", "Athina"),
            ("さくら", "sakura"),
            ("서울", "seoul"),
            ("🚀 lift off", "lift off"),
            ("a\tb\x00c", "a bc"),
        ],
    )
    def test_letters_that_the_faces_lack_are_spelled_in_latin_ones(self, prompt, drawn):
        assert drawable(prompt) == drawn

    @pytest.mark.parametrize("prompt", ["山と海", "🚀🔥", "שלום", "مرحبا"])
    def test_what_cannot_be_spelled_is_left_out_whole(self, prompt):
        assert wording(prompt).title == ""


class TestAnyPrompt:
    @pytest.mark.parametrize(
        "prompt",
        [
            "x", "!!!", "   a   ", "山と海", "🚀🔥🎉", "\u202eabc", "a\u0301\u0302\u0303",
            "Donaudampfschifffahrtsgesellschaftskapitän", "long " * 99, "W" * 500, "\n\nline\n\n",
            "<script>alert(1)</script>", "%s {0} \\n", "1234567890",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("style", ["waves", "tiles", "echo", "slabs"])
    def test_is_drawn(self, prompt, style):
        assert draw(prompt, style=style, width=160, height=200).size == (160, 200)

    @pytest.mark.parametrize("style", ALL_STYLES)
    @pytest.mark.parametrize("size", [(128, 128), (400, 160), (128, 420)])
    def test_every_style_takes_every_shape(self, style, size):
        width, height = size

        assert draw(style=style, width=width, height=height).size == size


class TestChoices:
    def test_words_choose_the_palette(self):
        def of(prompt: str) -> str:
            return choose_palette("auto", words_of(prompt), np.random.default_rng(0)).name

        assert [of("the deep ocean"), of("fire and flames"), of("jazz")] == [
            "sea", "fire", "blue-note",
        ]  # fmt: skip

    def test_words_choose_the_style(self):
        chosen = {choose_style("auto", ["desert"], np.random.default_rng(n)) for n in range(20)}

        assert chosen == {"dunes"}

    def test_without_known_words_every_style_comes_up(self):
        random = np.random.default_rng(0)

        assert {choose_style("auto", ["qwxz"], random) for _ in range(400)} == set(STYLES)

    def test_the_form_offers_what_there_is(self):
        assert set(get_args(StyleName)) == {"auto", *STYLES}
        assert set(get_args(PaletteName)) == {"auto", *PALETTES}

    @pytest.mark.parametrize("name", sorted(PALETTES))
    def test_every_palette_can_carry_text(self, name):
        palette = PALETTES[name]

        assert contrast(luminance(palette.dark), luminance(palette.light)) > 9


class TestLettering:
    def test_lines_are_divided_evenly(self):
        lines = wrap("one two three four five six", 2, lambda text: float(len(text)))

        assert lines == ["one two three", "four five six"]

    @pytest.mark.parametrize("setter", [fit, fit_lines])
    @pytest.mark.parametrize("text", ["Hi", "A much longer title than that", "Gyjpq ÄÖÜ"])
    def test_a_title_stays_in_its_box(self, setter, text):
        block = setter(text, Face.CONDENSED, Box(0, 0, 300, 120))

        assert 0 < block.width <= 303
        assert 0 < block.height <= 123

    def test_a_text_that_is_too_long_ends_in_an_ellipsis(self):
        block = paragraph("word " * 200, Face.TEXT, Box(0, 0, 200, 60), size=16)

        assert block.height <= 60
        assert block.lines[-1].text.endswith("…")

    def test_a_word_longer_than_a_line_is_broken(self):
        block = paragraph("x" * 100, Face.TEXT, Box(0, 0, 100, 400), size=16)

        assert len(block.lines) > 3
        assert all(line.width <= 100 for line in block.lines)


class TestRun:
    async def test_makes_as_many_as_asked_and_says_with_which_seeds(self, make: Run):
        ran = await make(
            LocalPoster(), {"prompt": "Summer", "num_outputs": 3, "seed": 41, "size": 256}
        )

        assert [file.facts.format for file in ran.files] == ["png"] * 3
        assert [picture(file.data).size for file in ran.files] == [(205, 256)] * 3
        assert len({file.sha256 for file in ran.files}) == 3
        assert ran.metadata["seed"] == 41
        assert ran.metadata["seeds"] == [41, 42, 43]
        assert ran.price == 0

    async def test_an_output_can_be_made_again_alone_by_its_seed(self, make: Run):
        both = await make(
            LocalPoster(), {"prompt": "Rain", "num_outputs": 2, "seed": 9, "size": 200}
        )
        second = await make(LocalPoster(), {"prompt": "Rain", "seed": 10, "size": 200})

        assert both.files[1].sha256 == second.files[0].sha256

    async def test_without_a_seed_one_is_taken_and_told(self, make: Run):
        ran = await make(LocalPoster(), {"prompt": "Rain", "size": 200})
        again = await make(
            LocalPoster(), {"prompt": "Rain", "size": 200, "seed": ran.metadata["seed"]}
        )

        assert ran.primary.sha256 == again.primary.sha256

    async def test_progress_rises_and_stays_within_bounds(self, make: Run):
        ran = await make(
            LocalPoster(), {"prompt": "Rain", "size": 256, "num_outputs": 2, "seed": 1}
        )
        fractions = [fraction for fraction, _ in ran.progress]

        assert fractions
        assert fractions == sorted(fractions)
        assert 0 <= fractions[0] <= fractions[-1] <= 1

    @pytest.mark.parametrize("format", ["png", "jpg", "webp"])
    async def test_every_offered_format_is_what_it_says(self, make: Run, format):
        ran = await make(
            LocalPoster(), {"prompt": "Rain", "size": 200, "seed": 1, "output_format": format}
        )

        assert ran.primary.facts.format == format

    async def test_the_loop_stays_free_while_a_poster_is_drawn(self, make: Run):
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        spinning = asyncio.create_task(turn())
        await make(LocalPoster(), {"prompt": "Rain", "size": 640, "seed": 1})
        spinning.cancel()

        assert turns > 50


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt": ""},
        {"prompt": "   "},
        {"prompt": "x" * 501},
        {"prompt": "x", "style": "cubist"},
        {"prompt": "x", "size": 64},
        {"prompt": "x", "size": 5000},
        {"prompt": "x", "width": 10_000},
        {"prompt": "x", "num_outputs": 9},
        {"prompt": "x", "seed": -1},
        {"prompt": "x", "aspect_ratio": "7:1"},
        {"prompt": "x", "colour": "red"},
    ],
)
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        PosterInput.model_validate(wrong)


def test_one_given_side_keeps_the_aspect_ratio():
    assert PosterInput(prompt="x", aspect_ratio="2:3", width=400).pixels() == (400, 600)
    assert PosterInput(prompt="x", aspect_ratio="2:3", height=600).pixels() == (400, 600)
    assert PosterInput(prompt="x", width=300, height=500).pixels() == (300, 500)
    assert PosterInput(prompt="x", aspect_ratio="16:9", size=1280).pixels() == (1280, 720)
