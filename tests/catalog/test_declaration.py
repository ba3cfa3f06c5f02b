"""The vocabulary is closed, and what makes no sense is refused with what to do instead."""

from datetime import date

import pytest
from pydantic import ValidationError

from tests.catalog.words import declared, price

MANY = {
    "prompt": {"type": "text"},
    "n": {"type": "integer", "default": 1},
    "quality": {"choices": ["low", "high"], "default": "low"},
    "sound": {"type": "boolean", "default": False},
    "picture": {"slot": "image", "optional": True},
}


def refusal(**words) -> str:
    """What is said of a declaration with these words."""
    with pytest.raises(ValidationError) as refused:
        declared(**words)
    return str(refused.value)


class TestInputs:
    @pytest.mark.parametrize(
        ("field", "said"),
        [
            ({}, "say one of type, choices and slot"),
            ({"type": "text", "slot": "image"}, "this says type and slot"),
            ({"type": "texts"}, "there is no type 'texts'"),
            ({"slot": "picture"}, "image"),
            ({"type": "text", "min": 1}, "min and max go with the types integer and number"),
            ({"type": "integer", "pattern": "x"}, "go with the type text"),
            ({"type": "text", "min_items": 1}, "go with `many = true`"),
            ({"choices": ["a", 1]}, "all texts or all whole numbers"),
            ({"choices": []}, "at least 1 item"),
            ({"choices": ["a"], "default": "b"}, "'b' is none of the choices"),
            ({"choices": [1.5]}, "Input should be a valid"),
            ({"slot": "image", "default": "x"}, "a slot has no default"),
            ({"type": "text", "maximum": 3}, "Extra inputs are not permitted"),
            ({"type": "text", "convert": "text"}, "goes with one whole number"),
            ({"type": "number", "convert": "text"}, "goes with one whole number"),
            ({"type": "integer", "many": True, "convert": "text"}, "goes with one whole number"),
            ({"slot": "image", "convert": "first"}, "`many = true` and `max_items = 1`"),
            ({"slot": "image", "many": True, "convert": "first"}, "`max_items = 1`"),
            ({"slot": "image", "convert": "zip"}, "a slot of files and `many = true`"),
            ({"slot": "text", "many": True, "convert": "zip"}, "a slot of files"),
            ({"type": "integer", "convert": "float"}, "'text', 'first'"),
        ],
    )
    def test_that_make_no_sense_are_refused(self, field, said):
        assert said in refusal(inputs={"x": field})

    def test_have_names_that_can_be_fields(self):
        assert "name of an input" in refusal(inputs={"Not-A-Name": {"type": "text"}})

    def test_may_be_of_a_type_of_the_file(self):
        types = {"Size": {"fields": {"width": {"type": "integer"}}}}

        declaration = declared(types=types, inputs={"size": {"type": "Size", "optional": True}})

        assert not declaration.inputs["size"].required

    def test_inside_types_are_not_packed(self):
        packed = {"slot": "image", "many": True, "convert": "zip"}

        assert "not inside a type" in refusal(types={"Set": {"fields": {"images": packed}}})

    def test_types_of_the_file_are_checked_too(self):
        types = {"Size": {"fields": {"width": {"type": "Length"}}}}

        assert "Size.width: there is no type 'Length'" in refusal(types=types)


