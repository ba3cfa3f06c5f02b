"""Uploading a file of one's own."""

import pytest

from boards.cli import sending
from boards.cli.exits import Exit
from boards.testing.generators import tiny_png


def test_a_file_becomes_a_generation(cli, home):
    (home / "a.png").write_bytes(tiny_png(size=6))
    board = cli("board", "create", "Mine", "--json").json["id"]
    ran = cli("upload", "a.png", "--board", "Mine")
    assert ran.code == Exit.OK
    assert ran.out.split()[1:4] == ["image", "png", "6x6"]
    (listed,) = cli("list", "--board", board, "--json").json
    assert listed["id"] == ran.out.split()[0]


def test_programs_get_the_generation(cli, home):
    (home / "a.txt").write_text("hello")
    one = cli("upload", "a.txt", "--json").json
    assert (one["artifact_type"], one["status"]) == ("text", "completed")


@pytest.mark.parametrize(
    ("name", "content"), [("gone.png", None), ("a.png", b""), ("b.png", tiny_png()[:40])]
)
def test_what_is_no_file_or_no_picture_is_refused(cli, home, name, content):
    if content is not None:
        (home / name).write_bytes(content)
    ran = cli("upload", name)
    assert ran.code == Exit.USAGE
    assert cli("list", "--json").json == []


class TestAFolder:
    @pytest.fixture
    def folder(self, home):
        """Pictures here and below, and what is to be left out."""
        (home / "photos" / "below").mkdir(parents=True)
        (home / "photos" / ".git").mkdir()
        for number, name in enumerate(["a.png", "below/b.png", ".hidden.png", ".git/c.png"]):
            (home / "photos" / name).write_bytes(tiny_png(number))
        (home / "photos" / "link.png").symlink_to(home / "photos" / "a.png")
        (home / "photos" / "same.png").write_bytes(tiny_png(0))
        return home / "photos"

    def test_what_is_in_it_is_uploaded_once(self, cli, home, folder):
        board = cli("board", "create", "Mine", "--json").json["id"]
        first = cli("upload", "photos", "--board", "Mine", "--json")
        assert first.code == Exit.OK, first.err
        assert [(one["path"], one["outcome"]) for one in first.json] == [
            ("a.png", "uploaded"),
            ("same.png", "there"),
            ("below/b.png", "uploaded"),
        ]
        (folder / "new.txt").write_text("words")
        again = cli("upload", "photos", "--board", "Mine")
        assert again.out.splitlines()[-1] == "1 uploaded, 3 there, 0 refused"
        assert len(cli("list", "--board", board, "--json").json) == 3

    def test_what_is_refused_holds_up_no_other(self, cli, home, folder):
        (folder / "aa.png").write_bytes(b"no picture\xff\x00")
        cli("board", "create", "Mine")
        ran = cli("upload", "photos", "--board", "Mine")
        assert ran.code == Exit.FAILED
        assert "refused   aa.png" in ran.out
        assert "uploaded  below/b.png" in ran.out
        assert "1 of 4 files were refused" in ran.err

    def test_it_needs_a_board_to_be_held_against(self, cli, home, folder):
        assert cli("upload", "photos").code == Exit.USAGE


def test_a_large_file_goes_in_pieces(cli, home, monkeypatch):
    monkeypatch.setattr(sending, "IN_PIECES_BYTES", 10)
    monkeypatch.setattr(sending, "PIECE_BYTES", 100)
    (home / "a.txt").write_text("word " * 100)
    parent = cli("upload", "a.txt", "--json").json
    (home / "b.txt").write_text("more " * 100)
    made = cli("upload", "b.txt", "--parent", parent["id"], "--json").json
    assert made["content"] == "more " * 100
    assert made["inputs"] == {"filename": "b.txt"}


def test_a_private_address_is_refused(cli, home):
    ran = cli("upload", "http://127.0.0.1:9/a.png")
    assert ran.code == Exit.USAGE
    assert cli("list", "--json").json == []


class TestBoardsAsFiles:
    def test_a_board_goes_out_and_comes_in_again(self, cli, home):
        cli("board", "create", "My boats")
        (home / "a.png").write_bytes(tiny_png())
        cli("upload", "a.png", "--board", "My boats")
        out = cli("board", "export", "My boats", "--json")
        assert out.code == Exit.OK, out.err
        assert out.json["path"] == "My-boats.boards.zip"
        back = cli("board", "import", out.json["path"], "--title", "Again", "--json")
        assert back.code == Exit.OK, back.err
        assert (back.json["generations"], back.json["files"]) == (1, 1)
        [one] = cli("list", "--board", "Again", "--json").json
        assert one["provider"] == "import"

    def test_what_is_no_export_is_refused(self, cli, home):
        (home / "a.zip").write_bytes(b"PK no zip")
        assert cli("board", "import", "a.zip").code == Exit.USAGE
        assert cli("board", "import", "gone.zip").code == Exit.USAGE
