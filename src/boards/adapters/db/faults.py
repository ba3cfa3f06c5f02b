"""Turns what SQLAlchemy and the drivers raise into our own errors, so that nothing raw leaks."""

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from boards.errors import BoardsError, Conflict, InvalidInput, StorageError

__all__ = ["can_be_repeated", "of_connecting", "of_statement", "translate"]

_CONFLICT = "This exists already, or it refers to something that is gone; read it again."
_UNSTORABLE = "This holds a value that cannot be stored, such as a NUL character or a NaN."
_DOWN = "The database does not answer; try again in a moment."
_REFUSED = "The database refused a statement; the log has the reason."

_CONFLICT_STATES = "23"
_UNSTORABLE_STATES = "22"
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
    if isinstance(error, DBAPIError) and error.orig is not None:
        return of_statement(error.orig)
    if isinstance(error, SQLAlchemyError):
        return BoardsError(_REFUSED, detail=str(error))
    return error


def of_statement(error: BaseException) -> BoardsError:
    """As `translate`, for what a driver raises of a statement and its values."""
    detail = str(error)
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if isinstance(error, ValueError | OverflowError):
        # The drivers themselves refuse what does not fit into a column's type.
        return InvalidInput(_UNSTORABLE, detail=detail)
    state = _state(error)
    if state.startswith(_CONFLICT_STATES):
        return Conflict(_CONFLICT, detail=detail)
    if state.startswith(_UNSTORABLE_STATES):
        return InvalidInput(_UNSTORABLE, detail=detail)
    if state.startswith(_DOWN_STATES) or not (state or isinstance(error, SQLAlchemyError)):
        # Without a state it is not the server that speaks: it is out of reach.
        return StorageError(_DOWN, detail=detail)
    return BoardsError(_REFUSED, detail=detail)


def of_connecting(error: BaseException) -> BaseException:
    """As `translate`, for what is raised while connecting and committing: all of it means down."""
    if isinstance(error, BoardsError):
        return error
    return StorageError(_DOWN, detail=f"{type(error).__name__}: {error}")


def can_be_repeated(error: BaseException) -> bool:
    """Tell whether PostgreSQL ended the transaction for no fault of its own."""
    cause = error.__cause__ if isinstance(error, BoardsError) else error
    return cause is not None and _state(cause) in _REPEATABLE_STATES


def _of_sqlite(error: sqlite3.Error) -> BoardsError:
    detail = str(error)
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict(_CONFLICT, detail=detail)
    if isinstance(error, sqlite3.DataError):
        return InvalidInput(_UNSTORABLE, detail=detail)
    if isinstance(error, sqlite3.OperationalError):
        return StorageError(_DOWN, detail=detail)
    return BoardsError(_REFUSED, detail=detail)


def _state(error: BaseException) -> str:
    return str(getattr(error, "sqlstate", None) or "")
