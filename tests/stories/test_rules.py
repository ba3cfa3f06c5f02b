"""What is decided without any files: lines of faults, names of takes, rounds, and inputs."""

import pytest

from boards.adapters.providers.local.poster import LocalPoster
from boards.domain.storyboards.lines import lines_of, nearest_line
from boards.domain.storyboards.storyboard import is_safe_path, read_storyboard, write_storyboard
from boards.domain.storyboards.takes import (
    Made,
    missing_ordinals,
    read_take_name,
    round_to_fill,
    seed_of,
)
from boards.errors import ConfigError, Refused
from boards.generators.base import BaseGenerator
from boards.ids import new_id
from boards.services.stories.inputs import inputs_for, most_seed
from boards.services.stories.themes import read_shelf

TEXT = """{
  "title": "a \\" { [ : ,",
  "cards": [
    {"id": 1},

    {"id": 2,
     "scene": "x"}
  ]
}"""


def test_the_line_of_each_value_is_found_whatever_its_text_holds() -> None:
    lines = lines_of(TEXT)

    assert lines["title",] == 2
    assert lines["cards", 0, "id"] == 4
    assert lines["cards", 1] == 6
    assert lines["cards", 1, "scene"] == 7
    assert nearest_line(lines, ("cards", 1, "media", "kind")) == 6
    assert nearest_line(lines, ("nothing",)) == 1


def test_what_was_read_is_written_and_read_again_the_same() -> None:
    first = read_storyboard('{"cards": [{"scene": "x", "mine": [1]}], "own": {"a": true}}')
    assert first.storyboard is not None

    again = read_storyboard(write_storyboard(first.storyboard))

    assert again.storyboard == first.storyboard
    assert write_storyboard(first.storyboard).endswith("}\n")


def test_a_card_without_an_id_gets_its_place_unless_another_has_it() -> None:
    board = read_storyboard('{"cards": [{"scene": "a"}, {"id": 1, "scene": "b"}]}').storyboard

    assert board is not None
    assert [card.id for card in board.cards] == [2, 1]


@pytest.mark.parametrize(
    "path", ["../x.png", "/x.png", "a//b", ".git/config", "a/.b", "", "a\\b", "a/../b", "x" * 301]
)
def test_a_path_that_leads_out_is_not_safe(path: str) -> None:
    assert not is_safe_path(path)
    assert is_safe_path("cards/takes/01-1.png")


@pytest.mark.parametrize(
    "name", ["1-1.png", "001-1.png", "01-0.png", "01-1.", "../01-1.png", "cover", "01-1.png/x", ""]
)
def test_what_is_no_take_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        read_take_name(name)


def test_names_of_takes_are_read() -> None:
    assert read_take_name("03-12.png").number == 12
    assert read_take_name("123-4").slot.card_id == 123
    assert read_take_name("cover-2.jpg").slot.name == "cover"


def test_a_generate_fills_the_last_round_and_force_begins_the_next() -> None:
    made = [Made(recipe="a", round=number, ordinal=one) for number in (1, 2) for one in (1, 3)]

    assert round_to_fill(made, "a", force=False) == 2
    assert round_to_fill(made, "a", force=True) == 3
    assert round_to_fill(made, "b", force=False) == 1
    assert missing_ordinals(made, "a", 2, 4) == (2, 4)


def test_seeds_tell_takes_apart_and_stay_the_same() -> None:
    seeds = {seed_of("a", number, one, most=99_999) for number in (1, 2) for one in (1, 2, 3)}

    assert len(seeds) == 6
    assert max(seeds) <= 99_999
    assert seed_of("a", 1, 1, most=9) == seed_of("a", 1, 1, most=9)


@pytest.mark.parametrize(("aspect", "chosen"), [("9:16", "9:16"), ("21:9", "16:9"), ("7:8", "4:5")])
def test_the_shape_is_the_nearest_that_a_generator_has(aspect: str, chosen: str) -> None:
    inputs = inputs_for(LocalPoster(), prompt="x", aspect=aspect, references=())

    assert inputs == {"prompt": "x", "aspect_ratio": chosen}


def test_a_generator_without_a_slot_refuses_references() -> None:
    poster: BaseGenerator = LocalPoster()
    assert most_seed(poster) is not None
    with pytest.raises(Refused, match="reference images"):
        inputs_for(poster, prompt="x", aspect="1:1", references=[new_id()])


def test_themes_of_ones_own_stand_beside_the_shipped_ones(tmp_path) -> None:
    file = tmp_path / "themes.toml"
    file.write_text('[defaults]\nreel = "house"\n[themes.house]\nstyle = "x"\naspect = "1:1"\n')
    shelf = read_shelf(file)
    assert shelf.themes.keys() >= {"house", "poster", "ink", "studio"}
    assert "house" in shelf.defaults.values()

    file.write_text('[defaults]\nreel = "nowhere"\n')
    with pytest.raises(ConfigError, match="nowhere"):
        read_shelf(file)
