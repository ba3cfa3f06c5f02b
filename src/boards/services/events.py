"""Writes down what happens to generations, in the transaction in which it happens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from boards.domain.generations import Failure, Generation, Phase
from boards.services.ports import NewGeneration, Tx

__all__ = ["Decision", "announce"]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was decided about a generation on the attention list; `by` None is the reconciler."""

    what: str
    by: UUID | None


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
    decision: Decision | None = None,
) -> None:
    """Append one event whose data is the whole new state, so that a reader needs no earlier one.

    With every result its previews and its recipe are asked for, in the same transaction: so no way
    to get a result can forget them.
    """
    if phase is Phase.COMPLETED or type == "late_result":
        tx.previews.want(generation.id, tenant_id=generation.tenant_id, now=now)
    error: JsonValue = None
    if failure is not None:
        error = {"code": failure.code, "message": failure.message}
    data: dict[str, JsonValue] = {
        "status": phase.status.value,
        "phase": phase.value,
        "progress": progress,
        "message": message,
        "needs_attention": needs_attention,
        "error": error,
    }
    if decision is not None:
        by = None if decision.by is None else str(decision.by)
        data["decision"] = {"what": decision.what, "by": by}
    tx.events.append(generation, type, data, now=now)
