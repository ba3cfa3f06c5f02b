"""Prices: exact, monotone, never negative, and unknown rather than wrong."""

from decimal import Decimal

import pytest
from hypothesis import given as generated
from hypothesis import strategies

from boards.domain.costs import Confidence
from boards.generators.declared.prices import actual_cost, quote
from boards.generators.declared.transport import Count
from tests.catalog.words import AUDIO, IMAGE, VIDEO, declared, price, typed

INPUTS = {
    "prompt": {"type": "text", "default": ""},
    "n": {"type": "integer", "min": 1, "default": 1},
    "duration": {"choices": ["4s", "8s"], "default": "8s"},
    "seconds": {"choices": [4, 8], "default": 8},
    "quality": {"choices": ["low", "high"], "default": "low"},
    "sound": {"type": "boolean", "default": False},
    "images": {"slot": "image", "many": True, "optional": True},
    "audio": {"slot": "audio", "optional": True},
    "clips": {"slot": "video", "many": True, "optional": True},
}
VIDEO_INPUTS = {
    "resolution": {"choices": ["480p", "720p", "auto"]},
    "aspect_ratio": {"choices": ["16:9", "9:16", "auto"]},
    "duration": {"type": "integer"},
}


def upscaled(source, factor) -> Decimal | None:
    declaration = declared(
        inputs={"image_url": {"slot": "image"}, "upscale_factor": {"type": "number"}},
        price=price(unit="megapixel", rate="0.016", rule="upscaled_megapixels"),
    )
    return quote(declaration, typed(declaration, image_url=source, upscale_factor=factor)).amount


def amount(words, **inputs) -> Decimal | None:
    declaration = declared(inputs=INPUTS, price=price(**words))
    return quote(declaration, typed(declaration, **inputs)).amount


class TestAQuote:
    @pytest.mark.parametrize(
        ("words", "inputs", "expected"),
        [
            ({"base": "0.05"}, {}, "0.05"),
            ({"rate": "0.04", "units": "n"}, {"n": 3}, "0.12"),
            ({"base": "0.01", "rate": "0.04", "units": "n"}, {"n": 2}, "0.09"),
            ({"rate": "0.2", "units": "duration", "per": "4"}, {"duration": "8s"}, "0.4"),
            ({"rate": "0.05", "units": "seconds"}, {"seconds": 4}, "0.2"),
            (
                {"rate": "0.1", "units": "prompt.characters", "per": "1000"},
                {"prompt": "x" * 250},
                "0.025",
            ),
            ({"rate": "0.02", "units": "images.count"}, {"images": [IMAGE, IMAGE]}, "0.04"),
            ({"rate": "0.02", "units": "images.count"}, {}, "0"),
            ({"rate": "0.01", "units": "audio.seconds"}, {"audio": AUDIO}, "0.125"),
            ({"base": "0.1", "factors": {"quality": {"high": "2"}}}, {"quality": "high"}, "0.2"),
            ({"base": "0.1", "factors": {"quality": {"high": "2"}}}, {}, "0.1"),
            ({"base": "0.1", "factors": {"sound": {"true": "1.5"}}}, {"sound": True}, "0.15"),
            ({"base": "0.1", "factors": {"seconds": {"4": "0.5"}}}, {"seconds": 4}, "0.05"),
            (
                {"base": "1", "additions": [{"when": {"sound": True}, "base": "0.015"}]},
                {"sound": True},
                "1.015",
            ),
            ({"base": "1", "additions": [{"given": ["audio"], "base": "2"}]}, {}, "1"),
            ({"base": "1", "additions": [{"absent": ["audio"], "base": "2"}]}, {}, "3"),
            (
                {
                    "cases": [
                        {"when": {"quality": "high"}, "given": ["audio"], "base": "5"},
                        {"when": {"quality": "high"}, "base": "4"},
                    ],
                    "base": "3",
                },
                {"quality": "high"},
                "4",
            ),
        ],
    )
    def test_follows_the_rule(self, words, inputs, expected):
        assert amount(words, **inputs) == Decimal(expected)

    def test_without_a_price_is_unpriced_and_never_zero(self):
        declaration = declared(inputs=INPUTS)

        cost = quote(declaration, typed(declaration))

        assert cost.amount is None
        assert cost.confidence is Confidence.UNKNOWN

    def test_for_an_unknown_length_is_unpriced(self):
        assert amount({"rate": "1", "units": "clips.seconds"}, clips=[VIDEO]) is None

    def test_for_an_unknown_length_may_assume_one(self):
        words = {"rate": "1", "units": "clips.seconds", "assume": "10"}

        assert amount(words, clips=[VIDEO]) == 10

    def test_with_an_addition_of_unknown_length_is_unpriced(self):
        addition = {"given": ["clips"], "rate": "1", "units": "clips.seconds"}

        assert amount({"base": "1", "additions": [addition]}, clips=[VIDEO]) is None

    def test_where_no_case_holds_is_unpriced(self):
        assert amount({"cases": [{"when": {"quality": "high"}, "base": "5"}]}) is None

    @pytest.mark.parametrize(
        ("inputs", "tokens"),
        [
            ({"resolution": "720p", "aspect_ratio": "16:9", "duration": 5}, "135000"),
            ({"resolution": "480p", "aspect_ratio": "16:9", "duration": 4}, "48000"),
            ({"resolution": "480p", "aspect_ratio": "9:16", "duration": 4}, "15187.5"),
            ({"resolution": "720p", "aspect_ratio": "auto", "duration": 5}, "135000"),
        ],
    )
    def test_may_count_the_tokens_of_a_video(self, inputs, tokens):
        declaration = declared(inputs=VIDEO_INPUTS, price=price(rate="2", rule="video_tokens"))

        cost = quote(declaration, typed(declaration, **inputs))

        assert cost.amount == 2 * Decimal(tokens)
        assert cost.basis is not None
        assert cost.basis.units == Decimal(tokens)

    def test_of_a_video_of_unknown_size_is_unpriced(self):
        declaration = declared(inputs=VIDEO_INPUTS, price=price(rate="2", rule="video_tokens"))
        size = {"resolution": "auto", "aspect_ratio": "auto", "duration": 5}

        assert quote(declaration, typed(declaration, **size)).amount is None

    @pytest.mark.parametrize(
        ("size", "factor", "megapixels"),
        [((1000, 500), 2, "2"), ((1000, 500), 1.5, "1.125"), ((4000, 3000), 200, "480000")],
    )
    def test_may_count_the_pixels_that_come_out(self, size, factor, megapixels):
        source = IMAGE.model_copy(update={"width": size[0], "height": size[1]})

        assert upscaled(source, factor) == Decimal(megapixels) * Decimal("0.016")

    def test_of_an_image_of_unknown_size_is_unpriced(self):
        assert upscaled(IMAGE, 2) is None

    def test_says_what_it_was_worked_out_from(self):
        declaration = declared(inputs=INPUTS, price=price(rate="0.04", units="n"))

        cost = quote(declaration, typed(declaration, n=3))

        assert cost.confidence is Confidence.LISTED
        assert cost.basis is not None
        assert (cost.basis.provider, cost.basis.model) == ("one", "one-model")
        assert (cost.basis.unit, cost.basis.units) == ("image", Decimal(3))
        assert cost.basis.unit_price == Decimal("0.04")

    @pytest.mark.parametrize("confidence", ["unverified", "second_hand"])
    def test_from_a_figure_that_nobody_checked_is_an_estimate(self, confidence):
        declaration = declared(price=price(base="1", confidence=confidence))

        cost = quote(declaration, typed(declaration, prompt="x"))

        assert cost.confidence is Confidence.ESTIMATED

    @generated(
        n=strategies.integers(1, 1000),
        more=strategies.integers(0, 1000),
        base=strategies.decimals(0, 10, places=6),
        rate=strategies.decimals(0, 1, places=9),
        factor=strategies.decimals(1, 10, places=3),
    )
    def test_is_monotone_and_never_negative(self, n, more, base, rate, factor):
        words = {
            "base": f"{base:f}",
            "rate": f"{rate:f}",
            "units": "n",
            "factors": {"quality": {"high": f"{factor:f}"}},
        }

        low, high = amount(words, n=n), amount(words, n=n + more)
        dear = amount(words, n=n, quality="high")

        assert low is not None
        assert high is not None
        assert dear is not None
        assert 0 <= low <= high
        assert low <= dear


