"""Files of the catalogue: read whole, or refused with file and line."""

from pathlib import Path

import pytest

from boards.catalog import load_declarations, read_file
from boards.catalog.reader import read_files
from boards.errors import ConfigError

HEAD = """\
provider = "one"
makes = "image"

"""
MODEL = """\
[[models]]
name = "{name}"
title = "Model"
description = "Makes something"
endpoint = "one/model"

[models.inputs]
prompt = {{ type = "text" }}
"""


@pytest.fixture
def write(tmp_path):
    """Write a file and give its path."""

    def make(text: str, name: str = "image.toml") -> Path:
        path = tmp_path / "one" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return make


def faults(*paths: Path) -> str:
    with pytest.raises(ConfigError) as refused:
        read_files(paths)
    return str(refused.value)


def test_a_file_gives_its_models_in_order(write):
    path = write(HEAD + MODEL.format(name="b") + MODEL.format(name="a"))

    found = read_file(path)

    assert [each.name for each in found] == ["b", "a"]
    assert {(each.provider, each.makes.value) for each in found} == {("one", "image")}


def test_types_are_shared_by_the_models_of_a_file(write):
    types = '[types.Size.fields]\nwidth = { type = "integer" }\n\n'
    model = MODEL.format(name="a") + 'size = { type = "Size", optional = true }\n'

    (found,) = read_file(write(HEAD + types + model))

    assert found.types["Size"].fields["width"].required


def test_an_unknown_word_is_named_with_its_line(write):
    path = write(HEAD + MODEL.format(name="a") + 'seed = { type = "integer", maximum = 3 }\n')

    assert "one/image.toml:12: inputs.seed.maximum: there is no word 'maximum'" in faults(path)


def test_a_fault_in_the_second_model_is_found_there(write):
    second = MODEL.format(name="b") + '\n[models.price]\nunit = "run"\nbase = 0.5\n'
    path = write(HEAD + MODEL.format(name="a") + second)

    assert "one/image.toml:23: price.base: write amounts as text" in faults(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('x = { slot = "picture" }', "inputs.x.slot.0: Input should be 'image'"),
        ('x = { choices = ["a"], default = "b" }', "inputs.x: the default 'b' is none of"),
        ('[models.price]\nunit = "parsec"', "price.unit: Input should be 'run'"),
        ('[models.result]\nfile = "images"', "result.file: there is no word 'file'"),
    ],
)
def test_what_means_nothing_is_named_with_its_line(write, line, said):
    path = write(HEAD + MODEL.format(name="a") + line + "\n")

    place = 12 + line.count("\n")
    assert f"one/image.toml:{place}: {said}" in faults(path)


def test_an_unknown_word_at_the_top_is_named(write):
    path = write(f'colour = "blue"\n{HEAD}' + MODEL.format(name="a"))

    assert "one/image.toml:1: colour: there is no word 'colour'" in faults(path)


def test_all_faults_are_said_at_once(write):
    bad = 'x = { type = "text", min = 1 }\n'
    path = write(HEAD + MODEL.format(name="A B") + MODEL.format(name="b") + bad)

    said = faults(path)

    assert "models" not in said or said.count("one/image.toml:") == 2
    assert said.count("one/image.toml:") == 2


def test_two_models_of_one_name_are_both_named(write):
    first = write(HEAD + MODEL.format(name="a"), "image.toml")
    second = write(HEAD.replace("image", "video") + MODEL.format(name="a"), "video.toml")

    assert "one/video.toml:4: the name 'a' is taken at one/image.toml:4" in faults(first, second)


def test_an_alias_is_a_name_too(write):
    other = MODEL.format(name="b").replace("title", 'aliases = ["a"]\ntitle')

    assert "the name 'a' is taken" in faults(write(HEAD + MODEL.format(name="a") + other))


