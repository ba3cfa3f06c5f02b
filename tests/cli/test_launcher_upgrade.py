"""`boards upgrade` tells what it would do, and does that, with a copy first."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from boards.adapters.datadir import hold_data_dir
from boards.adapters.db import migrate, revision
from boards.cli.exits import Exit

NEWER = '''
"""Add a table of pets."""

import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = "{before}"


def upgrade() -> None:
    op.create_table("pets", sa.Column("name", sa.String()))
'''


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have one more revision than the database that was made before; gives its number."""
    folder = tmp_path / "migrations"
    shutil.copytree(revision._VERSIONS.parent, folder)
    before = revision.head()
    number = f"{int(before) + 1:04d}"
    text = NEWER.lstrip().format(number=number, before=before)
    (folder / "versions" / f"{number}_pets.py").write_text(text)
    monkeypatch.setattr(revision, "_VERSIONS", folder / "versions")
    monkeypatch.setattr(migrate, "_SCRIPTS", str(folder))
    return number


@pytest.fixture
def old(cli, home):
    """A database of the version before; gives its revision."""
    cli("db", "upgrade")
    return revision.head()


@pytest.fixture
def database(home: Path) -> Path:
    return home / "data" / "boards.db"


def pets(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'pets'").fetchone()
        return found is not None


def backups(database: Path) -> list[Path]:
    return sorted(database.parent.glob("*.backup"))


class TestADryRun:
    def test_tells_each_step_and_changes_nothing(self, cli, database, old, newer):
        ran = cli("upgrade", "--dry-run")
        assert ran.code == Exit.OK
        assert f"It stands at revision {old}; the newest is {newer}." in ran.out
        assert f"  {newer}  Add a table of pets\n" in ran.out
        assert f"  {database}.{old}." in ran.out
        assert ran.out.endswith("Nothing was changed; `boards upgrade` does it.\n")
        assert not pets(database)
        assert backups(database) == []

    def test_may_be_asked_for_while_a_server_runs(self, cli, home, old, newer):
        with hold_data_dir(home / "data", work="up"):
            assert cli("upgrade", "--dry-run").code == Exit.OK

    def test_is_told_to_programs(self, cli, database, old, newer):
        told = cli("upgrade", "--dry-run", "--json").json
        assert told["backup"].startswith(f"{database}.{old}.")
        del told["version"], told["backup"]
        assert told == {
            "database": str(database),
            "standing": old,
            "newest": newer,
            "steps": [{"id": newer, "message": "Add a table of pets"}],
            "done": False,
        }

    def test_without_a_database_makes_none(self, cli, home):
        ran = cli("upgrade", "--dry-run")
        assert ran.code == Exit.OK
        assert "It is empty, or not there yet" in ran.out
        assert not (home / "data").exists()


class TestAnUpgrade:
    def test_copies_the_database_and_changes_it(self, cli, database, old, newer):
        ran = cli("upgrade")
        assert ran.code == Exit.OK, ran.err
        assert ran.out.endswith(f"Done: it stands at {newer}.\n")
        (backup,) = backups(database)
        assert f"The database was copied to\n  {backup}\n" in ran.out
        assert pets(database)
        assert not pets(backup)
        again = cli("upgrade")
        assert again.out.endswith("There is nothing to do.\n")
        assert backups(database) == [backup]

    def test_is_refused_while_a_server_runs(self, cli, home, database, old, newer):
        with hold_data_dir(home / "data", work="up"):
            ran = cli("upgrade")
        assert ran.code == Exit.LOCKED
        assert "`boards down` stops a server." in ran.err
        assert not pets(database)
        assert backups(database) == []

    def test_makes_the_first_database(self, cli, database):
        ran = cli("upgrade", "--json")
        assert ran.json["done"] is True
        assert ran.json["backup"] is None
        assert database.is_file()

    def test_of_a_newer_versions_data_is_refused(self, cli, database, old):
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
        for arguments in ((), ("--dry-run",)):
            ran = cli("upgrade", *arguments)
            assert ran.code == Exit.REFUSED
            assert "'9999'" in ran.err
            assert "install the newer version" in ran.err
        assert cli("list").code == Exit.REFUSED, "nothing else opens it, either"