class TestTheActualCost:
    TOKENS = price(
        base="1",
        counted={
            "per": "1000000",
            "rates": {"text_input_tokens": "2", "image_output_tokens": "8"},
        },
    )

    def test_is_the_sum_of_what_was_counted(self):
        counts = {Count.TEXT_INPUT_TOKENS: Decimal(500), Count.IMAGE_OUTPUT_TOKENS: Decimal(1000)}

        cost = actual_cost(declared(price=self.TOKENS), counts)

        assert cost is not None
        assert cost.amount == Decimal("0.009")
        assert cost.confidence is Confidence.EXACT

    def test_of_one_count_names_it(self):
        cost = actual_cost(declared(price=self.TOKENS), {Count.IMAGE_OUTPUT_TOKENS: Decimal(1000)})

        assert cost is not None
        assert cost.basis is not None
        assert cost.basis.unit == "image_output_tokens"
        assert cost.basis.units == 1000
        assert cost.basis.unit_price == Decimal("0.000008")

    def test_is_unknown_when_a_count_has_no_price(self):
        counts = {Count.TEXT_INPUT_TOKENS: Decimal(5), Count.AUDIO_INPUT_TOKENS: Decimal(1)}

        assert actual_cost(declared(price=self.TOKENS), counts) is None

    def test_does_not_mind_a_count_of_nothing(self):
        counts = {Count.TEXT_INPUT_TOKENS: Decimal(5), Count.AUDIO_INPUT_TOKENS: Decimal(0)}

        assert actual_cost(declared(price=self.TOKENS), counts) is not None

    def test_is_unknown_without_counts_or_without_their_prices(self):
        assert actual_cost(declared(price=self.TOKENS), {}) is None
        assert actual_cost(declared(price=price(base="1")), {Count.CREDITS: Decimal(1)}) is None
        assert actual_cost(declared(), {Count.CREDITS: Decimal(1)}) is None

    def test_may_be_told_outright(self):
        cost = actual_cost(declared(), {Count.USD: Decimal("0.0421")})

        assert cost is not None
        assert cost.amount == Decimal("0.0421")
        assert cost.confidence is Confidence.EXACT
