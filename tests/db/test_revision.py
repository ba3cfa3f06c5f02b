"""Where a database stands, told without Alembic."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from boards.adapters.db import migrate, revision
from boards.errors import ConfigError, Conflict, StorageError
from tests.db.conftest import PostgresServer


def write_revision(path: Path, standing: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (standing,))
        connection.commit()


def test_the_numbers_of_the_files_are_the_revisions_that_alembic_knows():
    assert revision.known() == tuple(step.id for step in reversed(migrate.history()))
    (head,) = (step.id for step in migrate.history() if step.is_head)
    assert revision.head() == head


def test_a_start_on_an_up_to_date_database_imports_no_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'boards.db'}"
    migrate.upgrade(url)
    script = (
        "import asyncio, sys; from boards.bootstrap import upgrade_database\n"
        "assert asyncio.run(upgrade_database(sys.argv[1])) is None\n"
        "print(any(name.partition('.')[0] == 'alembic' for name in sys.modules))"
    )
    command = [sys.executable, "-c", script, url]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


class TestAnSqliteFile:
    def test_that_is_not_there_is_not_made(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'data' / 'boards.db'}"
        assert revision.current(url) is None
        assert not revision.is_up_to_date(url)
        assert list(tmp_path.iterdir()) == []

    def test_without_tables_stands_nowhere(self, tmp_path: Path) -> None:
        (tmp_path / "boards.db").touch()
        assert revision.current(f"sqlite:///{tmp_path / 'boards.db'}") is None

    @pytest.mark.parametrize("folder", ["plain", "what?", "100%41", "a#b", "Größe"])
    def test_is_found_whatever_its_folder_is_called(self, tmp_path: Path, folder: str) -> None:
        path = tmp_path / folder / "boards.db"
        migrate.upgrade(f"sqlite:///{tmp_path / 'boards.db'}")
        path.parent.mkdir()
        (tmp_path / "boards.db").rename(path)
        assert revision._of_sqlite(path) == revision.head()
        assert migrate.backup_before_migration(path) is not None

    def test_is_read_while_another_process_writes(self, tmp_path: Path) -> None:
        path = tmp_path / "boards.db"
        migrate.upgrade(f"sqlite:///{path}")
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            assert revision.is_up_to_date(f"sqlite:///{path}")

    def test_of_a_newer_version_is_refused_with_advice(self, tmp_path: Path) -> None:
        path = tmp_path / "boards.db"
        url = f"sqlite:///{path}"
        migrate.upgrade(url)
        write_revision(path, "9999")
        assert revision.current(url) == "9999"
        for ask in (revision.is_up_to_date, migrate.upgrade):
            with pytest.raises(Conflict, match=r"'9999'.*install the newer version"):
                ask(url)
        with pytest.raises(Conflict, match="'9999'"):
            migrate.downgrade(url, "base")
        assert [each.name for each in tmp_path.iterdir() if "backup" in each.name] == []

    def test_that_is_no_database_is_a_storage_error(self, tmp_path: Path) -> None:
        (tmp_path / "boards.db").write_bytes(b"this is no database" * 100)
        with pytest.raises(StorageError):
            revision.current(f"sqlite:///{tmp_path / 'boards.db'}")


@pytest.mark.postgres
def test_postgresql_is_asked_the_same(postgres_server: PostgresServer) -> None:
    empty, fresh = postgres_server.empty(), postgres_server.fresh()
    assert revision.current(empty) is None
    assert not revision.is_up_to_date(empty)
    assert revision.is_up_to_date(fresh)


def test_a_postgresql_that_does_not_answer_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        revision.current(f"postgresql://postgres@/none?host={tmp_path}")


def test_another_kind_of_database_is_refused():
    with pytest.raises(ConfigError, match="not supported"):
        revision.current("mysql://me@host/name")
