"""A small world in a database: two tenants, each with a user and a board, and ways to add to it."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from boards.adapters.db.database import OpenDatabase
from boards.adapters.db.door import Door
from boards.adapters.db.sqlite import SqliteWire
from boards.adapters.db.tx import SqlTx
from boards.domain.artifacts import ArtifactType, MediaFacts, StoredFile
from boards.domain.boards import Board
from boards.domain.costs import Confidence, Cost, Entry, LedgerKind
from boards.domain.generations import TRANSITIONS, Generation, Phase
from boards.domain.jobs import Job
from boards.ids import new_id
from boards.services.ports import SYSTEM, Claim, Limits, NewGeneration, Scope, Tx

T = TypeVar("T")

NOW = datetime(2026, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)
LEASE = timedelta(seconds=30)
PRICE = Decimal("0.04")


@dataclass(frozen=True, kw_only=True)
class Home:
    """One tenant with one user, who owns one board."""

    tenant_id: UUID
    user_id: UUID
    board: Board

    @property
    def scope(self) -> Scope:
        return Scope(tenant_id=self.tenant_id)


@dataclass(frozen=True, kw_only=True)
class World:
    """A database with the tenants `home` and `abroad`."""

    database: OpenDatabase
    home: Home
    abroad: Home

    async def write(self, work: Callable[[Tx], T], scope: Scope = SYSTEM) -> T:
        return await self.database.write(work, scope=scope)

    async def read(self, work: Callable[[Tx], T], scope: Scope = SYSTEM) -> T:
        return await self.database.read(work, scope=scope)

    def new(self, home: Home | None = None, **changes: Any) -> NewGeneration:
        """A pending generation that has not been written yet."""
        at = home or self.home
        plain = NewGeneration(
            id=new_id(),
            tenant_id=at.tenant_id,
            board_id=at.board.id,
            user_id=at.user_id,
            job_id=None,
            generator_name="painter",
            provider="fal",
            artifact_type=ArtifactType.IMAGE,
            phase=Phase.PENDING,
            input_params={"prompt": "a lighthouse"},
            estimate=Cost(amount=PRICE, confidence=Confidence.LISTED),
            repeatable=False,
            created_at=NOW,
        )
        return replace(plain, **changes)

    async def add(self, home: Home | None = None, *, count: int = 1, **changes: Any) -> list[UUID]:
        """Write pending generations."""
        new = [self.new(home, **changes) for _ in range(count)]
        await self.write(lambda tx: tx.generations.insert(new))
        return [one.id for one in new]

    async def insert(self, *new: NewGeneration) -> None:
        """Write generations that were made with `new`."""
        await self.write(lambda tx: tx.generations.insert(new))

    async def add_job(self, home: Home | None = None, *, takes: int = 1, **changes: Any) -> Job:
        """Write a job without generations."""
        at = home or self.home
        job = Job(
            id=new_id(),
            tenant_id=at.tenant_id,
            board_id=at.board.id,
            user_id=at.user_id,
            generator_name="painter",
            takes=takes,
            created_at=NOW,
        )
        job = replace(job, **changes)
        await self.write(lambda tx: tx.jobs.insert(job))
        return job

    async def add_board(self, home: Home | None = None, **changes: Any) -> Board:
        """Write one more board of the home's user."""
        at = home or self.home
        board = replace(at.board, **{"id": new_id(), **changes})
        await self.write(lambda tx: tx.boards.insert(board))
        return board

    async def get(self, generation_id: UUID) -> Generation:
        found = await self.read(lambda tx: tx.generations.get(generation_id))
        assert found is not None
        return found

    async def admit(self, limits: Limits | None = None, **options: Any) -> tuple[UUID, ...]:
        given = {"now": NOW, "at_most": 1000, **options}
        return await self.write(
            lambda tx: tx.generations.admit(limits or Limits(default_provider=1000), **given)
        )

    async def claim(self, ids: Sequence[UUID], *, now: datetime = NOW) -> tuple[Claim, ...]:
        return await self.write(
            lambda tx: tx.generations.claim(ids, now=now, lease_until=now + LEASE)
        )

    async def running(self, **changes: Any) -> Claim:
        """A generation that has just been claimed."""
        [generation_id] = await self.add(**changes)
        await self.admit()
        [claim] = await self.claim([generation_id])
        return claim

    async def at(self, phase: Phase, **changes: Any) -> tuple[UUID, UUID | None]:
        """A generation that went to `phase` by allowed steps, and its run token, if it has one."""
        if phase is Phase.PENDING:
            return (await self.add(**changes))[0], None
        claim = await self.running(**changes)
        token: UUID | None = claim.run_token
        for step in way_to(phase):
            assert await self.move(claim.generation.id, step, token=token), step
            if step.status.value != "processing" or step is Phase.SUBMIT_UNKNOWN:
                token = None
        return claim.generation.id, token

    async def move(self, generation_id: UUID, to: Phase, **changes: Any) -> bool:
        given = {"now": NOW, **changes}
        return await self.write(lambda tx: tx.generations.move(generation_id, to, **given))

    async def hold(self, generation_id: UUID, amount: Decimal = PRICE) -> bool:
        generation = await self.get(generation_id)
        entry = Entry(kind=LedgerKind.HOLD, amount=amount)
        return await self.write(lambda tx: tx.ledger.add(generation, entry, now=NOW))


def door_of(tx: Tx) -> Door:
    """The door that a transaction's repositories go through."""
    assert isinstance(tx, SqlTx)
    return tx._door


def driver_in(tx: Tx) -> sqlite3.Connection:
    """SQLite's own connection."""
    wire = door_of(tx).wire
    assert isinstance(wire, SqliteWire)
    return wire.driver


def way_to(phase: Phase) -> list[Phase]:
    """The shortest way from submitting, by breadth first search in the transition table."""
    ways: dict[Phase, list[Phase]] = {Phase.SUBMITTING: []}
    todo = [Phase.SUBMITTING]
    while todo:
        here = todo.pop(0)
        for following in sorted(TRANSITIONS[here] - ways.keys()):
            ways[following] = [*ways[here], following]
            todo.append(following)
    return ways[phase]


def stored_file(key: str = "tenant/image/1.png", **facts: Any) -> StoredFile:
    known = {"format": "png", "mime": "image/png", "width": 640, "height": 480, "has_alpha": True}
    return StoredFile(key=key, size=1234, sha256="ab" * 32, facts=MediaFacts(**{**known, **facts}))


async def make_world(database: OpenDatabase) -> World:
    async def home(slug: str) -> Home:
        def seed(tx: Tx) -> Home:
            actor = tx.accounts.seed_default(slug=slug, name=slug.title(), now=NOW)
            assert actor.user_id is not None
            board = Board(
                id=new_id(),
                tenant_id=actor.tenant_id,
                owner_id=actor.user_id,
                title=f"The board of {slug}",
                description=None,
                is_public=False,
                created_at=NOW,
                updated_at=NOW,
            )
            tx.boards.insert(board, is_default=True)
            return Home(tenant_id=actor.tenant_id, user_id=actor.user_id, board=board)

        return await database.write(seed, scope=SYSTEM)

    return World(database=database, home=await home("home"), abroad=await home("abroad"))
