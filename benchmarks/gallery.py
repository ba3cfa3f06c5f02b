"""Home pages, galleries, lineage and search over many generations.

    python -m benchmarks.gallery [--postgres] [--rows 100000] [--count 30]

One board has all of the generations; of twenty others one has a thousand. Every figure is the
service's, or where it says so an answer over HTTP, inside one process and without a network.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2

from benchmarks.many import RARE, Many, fill, new_database
from boards.adapters.db.database import connect
from boards.adapters.db.tx import SqlTx
from boards.bootstrap.app import App, asgi, open_app
from boards.domain.access import Actor
from boards.domain.search import Order
from boards.services.generations import GenerationQuery
from boards.services.search import SearchService
from boards.settings import Settings

HOME = "{ myBoards(limit: 20) { id title generationCount owner { displayName } } }"
BOARD = """query ($id: UUID!) { board(id: $id) { id title generations(limit: 200) {
  id artifactType status storageUrl thumbnailUrl user { displayName } tags { name }
  inputArtifacts { generationId role } } } }"""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """An open server over a database with many generations."""

    app: App
    many: Many
    http: httpx2.AsyncClient
    count: int
    said: list[str]

    @property
    def actor(self) -> Actor:
        return self.many.actor

    async def show(self, what: str, work: Callable[[], Awaitable[Any]]) -> None:
        """Run it so often, one after another, and print what it takes."""
        times = []
        statements = 1000
        for _ in range(5):
            self.said.clear()
            await work()
            # What the server does by itself in between is none of it.
            statements = min(statements, len(self.said))
        busy = time.process_time()
        for _ in range(self.count):
            begun = time.perf_counter()
            await work()
            times.append((time.perf_counter() - begun) * 1000)
        busy = (time.process_time() - busy) / self.count * 1000
        middle, worst = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(
            f"| {what} | {statements} | {middle:.1f} | {worst:.1f} | {min(times):.1f} | "
            f"{busy:.1f} | {1000 / middle:.0f} |",
            flush=True,
        )

    async def graphql(self, query: str, **variables: object) -> None:
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables})
        assert answer.is_success, answer.text[:500]
        assert "errors" not in answer.json(), answer.text[:500]

    async def get(self, path: str) -> bytes:
        answer = await self.http.get(f"/api/v1{path}")
        assert answer.is_success, answer.text[:500]
        return answer.content


async def measure(bench: Bench) -> None:
    """Measure everything."""
    many, actor = bench.many, bench.actor
    search = SearchService(database=bench.app.database)
    board = GenerationQuery(board_id=many.board.id)
    await bench.show("home: 20 boards, GraphQL over HTTP", lambda: bench.graphql(HOME))
    await bench.show("home: 20 boards, REST over HTTP", lambda: bench.get("/boards?limit=20"))
    await bench.show(
        "200 of a board of 1,000, GraphQL over HTTP",
        lambda: bench.graphql(BOARD, id=str(many.smaller[0].id)),
    )
    small = f"/boards/{many.smaller[0].id}/generation-ids"
    await bench.show("all ids of a board of 1,000, REST over HTTP", lambda: bench.get(small))
    ids = await search.ids(actor, many.board.id, board)
    shown = [UUID(bytes=ids[at : at + 16]) for at in range(0, 60 * 16, 16)]
    await bench.show(
        "ordered ids of the large board", lambda: search.ids(actor, many.board.id, board)
    )
    large = f"/boards/{many.board.id}/generation-ids"
    await bench.show("those ids, REST over HTTP", lambda: bench.get(large))
    generations = bench.app.generations
    await bench.show("a page of 60 by ids", lambda: generations.some(actor, shown))
    some = "/generations?ids=" + ",".join(str(one) for one in shown)
    await bench.show("that page, REST over HTTP", lambda: bench.get(some))
    await bench.show(
        "lineage: the end of a chain of 20", lambda: generations.lineage(actor, many.chain[-1])
    )
    await bench.show("lineage: a fan-out of 200", lambda: generations.lineage(actor, many.fanned))
    for what, text in (("rare", RARE), ("in half of all", "the "), ("a beginning", "s*")):
        for order in (Order.RELEVANCE, Order.NEWEST):
            which = GenerationQuery(order=order)
            await bench.show(
                f"search, {what}, {order.value}",
                lambda text=text, which=which: search.find(  # type: ignore[misc]
                    actor, text, which, limit=60, cursor=None
                ),
            )


def counted() -> list[str]:
    """Have the statements of every unit of work written down."""
    said: list[str] = []
    make = SqlTx.__init__

    def listening(self: SqlTx, wire: Any, scope: Any) -> None:
        make(self, _Heard(wire, said), scope)

    SqlTx.__init__ = listening  # type: ignore[method-assign]
    return said


class _Heard:
    """A connection that tells of what is asked of it."""

    def __init__(self, wire: Any, said: list[str]) -> None:
        self._wire, self._said = wire, said

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def fetch(self, sql: str, values: Any) -> Any:
        self._said.append(sql)
        return self._wire.fetch(sql, values)


async def run(url: str, data_dir: Path, rows: int, count: int) -> None:
    database = await connect(url)
    begun = time.perf_counter()
    many = await fill(database, rows)
    print(f"\n{url.partition(':')[0]}: {rows:,} rows filled in {time.perf_counter() - begun:.0f} s")
    await database.close()
    if url.startswith("postgres"):
        await _analyse(url)
    settings = Settings(data_dir=data_dir, database_url=url, auth_provider="none")
    async with open_app(settings) as app:
        said = counted()
        api = asgi(app)

        async def as_the_one(*_: object) -> Actor:
            return many.actor

        api.state.services = _acting(api.state.services, as_the_one)
        transport = httpx2.ASGITransport(app=api)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", timeout=60
        ) as http:
            bench = Bench(app=app, many=many, http=http, count=count, said=said)
            print("| what | statements | p50 ms | p95 ms | best ms | CPU ms | a second |")
            print("|---|---|---|---|---|---|---|")
            await measure(bench)


def _acting(services: Any, actor_for: Any) -> Any:
    return replace(services, actor_for=actor_for)


async def _analyse(url: str) -> None:
    """As its own housekeeping does sooner or later."""
    import asyncpg

    from boards.adapters.db.urls import asyncpg_dsn

    driver = await asyncpg.connect(asyncpg_dsn(url))
    await driver.execute("ANALYZE")
    await driver.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--count", type=int, default=30)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="boards-gallery-") as folder,
        new_database(postgres=given.postgres) as url,
    ):
        asyncio.run(run(url, Path(folder), given.rows, given.count))


if __name__ == "__main__":
    main()
