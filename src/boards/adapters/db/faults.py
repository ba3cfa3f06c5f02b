"""Turns what SQLAlchemy and the drivers raise into our own errors, so that nothing raw leaks."""

import sqlite3

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from boards.errors import BoardsError, Conflict, InvalidInput, StorageError

__all__ = ["is_lost_connection", "is_rolled_back_by_server", "translate"]

_CONFLICT = "This exists already, or it refers to something that is gone; read it again."
_UNSTORABLE = "This holds a value that cannot be stored, such as a NUL character or a NaN."
_DOWN = "The database does not answer; try again in a moment."
_REFUSED = "The database refused a statement; the log has the reason."

_SERIALIZATION_FAILURE, _DEADLOCK = "40001", "40P01"


def translate(error: BaseException) -> BaseException:
    """Give the error to raise in place of `error`; what is not the database's stays as it is.

    A broken constraint is a Conflict, a value that no column takes an InvalidInput, a database
    that is down, locked or full a StorageError, which may be tried again.
    """
    if isinstance(error, sqlite3.Error):
        return StorageError(_DOWN, detail=str(error))
    if not isinstance(error, SQLAlchemyError):
        return error
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, PoolTimeout):
        return StorageError(_DOWN, detail=str(error))
    if isinstance(error, StatementError) and isinstance(error.orig, (ValueError, OverflowError)):
        return InvalidInput(_UNSTORABLE, detail=str(error.orig))
    return BoardsError(_REFUSED, detail=str(error))


def _of_database(error: DBAPIError) -> BoardsError:
    detail = str(error.orig)
    if isinstance(error, IntegrityError):
        return Conflict(_CONFLICT, detail=detail)
    if isinstance(error, DataError):
        return InvalidInput(_UNSTORABLE, detail=detail)
    down = isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated
    if down or is_rolled_back_by_server(error):
        return StorageError(_DOWN, detail=detail)
    return BoardsError(_REFUSED, detail=detail)


def is_rolled_back_by_server(error: BaseException) -> bool:
    """Tell whether PostgreSQL took the transaction back to end a deadlock between two."""
    code = getattr(getattr(error, "orig", None), "sqlstate", None)
    return code in (_SERIALIZATION_FAILURE, _DEADLOCK)


def is_lost_connection(error: BaseException) -> bool:
    """Tell whether the connection broke, so that nothing of the open transaction was kept."""
    return isinstance(error, DBAPIError) and error.connection_invalidated
