"""Uploading a file of one's own."""

import pytest

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
