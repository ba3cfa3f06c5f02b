"""`key=value` words become the inputs of a generator, or one list of what is wrong with them."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from boards.cli.exits import Exit, Stop
from boards.cli.inputs import read_words

ONE = "01890a5d-ac96-774b-bcce-b302099a8057"
TWO = "01890a5d-ac96-774b-bcce-b302099a8058"
IMAGE: dict[str, JsonValue] = {"type": "string", "format": "uuid", "x-artifact": "image"}

FORM: dict[str, JsonValue] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["prompt"],
    "properties": {
        "prompt": {"type": "string"},
        "size": {"type": "integer", "minimum": 64, "maximum": 2048},
        "strength": {"type": "number", "exclusiveMinimum": 0},
        "seed": {"type": "integer", "x-nullable": True},
        "note": {"type": "string", "x-nullable": True},
        "tile": {"type": "boolean"},
        "style": {"enum": ["ink", "oil"], "type": "string"},
        "level": {"enum": [1, 2, 3]},
        "box": {"type": "object"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "steps": {"type": "array", "items": {"type": "integer"}},
        "either": {"anyOf": [{"type": "string"}, {"type": "number"}]},
        "whatever": {"x-widget": "json"},
        "image_source": IMAGE,
        "any_source": {**IMAGE, "x-artifact": ["image", "video"], "x-nullable": True},
        "images": {"type": "array", "items": IMAGE, "minItems": 2, "x-artifact": "image"},
    },
}


def inputs_of(*words: str, folder: Path = Path()) -> dict:
    read = read_words(("prompt=x", *words), FORM, folder=folder)
    assert not read.files
    return {name: value for name, value in read.inputs.items() if name != "prompt"}


def problems_of(*words: str, folder: Path = Path()) -> dict[str, str]:
    with pytest.raises(Stop) as caught:
        read_words(words, FORM, folder=folder)
    assert caught.value.exit_code is Exit.USAGE
    assert caught.value.code == "invalid_input"
    return {one.at: one.message for one in caught.value.problems}


def problem_of(*words: str, folder: Path = Path()) -> str:
    (message,) = problems_of("prompt=x", *words, folder=folder).values()
    return message


class TestAValue:
    @pytest.mark.parametrize(
        ("word", "value"),
        [
            ("note=plain words", "plain words"),
            ("note=", ""),
            ("note=7", "7"),
            ("note=[1]", "[1]"),
            ("note=null", "null"),
            ("note=a=b", "a=b"),
            ("size=64", 64),
            ("strength=0.5", 0.5),
            ("strength=1", 1),
            ("tile=true", True),
            ("style=ink", "ink"),
            ("level=2", 2),
            ("seed=null", None),
            ('box={"x": 1}', {"x": 1}),
            ("either=7", 7),
            ("either=seven", "seven"),
            ("either=true", "true"),
            ("whatever=[1]", [1]),
            ("whatever=words", "words"),
        ],
    )
    def test_is_json_where_the_field_is_no_text(self, word, value):
        (found,) = inputs_of(word).values()
        assert found == value
        assert type(found) is type(value)

    @pytest.mark.parametrize(
        ("word", "said"),
        [
            ("size=large", "'large' is not a whole number"),
            ("size=1.5", "'1.5' is not a whole number"),
            ("size=true", "'true' is not a whole number"),
            ("size=32", "'32' is out of range; it is at least 64"),
            ("size=4096", "'4096' is out of range; it is at most 2048"),
            ("strength=0", "'0' is out of range; it is more than 0"),
            ("strength=NaN", "'NaN' is not a number"),
            ("tile=yes", "'yes' is not true or false"),
            ("style=inc", "'inc' is none of its choices. Did you mean 'ink'?"),
            ("level=7", "'7' is none of its choices. Known: 1, 2, 3."),
            ("box=[1]", "'[1]' is not a JSON object such as {\"a\": 1}"),
            ("size=null", "'null' is not a whole number"),
        ],
    )
    def test_that_does_not_fit_is_refused(self, word, said):
        assert problem_of(word) == said


class TestAList:
    def test_is_made_by_repeating_the_key(self):
        assert inputs_of("tags=a", "tags=b,c") == {"tags": ["a", "b,c"]}

    def test_may_have_one_value(self):
        assert inputs_of("tags=a") == {"tags": ["a"]}

    def test_may_be_json(self):
        assert inputs_of('tags=["a", "b"]') == {"tags": ["a", "b"]}
        assert inputs_of("steps=[1, 2]", "tags=[]") == {"steps": [1, 2], "tags": []}

    def test_has_its_items_read_by_their_type(self):
        assert inputs_of("steps=1", "steps=2") == {"steps": [1, 2]}
        assert problem_of("steps=1", "steps=b") == "'b' is not a whole number"

    def test_that_is_too_long_or_too_short_is_refused(self):
        said = problem_of("tags=a", "tags=b", "tags=c", "tags=d")
        assert said == "has 4 values and takes at most 3"
        assert problem_of(f"images={ONE}") == "has 1 values and takes at least 2"

    def test_is_not_made_of_a_single_value(self):
        assert problem_of("size=64", "size=65") == "is given more than once and takes one value"


class TestASlot:
    def test_takes_an_id_in_either_case(self):
        assert inputs_of(f"image_source={ONE.upper()}") == {"image_source": ONE}

    def test_takes_a_file_which_is_found_in_the_folder(self, tmp_path):
        (tmp_path / "a.png").write_bytes(b"x")
        read = read_words(["prompt=x", "image_source=a.png"], FORM, folder=tmp_path)
        (file,) = read.files
        assert (file.field, file.index, file.path) == ("image_source", None, tmp_path / "a.png")
        assert read.filled({file.path: ONE})["image_source"] == ONE

    def test_in_a_list_takes_ids_and_files_in_their_order(self, tmp_path):
        (tmp_path / "a.png").write_bytes(b"x")
        words = ["prompt=x", f"images={ONE}", "images=a.png", "images=a.png"]
        read = read_words(words, FORM, folder=tmp_path)
        assert [file.index for file in read.files] == [1, 2]
        assert len({file.path for file in read.files}) == 1, "one file goes up once"
        assert read.filled({tmp_path / "a.png": TWO})["images"] == [ONE, TWO, TWO]

    def test_refuses_what_is_neither(self):
        said = problem_of("image_source=gone.png")
        assert said == "'gone.png' is neither the id of a generation nor a file"

    def test_refuses_an_empty_file(self, tmp_path):
        (tmp_path / "a.png").touch()
        assert problem_of("image_source=a.png", folder=tmp_path) == "the file 'a.png' is empty"

    def test_refuses_a_file_of_another_type(self, tmp_path):
        (tmp_path / "a.mp3").write_bytes(b"x")
        said = problem_of("image_source=a.mp3", folder=tmp_path)
        assert said == "'a.mp3' is an audio and this takes an image"
        said = problem_of("any_source=a.mp3", folder=tmp_path)
        assert said == "'a.mp3' is an audio and this takes an image or a video"

    def test_leaves_a_file_of_unknown_type_to_the_server(self, tmp_path):
        (tmp_path / "photo").write_bytes(b"x")
        read = read_words(["prompt=x", "image_source=photo"], FORM, folder=tmp_path)
        assert len(read.files) == 1


class TestProblems:
    def test_are_all_told_at_once(self):
        problems = problems_of("promt=x", "size=big", "loose words")
        assert set(problems) == {
            *("inputs.promt", "inputs.loose words", "inputs.size", "inputs.prompt"),
        }
        assert problems["inputs.promt"] == "there is no input 'promt'. Did you mean 'prompt'?"
        assert problems["inputs.prompt"] == "is missing; give prompt=…"

    def test_name_the_input_in_one_sentence(self):
        with pytest.raises(Stop) as caught:
            read_words(["size=big"], FORM, folder=Path())
        assert caught.value.message == (
            "The inputs are not valid: size: 'big' is not a whole number; "
            "prompt: is missing; give prompt=…"
        )

    def test_of_unknown_inputs_are_left_to_a_generator_that_takes_more(self):
        open_form: dict[str, JsonValue] = {"properties": {}, "additionalProperties": True}
        assert read_words(["a=1", "b=x"], open_form, folder=Path()).inputs == {"a": 1, "b": "x"}
