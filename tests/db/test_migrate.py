import asyncio
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from boards.adapters.db import migrate
from boards.adapters.db.database import connect
from boards.adapters.db.tables import Base
from boards.adapters.db.urls import read_url
from boards.domain.generations import ExtraFile, Phase
from boards.errors import ConfigError, Conflict, InvalidInput, StorageError
from boards.services.ports import SYSTEM
from tests.db.conftest import BOTH, PostgresServer
from tests.db.world import make_world, stored_file


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'boards.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.empty()


def is_in_a_class(name: str | None, *_: object) -> bool:
    """The index of words is the database's own; no class says what it is made of."""
    return not (name or "").startswith("search_words")


def path_of(url: str) -> Path:
    return Path(str(read_url(url).database))


def tables_of(url: str) -> set[str]:
    def look(connection: Connection) -> set[str]:
        return {
            name for name in connection.dialect.get_table_names(connection) if is_in_a_class(name)
        }

    return migrate._on_connection(url, look)


class TestAgreement:
    def test_the_migrations_make_what_the_tables_say(self, empty_url: str) -> None:
        migrate.upgrade(empty_url)

        def compare(connection: Connection) -> list[object]:
            options = {"compare_type": True, "include_name": is_in_a_class}
            context = MigrationContext.configure(connection, opts=options)
            return compare_metadata(context, Base.metadata)

        assert migrate._on_connection(empty_url, compare) == []

    def test_checks_and_partial_indexes_are_the_same_too(self, tmp_path: Path) -> None:
        # Alembic compares neither, so the statements themselves are held against each other.
        def normal(path: Path) -> dict[str, str]:
            with closing(sqlite3.connect(path)) as connection:
                rows = connection.execute(
                    "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
                    " AND name NOT LIKE 'alembic%' AND name NOT LIKE 'sqlite_%'"
                    " AND name NOT LIKE 'search_words%'"
                ).fetchall()
            return {name: " ".join(sql.replace('"', "").split()) for name, sql in rows}

        migrated, made = tmp_path / "migrated.db", tmp_path / "made.db"
        migrate.upgrade(f"sqlite:///{migrated}")
        migrate._on_connection(f"sqlite:///{made}", Base.metadata.create_all)
        expected, found = normal(made), normal(migrated)
        assert found.keys() == expected.keys()
        for name, sql in expected.items():
            assert sorted(found[name]) == sorted(sql), name

    @pytest.mark.postgres
    def test_checks_and_partial_indexes_are_the_same_on_postgresql(
        self, postgres_server: PostgresServer
    ) -> None:
        def definitions(connection: Connection) -> set[tuple[str, ...]]:
            found = set()
            for query in (
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0",
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            ):
                found |= {tuple(row) for row in connection.exec_driver_sql(query)}
            return {
                row for row in found if "alembic" not in row[0] and "search_words" not in row[0]
            }

        migrated, made = postgres_server.empty(), postgres_server.empty()
        migrate.upgrade(migrated)
        migrate._on_connection(made, Base.metadata.create_all)
        assert migrate._on_connection(migrated, definitions) == migrate._on_connection(
            made, definitions
        )


class TestUpAndDown:
    def test_a_round_trip_ends_where_it_began(self, empty_url: str) -> None:
        assert migrate.current(empty_url) is None
        migrate.upgrade(empty_url)
        assert migrate.current(empty_url) == migrate.head()
        first = tables_of(empty_url)
        assert first == {*Base.metadata.tables, "alembic_version"}
        migrate.downgrade(empty_url, "base")
        assert migrate.current(empty_url) is None
        assert tables_of(empty_url) == {"alembic_version"}
        migrate.upgrade(empty_url)
        assert tables_of(empty_url) == first

    async def test_rows_survive_a_second_upgrade(self, empty_url: str) -> None:
        await asyncio.to_thread(migrate.upgrade, empty_url)
        database = await connect(empty_url)
        world = await make_world(database)
        one, _ = await world.at(Phase.COMPLETED)
        await database.close()
        assert await asyncio.to_thread(migrate.upgrade, empty_url) is None
        again = await connect(empty_url)
        found = await again.read(
            lambda tx: tx.generations.find_anywhere([one]), scope=world.home.scope
        )
        await again.close()
        assert one in found

    async def test_files_of_before_get_their_rows(self, empty_url: str) -> None:
        """Those that were stored before account was kept of who uses them."""
        await asyncio.to_thread(migrate.upgrade, empty_url)
        database = await connect(empty_url)
        world = await make_world(database)
        mask = replace(stored_file("t/mask.png"), sha256="cd" * 32)
        extra = ExtraFile(role="mask", type=None, file=mask)
        new = world.new(phase=Phase.COMPLETED, file=stored_file("t/a.png"), extra_files=(extra,))
        await world.insert(new)
        await database.close()
        await asyncio.to_thread(migrate.downgrade, empty_url, "0009")
        await asyncio.to_thread(migrate.upgrade, empty_url)
        again = await connect(empty_url)
        here = world.home.tenant_id
        found = await again.read(lambda tx: tx.blobs.list(after=None, limit=9), scope=SYSTEM)
        used = await again.read(
            lambda tx: [tx.blobs.owners(here, one.key) for one in found], scope=SYSTEM
        )
        await again.close()
        assert [(one.key, one.size, one.sha256) for one in found] == [
            ("t/a.png", 1234, "ab" * 32),
            ("t/mask.png", 1234, "cd" * 32),
        ]
        assert used == [(new.id,), (new.id,)]

    def test_processes_that_start_at_once_upgrade_once(self, empty_url: str) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(migrate.upgrade, [empty_url] * 4))
        assert migrate.current(empty_url) == migrate.head()

    def test_an_unknown_revision_is_refused_and_changes_nothing(self, empty_url: str) -> None:
        migrate.upgrade(empty_url)
        for change in (migrate.upgrade, migrate.downgrade):
            with pytest.raises(InvalidInput, match="9999"):
                change(empty_url, "9999")
        assert migrate.current(empty_url) == migrate.head()

    def test_a_newer_database_is_left_alone(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'boards.db'}"
        migrate.upgrade(url)
        with closing(sqlite3.connect(path_of(url))) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0999'")
            connection.commit()
        with pytest.raises(Conflict, match="0999"):
            migrate.upgrade(url)


