"""One reader of the events table for all the streams of this process.

However many streams are open, a commit costs one read: of the events after the last one seen, and
of the rights of those who follow them. It happens at once after a commit of this process, and once
a second for those of others. Event ids become visible in their order, so whoever has read up to an
id has missed nothing before it.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

import structlog

from boards.domain.access import Action, Actor, may
from boards.domain.boards import Board, BoardRole, standing_of
from boards.domain.generations import FINAL
from boards.services.jobs import JobView, read_view
from boards.services.notices import ANYTHING, Notice
from boards.services.ports import SYSTEM, Database, Event, Tx

__all__ = ["Ending", "Subscription", "Tail", "Taken"]

log = structlog.get_logger(__name__)

PAGE = 500
PAGES = 10
"""How much one look reads at most; the next look goes on from there."""
TRIES = 3
"""After so many failed looks the streams are told to look for themselves."""

_FINAL_PHASES = frozenset(phase.value for phase in FINAL)


class Ending(StrEnum):
    """Why a stream ends."""

    FINISHED = "finished"
    """The job is final; nothing more will come."""
    FORBIDDEN = "forbidden"
    """The follower's rights were withdrawn, or the board is gone."""
    CLOSING = "closing"
    """This process stops; another connection may go on from the last id."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a subscription holds. `lost` says that it fell behind and has to look anew."""

    events: tuple[Event, ...] = ()
    lost: bool = False
    finished: JobView | None = None
    ending: Ending | None = None


@dataclass(kw_only=True, eq=False)
class Subscription:
    """What one stream waits for.

    `keys` are the job, the boards or the user whose events are wanted. With `ends` it is over when
    its one board may not be followed any longer; else only that board falls silent. At most `room`
    events wait in it: a slow reader costs no memory.
    """

    actor: Actor
    keys: frozenset[UUID]
    ends: bool = True
    room: int = 512
    _events: deque[Event] = field(default_factory=deque)
    _lost: bool = False
    _finished: JobView | None = None
    _ending: Ending | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, events: Sequence[Event]) -> None:
        """Add events; when there are too many, all of them are dropped and marked as lost."""
        if len(self._events) + len(events) > self.room:
            self.lose()
        elif not self._lost:
            self._events.extend(events)
            self._ready.set()

    def lose(self) -> None:
        """Drop what waits; the reader has to look anew."""
        self._events.clear()
        self._lost = True
        self._ready.set()

    def finish(self, view: JobView) -> None:
        """Say that the job has ended as `view` shows."""
        self._finished = view
        self._ready.set()

    def end(self, ending: Ending) -> None:
        """Say that nothing more will come."""
        self._ending = ending
        self._ready.set()

    async def take(self, seconds: float) -> Taken:
        """Take what is there, or what comes within `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ready.wait()
        self._ready.clear()
        taken = Taken(
            events=tuple(self._events),
            lost=self._lost,
            finished=self._finished,
            ending=self._ending,
        )
        self._events.clear()
        self._lost = False
        return taken


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What one look has found; all of it is told on the event loop."""

    position: int
    more: bool
    events: Mapping[Subscription, Sequence[Event]]
    refused: Sequence[tuple[Subscription, UUID]]
    finished: Mapping[UUID, JobView]


@dataclass(kw_only=True)
class Tail:
    """Follows the events of all tenants and hands each to those who may have it.

    `look_every` is how often it looks without being woken, `pause` how long it gathers commits
    before it looks again, both in seconds. It reads nothing while nobody is subscribed.
    """

    database: Database
    look_every: float = 1.0
    pause: float = 0.005
    _position: int | None = None
    _subscribed: dict[UUID, frozenset[Subscription]] = field(default_factory=dict)
    _count: int = 0
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _beginning: asyncio.Lock = field(default_factory=asyncio.Lock)
    _task: asyncio.Task[None] | None = None
    _closed: bool = False

    @property
    def subscriptions(self) -> int:
        """How many streams are open in this process."""
        return self._count

    async def start(self) -> None:
        """Begin to follow. Have the database call `wake` with the events of its commits."""
        self._closed = False
        self._task = asyncio.create_task(self._follow(), name="boards-tail")

    async def stop(self) -> None:
        """End every stream and stop."""
        self.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def close(self) -> None:
        """End every stream, those that still come included: a server that stops waits for them."""
        self._closed = True
        for subscription in self._all():
            subscription.end(Ending.CLOSING)

    def wake(self, events: Sequence[Event]) -> None:
        """Look at once if somebody follows one of these; called on the event loop at a commit."""
        for event in events:
            if any(key in self._subscribed for key in _keys(event)):
                self._woken.set()
                return

    def tell(self, notice: Notice) -> None:
        """The same for what another process has committed."""
        if notice is ANYTHING or not self._subscribed.keys().isdisjoint(notice.about):
            self._woken.set()

    @contextmanager
    def subscribe(self, subscription: Subscription) -> Iterator[None]:
        """Hand it events while the context lasts, from the time that `begin` has returned."""
        self._add(subscription, subscription.keys)
        self._count += 1
        if self._closed:
            subscription.end(Ending.CLOSING)
        try:
            yield
        finally:
            self._remove(subscription, subscription.keys)
            self._count -= 1
            if not self._count:
                # Nobody is there: what happens now need not be read when somebody comes.
                self._position = None

    async def begin(self) -> None:
        """Make sure that nothing which is committed from now on is missed."""
        async with self._beginning:
            if self._position is None:
                self._position = await self.database.read(
                    lambda tx: tx.events.last_id(), scope=SYSTEM
                )
                self._woken.set()

    def follow(self, subscription: Subscription, keys: frozenset[UUID]) -> None:
        """Change what a subscription follows."""
        self._remove(subscription, subscription.keys - keys)
        self._add(subscription, keys - subscription.keys)
        subscription.keys = keys

    def _add(self, subscription: Subscription, keys: Iterable[UUID]) -> None:
        # The sets are replaced, never changed: a look reads them in another thread.
        for key in keys:
            self._subscribed[key] = self._subscribed.get(key, frozenset()) | {subscription}

    def _remove(self, subscription: Subscription, keys: Iterable[UUID]) -> None:
        for key in keys:
            left = self._subscribed.get(key, frozenset()) - {subscription}
            if left:
                self._subscribed[key] = left
            else:
                self._subscribed.pop(key, None)

    async def _follow(self) -> None:
        failures = 0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.look_every if self._count else None):
                    await self._woken.wait()
            self._woken.clear()
            try:
                await self._look()
                failures = 0
            except Exception:
                failures += 1
                log.exception("tail_failed", failures=failures)
                if failures % TRIES == 0:
                    self._skip()
                await asyncio.sleep(self.look_every)
            # Many commits come together: one look serves them all.
            await asyncio.sleep(self.pause)

    def _skip(self) -> None:
        """Give up on what cannot be read: every stream looks anew, so that one thing that is broken
        breaks its own stream only."""
        self._position = None
        for subscription in self._all():
            subscription.lose()

    def _all(self) -> set[Subscription]:
        return {one for many in self._subscribed.values() for one in many}

    async def _look(self) -> None:
        position = self._position
        if position is None:
            return
        found = await self.database.read(
            lambda tx: _read(tx, position, self._subscribed), scope=SYSTEM
        )
        if self._position != position:
            # Everybody left meanwhile; whoever has come since begins later than this.
            return
        self._position = found.position
        if found.more:
            self._woken.set()
        for subscription, events in found.events.items():
            subscription.offer(events)
        for subscription, board_id in found.refused:
            if subscription.ends:
                subscription.end(Ending.FORBIDDEN)
            else:
                self.follow(subscription, subscription.keys - {board_id})
        for job_id, view in found.finished.items():
            for subscription in self._subscribed.get(job_id, frozenset()):
                subscription.finish(view)


