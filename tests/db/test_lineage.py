import time
from itertools import pairwise
from uuid import UUID

import pytest

from boards.domain.artifacts import ArtifactType
from boards.domain.lineage import Edge
from boards.errors import Conflict
from boards.ids import new_id
from boards.services.ports import SYSTEM, Scope, Tx
from tests.db.world import World


def edge(output: UUID, source: UUID, role: str = "image", position: int = 0) -> Edge:
    return Edge(
        output_id=output,
        input_id=source,
        role=role,
        position=position,
        artifact_type=ArtifactType.IMAGE,
    )


async def walk(
    world: World, way: str, start: UUID, max_depth: int = 99, *, scope: Scope = SYSTEM
) -> tuple[Edge, ...]:
    """Walk `ancestors` or `descendants`."""

    def look(tx: Tx) -> tuple[Edge, ...]:
        found: tuple[Edge, ...] = getattr(tx.lineage, way)(start, max_depth=max_depth)
        return found

    return await world.read(look, scope)


async def connect(world: World, *edges: Edge) -> None:
    await world.write(lambda tx: tx.lineage.insert(edges, tenant_id=world.home.tenant_id))


class TestEdges:
    async def test_inputs_come_by_role_and_position(self, world: World) -> None:
        out, a, b, c = await world.add(count=4)
        edges = [edge(out, c, "style"), edge(out, b, "image", 1), edge(out, a, "image", 0)]
        await connect(world, *edges)
        found = await world.read(lambda tx: tx.lineage.inputs_of([out]))
        assert found == tuple(edges[::-1])
        assert await world.read(lambda tx: tx.lineage.inputs_of([a])) == ()
        assert await world.read(lambda tx: tx.lineage.inputs_of([])) == ()

    async def test_one_artifact_may_stand_in_two_places(self, world: World) -> None:
        out, a = await world.add(count=2)
        await connect(world, edge(out, a, "image", 0), edge(out, a, "image", 1))
        assert len(await world.read(lambda tx: tx.lineage.inputs_of([out]))) == 2

    async def test_two_artifacts_do_not_stand_in_one_place(self, world: World) -> None:
        out, a, b = await world.add(count=3)
        with pytest.raises(Conflict):
            await connect(world, edge(out, a), edge(out, b))
        assert await world.read(lambda tx: tx.lineage.inputs_of([out])) == ()

    @pytest.mark.parametrize("whose", ["output", "input"])
    async def test_an_edge_never_leads_to_another_tenant(self, world: World, whose: str) -> None:
        [mine] = await world.add()
        [theirs] = await world.add(world.abroad)
        ends = (theirs, mine) if whose == "output" else (mine, theirs)
        with pytest.raises(Conflict):
            await connect(world, edge(*ends))

    async def test_nothing_is_made_from_itself(self, world: World) -> None:
        [mine] = await world.add()
        with pytest.raises(Conflict, match="itself"):
            await connect(world, edge(mine, mine))

    async def test_an_edge_to_nothing_is_refused(self, world: World) -> None:
        [mine] = await world.add()
        with pytest.raises(Conflict):
            await connect(world, edge(mine, new_id()))


class TestWalks:
    async def test_both_directions_are_walked(self, world: World) -> None:
        photo, crop, style, poster = await world.add(count=4)
        edges = [edge(crop, photo), edge(poster, crop), edge(poster, style, "style")]
        await connect(world, *edges)
        up = await world.read(lambda tx: tx.lineage.ancestors(poster, max_depth=9))
        assert up == (edges[1], edges[2], edges[0]), "the nearest first"
        down = await world.read(lambda tx: tx.lineage.descendants(photo, max_depth=9))
        assert down == (edges[0], edges[1])

    async def test_the_walk_ends_at_the_depth_asked_for(self, world: World) -> None:
        chain = await world.add(count=6)
        edges = [edge(later, before) for before, later in pairwise(chain)]
        await connect(world, *edges)
        for depth in range(6):
            assert await walk(world, "ancestors", chain[5], depth) == tuple(edges[::-1][:depth])

    async def test_a_circle_is_walked_once(self, world: World) -> None:
        a, b, c = await world.add(count=3)
        edges = [edge(a, b), edge(b, c), edge(c, a)]
        await connect(world, *edges)
        assert await world.read(lambda tx: tx.lineage.ancestors(a, max_depth=99)) == tuple(edges)

    async def test_a_million_ways_are_not_walked_one_by_one(self, world: World) -> None:
        # Twenty diamonds on top of each other: 2^20 paths over 61 generations.
        tops = await world.add(count=21)
        sides = await world.add(count=40)
        edges = []
        for level in range(20):
            for side in sides[2 * level : 2 * level + 2]:
                edges.append(edge(tops[level], side, str(side)))
                edges.append(edge(side, tops[level + 1]))
        await connect(world, *edges)
        for way, start in (("ancestors", tops[0]), ("descendants", tops[20])):
            began = time.perf_counter()
            found = await walk(world, way, start)
            assert len(found) == len(set(found)) == 80
            # A walk along every path would take minutes.
            assert time.perf_counter() - began < 20

    async def test_a_walk_ends_with_so_many_the_nearest_first(self, world: World) -> None:
        chain = await world.add(count=6)
        edges = [edge(later, before) for before, later in pairwise(chain)]
        await connect(world, *edges)
        found = await world.read(lambda tx: tx.lineage.ancestors(chain[5], max_depth=99, most=2))
        assert found == tuple(edges[::-1][:2])

    async def test_another_tenant_sees_no_step_of_it(self, world: World) -> None:
        out, a = await world.add(count=2)
        await connect(world, edge(out, a))
        for way, start in (("ancestors", out), ("descendants", a)):
            assert len(await walk(world, way, start)) == 1
            assert await walk(world, way, start, scope=world.abroad.scope) == ()
