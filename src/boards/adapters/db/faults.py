"""Turns what SQLAlchemy and the drivers raise into our own errors, so that nothing raw leaks."""

import sqlite3

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from boards.errors import BoardsError, Conflict, InvalidInput, StorageError

__all__ = ["can_be_repeated", "of_connecting", "of_statement", "translate"]

_CONFLICT = "This exists already, or it refers to something that is gone; read it again."
_UNSTORABLE = "This holds a value that cannot be stored, such as a NUL character or a NaN."
_DOWN = "The database does not answer; try again in a moment."
_REFUSED = "The database refused a statement; the log has the reason."

_UNSTORABLE_ERRORS = (ValueError, OverflowError)
_UNSTORABLE_STATES = ("22",)
_DOWN_STATES = ("08", "25006", "40", "53", "55", "57", "58")
"""SQLSTATEs, or their classes: connection, read-only, rolled back, resources, locks, operator."""
_REPEATABLE_STATES = ("40001", "40P01", "0A000")
"""Serialization failure, deadlock, and a plan that a migration has made stale."""


def translate(error: BaseException) -> BaseException:
    """Give the error to raise in place of `error`; what is not the database's stays as it is.

    A broken constraint is a Conflict, a value that no column takes an InvalidInput, a database
    that is down, locked or full a StorageError, which may be tried again.
    """
    if isinstance(error, sqlite3.Error):
        return StorageError(_DOWN, detail=str(error))
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, PoolTimeout):
        return StorageError(_DOWN, detail=str(error))
    if isinstance(error, StatementError) and isinstance(error.orig, _UNSTORABLE_ERRORS):
        return InvalidInput(_UNSTORABLE, detail=str(error.orig))
    if isinstance(error, SQLAlchemyError):
        return BoardsError(_REFUSED, detail=str(error))
    return error


def of_statement(error: BaseException) -> BaseException:
    """As `translate`, for what is raised by a statement: sqlite3 refuses some values unwrapped."""
    if isinstance(error, _UNSTORABLE_ERRORS):
        return InvalidInput(_UNSTORABLE, detail=str(error))
    return translate(error)


def of_connecting(error: BaseException) -> BaseException:
    """As `translate`, for what is raised while connecting and committing: all of it means down."""
    if isinstance(error, BoardsError):
        return error
    return StorageError(_DOWN, detail=f"{type(error).__name__}: {error}")


def can_be_repeated(error: BaseException) -> bool:
    """Tell whether the transaction was ended for no fault of its own, and nothing of it kept."""
    cause = error if isinstance(error, DBAPIError) else error.__cause__
    if not isinstance(cause, DBAPIError):
        return False
    return cause.connection_invalidated or _state(cause) in _REPEATABLE_STATES


def _of_database(error: DBAPIError) -> BoardsError:
    detail = str(error.orig)
    state = _state(error)
    if isinstance(error, IntegrityError):
        return Conflict(_CONFLICT, detail=detail)
    # The driver itself refuses what does not fit into a column's type.
    refused = error.orig is not None and isinstance(error.orig.__cause__, ValueError)
    if refused or isinstance(error, DataError) or state.startswith(_UNSTORABLE_STATES):
        return InvalidInput(_UNSTORABLE, detail=detail)
    is_down = isinstance(error, OperationalError) or error.connection_invalidated
    if is_down or state.startswith(_DOWN_STATES):
        return StorageError(_DOWN, detail=detail)
    return BoardsError(_REFUSED, detail=detail)


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")
