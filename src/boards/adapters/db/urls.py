"""Reads the address of a database, as `BOARDS_DATABASE_URL` has it."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from boards.errors import ConfigError

__all__ = ["asyncpg_dsn", "read_url"]

_POSTGRES = {"postgres", "postgresql", "postgresql+asyncpg"}
_SQLITE = {"sqlite"}
_OF_LIBPQ = {
    *("host", "port", "user", "password", "passfile", "dbname", "target_session_attrs"),
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslpassword", "sslcrl", "sslnegotiation"),
}
_EXAMPLES = "Write 'sqlite:///boards.db' or 'postgresql://user:password@host/name'."


def read_url(url: str) -> URL:
    """Give the URL with the driver that is used here. ConfigError for any other database."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        # The text itself may hold a password, so it is not repeated.
        raise ConfigError(f"The database URL cannot be read. {_EXAMPLES}") from None
    if found.drivername in _SQLITE:
        if not found.database or found.database == ":memory:" or "mode" in found.query:
            raise ConfigError("SQLite needs a file here. Write 'sqlite:///' and its path.")
        return found
    if found.drivername in _POSTGRES:
        return _with_asyncpg(found)
    raise ConfigError(f"Databases of kind {found.drivername!r} are not supported. {_EXAMPLES}")


def asyncpg_dsn(url: str) -> str | None:
    """The URL as asyncpg itself takes it, for those who LISTEN; None for SQLite.

    ConfigError as `read_url`. What asyncpg does not know it would send to the server as a setting,
    which refuses it, so only libpq's own parameters are kept.
    """
    found = read_url(url)
    if found.drivername == "sqlite":
        return None
    query = {"sslmode" if name == "ssl" else name: value for name, value in found.query.items()}
    query = {name: value for name, value in query.items() if name in _OF_LIBPQ}
    libpq = found.set(drivername="postgresql", query=query)
    return libpq.render_as_string(hide_password=False)


def _with_asyncpg(url: URL) -> URL:
    # Hosting services hand out libpq's spelling, which asyncpg knows by another name.
    mode = url.query.get("sslmode")
    url = url.set(drivername="postgresql+asyncpg").difference_update_query(["sslmode"])
    return url if mode is None else url.update_query_dict({"ssl": mode})
