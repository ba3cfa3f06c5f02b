"""Events: follow a job, a board or everything of yours, as server-sent events."""

import re
from collections import OrderedDict
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from boards.api.links import API, Links
from boards.api.routing import Call, Caller, errors
from boards.api.shapes.base import Answer, Asked, Id
from boards.api.shapes.events import StreamShape, end_shape, event_shape, snapshot_shape
from boards.api.sse import KEEP_ALIVE, EventStream, frame
from boards.services.ports import Event
from boards.services.streams import End, Message, Snapshot, Still, StreamService, Watch

__all__ = ["router"]

EXAMPLE = """\
retry: 2000

event: snapshot
data: {"id":41,"type":"snapshot","job":{…},"board_id":null,"generations":null,"next":null}
id: 41

event: event
data: {"id":42,"type":"progress","generation_id":"…","job_id":"…","board_id":"…","sequence":3,…}
id: 42

event: end
data: {"id":44,"type":"end","reason":"finished"}
id: 44
"""

STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A snapshot, then events as they happen. It stays open.",
        "model": StreamShape,
        "content": {"text/event-stream": {"example": EXAMPLE}},
    },
    204: {"description": "You know everything up to the end; do not connect again."},
    **errors(404),
}

LastId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        max_length=1000,
        description="The last event that you know; the stream goes on after it.",
    ),
]


_EVENT_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


class Frames:
    """Writes messages as frames. An event that many follow is written once."""

    def __init__(self, *, keep: int = 1024) -> None:
        self._keep = keep
        self._events: OrderedDict[int, bytes] = OrderedDict()

    def of(self, message: Message, links: Links) -> bytes:
        """Give one message as it goes over the wire."""
        match message:
            case Event():
                return self._event(message)
            case Snapshot():
                data = _line(snapshot_shape(message, links))
                return frame("snapshot", data, id=message.position)
            case Still():
                return KEEP_ALIVE
            case End():
                return frame("end", _line(end_shape(message)), id=message.position)

    def _event(self, event: Event) -> bytes:
        written = self._events.get(event.id)
        if written is None:
            written = frame("event", _line(event_shape(event)), id=event.id)
            self._events[event.id] = written
            if len(self._events) > self._keep:
                self._events.popitem(last=False)
        return written


class EventsAsked(Asked):
    """What to follow; without either, everything on your boards."""

    job_id: Id | None = Field(default=None, description="Follow this job, up to its end.")
    board_id: Id | None = Field(default=None, description="Follow this board.")


JobId = Annotated[Id, Path(description="The id of the job.")]


def router(streams: StreamService) -> APIRouter:
    """The routes of streams."""
    routes = APIRouter(prefix=API, tags=["events"])
    frames = Frames()

    async def answer(request: Request, call: Call, watch: Watch, last_id: str | None) -> Response:
        messages = streams.follow(
            call.actor,
            watch,
            last_id=_event_id(last_id),
            # A token may be revoked while the stream is open.
            again=lambda: call.services.actor_for(request),
        )
        # What is refused is refused before the answer begins.
        first = await anext(messages)
        if isinstance(first, End):
            await messages.aclose()
            return Response(status_code=204)
        return EventStream(first, messages, lambda message: frames.of(message, call.links))

    @routes.get(
        "/events",
        operation_id="follow_events",
        summary="Follow a job, a board or everything of yours",
        status_code=200,
        response_class=EventStream,
        responses=STREAM,
    )
    async def follow_events(
        request: Request,
        call: Caller,
        asked: Annotated[EventsAsked, Query()],
        last_event_id: LastId = None,
    ) -> Response:
        watch = Watch(job_id=asked.job_id, board_id=asked.board_id)
        return await answer(request, call, watch, last_event_id)

    @routes.get(
        "/jobs/{job_id}/events",
        operation_id="follow_job",
        summary="Follow a job up to its end",
        status_code=200,
        response_class=EventStream,
        responses=STREAM,
    )
    async def follow_job(
        request: Request, call: Caller, job_id: JobId, last_event_id: LastId = None
    ) -> Response:
        return await answer(request, call, Watch(job_id=job_id), last_event_id)

    return routes


def _line(shape: Answer) -> str:
    # Some clients end a line at U+2028 and the like as well, so nothing but ASCII goes out.
    return shape.model_dump_json(ensure_ascii=True)


def _event_id(sent: str | None) -> int | None:
    """Read an id. Anything else is as good as none: the stream then begins with a snapshot."""
    return int(sent) if sent and _EVENT_ID.fullmatch(sent) else None