def test_what_stands_at_the_top_stands_there_only(write):
    path = write(HEAD + MODEL.format(name="a").replace("title", 'provider = "two"\ntitle'))

    assert "provider stand" in faults(path)


@pytest.mark.parametrize("text", ["", HEAD, "not toml", HEAD + "models = 3"])
def test_what_is_no_catalogue_file_is_refused(write, text):
    assert "one/image.toml" in faults(write(text))


def test_a_missing_file_is_said_to_be(tmp_path):
    assert "No such file" in faults(tmp_path / "none.toml")


def test_the_catalogue_of_boards_is_read_once():
    assert load_declarations() is load_declarations()
    assert load_declarations("fal") is load_declarations("fal")
    assert {each.provider for each in load_declarations("fal")} == {"fal"}
    assert load_declarations("nobody") == ()


def test_a_model_may_have_types_of_its_own(write):
    shared = '[types.Size.fields]\nwidth = { type = "integer" }\n\n'
    own = '\n[models.types.Size.fields]\nheight = { type = "integer" }\n\n'
    own += '[models.types.Colour.fields]\nred = { type = "integer" }\n\n'
    needs = 'size = { type = "Size", optional = true }\n'
    path = write(HEAD + shared + MODEL.format(name="a") + needs + own + MODEL.format(name="b"))

    first, second = read_file(path)

    assert list(first.types["Size"].fields) == ["height"]
    assert first.types.keys() == {"Size", "Colour"}
    assert second.types.keys() == {"Size"}
    assert list(second.types["Size"].fields) == ["width"]


def test_types_of_a_model_are_a_table(write):
    path = write(
        HEAD + MODEL.format(name="a").replace("[models.inputs]", 'types = "Size"\n[models.inputs]')
    )

    assert "image.toml:10: types: Input should be a valid dictionary" in faults(path)


SHARED_INPUT = """\
[inputs.Seed]
type = "integer"
min = 0
optional = true
description = "A number"
"""


class TestSharedInputs:
    def test_are_taken_over_by_those_that_name_them(self, write):
        seed = 'seed = { type = "Seed" }\n'
        path = write(HEAD + SHARED_INPUT + MODEL.format(name="a") + seed)

        (found,) = read_file(path)

        assert found.inputs["seed"].type == "integer"
        assert found.inputs["seed"].optional
        assert found.inputs["seed"].description == "A number"

    def test_give_way_to_what_an_input_says_itself(self, write):
        seed = 'seed = { type = "Seed", min = 5, optional = false, send_as = "s" }\n'
        path = write(HEAD + SHARED_INPUT + MODEL.format(name="a") + seed)

        (found,) = read_file(path)

        assert (found.inputs["seed"].min, found.inputs["seed"].send_as) == (5, "s")
        assert found.inputs["seed"].required

    def test_of_a_provider_are_there_in_all_its_files(self, write):
        write(SHARED_INPUT, "shared.toml")
        path = write(HEAD + MODEL.format(name="a") + 'seed = { type = "Seed" }\n')

        (found,) = read_file(path)

        assert found.inputs["seed"].min == 0

    def test_of_a_provider_give_way_to_those_of_a_file(self, write):
        write(SHARED_INPUT, "shared.toml")
        own = SHARED_INPUT.replace("min = 0", "min = 7")
        path = write(HEAD + own + MODEL.format(name="a") + 'seed = { type = "Seed" }\n')

        (found,) = read_file(path)

        assert found.inputs["seed"].min == 7

    def test_are_checked_where_they_stand(self, write):
        write(SHARED_INPUT.replace("min", "maximum"), "shared.toml")
        path = write(HEAD + MODEL.format(name="a"))

        assert "one/shared.toml:3: inputs.Seed.maximum: there is no word" in faults(path)

    def test_that_there_are_not_are_no_types(self, write):
        path = write(HEAD + MODEL.format(name="a") + 'seed = { type = "Sead" }\n')

        assert "there is no type 'Sead'" in faults(path)
