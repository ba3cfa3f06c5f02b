"""Fixtures for dispatch: databases with the queue's tables."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from boards.adapters.db.database import OpenDatabase, connect
from boards.adapters.db.urls import asyncpg_dsn
from boards.adapters.dispatch.pgqueuer import install
from tests.db.conftest import PostgresServer, postgres_server, sqlite_template

__all__ = ["postgres_server", "sqlite_template"]


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh SQLite database."""
    path = tmp_path / "boards.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[OpenDatabase]:
    """A fresh SQLite database."""
    database = await connect(sqlite_url)
    yield database
    await database.close()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """The URL of a fresh PostgreSQL database with the queue's tables."""
    url = postgres_server.fresh()
    asyncio.run(install(str(asyncpg_dsn(url))))
    return url


@pytest.fixture
def dsn(postgres_url: str) -> str:
    """The same as asyncpg takes it."""
    return str(asyncpg_dsn(postgres_url))


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[OpenDatabase]:
    """A fresh PostgreSQL database."""
    database = await connect(postgres_url)
    yield database
    await database.close()
