"""Writes down what happens to generations, in the transaction in which it happens."""

from datetime import datetime

from pydantic import JsonValue

from boards.domain.generations import Failure, Generation, Phase
from boards.services.ports import NewGeneration, Tx

__all__ = ["announce"]


def announce(
    tx: Tx,
    generation: Generation | NewGeneration,
    type: str,
    *,
    phase: Phase,
    now: datetime,
    progress: float = 0.0,
    message: str = "",
    needs_attention: bool = False,
    failure: Failure | None = None,
) -> None:
    """Append one event whose data is the whole new state, so that a reader needs no earlier one."""
    error: JsonValue = None
    if failure is not None:
        error = {"code": failure.code, "message": failure.message}
    tx.events.append(
        generation,
        type,
        {
            "status": phase.status.value,
            "phase": phase.value,
            "progress": progress,
            "message": message,
            "needs_attention": needs_attention,
            "error": error,
        },
        now=now,
    )
