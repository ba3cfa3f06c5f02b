"""One table from error codes to `extensions.code`, and what of an error goes out."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import uuid4

import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.extensions import SchemaExtension
from strawberry.types import StreamExecutionResult
from strawberry.utils.str_converters import to_camel_case

from boards.api.graphql.limits import TOO_COMPLEX
from boards.api.shapes.budgets import refusal_shape
from boards.errors import BoardsError, Busy, InvalidInput, OverBudget

__all__ = ["CODES", "SaidErrors", "code_of", "said"]

log = structlog.get_logger(__name__)

CODES: Mapping[str, str] = {
    "error": "INTERNAL_ERROR",
    "refused": "REFUSED",
    "not_found": "NOT_FOUND",
    "unauthenticated": "UNAUTHENTICATED",
    "forbidden": "FORBIDDEN",
    "conflict": "CONFLICT",
    "invalid_input": "INVALID_INPUT",
    "too_large": "TOO_LARGE",
    "unsupported": "UNSUPPORTED",
    "throttled": "THROTTLED",
    "over_budget": "OVER_BUDGET",
    "provider_error": "PROVIDER_ERROR",
    "not_configured": "NOT_CONFIGURED",
    "content_refused": "CONTENT_REFUSED",
    "busy": "BUSY",
    "rejected": "REJECTED",
    "provider_broken": "PROVIDER_BROKEN",
    "timed_out": "TIMED_OUT",
    "storage_error": "STORAGE_ERROR",
    "plugin_error": "PLUGIN_ERROR",
    "config_error": "CONFIG_ERROR",
}
"""Every code of the error tree. A subclass without its own entry is said as its parent."""

PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED: Final = "GRAPHQL_VALIDATION_FAILED"


def code_of(error: BoardsError) -> str:
    """Give the code by the nearest class that the table knows."""
    for kind in type(error).__mro__:
        code = CODES.get(getattr(kind, "code", ""))
        if code is not None:
            return code
    return CODES["error"]


def said(error: GraphQLError) -> GraphQLError:
    """Turn an error into what goes out.

    Ours keep their text and get their code; those of the language say what is wrong with the
    document. Anything else is masked: its text stands in the log, at the error id.
    """
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, BoardsError):
        if cause.detail:
            log.warning("request_refused", said=cause.message, detail=cause.detail)
        return _as(error, cause.message, _extensions(cause))
    if isinstance(cause, GraphQLError):
        return _as(
            error, error.message, {"code": _language_code(error), **(error.extensions or {})}
        )
    if isinstance(cause, RecursionError):
        return _as(error, "The document is nested too deeply.", {"code": TOO_COMPLEX})
    error_id = uuid4().hex
    log.error("field_failed", error_id=error_id, path=error.path, exc_info=cause)
    message = f"Something went wrong here. The server's log tells what, at error id {error_id}."
    return _as(error, message, {"code": CODES["error"], "errorId": error_id})


def _as(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def _language_code(error: GraphQLError) -> str:
    if isinstance(error, GraphQLSyntaxError):
        return PARSE_FAILED
    # An error with a path comes from running the document: a value that does not fit.
    return VALIDATION_FAILED if error.path is None else CODES["invalid_input"]


def _extensions(error: BoardsError) -> dict[str, Any]:
    found: dict[str, Any] = {"code": code_of(error), "retryable": error.retryable}
    if isinstance(error, InvalidInput) and error.problems:
        found["problems"] = [{"at": one.at, "message": one.message} for one in error.problems]
    if isinstance(error, Busy) and error.retry_after is not None:
        found["retryAfter"] = error.retry_after
    if isinstance(error, OverBudget):
        shape = refusal_shape(error).model_dump(mode="json", exclude={"message"})
        found |= {to_camel_case(name): value for name, value in shape.items()}
    return found


class SaidErrors(SchemaExtension):
    """Has every error go out as `said` turns it; to be the outermost extension."""

    def on_operation(self) -> Iterator[None]:
        yield
        result = self.execution_context.result
        errors = getattr(result, "errors", None)
        if errors:
            result.errors = [said(error) for error in errors]  # type: ignore[union-attr]

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """Each part of a subscription is said as it goes out."""
        errors = getattr(result, "errors", None)
        if errors:
            result.errors = [said(error) for error in errors]  # type: ignore[union-attr]
        yield