class TestPrices:
    @pytest.mark.parametrize("amount", [0.04, 4, True])
    def test_are_text_because_a_float_has_lost_digits(self, amount):
        assert "write amounts as text" in refusal(price=price(base=amount))

    @pytest.mark.parametrize("amount", ["four", "NaN", "Infinity", "-1", ""])
    def test_are_amounts(self, amount):
        assert "is no amount" in refusal(price=price(base=amount))

    def test_have_a_known_unit(self):
        assert "'run', 'image'" in refusal(price=price(base="1", unit="parsec"))

    def test_have_a_source_a_date_and_a_confidence(self):
        said = refusal(price={"unit": "run", "base": "1"})

        assert all(f"price.{word}" in said for word in ("source", "checked", "confidence"))

    def test_without_an_amount_are_left_out_altogether(self):
        assert "leave the whole price out when unknown" in refusal(price=price())

    @pytest.mark.parametrize("amounts", [{"rate": "1"}, {"base": "1", "units": "prompt"}])
    def test_a_rate_goes_with_its_units(self, amounts):
        assert "rate and units go together" in refusal(price=price(**amounts))

    def test_a_rate_is_not_per_nothing(self):
        rate = {"rate": "1", "units": "prompt.characters", "per": "0"}

        assert "per cannot be 0" in refusal(price=price(**rate))

    @pytest.mark.parametrize(
        "words",
        [
            {"rate": "1", "units": "images"},
            {"base": "1", "factors": {"images": {"1": "2"}}},
            {"base": "1", "cases": [{"when": {"images": 1}, "base": "2"}]},
            {"base": "1", "additions": [{"given": ["images"], "base": "2"}]},
            {"base": "1", "additions": [{"absent": ["images"], "base": "2"}]},
        ],
    )
    def test_count_only_inputs_that_there_are(self, words):
        assert "there is no input 'images'" in refusal(price=price(**words))

    @pytest.mark.parametrize(
        ("units", "said"),
        [
            ("prompt", "'prompt' has no number that counts"),
            ("prompt.seconds", "'prompt' has no seconds that counts"),
            ("prompt.words", "there is no measure 'words'; use characters, count, seconds"),
            ("prompt.count", "'prompt' has no count"),
            ("n.characters", "'n' has no characters"),
            ("picture.seconds", "'picture' has no seconds"),
            ("quality", "'quality' has no number"),
        ],
    )
    def test_count_what_a_run_can_say(self, units, said):
        assert said in refusal(inputs=MANY, price=price(rate="1", units=units))

    @pytest.mark.parametrize(
        "words",
        [
            {"base": "1", "factors": {"quality": {"best": "2"}}},
            {"cases": [{"when": {"quality": "best"}, "base": "2"}]},
            {"base": "1", "additions": [{"when": {"quality": "best"}, "base": "2"}]},
        ],
    )
    def test_do_not_wait_for_a_value_that_never_comes(self, words):
        said = refusal(inputs=MANY, price=price(**words))

        assert "quality is never 'best'; it is low, high" in said

    def test_do_not_wait_for_a_third_state_of_a_switch(self):
        said = refusal(inputs=MANY, price=price(base="1", factors={"sound": {"True": "2"}}))

        assert "sound is never 'True'; it is true, false" in said

    def test_by_a_rule_need_the_inputs_that_it_reads(self):
        said = refusal(price=price(rate="1", rule="video_tokens"))

        assert "'video_tokens' needs the inputs resolution and aspect_ratio and duration" in said

    def test_by_a_rule_may_have_one_input_or_another(self):
        picture = {"image_url": {"slot": "image"}}
        factor = {"type": "number", "min": 1, "max": 4}
        by_rule = price(rate="1", rule="upscaled_megapixels")

        assert "needs the inputs upscale_factor or scale_factor" in refusal(
            inputs=picture, price=by_rule
        )
        assert declared(inputs={**picture, "scale_factor": factor}, price=by_rule).price

    def test_are_measured_or_counted_by_a_rule_but_not_both(self):
        said = refusal(price=price(rate="1", units="prompt.characters", rule="video_tokens"))

        assert "not both" in said

    def test_know_no_other_rule(self):
        assert "'video_tokens'" in refusal(price=price(rate="1", rule="by_mood"))


class TestTheRest:
    @pytest.mark.parametrize(
        "words",
        [
            {"one_of": [["prompt"], ["audio"]]},
            {"result": {"files": "images", "format": "{output_format}"}},
            {"variants": [{"given": ["images"], "model": "edit"}]},
            {"limits": {"outputs": "n"}},
            {"examples": [{"inputs": {"promt": "x"}}]},
        ],
    )
    def test_names_only_inputs_that_there_are(self, words):
        assert "there is no input" in refusal(**words)

    def test_has_no_other_word(self):
        assert "Extra inputs are not permitted" in refusal(colour="blue")

    @pytest.mark.parametrize(
        ("variant", "said"),
        [
            ({"given": ["prompt"]}, "another endpoint, or another model"),
            ({"model": "edit"}, "for which inputs it holds"),
            ({"given": ["prompt"], "provider": "fal"}, "Extra inputs are not permitted"),
        ],
    )
    def test_has_variants_that_lead_elsewhere(self, variant, said):
        assert said in refusal(variants=[variant])

    def test_says_what_a_lora_adapts_only_of_loras(self):
        result = {"files": "images", "lora": {"base_model": "FLUX.1 [dev]"}}

        assert "goes with models that make LoRAs" in refusal(result=result)

    def test_finds_the_words_of_a_lora_in_an_input(self):
        result = {"files": "lora", "lora": {"base_model": "FLUX.1 [dev]", "trigger": "word"}}

        assert "there is no input 'word'" in refusal(makes="lora", result=result)

    def test_names_another_model_only_when_it_is_retired(self):
        assert "has a day in `retired`" in refusal(use="another")
        assert "has a day in `retired`" in refusal(use="one-model", retired=date(2026, 5, 12))

    @pytest.mark.parametrize("name", ["Has Spaces", "UPPER", "-dash", ""])
    def test_has_a_name_that_fits_an_address(self, name):
        assert "name" in refusal(name=name)

    def test_is_not_changed_later(self):
        with pytest.raises(ValidationError, match="frozen"):
            declared().title = "Another"  # type: ignore[misc]

    @pytest.mark.parametrize("makes", ["picture", "model"])
    def test_makes_one_of_the_five(self, makes):
        assert "makes" in refusal(makes=makes)
