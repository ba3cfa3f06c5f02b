"""Scripts become cards, the same every time; what gives none is told with its line."""

from pathlib import Path
from typing import Any

import pytest

from boards.cli import stories
from boards.cli.exits import Stop
from boards.cli.remote import Client
from boards.domain.storyboards.scripts import MOST_CHARACTERS, read_script
from boards.errors import InvalidInput
from tests.stories.conftest import API, BASE, Reel

MARKDOWN = """# Night train to the sea

## Scene 1: A station before dawn
A lamp over
empty tracks.

> The last lamp
> is still lit.
Direction: seen from the footbridge, fog
Seconds: 4

---

## The sea ##

### Scene 3
Scene: Gulls over a pier
Caption: To be continued
"""

SCREENPLAY = """Title: Night Train
FADE IN:

1 INT. CARRIAGE - NIGHT

Rain on the glass. MARA wakes.

MARA (V.O.)
(whispering)
Are we there?

CUT TO:

EXT. PIER - DAWN

Gulls.
"""


def fault(text: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_script(text)
    return caught.value.message


class TestMarkdown:
    def test_each_heading_is_a_card_and_the_first_is_the_title(self):
        script = read_script(MARKDOWN)

        assert script.title == "Night train to the sea"
        assert [(card.id, card.scene) for card in script.cards] == [
            (1, "A station before dawn. A lamp over empty tracks."),
            (2, "The sea"),
            (3, "Gulls over a pier"),
        ]

    def test_quotes_are_words_and_named_lines_say_the_rest(self):
        first, _, third = read_script(MARKDOWN).cards

        assert first.text == "The last lamp\nis still lit."
        assert first.direction == "seen from the footbridge, fog"
        assert (first.seconds, third.seconds) == (4, None)
        assert third.text == "To be continued"

    def test_a_second_heading_of_the_first_level_is_a_scene(self):
        script = read_script("# One\n# Two\n# Three\n")

        assert script.title == "One"
        assert [card.scene for card in script.cards] == ["Two", "Three"]

    def test_capitals_are_no_speaker_there(self):
        assert read_script("## A wall\n\nSTOP\nin red\n").cards[0].scene == "A wall. STOP in red"

    @pytest.mark.parametrize("text", [MARKDOWN.replace("\n", "\r\n"), "\ufeff" + MARKDOWN])
    def test_line_ends_and_a_byte_order_mark_change_nothing(self, text):
        assert read_script(text) == read_script(MARKDOWN)


class TestScreenplay:
    def test_each_slugline_is_a_card(self):
        script = read_script(SCREENPLAY)

        assert script.title == "Night Train"
        assert [card.scene for card in script.cards] == [
            "INT. CARRIAGE - NIGHT. Rain on the glass. MARA wakes.",
            "EXT. PIER - DAWN. Gulls.",
        ]

    def test_what_somebody_says_is_the_cards_words(self):
        assert [card.text for card in read_script(SCREENPLAY).cards] == ["Are we there?", ""]

    @pytest.mark.parametrize("line", ["EXT STREET", "INT./EXT. CAR - DAY", "I/E. DOOR"])
    def test_sluglines_have_several_spellings(self, line):
        assert [card.scene for card in read_script(f"{line}\n").cards] == [line]

    @pytest.mark.parametrize("line", ["INTERIOR of a church", "External walls", "EXT."])
    def test_words_that_begin_alike_are_none(self, line):
        assert "line 1: This stands under no scene" in fault(f"{line}\n")


class TestFaults:
    @pytest.mark.parametrize("text", ["", "\n\n", "# Only a title\n"])
    def test_a_script_without_a_scene(self, text):
        assert "There is no scene" in fault(text)

    def test_text_above_the_first_scene(self):
        assert "line 3: This stands under no scene" in fault("# Title\n\nOnce upon\n## A\n")

    def test_a_heading_without_words(self):
        assert "line 2: The heading has no words" in fault("## A\n##\n")

    def test_a_scene_that_shows_nothing(self):
        assert "line 3: The scene does not say" in fault("## A\n\n## Scene 2\n> Words\n")

    @pytest.mark.parametrize("words", ["soon", "0", "-1", "nan", "3601", ""])
    def test_a_time_that_is_none(self, words):
        assert "line 2:" in fault(f"## A\nSeconds: {words}\n")

    def test_bytes_that_are_no_text(self):
        assert "line 2: There are bytes here" in fault("## A\nx\x00y\n")

    def test_a_late_and_a_long_title(self):
        assert "line 2: The title stands before" in fault("## A\nTitle: B\n")
        assert "line 1: The title has more than" in fault(f"# {'x' * 201}\n## A\n")

    def test_too_much_of_everything(self):
        assert "line 501: This is one scene too many" in fault("## A\n" * 501)
        assert "line 1: The scene has more than" in fault(f"## A\n{'x' * 10_001}\n")
        assert "the most is" in fault("x" * (MOST_CHARACTERS + 1))

    def test_all_faults_are_told_in_order(self):
        said = fault("one\n## A\nSeconds: no\n##\n")

        assert [said.index(f"line {n}:") for n in (1, 3, 4)] == sorted(
            said.index(f"line {n}:") for n in (1, 3, 4)
        )


class TestStory:
    async def test_a_new_story_has_the_cards_of_its_script(self, reel: Reel) -> None:
        body = {"slug": "reel", "git": False, "storyboard": {"theme": "film"}, "script": MARKDOWN}

        answer = await reel.http.post(API, json=body)

        assert answer.status_code == 201, answer.text
        board = (await reel.ask("GET", ""))["storyboard"]
        assert (board["title"], board["theme"]) == ("Night train to the sea", "film")
        assert [card["kind"] for card in board["cards"]] == ["overlay"] * 3
        assert board["cards"][0]["seconds"] == 4

    async def test_a_bad_script_is_told_with_its_line_and_makes_nothing(self, reel: Reel) -> None:
        answer = await reel.http.post(API, json={"slug": "reel", "script": "Once upon a time\n"})

        assert answer.status_code == 422
        assert "line 1: This stands under no scene" in answer.text
        await reel.ask("GET", "", status=404)

    async def test_a_script_and_cards_are_refused_together(self, reel: Reel) -> None:
        board = {"cards": [{"scene": "A"}]}
        body = {"slug": "reel", "storyboard": board, "script": "## B\n"}

        answer = await reel.http.post(API, json=body)

        assert answer.status_code == 422
        assert "not both" in answer.text

    async def test_the_command_sends_a_file(
        self,
        reel: Reel,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        async def nowhere(_: str) -> Path | None:
            return None

        kept = []
        monkeypatch.setattr(stories, "run", lambda work, **_: kept.append(work))
        file, broken = tmp_path / "script.md", tmp_path / "broken.md"
        file.write_text(MARKDOWN, encoding="utf-8")
        broken.write_bytes(b"## \xff\n")
        plain: dict[str, Any] = {
            "board": None,
            "form": None,
            "git": False,
            "as_json": False,
            "server": None,
        }

        stories.new("reel", {"title": ""}, script=file, **plain)
        await kept[0](Client(http=reel.http, address=BASE, locate=nowhere), None)

        assert "reel  3 cards" in capsys.readouterr().out
        with pytest.raises(Stop, match="no text in UTF-8"):
            stories.new("reel", {}, script=broken, **plain)
