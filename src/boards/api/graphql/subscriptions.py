"""Subscriptions: follow a job or a board, over server-sent events (graphql-sse, one connection per
subscription).

They stand on the same streams as the events of REST. Whoever may follow no longer is told so, and
the stream ends.
"""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from boards.api.graphql.context import Context, Info
from boards.api.graphql.fields import followed, resolved
from boards.api.graphql.jobs import Job, job_of
from boards.api.graphql.types import Generation, generation_of
from boards.domain.access import Actor
from boards.errors import Busy, Forbidden, InvalidInput, NotFound, Problem, Unsupported
from boards.services.ports import Event
from boards.services.streams import End, Ending, Message, Snapshot, Still, Watch

__all__ = ["Subscription"]

SNAPSHOT = "snapshot"
_EVENT_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


@strawberry.type(description="Something happened on a board; or, as the first, how things stand.")
class BoardEvent:
    id: str = strawberry.field(description="To be sent as `lastEventId` to go on from here.")
    type: str = strawberry.field(
        description="snapshot, created, phase, progress, attention, late_result or budget."
    )
    board_id: UUID
    generation_id: UUID | None = strawberry.field(description="Null in a snapshot.")
    job_id: UUID | None
    sequence: int | None = strawberry.field(
        description="Counts the events of this generation, from 1."
    )
    data: JSON | None = strawberry.field(
        description="The whole new state: status, phase, progress, message, needs_attention, error."
    )
    at: datetime | None
    generations: list[Generation] | None = strawberry.field(
        description="In a snapshot what is under way and the newest of the rest, else null."
    )

    @resolved("The generation as it is now; null in a snapshot, or where it is gone.")
    async def generation(self, info: Info) -> Generation | None:
        if self.generation_id is None:
            return None
        context = info.context
        try:
            found = await context.services.generations.get(context.actor, self.generation_id)
        except NotFound:
            return None
        return generation_of(found, context.links)


@strawberry.type(description="What can be followed, by server-sent events.")
class Subscription:
    """The root of subscriptions."""

    @followed("A job: at once, whenever something of it changes, and up to its end.")
    async def job_updated(self, info: Info, id: UUID) -> AsyncGenerator[Job, None]:
        context = info.context
        async with aclosing(_followed(context, Watch(job_id=id), None)) as messages:
            async for message in messages:
                if isinstance(message, Snapshot) and message.job is not None:
                    view = message.job
                else:
                    view = await context.services.jobs.get(context.actor, id)
                context.spend(len(view.generations))
                yield job_of(view, context.links)

    @followed(
        "What happens on a board. It begins with how things stand, or with "
        "`lastEventId` with what has happened since."
    )
    async def board_events(
        self, info: Info, board_id: UUID, last_event_id: str | None = None
    ) -> AsyncGenerator[BoardEvent, None]:
        context = info.context
        last_id = _number(last_event_id)
        async with aclosing(_followed(context, Watch(board_id=board_id), last_id)) as messages:
            async for message in messages:
                match message:
                    case Snapshot():
                        context.spend(len(message.generations))
                        yield _standing(message, board_id, context)
                    case Event():
                        yield _event(message)


async def _followed(
    context: Context, watch: Watch, last_id: int | None
) -> AsyncGenerator[Snapshot | Event, None]:
    """Give what a stream tells. Forbidden at its end when the rights have been withdrawn, Busy when
    this process stops."""
    streams = context.streams
    if streams is None:
        raise Unsupported("Nothing can be followed here.")
    now = context.actor

    async def again() -> Actor:
        nonlocal now
        now = await context.services.actor_for(context.connection)
        return now

    follow = streams.follow(context.actor, watch, last_id=last_id, again=again)
    async with aclosing(follow) as messages:
        async for message in messages:
            if isinstance(message, (Snapshot, Event)):
                context.begin(now)
                yield message
            elif _is_over(message):
                return


def _is_over(message: Message) -> bool:
    """Whether a stream is over; raises why, where its end is not that of what was followed."""
    if isinstance(message, Still):
        return False
    if isinstance(message, End) and message.why is Ending.FORBIDDEN:
        raise Forbidden("You may not follow this any longer.")
    if isinstance(message, End) and message.why is Ending.CLOSING:
        raise Busy("This server stops; subscribe again.", retry_after=2.0)
    return True


def _number(sent: str | None) -> int | None:
    if not sent:
        return None
    if not _EVENT_ID.fullmatch(sent):
        message = f"{sent[:40]!r} is no id of an event; leave lastEventId out to begin anew."
        raise InvalidInput(message, problems=(Problem(at="lastEventId", message=message),))
    return int(sent)


def _standing(snapshot: Snapshot, board_id: UUID, context: Context) -> BoardEvent:
    return BoardEvent(
        id=str(snapshot.position),
        type=SNAPSHOT,
        board_id=board_id,
        generation_id=None,
        job_id=None,
        sequence=None,
        data=None,
        at=None,
        generations=[generation_of(one, context.links) for one in snapshot.generations],
    )


def _event(event: Event) -> BoardEvent:
    return BoardEvent(
        id=str(event.id),
        type=event.type,
        board_id=event.board_id,
        generation_id=event.generation_id,
        job_id=event.job_id,
        sequence=event.sequence,
        data=JSON(event.data),
        at=event.created_at,
        generations=None,
    )
