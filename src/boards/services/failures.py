"""Turns what a generator raised into what the world is told, and what it means for the money."""

import structlog

from boards.domain.generations import Failure
from boards.errors import (
    BoardsError,
    Broken,
    Busy,
    ContentRefused,
    NotConfigured,
    ProviderError,
    Refused,
    Rejected,
    TimedOut,
)
from boards.ids import new_id
from boards.services.deliver import Money

__all__ = ["failure_of", "money_after", "verdict_is_certain"]

log = structlog.get_logger(__name__)

_FINAL = (ContentRefused, NotConfigured, Rejected, Busy)


def failure_of(error: BaseException, *, generator: str) -> Failure:
    """Give the public failure. Texts meant for people pass; others stay in the log under an id."""
    if isinstance(error, BoardsError):
        if error.detail:
            log.warning("run_failed", generator=generator, code=error.code, detail=error.detail)
        provider_code = error.provider_code if isinstance(error, ProviderError) else None
        return Failure(
            code=error.code,
            message=error.message,
            retryable=error.retryable,
            provider_code=provider_code,
        )
    if isinstance(error, ValueError):
        return Failure(
            code="invalid_input", message=str(error) or "The generator refused the input."
        )
    error_id = str(new_id())
    log.error("generator_crashed", generator=generator, error_id=error_id, exc_info=error)
    return Failure(
        code="plugin_error",
        message=f"Generator {generator!r} failed; the log has the reason under {error_id}.",
        error_id=error_id,
    )


def money_after(error: BaseException, *, bills_on: str) -> Money:
    """Say what an exception of a paid call means for its hold.

    ValueError is a generator's own "no" before it called anybody. A provider error says itself
    whether it was billed. Everything else leaves the question open.
    """
    if isinstance(error, ProviderError):
        if error.billed is False:
            return Money.RELEASE
        if error.billed is True:
            return Money.SETTLE
        return Money.SETTLE if bills_on == "submit" and isinstance(error, _FINAL) else Money.KEEP
    if isinstance(error, ValueError | Refused):
        return Money.RELEASE
    return Money.KEEP


def verdict_is_certain(error: BaseException) -> bool:
    """Tell whether a submit surely ended: the provider answered, or nothing was ever sent.

    A broken or missing answer is not: the provider may have accepted.
    """
    if isinstance(error, ProviderError):
        return error.billed is not None or not isinstance(error, Broken | TimedOut)
    return isinstance(error, ValueError | Refused)
