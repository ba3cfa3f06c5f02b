import pytest

from boards.adapters.db.urls import asyncpg_dsn, read_url
from boards.errors import ConfigError


@pytest.mark.parametrize(
    "given",
    [
        "postgres://u:p@h:5433/d?sslmode=require",
        "postgresql://u:p@h:5433/d?sslmode=require",
        "postgresql+asyncpg://u:p@h:5433/d?ssl=require",
    ],
)
def test_every_spelling_of_postgresql_is_read(given: str) -> None:
    url = read_url(given)
    assert url.drivername == "postgresql+asyncpg"
    assert (url.host, url.port, url.database) == ("h", 5433, "d")
    assert dict(url.query) == {"ssl": "require"}
    assert asyncpg_dsn(given) == "postgresql://u:p@h:5433/d?sslmode=require"


def test_a_socket_s_folder_stands_in_the_query() -> None:
    url = read_url("postgresql://postgres:@/boards?host=/run/pg")
    assert url.host is None
    assert url.query["host"] == "/run/pg"


def test_sqlite_is_a_file() -> None:
    assert read_url("sqlite:///boards.db").database == "boards.db"
    assert read_url("sqlite:////data/boards.db").database == "/data/boards.db"
    assert asyncpg_dsn("sqlite:///boards.db") is None


@pytest.mark.parametrize(
    "given", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "sqlite+aiosqlite:///a.db", "", "?"]
)
def test_everything_else_is_refused(given: str) -> None:
    with pytest.raises(ConfigError):
        read_url(given)


def test_a_url_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as refused:
        read_url("postgresql//user:hunter2@host")
    assert "hunter2" not in str(refused.value)
