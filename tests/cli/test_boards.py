"""Boards, by id and by title."""

from boards.cli.exits import Exit


def test_a_board_is_made_and_listed(cli):
    made = cli("board", "create", "Storm at sea", "--description", "A story", "--json").json
    assert made["description"] == "A story"
    head, *lines = cli("board", "list").out.splitlines()
    assert head.split() == ["ID", "TITLE", "CHANGED"]
    assert any(line.startswith(made["id"]) and "Storm at sea" in line for line in lines)
    assert made["id"] in [one["id"] for one in cli("board", "list", "--json").json]


def test_a_title_is_enough_as_long_as_one_board_has_it(cli):
    first = cli("board", "create", "Twin", "--json").json["id"]
    assert cli("generate", "local-noop", "--board", "Twin").code == Exit.OK
    second = cli("board", "create", "Twin", "--json").json["id"]
    ran = cli("generate", "local-noop", "--board", "Twin")
    assert ran.code == Exit.USAGE
    assert "2 boards are called 'Twin'" in ran.err
    assert first in ran.err
    assert second in ran.err
    assert cli("generate", "local-noop", "--board", second).code == Exit.OK


def test_a_title_that_is_none_is_refused(cli):
    ran = cli("board", "create", "")
    assert ran.code == Exit.USAGE
    assert ran.err.startswith("Error: ")
