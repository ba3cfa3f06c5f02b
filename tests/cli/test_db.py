"""The database's commands."""

import pytest

from boards.adapters.datadir import hold_data_dir
from boards.adapters.db import migrate
from boards.cli.exits import Exit


def test_an_empty_database_is_brought_up_to_date_once(cli, home):
    assert cli("db", "current").out == "empty\n"
    assert not (home / "data").exists(), "asking makes nothing"
    assert cli("db", "upgrade").out == f"The database stands at {migrate.head()}.\n"
    assert cli("db", "current").out == f"{migrate.head()}\n"
    assert cli("db", "upgrade").out == f"The database stands at {migrate.head()}.\n"


def test_history_lists_every_revision(cli):
    lines = cli("db", "history").out.splitlines()
    assert len(lines) == len(migrate.history())
    assert lines[0].startswith(f"{migrate.head()}  ")
    assert lines[0].endswith("(newest)")


def test_going_back_asks_first_and_copies_the_file(cli, home):
    cli("db", "upgrade")
    ran = cli("db", "downgrade", "base")
    assert ran.code == Exit.CANCELLED
    assert cli("db", "current").out == f"{migrate.head()}\n"
    ran = cli("db", "downgrade", "base", "--yes")
    assert ran.code == Exit.OK
    assert ran.out.splitlines()[1] == "The database stands at empty."
    (backup,) = (home / "data").glob("*.backup")
    assert str(backup) in ran.out


def test_an_unknown_revision_is_a_usage_error(cli):
    ran = cli("db", "upgrade", "nope")
    assert ran.code == Exit.USAGE
    assert "'nope' is no revision" in ran.err


@pytest.mark.parametrize("command", [("upgrade",), ("downgrade", "base", "--yes")])
def test_nothing_is_changed_under_a_running_process(cli, home, command):
    with hold_data_dir(home / "data"):
        ran = cli("db", *command)
    assert ran.code == Exit.LOCKED
    assert "in use by process" in ran.err


def test_a_revision_is_written_where_migrate_says(cli, monkeypatch, tmp_path):
    monkeypatch.setattr(migrate, "revision", lambda message: tmp_path / f"{message}.py")
    assert "add_tags.py" in cli("db", "revision", "-m", "add_tags").out