def _keys(event: Event) -> tuple[UUID, ...]:
    if event.job_id is None:
        return event.board_id, event.user_id
    return event.job_id, event.board_id, event.user_id


def _read(tx: Tx, position: int, subscribed: Mapping[UUID, frozenset[Subscription]]) -> _Found:
    """Read on, and find out who may have what; a unit of work in the SYSTEM scope."""
    rights = _Rights(tx)
    wanted: dict[Subscription, list[Event]] = defaultdict(list)
    refused: set[tuple[Subscription, UUID]] = set()
    ended: set[UUID] = set()
    more = True
    for _ in range(PAGES):
        events = tx.events.after(last_id=position, limit=PAGE)
        for event in events:
            position = event.id
            for subscription in _followers(event, subscribed):
                if rights.to_follow(subscription.actor, event.board_id):
                    wanted[subscription].append(event)
                else:
                    refused.add((subscription, event.board_id))
            job_id = event.job_id
            is_end = event.data.get("phase") in _FINAL_PHASES
            if is_end and job_id is not None and job_id in subscribed:
                ended.add(job_id)
        if len(events) < PAGE:
            more = False
            break
    return _Found(
        position=position,
        more=more,
        events=wanted,
        refused=tuple(refused),
        finished=dict(_finished(tx, ended)),
    )


def _followers(
    event: Event, subscribed: Mapping[UUID, frozenset[Subscription]]
) -> frozenset[Subscription]:
    found: frozenset[Subscription] = frozenset()
    for key in _keys(event):
        # Mostly one key has followers, and its set is taken as it is.
        some = subscribed.get(key)
        if some:
            found = found | some if found else some
    return found


def _finished(tx: Tx, job_ids: Iterable[UUID]) -> Iterator[tuple[UUID, JobView]]:
    for job_id in job_ids:
        job = tx.jobs.get(job_id)
        if job is not None:
            view = read_view(tx, job)
            if view is not None and view.state.is_final:
                yield job_id, view


class _Rights:
    """Who may follow what, each asked once in a look."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._boards: dict[UUID, Board | None] = {}
        self._roles: dict[UUID, Mapping[UUID, BoardRole]] = {}
        self._known: dict[tuple[UUID, Actor], bool] = {}

    def to_follow(self, actor: Actor, board_id: UUID) -> bool:
        key = (board_id, actor)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._ask(actor, board_id)
        return known

    def _ask(self, actor: Actor, board_id: UUID) -> bool:
        if board_id not in self._boards:
            self._boards[board_id] = self._tx.boards.get(board_id)
        board = self._boards[board_id]
        # This reads all tenants' rows, so a public board of another tenant is met here as well.
        return (
            board is not None
            and board.tenant_id == actor.tenant_id
            and may(actor, Action.VIEW_RECIPES, standing_of(actor, board, self._role(actor, board)))
        )

    def _role(self, actor: Actor, board: Board) -> BoardRole | None:
        """All roles on a board are read at once: an event may have thousands of followers."""
        if actor.user_id is None or actor.user_id == board.owner_id:
            return None
        roles = self._roles.get(board.id)
        if roles is None:
            roles = self._roles[board.id] = self._tx.boards.roles_on(board.id)
        return roles.get(actor.user_id)
