"""How many generations a second the database alone can carry through the one path.

Each generation takes three transactions: submit (job, generation, hold, event, admission), claim
(in batches, as the dispatcher does) and complete (phase, settlement, event). No HTTP, no bytes, no
generator. Run it with a folder on the disk that is to be measured:

    python -m benchmarks.db_path FOLDER [--clients 16] [--seconds 5] [--postgres URL]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from benchmarks import run_as_served
from boards.adapters.db import migrate
from boards.adapters.db.database import OpenDatabase, connect
from boards.domain.access import Actor
from boards.domain.artifacts import ArtifactType
from boards.domain.boards import Board
from boards.domain.costs import ZERO, Entry, LedgerKind, free
from boards.domain.generations import Phase
from boards.domain.jobs import Job
from boards.ids import new_id
from boards.services.events import announce
from boards.services.ports import SYSTEM, Claim, Limits, NewGeneration, Scope, Tx

LEASE = timedelta(seconds=30)
PROVIDER = "local"


@dataclass(kw_only=True)
class Path3:
    """One measured run: clients submit and wait, a dispatcher claims, runs end at once."""

    database: OpenDatabase
    actor: Actor
    board_id: UUID
    limits: Limits = field(default_factory=Limits)
    admitted: dict[UUID, None] = field(default_factory=dict)
    ended: dict[UUID, asyncio.Event] = field(default_factory=dict)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    milliseconds: list[float] = field(default_factory=list)

    async def run(self, clients: int, seconds: float) -> float:
        """Give the generations a second."""
        dispatcher = asyncio.create_task(self.dispatch())
        begun = time.perf_counter()
        end = begun + seconds
        await asyncio.gather(*(self.client(end) for _ in range(clients)))
        took = time.perf_counter() - begun
        dispatcher.cancel()
        await asyncio.gather(dispatcher, return_exceptions=True)
        return len(self.milliseconds) / took

    async def client(self, end: float) -> None:
        scope = Scope(tenant_id=self.actor.tenant_id)
        while time.perf_counter() < end:
            begun = time.perf_counter()
            generation_id = new_id()
            done = self.ended[generation_id] = asyncio.Event()
            admitted = await self.database.write(partial(self.submit, generation_id), scope=scope)
            self.admitted.update(dict.fromkeys(admitted))
            self.wake.set()
            await done.wait()
            self.milliseconds.append((time.perf_counter() - begun) * 1000)

    def submit(self, generation_id: UUID, tx: Tx) -> tuple[UUID, ...]:
        now = datetime.now(UTC)
        user_id = self.actor.user_id
        assert user_id is not None
        board = tx.boards.get(self.board_id)
        assert board is not None
        job = Job(
            id=new_id(),
            tenant_id=self.actor.tenant_id,
            board_id=board.id,
            user_id=user_id,
            generator_name="local-noop",
            takes=1,
            created_at=now,
        )
        new = NewGeneration(
            id=generation_id,
            tenant_id=job.tenant_id,
            board_id=job.board_id,
            user_id=user_id,
            job_id=job.id,
            generator_name=job.generator_name,
            provider=PROVIDER,
            artifact_type=ArtifactType.TEXT,
            phase=Phase.PENDING,
            input_params={"prompt": "a lighthouse at night, oil on canvas", "seed": 7},
            estimate=free(),
            repeatable=True,
            created_at=now,
        )
        tx.jobs.insert(job)
        tx.generations.insert([new])
        tx.ledger.add(new, Entry(kind=LedgerKind.HOLD, amount=ZERO), now=now)
        announce(tx, new, "created", phase=Phase.PENDING, now=now)
        return tx.generations.admit(self.limits, now=now, at_most=8, provider=PROVIDER)

    async def dispatch(self) -> None:
        while True:
            try:
                async with asyncio.timeout(0.05):
                    await self.wake.wait()
            except TimeoutError:
                await self.sweep()
            self.wake.clear()
            ids = list(self.admitted)
            self.admitted.clear()
            if not ids:
                continue
            claims = await self.database.write(partial(self.claim, ids), scope=SYSTEM)
            for claim in claims:
                asyncio.create_task(self.finish(claim))  # noqa: RUF006 - awaited by its client

    async def sweep(self) -> None:
        """Admit what a submit left waiting, because another was admitting at that moment."""
        now = datetime.now(UTC)
        found = await self.database.write(
            lambda tx: tx.generations.admit(self.limits, now=now, at_most=500), scope=SYSTEM
        )
        self.admitted.update(dict.fromkeys(found))

    def claim(self, ids: list[UUID], tx: Tx) -> tuple[Claim, ...]:
        now = datetime.now(UTC)
        return tx.generations.claim(ids, now=now, lease_until=now + LEASE)

    async def finish(self, claim: Claim) -> None:
        done = await self.database.write(lambda tx: self.complete(tx, claim), scope=SYSTEM)
        assert done, "somebody else completed it"
        self.ended.pop(claim.generation.id).set()

    def complete(self, tx: Tx, claim: Claim) -> bool:
        now = datetime.now(UTC)
        one = claim.generation
        moved = tx.generations.move(
            one.id,
            Phase.COMPLETED,
            now=now,
            token=claim.run_token,
            content="",
            progress=1.0,
            cost=free(),
            completed_at=now,
        )
        if moved:
            tx.ledger.add(one, Entry(kind=LedgerKind.SETTLE, amount=ZERO), now=now)
            announce(tx, one, "phase", phase=Phase.COMPLETED, progress=1.0, now=now)
        return moved


async def measure(url: str, clients: int, seconds: float) -> None:
    await asyncio.to_thread(migrate.upgrade, url)
    database = await connect(url)

    def seed(tx: Tx) -> tuple[Actor, UUID]:
        now = datetime.now(UTC)
        actor = tx.accounts.seed_default(slug="bench", name="Bench", now=now)
        assert actor.user_id is not None
        board = Board(
            id=new_id(),
            tenant_id=actor.tenant_id,
            owner_id=actor.user_id,
            title="Bench",
            description=None,
            is_public=False,
            created_at=now,
            updated_at=now,
        )
        tx.boards.insert(board)
        return actor, board.id

    try:
        actor, board_id = await database.write(seed, scope=SYSTEM)
        for count in dict.fromkeys((1, clients)):
            path = Path3(database=database, actor=actor, board_id=board_id)
            began = time.process_time()
            rate = await path.run(count, seconds)
            spent = (time.process_time() - began) * 1000 / len(path.milliseconds)
            times = statistics.quantiles(path.milliseconds, n=20)
            print(
                f"{url.partition(':')[0]:10} {count:3} clients  {rate:6.0f}/s"
                f"  p50 {times[9]:6.1f} ms  p95 {times[18]:6.1f} ms  CPU {spent:.2f} ms each"
            )
    finally:
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--postgres", help="the URL of an empty database")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        url = f"sqlite:///{folder}/bench.db"
        run_as_served(measure(url, chosen.clients, chosen.seconds))
    if chosen.postgres:
        run_as_served(measure(chosen.postgres, chosen.clients, chosen.seconds))


if __name__ == "__main__":
    main()
