"""Streams of events: the state as it is, then everything that happens to it, in order.

A stream follows one job, one board, or all boards of the actor. It begins with a snapshot, or,
after an interruption, with what has happened since the last id that the follower knows. A job's
stream ends with the job.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from boards.domain.access import Action, Actor, Duty
from boards.domain.generations import Generation, Status
from boards.errors import Forbidden, InvalidInput, NotFound, Problem, Unauthenticated
from boards.services.jobs import JobView, job_for
from boards.services.ports import SYSTEM, Database, Event, GenerationFilter, Tx
from boards.services.rights import board_for, require_person, scope_of
from boards.services.tail import Ending, Subscription, Tail

__all__ = ["End", "Ending", "Message", "Snapshot", "Still", "StreamService", "Watch"]

NEWEST = 50
"""How many ended generations the snapshot of a board shows at least."""
UNDER_WAY = 200
"""How many waiting, and how many running ones, it shows at most."""
LONGEST_REPLAY = 500
"""Whoever has missed more events than this gets a snapshot instead."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What to follow: one job or one board; with neither, all boards of the actor."""

    job_id: UUID | None = None
    board_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.job_id is not None and self.board_id is not None:
            message = "Follow a job or a board, not both; leave one of job_id and board_id out."
            raise InvalidInput(message, problems=(Problem(at="board_id", message=message),))


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """How things stand after the event `position`: of a job its view; of boards what is under way
    and the newest of the rest, newest first. `next` is the cursor of what is older."""

    position: int
    job: JobView | None = None
    board_id: UUID | None = None
    generations: tuple[Generation, ...] = ()
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class Still:
    """Nothing has happened for a while; the stream is alive."""


@dataclass(frozen=True, kw_only=True)
class End:
    """The stream is over. `position` is the id of the last event before it."""

    position: int
    why: Ending


Message = Snapshot | Event | Still | End


@dataclass(frozen=True, kw_only=True)
class _Caught:
    """What brings a follower up to date: the events that they have missed, or a snapshot. A job
    that has ended gives both."""

    position: int
    events: tuple[Event, ...] = ()
    snapshot: Snapshot | None = None
    is_final: bool = False

    def messages(self) -> deque[Message]:
        """What to tell; a follower who has missed nothing hears at once that they are connected."""
        found: deque[Message] = deque(self.events)
        if self.snapshot is not None:
            found.append(self.snapshot)
        elif not self.events and not self.is_final:
            found.append(Still())
        return found


