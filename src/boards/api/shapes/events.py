"""The messages of a stream, as the `data` of server-sent events shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, JsonValue

from boards.api.links import Links
from boards.api.shapes.base import Answer
from boards.api.shapes.generations import GenerationShape, generation_shape
from boards.api.shapes.jobs import JobShape, job_shape
from boards.services.ports import Event
from boards.services.streams import End, Ending, Snapshot

__all__ = [
    "EndShape",
    "EventShape",
    "SnapshotShape",
    "StreamShape",
    "end_shape",
    "event_shape",
    "snapshot_shape",
]


class EventShape(Answer):
    """`event: event`. Something happened to a generation."""

    id: int = Field(description="Counts up over everything; to be sent as `Last-Event-ID`.")
    type: str = Field(description="created, phase, progress, attention, late_result or budget.")
    generation_id: UUID = Field(description="The generation.")
    job_id: UUID | None = Field(description="Its job; null for an upload.")
    board_id: UUID = Field(description="Its board.")
    sequence: int = Field(description="Counts the events of this generation, from 1.")
    data: Mapping[str, JsonValue] = Field(
        description="The whole new state: status, phase, progress, message, needs_attention, error."
    )
    at: datetime = Field(description="When it happened.")


class SnapshotShape(Answer):
    """`event: snapshot`. How things stand; forget what you knew before."""

    id: int = Field(description="The last event that is contained in this.")
    type: Literal["snapshot"] = "snapshot"
    job: JobShape | None = Field(description="The job, in a stream of a job.")
    board_id: UUID | None = Field(description="The board, in a stream of a board.")
    generations: list[GenerationShape] | None = Field(
        description="In a stream of boards: what is under way and the newest of the rest."
    )
    next: str | None = Field(
        description="What is older: send this as `cursor` to `GET /api/v1/generations`."
    )


class EndShape(Answer):
    """`event: end`. Nothing more will come on this connection."""

    id: int = Field(description="The last event before the end.")
    type: Literal["end"] = "end"
    reason: Ending = Field(
        description="finished: the job is final. forbidden: you may not follow this any longer. "
        "closing: the server stops; connect again."
    )


StreamShape = SnapshotShape | EventShape | EndShape


def event_shape(event: Event) -> EventShape:
    """Show an event."""
    return EventShape(
        id=event.id,
        type=event.type,
        generation_id=event.generation_id,
        job_id=event.job_id,
        board_id=event.board_id,
        sequence=event.sequence,
        data=event.data,
        at=event.created_at,
    )


def snapshot_shape(snapshot: Snapshot, links: Links) -> SnapshotShape:
    """Show how things stand."""
    job = snapshot.job
    return SnapshotShape(
        id=snapshot.position,
        job=None if job is None else job_shape(job, links),
        board_id=snapshot.board_id,
        generations=None
        if job is not None
        else [generation_shape(one, links) for one in snapshot.generations],
        next=snapshot.next,
    )


def end_shape(end: End) -> EndShape:
    """Show why nothing more will come."""
    return EndShape(id=end.position, reason=end.why)
