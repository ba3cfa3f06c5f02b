"""What people do with boards and with what was made, from the command line."""

import re

from boards.cli.exits import Exit
from tests.cli.conftest import Cli


def made(cli: Cli, board: str) -> str:
    return str(
        cli("generate", "local-noop", "--board", board, "--json").json["generations"][0]["id"]
    )


def undo_of(out: str) -> str:
    found = re.search(r"boards undo (\S+)", out)
    assert found is not None
    return found[1]


def listed(cli: Cli, board: str) -> list[str]:
    return [one["id"] for one in cli("list", "--board", board, "--json").json]


def test_a_board_goes_to_the_trash_and_comes_back(cli: Cli) -> None:
    board_id = cli("board", "create", "Storm", "--json").json["id"]
    one = made(cli, "Storm")
    updated = cli("board", "update", "Storm", "--title", "Calm", "--cover", one, "--json").json
    assert (updated["title"], updated["cover_id"]) == ("Calm", one)
    deleted = cli("board", "delete", "Calm")
    assert board_id in deleted.out
    assert board_id not in cli("board", "list").out
    assert board_id in cli("board", "list", "--trash").out
    assert cli("show", one).code == Exit.NOT_FOUND
    assert cli("board", "restore", board_id).code == Exit.OK
    assert listed(cli, "Calm") == [one]


def test_many_are_tagged_moved_deleted_and_all_is_taken_back(cli: Cli) -> None:
    for title in ("One", "Two"):
        cli("board", "create", title)
    ids = [made(cli, "One") for _ in range(2)]
    assert cli("tag", "create", "Ünder way").out.startswith("ünder-way  ")
    assert cli("tag", "put", "ünder-way", *ids).out.count("done") == 2
    assert cli("tag", "take", "ünder-way", ids[0]).out.count("done") == 1
    moved = cli("move", "Two", *ids)
    assert set(listed(cli, "Two")) == set(ids)
    assert cli("undo", undo_of(moved.out)).code == Exit.OK
    assert set(listed(cli, "One")) == set(ids)
    copied = cli("copy", "Two", ids[0], "--json").json
    assert listed(cli, "Two") == [copied["items"][0]["copy_id"]]
    deleted = cli("delete", *ids)
    assert listed(cli, "One") == []
    assert cli("undo", undo_of(deleted.out)).code == Exit.OK
    assert set(listed(cli, "One")) == set(ids)


def test_what_is_refused_to_one_is_told_and_the_rest_is_done(cli: Cli) -> None:
    cli("board", "create", "One")
    one, missing = made(cli, "One"), "01890a5d-ac96-774b-bcce-b302099a8057"
    ran = cli("delete", one, missing)
    assert ran.code == Exit.REFUSED
    assert f"Generation {missing} not found" in ran.err
    assert listed(cli, "One") == []
    assert cli("tag", "put", "nothing", one).code == Exit.NOT_FOUND


def test_people_links_favourites_and_notes(cli: Cli) -> None:
    cli("board", "create", "One")
    one = made(cli, "One")
    invited = cli("board", "add", "One", "ann@studio.example", "--role", "editor")
    assert "is invited" in invited.out
    assert "ann@studio.example" in cli("board", "members", "One").out
    shared = cli("board", "share", "One", "--json").json
    assert shared["link"]["id"] in cli("board", "links", "One").out
    assert cli("board", "unshare", "One", shared["link"]["id"]).code == Exit.OK
    assert shared["link"]["id"] not in cli("board", "links", "One").out
    assert "owner" in cli("board", "remove", "One", "me").err
    cli("favourite", one)
    cli("title", one, "Dawn")
    assert "Dawn" in cli("favourite").out
    cli("note", one, "Too dark")
    assert "Too dark" in cli("note", one).out
