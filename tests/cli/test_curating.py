"""What people do with boards and with what was made, from the command line."""

import re

import pytest

from boards.cli.exits import Exit
from tests.cli.conftest import Cli, Ran
from tests.client.conftest import address

__all__ = ["address"]


@pytest.fixture
def ask(cli: Cli, address: str) -> Cli:
    """Run commands against one server: each would else open the data directory anew."""

    def run(*arguments: str) -> Ran:
        return cli(*arguments, "--server", address)

    return run


def made(ask: Cli, board: str) -> str:
    return str(ask("generate", "free", "--board", board, "--json").json["generations"][0]["id"])


def undo_of(out: str) -> str:
    found = re.search(r"boards undo (\S+)", out)
    assert found is not None
    return found[1]


def listed(ask: Cli, board: str) -> list[str]:
    return [one["id"] for one in ask("list", "--board", board, "--json").json]


def test_a_board_goes_to_the_trash_and_comes_back(ask: Cli) -> None:
    board_id = ask("board", "create", "Storm", "--json").json["id"]
    one = made(ask, "Storm")
    updated = ask("board", "update", "Storm", "--title", "Calm", "--cover", one, "--json").json
    assert (updated["title"], updated["cover_id"]) == ("Calm", one)
    deleted = ask("board", "delete", "Calm")
    assert board_id in deleted.out
    assert board_id not in ask("board", "list").out
    assert board_id in ask("board", "list", "--trash").out
    assert ask("show", one).code == Exit.NOT_FOUND
    assert ask("board", "restore", board_id).code == Exit.OK
    assert listed(ask, "Calm") == [one]


def test_many_are_tagged_moved_deleted_and_all_is_taken_back(ask: Cli) -> None:
    for title in ("One", "Two"):
        ask("board", "create", title)
    ids = [made(ask, "One") for _ in range(2)]
    assert ask("tag", "create", "Ünder way").out.startswith("ünder-way  ")
    assert ask("tag", "put", "ünder-way", *ids).out.count("done") == 2
    assert ask("tag", "take", "ünder-way", ids[0]).out.count("done") == 1
    moved = ask("move", "Two", *ids)
    assert set(listed(ask, "Two")) == set(ids)
    assert ask("undo", undo_of(moved.out)).code == Exit.OK
    assert set(listed(ask, "One")) == set(ids)
    copied = ask("copy", "Two", ids[0], "--json").json
    assert listed(ask, "Two") == [copied["items"][0]["copy_id"]]
    deleted = ask("delete", *ids)
    assert listed(ask, "One") == []
    assert ask("undo", undo_of(deleted.out)).code == Exit.OK
    assert set(listed(ask, "One")) == set(ids)


def test_what_is_refused_to_one_is_told_and_the_rest_is_done(ask: Cli) -> None:
    ask("board", "create", "Third")
    one, missing = made(ask, "Third"), "01890a5d-ac96-774b-bcce-b302099a8057"
    ran = ask("delete", one, missing)
    assert ran.code == Exit.REFUSED
    assert f"Generation {missing} not found" in ran.err
    assert listed(ask, "Third") == []
    assert ask("tag", "put", "nothing", one).code == Exit.NOT_FOUND


def test_people_links_favourites_and_notes(ask: Cli) -> None:
    ask("board", "create", "Fourth")
    one = made(ask, "Fourth")
    invited = ask("board", "add", "Fourth", "ann@studio.example", "--role", "editor")
    assert "is invited" in invited.out
    assert "ann@studio.example" in ask("board", "members", "Fourth").out
    shared = ask("board", "share", "Fourth", "--json").json
    assert shared["link"]["id"] in ask("board", "links", "Fourth").out
    assert ask("board", "unshare", "Fourth", shared["link"]["id"]).code == Exit.OK
    assert shared["link"]["id"] not in ask("board", "links", "Fourth").out
    assert "owner" in ask("board", "remove", "Fourth", "me").err
    ask("favourite", one)
    ask("title", one, "Dawn")
    assert "Dawn" in ask("favourite").out
    ask("note", one, "Too dark")
    assert "Too dark" in ask("note", one).out