class TestHistory:
    def test_it_lists_every_step_the_newest_first(self) -> None:
        steps = migrate.history()
        assert steps[-1].id == "0001"
        assert steps[-1].down is None
        assert [step.is_head for step in steps] == [True] + [False] * (len(steps) - 1)
        for later, before in pairwise(steps):
            assert later.down == before.id

    def test_a_new_revision_holds_what_the_migrations_miss(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scripts = tmp_path / "migrations"
        shutil.copytree(Path(migrate.__file__).parent / "migrations", scripts)
        monkeypatch.setattr(migrate, "_SCRIPTS", str(scripts))
        first = scripts / "versions" / "0001_initial.py"
        before, _, rest = first.read_text().partition('    op.create_table(\n        "turns"')
        first.write_text(before + rest[rest.index("\n\n") :])
        path = migrate.revision("Keep turns")
        assert path.parent == first.parent
        assert path.name.endswith("_keep_turns.py")
        text = path.read_text()
        assert text.startswith('"""Keep turns.')
        assert '"turns"' in text.replace("'", '"')
        assert "INSTANT" in text
        compile(text, path.name, "exec")


class TestBackup:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "boards.db"
        migrate.upgrade(f"sqlite:///{path}")
        return path

    def test_an_empty_database_needs_none(self, tmp_path: Path) -> None:
        path = tmp_path / "boards.db"
        assert migrate.backup_before_migration(path) is None
        path.touch()
        assert migrate.backup_before_migration(path) is None
        assert migrate.upgrade(f"sqlite:///{path}") is None

    def test_a_change_leaves_a_whole_copy_beside_the_file(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("INSERT INTO turns VALUES ('kept', 1)")
            connection.commit()
        backup = migrate.downgrade(f"sqlite:///{path}", "base")
        assert backup is not None
        assert backup.parent == path.parent
        assert backup.name.startswith(f"boards.db.{migrate.head()}.")
        assert not list(path.parent.glob("*.part"))
        with closing(sqlite3.connect(backup)) as copy:
            assert copy.execute("SELECT name FROM turns").fetchall() == [("kept",)]
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    def test_what_is_only_in_the_log_yet_is_copied_too(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_autocheckpoint=0")
            connection.execute("INSERT INTO turns VALUES ('in the log', 1)")
            connection.commit()
            backup = migrate.backup_before_migration(path)
        assert backup is not None
        with closing(sqlite3.connect(backup)) as copy:
            assert copy.execute("SELECT name FROM turns").fetchall() == [("in the log",)]

    def test_without_a_copy_nothing_is_changed(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def nowhere(path: Path, standing: str | None) -> Path:
            return path / "not" / "a" / "folder"

        monkeypatch.setattr(migrate, "backup_path", nowhere)
        with pytest.raises(StorageError, match="nothing was changed"):
            migrate.downgrade(f"sqlite:///{path}", "base")
        assert migrate.current(f"sqlite:///{path}") == migrate.head()


class TestFailures:
    def test_what_is_no_database_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "boards.db"
        path.write_text("This is a letter, not a database." * 100)
        with pytest.raises(StorageError):
            migrate.upgrade(f"sqlite:///{path}")
        assert path.read_text().startswith("This is a letter")

    def test_another_kind_of_database_is_refused(self) -> None:
        with pytest.raises(ConfigError):
            migrate.upgrade("mysql://localhost/boards")

    def test_a_server_that_is_not_there_does_not_answer(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError):
            migrate.upgrade(f"postgresql://boards@/boards?host={tmp_path}")


def test_it_works_far_from_the_source(tmp_path: Path) -> None:
    # Scripts are found by the package, not by the folder that one stands in.
    code = (
        "from boards.adapters.db import migrate\n"
        "migrate.upgrade('sqlite:///new.db')\n"
        "print(migrate.current('sqlite:///new.db'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [migrate.head()]
    assert done.stderr == ""
