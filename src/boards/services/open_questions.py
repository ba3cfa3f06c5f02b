"""What puts a generation on the attention list, and what can be done about it there.

None of the ways out is to run it again: what stands here may have been paid for.
"""

from dataclasses import dataclass
from enum import StrEnum

from boards.domain.generations import Generation, Phase
from boards.generators.base import BaseGenerator, ResumableGenerator

__all__ = ["AttentionItem", "Reason", "Way", "can_be_asked", "reason_of", "ways_out"]


class Reason(StrEnum):
    """Why somebody has to decide."""

    SUBMIT_UNKNOWN = "submit_unknown"
    """A paid call began, and its answer was never stored."""
    PARKED = "parked"
    """The provider has the job, and its result could not be had in time."""
    FAILED = "failed"
    """It failed, and nobody knows whether it was billed."""
    CANCELLED = "cancelled"
    """It was cancelled, and nobody knows whether it is billed, or whether something still comes."""


class Way(StrEnum):
    """What can be done about it."""

    CHECK_AGAIN = "check_again"
    """Ask the provider what became of it; spends nothing."""
    MARK_LOST = "mark_lost"
    """Give it up and count the money as spent, at the estimate."""
    RELEASE_HOLD = "release_hold"
    """Say that it was not billed, and have the money back."""


@dataclass(frozen=True, kw_only=True)
class AttentionItem:
    """One generation on the list, with why it is there and the ways out."""

    generation: Generation
    reason: Reason
    ways: tuple[Way, ...]


def reason_of(generation: Generation) -> Reason | None:
    """Say why it is on the list; None when it is not."""
    if not generation.needs_attention:
        return None
    match generation.phase:
        case Phase.SUBMIT_UNKNOWN:
            return Reason.SUBMIT_UNKNOWN
        case Phase.FAILED:
            return Reason.FAILED
        case Phase.CANCELLED:
            return Reason.CANCELLED
        case Phase.SUBMITTED | Phase.FETCHING | Phase.STORING:
            return Reason.PARKED
        case _:
            return None


def can_be_asked(generation: Generation, generator: BaseGenerator | None) -> bool:
    """Tell whether the provider can say what became of it without another paid call."""
    if not isinstance(generator, ResumableGenerator):
        return False
    match reason_of(generation):
        case Reason.SUBMIT_UNKNOWN:
            return generator.idempotency == "lookup"
        case Reason.PARKED | Reason.CANCELLED:
            return generation.external_id is not None
        case _:
            return False


def ways_out(generation: Generation, generator: BaseGenerator | None) -> tuple[Way, ...]:
    """List what can be done about it, the safest first.

    A parked one is not released: its job is there, and may bill at any time.
    """
    reason = reason_of(generation)
    if reason is None:
        return ()
    ways = [Way.CHECK_AGAIN] if can_be_asked(generation, generator) else []
    ways.append(Way.MARK_LOST)
    if reason is not Reason.PARKED:
        ways.append(Way.RELEASE_HOLD)
    return tuple(ways)