@dataclass(frozen=True, kw_only=True)
class StreamService:
    """Opens streams. `still_after` and `look_again` are seconds.

    The boards of an actor are looked up again every `look_again` seconds, so that a stream over
    all of them comes to know new ones.
    """

    database: Database
    tail: Tail
    still_after: float = 15.0
    look_again: float = 60.0

    async def follow(
        self, actor: Actor, watch: Watch, *, last_id: int | None = None
    ) -> AsyncGenerator[Message, None]:
        """Give the messages of a stream; close the generator when nobody reads them any more.

        `last_id` is the last event that the follower knows. When it is unknown by now, or too much
        has happened since, a snapshot comes instead. Raises NotFound and Forbidden, as the first
        thing, for what the actor may not follow.
        """
        own = watch.job_id or watch.board_id
        subscription = Subscription(
            actor=actor,
            keys=frozenset() if own is None else frozenset({own}),
            ends=own is not None,
        )
        position = None
        with self.tail.subscribe(subscription):
            while True:
                await self.tail.begin()
                try:
                    caught = await self._catch_up(actor, watch, subscription, last_id)
                except (NotFound, Forbidden, Unauthenticated):
                    if position is None:
                        raise
                    yield End(position=position, why=Ending.FORBIDDEN)
                    return
                position, is_final = caught.position, caught.is_final
                waiting = caught.messages()
                # A stream may stay open for hours; its snapshot should not.
                del caught
                while waiting:
                    yield waiting.popleft()
                if is_final:
                    yield End(position=position, why=Ending.FINISHED)
                    return
                last_id = None
                async with aclosing(self._live(actor, subscription, position)) as live:
                    async for message in live:
                        yield message
                        if isinstance(message, End):
                            return

    async def _live(
        self, actor: Actor, subscription: Subscription, position: int
    ) -> AsyncGenerator[Message, None]:
        """Give what happens, until the stream ends or events were lost."""
        loop = asyncio.get_running_loop()
        looked = loop.time()
        while True:
            taken = await subscription.take(self.still_after)
            if taken.lost:
                return
            for event in taken.events:
                # What was committed before the snapshot is in it.
                if event.id > position:
                    position = event.id
                    yield event
            if taken.ending is not None:
                yield End(position=position, why=taken.ending)
                return
            if taken.finished is not None:
                yield Snapshot(position=position, job=taken.finished)
                yield End(position=position, why=Ending.FINISHED)
                return
            if not taken.events:
                yield Still()
            if not subscription.ends and loop.time() - looked > self.look_again:
                looked = loop.time()
                self.tail.follow(subscription, await self._mine(actor))

    async def _catch_up(
        self, actor: Actor, watch: Watch, subscription: Subscription, last_id: int | None
    ) -> _Caught:
        """Bring a follower up to date, from `last_id` on if that event is still known."""
        if not subscription.ends:
            # Before the state is read: what happens in between is then in both, and told once.
            self.tail.follow(subscription, await self._mine(actor))
        known = last_id if last_id is not None and await self._is_known(last_id) else None

        def look(tx: Tx) -> _Caught:
            # First the position: what happens while the state is read comes again as an event.
            position = tx.events.last_id()
            if watch.job_id is not None:
                job = job_for(tx, actor, watch.job_id)
                boards = frozenset({job.job.board_id})
            else:
                job = None
                boards = _boards(tx, actor, watch.board_id)
            missed = None if known is None else _missed(tx, watch, boards, known)
            is_final = job is not None and job.state.is_final
            snapshot = None
            if missed is None or (is_final and missed):
                snapshot = _snapshot(tx, position, job, boards, watch.board_id)
            return _Caught(
                position=position, events=missed or (), snapshot=snapshot, is_final=is_final
            )

        return await self.database.read(look, scope=scope_of(actor))

    async def _is_known(self, event_id: int) -> bool:
        """Tell whether an event is still there, and therefore all that came after it. The last
        event before a snapshot may be another tenant's."""
        found = await self.database.read(
            lambda tx: tx.events.after(last_id=event_id - 1, limit=1), scope=SYSTEM
        )
        return bool(found) and found[0].id == event_id

    async def _mine(self, actor: Actor) -> frozenset[UUID]:
        """What to follow for everything of an actor. Their own id stands for boards so new that
        they are not known here yet."""
        user_id = require_person(actor, Duty.SEE_OWN)
        boards = await self.database.read(
            lambda tx: tx.boards.ids_visible_to(user_id), scope=scope_of(actor)
        )
        return boards | {user_id}


def _boards(tx: Tx, actor: Actor, board_id: UUID | None) -> frozenset[UUID]:
    """The boards of a stream, with the rights as they are now."""
    if board_id is not None:
        board_for(tx, actor, board_id, Action.VIEW_RECIPES)
        return frozenset({board_id})
    return tx.boards.ids_visible_to(require_person(actor, Duty.SEE_OWN))


def _missed(
    tx: Tx, watch: Watch, boards: frozenset[UUID], last_id: int
) -> tuple[Event, ...] | None:
    """The events since `last_id`; None when they are too many."""
    limit = LONGEST_REPLAY + 1
    if watch.job_id is not None:
        events = tx.events.after(last_id=last_id, job_id=watch.job_id, limit=limit)
    else:
        events = tx.events.after(last_id=last_id, board_ids=boards, limit=limit)
    return events if len(events) < limit else None


def _snapshot(
    tx: Tx,
    position: int,
    job: JobView | None,
    boards: frozenset[UUID],
    board_id: UUID | None,
) -> Snapshot:
    if job is not None:
        return Snapshot(position=position, job=job)
    newest = tx.generations.list(GenerationFilter(board_ids=boards), limit=NEWEST, cursor=None)
    found = {one.id: one for one in newest.items}
    for status in (Status.PENDING, Status.PROCESSING):
        which = GenerationFilter(board_ids=boards, status=status)
        under_way = tx.generations.list(which, limit=UNDER_WAY, cursor=None)
        found.update((one.id, one) for one in under_way.items)
    return Snapshot(
        position=position,
        board_id=board_id,
        generations=tuple(
            sorted(found.values(), key=lambda one: (one.created_at, one.id), reverse=True)
        ),
        next=newest.next,
    )
