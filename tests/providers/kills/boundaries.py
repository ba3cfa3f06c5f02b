"""Where a run may die: nine places between the click and the settlement."""

from enum import StrEnum

from boards.testing.lab import Hold, Kind, Lab, Stage
from tests.providers.samples import Sample

__all__ = ["Boundary", "hold_at", "unknown_after"]


class Boundary(StrEnum):
    """The boundaries, in the order in which a run comes to them."""

    BEFORE_INTENT = "before_intent"
    AFTER_INTENT = "after_intent"
    ON_THE_WIRE = "on_the_wire"
    AFTER_ACCEPT = "after_accept"
    AFTER_ID = "after_id"
    BETWEEN_POLLS = "between_polls"
    MID_DOWNLOAD = "mid_download"
    AFTER_BYTES = "after_bytes"
    BEFORE_SETTLE = "before_settle"

    def is_met_by(self, sample: Sample) -> bool:
        """Tell whether such a run comes there: an answer at once has neither id nor polls."""
        return not sample.synchronous or self not in {Boundary.AFTER_ID, Boundary.BETWEEN_POLLS}


def hold_at(boundary: Boundary, sample: Sample, lab: Lab) -> Hold | None:
    """Have the lab hold the request at the boundary; None where it lies in the database."""
    match boundary:
        case Boundary.ON_THE_WIRE:
            return lab.hold(Stage.SUBMIT, Kind.HOLD_BEFORE)
        case Boundary.AFTER_ACCEPT:
            return lab.hold(Stage.SUBMIT, Kind.HOLD_AFTER)
        case Boundary.BETWEEN_POLLS:
            lab.fault(Stage.SUBMIT, Kind.NEVER)
            return lab.hold(Stage.POLL, Kind.HOLD_BEFORE, skip=1)
        case Boundary.MID_DOWNLOAD:
            stage = Stage.SUBMIT if sample.synchronous else Stage.FILE
            return lab.hold(stage, Kind.HOLD_MIDWAY)
        case _:
            return None


def unknown_after(boundary: Boundary, sample: Sample) -> bool:
    """Tell whether a run that died here cannot know any more what became of its paid call."""
    lost = {Boundary.AFTER_INTENT, Boundary.ON_THE_WIRE, Boundary.AFTER_ACCEPT}
    if sample.synchronous:
        # The answer was the result, and half of it is none.
        lost.add(Boundary.MID_DOWNLOAD)
    return boundary in lost
