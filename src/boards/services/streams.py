"""Streams of events: the state as it is, then everything that happens to it, in order.

A stream follows one job, one board, or all boards of the actor. It begins with a snapshot, or,
after an interruption, with what has happened since the last id that the follower knows. A job's
stream ends with the job.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from uuid import UUID

from boards.domain.access import Action, Actor, Duty
from boards.domain.generations import Generation, Status
from boards.errors import (
    BoardsError,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    Unauthenticated,
)
from boards.services.jobs import JobView, job_for
from boards.services.ports import SYSTEM, Database, Event, GenerationFilter, Tx
from boards.services.rights import board_for, require_person, scope_of
from boards.services.tail import Ending, Subscription, Tail

__all__ = ["End", "Ending", "Message", "Snapshot", "Still", "StreamService", "Watch"]

NEWEST = 50
"""How many ended generations the snapshot of a board shows at least."""
UNDER_WAY = 200
"""How many waiting, and how many running ones, it shows at most."""
_TICK = 0.001
"""A timer may fire so many seconds early."""
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
    """Opens streams. All times are seconds.

    Whether the follower may still come in and still may follow this is asked again every
    `ask_again`, and before something is told when the last answer is older than `trusted_for`; a
    stream over all boards comes to know new ones then, too.
    """

    database: Database
    tail: Tail
    still_after: float = 15.0
    ask_again: float = 5.0
    trusted_for: float = 1.0

    async def follow(
        self,
        actor: Actor,
        watch: Watch,
        *,
        last_id: int | None = None,
        again: Callable[[], Awaitable[Actor]] | None = None,
    ) -> AsyncGenerator[Message, None]:
        """Give the messages of a stream; close the generator when nobody reads them any more.

        `last_id` is the last event that the follower knows. When it is unknown by now, or too much
        has happened since, a snapshot comes instead. `again` tells who follows as of now, and
        raises Unauthenticated or Forbidden when they are let in no more. Raises NotFound and
        Forbidden, as the first thing, for what the actor may not follow.
        """
        own = watch.job_id or watch.board_id
        subscription = Subscription(
            actor=actor,
            keys=frozenset() if own is None else frozenset({own}),
            ends=own is not None,
        )
        position = None
        follower = _Follower(watch=watch, subscription=subscription, again=again)
        with self.tail.subscribe(subscription):
            while True:
                await self.tail.begin()
                try:
                    caught = await self._catch_up(follower, last_id)
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
                async with aclosing(self._live(follower, position)) as live:
                    async for message in live:
                        yield message
                        if isinstance(message, End):
                            return

    async def _live(self, follower: "_Follower", position: int) -> AsyncGenerator[Message, None]:
        """Give what happens, until the stream ends or events were lost."""
        loop = asyncio.get_running_loop()
        spoke = loop.time()
        while True:
            taken = await follower.subscription.take(min(self.still_after, self.ask_again))
            if taken.lost:
                return
            tells = bool(taken.events) or taken.finished is not None
            why = await self._why_over(follower, self.trusted_for if tells else self.ask_again)
            if why is not None:
                yield End(position=position, why=why)
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
            if taken.events:
                spoke = loop.time()
            elif loop.time() - spoke >= self.still_after - _TICK:
                spoke = loop.time()
                yield Still()

    async def _why_over(self, follower: "_Follower", seconds: float) -> Ending | None:
        """Ask again who follows and what they may, unless that was asked `seconds` ago; tell why
        the stream is over, if it is."""
        now = asyncio.get_running_loop().time()
        if now - follower.asked_at < seconds - _TICK:
            return None
        follower.asked_at = now
        before = follower.subscription.actor
        try:
            actor = before if follower.again is None else await follower.again()
            if (actor.tenant_id, actor.user_id) != (before.tenant_id, before.user_id):
                return Ending.FORBIDDEN
            boards = await self.database.read(
                lambda tx: _boards_of(tx, actor, follower.watch), scope=scope_of(actor)
            )
        except (NotFound, Forbidden, Unauthenticated):
            return Ending.FORBIDDEN
        except BoardsError:
            # Nobody can tell now, such as the identity provider: another connection may.
            return Ending.CLOSING
        follower.subscription.actor = actor
        if not follower.subscription.ends and actor.user_id is not None:
            self.tail.follow(follower.subscription, boards | {actor.user_id})
        return None

    async def _catch_up(self, follower: "_Follower", last_id: int | None) -> _Caught:
        """Bring a follower up to date, from `last_id` on if that event is still known."""
        watch, subscription = follower.watch, follower.subscription
        actor = subscription.actor
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

        # The position is a number of all tenants' events.
        scope = scope_of(actor, looks_beyond=True)
        return await self.database.read(look, scope=scope)

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


@dataclass(kw_only=True, eq=False)
class _Follower:
    """Somebody who follows something; who that is stands in the subscription."""

    watch: Watch
    subscription: Subscription
    again: Callable[[], Awaitable[Actor]] | None
    asked_at: float = field(default_factory=lambda: asyncio.get_running_loop().time())


def _boards_of(tx: Tx, actor: Actor, watch: Watch) -> frozenset[UUID]:
    """The boards of what is watched, with the rights as they are now."""
    if watch.job_id is None:
        return _boards(tx, actor, watch.board_id)
    job = tx.jobs.get(watch.job_id)
    return frozenset() if job is None else _boards(tx, actor, job.board_id)


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
