"""What a terminal shows fits 80 columns, needs no colour, and never cuts off an id."""

import io
from typing import cast

import pytest

from boards.cli.answers import GenerationJson, NodeJson
from boards.cli.show import console, describe_file, duration, lineage_tree, money, size, table

ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def printed(*things: object) -> list[str]:
    stream = io.StringIO()
    out = console(stream)
    for thing in things:
        out.print(thing)
    return stream.getvalue().splitlines()


def cost(amount: str | None, currency: str = "USD") -> dict:
    return {"amount": amount, "currency": currency, "known": True, "confidence": "exact"}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, ""),
        (cost(None), "unpriced"),
        (cost("0"), "$0.00"),
        (cost("0.156"), "$0.156"),
        (cost("1.5"), "$1.50"),
        (cost("12"), "$12.00"),
        (cost("0.000000001"), "$0.000000001"),
        (cost("2", "EUR"), "2.00 EUR"),
    ],
)
def test_money_is_exact_and_unknown_is_never_zero(given, shown):
    assert money(given) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_999, "1.0 MB"),
        (13_040_000, "13.0 MB"),
        (5 * 10**15, "5000.0 TB"),
    ],
)
def test_a_size_has_a_unit(count, shown):
    assert size(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.42, "0.4 s"),
        (12.4, "12 s"),
        (59.9, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3_600, "1 h 00 min"),
        (86_399, "23 h 59 min"),
        (100_000, "1 d 03 h"),
    ],
)
def test_a_time_span_has_a_unit(seconds, shown):
    assert duration(seconds) == shown


def test_a_file_is_described_by_what_is_known_of_it():
    file = {"format": "mp4", "width": 1280, "height": 720, "duration": 12.0}
    assert describe_file(cast(GenerationJson, {"file": file})) == "mp4 1280x720 12 s"
    assert describe_file(cast(GenerationJson, {"file": None})) == ""


class TestATable:
    def test_fits_80_columns_by_wrapping_what_may_wrap(self):
        rows = [(ID, "image", "word " * 40), (ID, "audio", "x" * 200)]
        lines = printed(table(("ID", "TYPE", "WHAT"), rows, whole=("ID", "TYPE")))
        assert max(map(len, lines)) <= 80
        assert sum(ID in line for line in lines) == 2
        assert "".join(line[45:].strip() for line in lines).count("x") == 200

    def test_never_cuts_what_has_to_be_whole(self):
        rows = [(ID, ID, "z" * 30)]
        (line, *_) = printed(table(("A", "B", "C"), rows, whole=("A", "B")))[1:]
        assert line.count(ID) == 2

    def test_puts_amounts_to_the_right(self):
        lines = printed(table(("N", "COST"), [("a", "$0.00"), ("b", "$12.00")], whole=("COST",)))
        assert [line.rstrip() for line in lines] == ["N    COST", "a   $0.00", "b  $12.00"]

    def test_takes_text_as_it_is(self):
        lines = printed(table(("T",), [("[bold]x[/bold] :smile:",)], whole=()))
        assert lines[1].strip() == "[bold]x[/bold] :smile:"


class TestATree:
    def node(self, role: str | None = None, *branches: NodeJson, **more: object) -> NodeJson:
        made = {
            "generation_id": ID,
            "known": True,
            "generator": "local-poster",
            "artifact_type": "image",
            "status": "completed",
            "role": role,
            "repeated": False,
            "branches": list(branches),
            **more,
        }
        return cast(NodeJson, made)

    def test_shows_the_role_in_which_each_was_used(self):
        tree = lineage_tree(self.node(None, self.node("images"), self.node("audio")))
        assert printed(tree) == [
            f"local-poster {ID}",
            f"├── images: local-poster {ID}",
            f"└── audio: local-poster {ID}",
        ]

    def test_says_what_is_not_to_be_seen_and_what_stands_elsewhere(self):
        tree = lineage_tree(
            self.node(
                None,
                self.node("a", known=False, generator=None),
                self.node("b", repeated=True),
                self.node("c", status="failed"),
            )
        )
        lines = printed(tree)
        assert lines[1] == "├── a: not to be seen, or gone"
        assert lines[2].endswith(f"{ID} (again)")
        assert lines[3] == f"└── c: local-poster failed {ID}"

    def test_keeps_ids_whole_however_deep_it_is(self):
        node = self.node("image_source")
        for _ in range(6):
            node = self.node("image_source", node)
        lines = printed(lineage_tree(node))
        assert max(map(len, lines)) <= 80
        assert sum(ID in line for line in lines) == 7


def test_no_colour_is_needed(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert not any("\x1b" in line for line in printed(table(("A",), [("b",)], whole=())))
