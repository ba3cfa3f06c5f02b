"""What a gallery asks for costs as many statements for a board of thousands as for one of three,
and each goes by an index."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from boards.domain.access import Actor
from boards.domain.search import Order, terms_of
from boards.services.generations import GenerationQuery, GenerationService
from boards.services.lineage import read_lineage
from boards.services.ports import GenerationFilter, Tx
from boards.services.search import SearchService
from boards.testing.clock import MovableClock
from tests.db import test_tables
from tests.db.test_lineage import edge
from tests.db.world import World, driver_in

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


async def plans(world: World, work: Callable[[Tx, World], Any]) -> list[str]:
    return await test_tables.TestPlans().plans(world, work, world.home.scope)


async def statements(world: World, work: Callable[[Tx], Any]) -> int:
    """Count what a unit of work asks of the database."""

    def count(tx: Tx) -> int:
        seen: list[str] = []
        driver_in(tx).set_trace_callback(seen.append)
        try:
            work(tx)
        finally:
            driver_in(tx).set_trace_callback(None)
        return sum(one.startswith(("SELECT", "WITH")) for one in seen)

    return await world.read(count, world.home.scope)


def here(world: World) -> GenerationFilter:
    return GenerationFilter(board_ids=frozenset({world.home.board.id}))


def me(world: World) -> Actor:
    return Actor(tenant_id=world.home.tenant_id, user_id=world.home.user_id)


class TestGallery:
    async def test_a_gallery_of_thousands_takes_two_short_requests(self, world: World) -> None:
        # The ids by one statement out of an index alone, then the sixty that are shown by theirs.
        search = SearchService(database=world.database)
        generations = GenerationService(
            database=world.database,
            dispatch=None,  # type: ignore[arg-type]
            clock=MovableClock(),
        )
        board_id = world.home.board.id
        counts = []
        shown: list[UUID] = []

        def ids_at_once(tx: Tx) -> object:
            return tx.generations.ids(here(world))

        def sixty(tx: Tx) -> object:
            return tx.generations.among(shown)

        for more in (3, 3000):
            made = [world.new() for _ in range(more)]
            for start in range(0, more, 500):
                await world.insert(*made[start : start + 500])
            ids = await search.ids(me(world), board_id, GenerationQuery())
            assert len(ids) % 16 == 0
            shown[:] = [UUID(bytes=ids[at : at + 16]) for at in range(0, min(len(ids), 960), 16)]
            assert [one.id for one in await generations.some(me(world), shown)] == shown
            counts.append((await statements(world, ids_at_once), await statements(world, sixty)))
        assert len(shown) == 60
        assert counts == [(1, 1), (1, 1)]

    @pytest.mark.parametrize("order", [Order.NEWEST, Order.OLDEST])
    async def test_the_ids_come_out_of_an_index_in_its_order(
        self, world: World, order: Order
    ) -> None:
        [plan] = await plans(world, lambda tx, w: tx.generations.ids(here(w), order=order))
        assert "USING COVERING INDEX ix_generations_board" in plan
        assert "TEMP B-TREE" not in plan


class TestSearch:
    @pytest.mark.parametrize("order", list(Order))
    async def test_the_words_are_asked_first(self, world: World, order: Order) -> None:
        found = await plans(
            world,
            lambda tx, w: tx.search.find(
                terms_of("red boat"), here(w), order=order, limit=60, cursor=None
            ),
        )
        # The index has statements of its own, which are none of ours.
        [plan] = [one for one in found if "VIRTUAL TABLE" in one]
        steps = [step for step in plan.splitlines() if re.match("SCAN|SEARCH", step)]
        assert steps[0].startswith("SCAN search_words VIRTUAL TABLE"), plan
        assert not [one for one in steps if one.startswith("SCAN generations")], plan
        if order in (Order.NEWEST, Order.OLDEST):
            assert "TEMP B-TREE" not in plan


class TestLineage:
    async def test_a_walk_goes_by_the_edges_and_grows_in_no_statement(self, world: World) -> None:
        one, *others = await world.add(count=30)
        edges = [edge(other, one) for other in others]
        await world.write(lambda tx: tx.lineage.insert(edges, tenant_id=world.home.tenant_id))

        def walk(start: UUID) -> Callable[[Tx], Any]:
            return lambda tx: read_lineage(tx, me(world), start, max_depth=25)

        counts = {await statements(world, walk(start)) for start in (one, others[0])}
        assert len(counts) == 1
        assert counts.pop() <= 10

        def walked(way: str) -> Callable[[Tx, World], object]:
            return lambda tx, _: getattr(tx.lineage, way)(one, max_depth=25)

        for way, index in (("ancestors", "autoindex"), ("descendants", "ix_generation_inputs")):
            [plan] = await plans(world, walked(way))
            assert "SCAN generation_inputs" not in plan, plan
            assert index in plan
