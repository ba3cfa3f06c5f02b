"""Fixtures for crashes: a place on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.processes import Place, open_place
from tests.db.conftest import PostgresServer, postgres_server

__all__ = ["postgres_server"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables: the first process makes them."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'boards.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.empty()


@pytest.fixture
def place(url: str, tmp_path: Path) -> Iterator[Place]:
    with open_place(url, tmp_path) as place:
        yield place


@pytest.fixture
def shared(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Place]:
    """A place on PostgreSQL, for what needs several processes."""
    with open_place(postgres_server.empty(), tmp_path) as place:
        yield place
