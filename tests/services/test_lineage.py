"""Lineage trees: right roles and depths, shared ancestors once, strangers' things unknown."""

from dataclasses import replace
from uuid import UUID

import pytest

from boards.domain.boards import BoardRole
from boards.domain.generations import Generation
from boards.domain.lineage import Node
from boards.errors import Forbidden, Unauthenticated
from boards.services.generations import GenerationQuery
from boards.services.lineage import LineageView, read_lineage
from boards.services.ports import SYSTEM, Tx
from boards.services.rights import scope_of
from boards.testing.generators import tiny_png
from tests.services.studio import Studio


async def upload(studio: Studio, colour: int = 0) -> str:
    made = await studio.uploads.upload(studio.actor, source=tiny_png(colour), filename=None)
    return str(made.id)


def flat(node: Node) -> list[tuple[str, str | None, int, bool]]:
    """A tree as rows: id, role, depth, repeated."""
    rows = [(str(node.generation_id), node.role, node.depth, node.repeated)]
    for branch in node.branches:
        rows.extend(flat(branch))
    return rows


class TestTrees:
    async def test_roles_and_depths_in_both_directions(self, studio: Studio) -> None:
        a, b = await upload(studio, 1), await upload(studio, 2)
        async with studio.process():
            middle = str((await studio.make("uses", image=a, others=[b])).generations[0].id)
            end = str((await studio.make("uses", image=middle)).generations[0].id)
        view = await studio.generations.lineage(studio.actor, UUID(end))
        assert flat(view.ancestors) == [
            (end, None, 0, False),
            (middle, "image", 1, False),
            (a, "image", 2, False),
            (b, "others", 2, False),
        ]
        down = await studio.generations.lineage(studio.actor, UUID(a))
        assert flat(down.descendants) == [
            (a, None, 0, False),
            (middle, "image", 1, False),
            (end, "image", 2, False),
        ]

    async def test_a_shared_ancestor_shows_its_branch_once(self, studio: Studio) -> None:
        ids = [await upload(studio)]
        async with studio.process():
            for _ in range(20):
                made = await studio.make("uses", image=ids[-1], others=[ids[-1]])
                ids.append(str(made.generations[0].id))
        view = await studio.generations.lineage(studio.actor, UUID(ids[-1]), max_depth=50)
        rows = flat(view.ancestors)
        assert len(rows) == 1 + 2 * 20
        assert sum(repeated for *_, repeated in rows) == 20
        assert max(depth for _, _, depth, _ in rows) == 20

    async def test_depth_is_bounded(self, studio: Studio) -> None:
        ids = [await upload(studio)]
        async with studio.process():
            for _ in range(4):
                made = await studio.make("uses", image=ids[-1])
                ids.append(str(made.generations[0].id))
        view = await studio.generations.lineage(studio.actor, UUID(ids[-1]), max_depth=2)
        assert [depth for _, _, depth, _ in flat(view.ancestors)] == [0, 1, 2]


class TestRights:
    async def test_what_one_may_not_see_is_unknown_and_not_left_out(self, studio: Studio) -> None:
        colleague = await studio.colleague()
        shared = await studio.boards.create(studio.actor, "Shared")
        assert colleague.user_id is not None
        user_id = colleague.user_id
        await studio.database.write(
            lambda tx: tx.boards.add_member(
                shared.id, user_id, BoardRole.VIEWER, now=studio.clock.now()
            ),
            scope=SYSTEM,
        )
        private = await upload(studio)
        async with studio.process():
            made = await studio.make("uses", board_id=shared.id, image=private)
        view = await studio.generations.lineage(colleague, made.generations[0].id)
        [node] = view.ancestors.branches
        assert str(node.generation_id) != private, "an id stands for it here alone"
        assert node.generation is None
        assert (node.role, node.position, node.depth) == ("image", 0, 1)
        assert view.ancestors.generation is not None

    async def test_nothing_is_shown_behind_what_one_may_not_see(self, studio: Studio) -> None:
        colleague = await studio.colleague()
        shared = await studio.boards.create(studio.actor, "Shared")
        user_id = colleague.user_id
        assert user_id is not None
        await studio.database.write(
            lambda tx: tx.boards.add_member(
                shared.id, user_id, BoardRole.VIEWER, now=studio.clock.now()
            ),
            scope=SYSTEM,
        )
        origin = await upload(studio)
        async with studio.process():
            private = (await studio.make("uses", image=origin)).generations[0]
            made = await studio.make("uses", board_id=shared.id, image=str(private.id))
        view = await studio.generations.lineage(colleague, made.generations[0].id)
        assert [depth for _, _, depth, _ in flat(view.ancestors)] == [0, 1]
        own = await studio.generations.lineage(studio.actor, made.generations[0].id)
        assert [depth for _, _, depth, _ in flat(own.ancestors)] == [0, 1, 2]

    async def test_a_visitor_of_a_public_board_sees_no_lineage(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Open", is_public=True)
        source = await upload(studio)
        async with studio.process():
            made = await studio.make("uses", board_id=board.id, image=source)
        generation_id = made.generations[0].id
        visitor = replace(studio.actor, user_id=None)
        with pytest.raises(Unauthenticated):
            await studio.generations.lineage(visitor, generation_id)
        colleague = await studio.colleague()
        with pytest.raises(Forbidden):
            await studio.generations.lineage(colleague, generation_id)


class TestBounds:
    async def test_a_large_fan_out_is_cut_and_told(self, studio: Studio) -> None:
        source = await upload(studio)
        async with studio.process():
            for _ in range(5):
                await studio.make("uses", image=source)

        async def view(most: int) -> LineageView:
            def look(tx: Tx) -> LineageView:
                return read_lineage(tx, studio.actor, UUID(source), max_depth=25, max_nodes=most)

            return await studio.database.read(look, scope=scope_of(studio.actor))

        cut, whole = await view(3), await view(5)
        assert (len(cut.descendants.branches), cut.is_whole) == (3, False)
        assert (len(whole.descendants.branches), whole.is_whole) == (5, True)

    async def test_the_rest_of_a_fan_out_is_a_list_with_pages(self, studio: Studio) -> None:
        source, other = await upload(studio, 1), await upload(studio, 2)
        made: list[Generation] = []
        async with studio.process():
            for _ in range(3):
                made += (await studio.make("uses", image=source)).generations
            await studio.make("uses", image=other)
        which = GenerationQuery(made_from=UUID(source))
        first = await studio.generations.list(studio.actor, which, limit=2, cursor=None)
        rest = await studio.generations.list(studio.actor, which, limit=2, cursor=first.next)
        found = [one.id for one in (*first.items, *rest.items)]
        assert found == [one.id for one in reversed(made)]
        assert rest.next is None

    async def test_fewer_steps_than_there_are_is_told(self, studio: Studio) -> None:
        ids = [await upload(studio)]
        async with studio.process():
            for _ in range(3):
                made = await studio.make("uses", image=ids[-1])
                ids.append(str(made.generations[0].id))
        for depth, is_whole in ((2, False), (3, True)):
            view = await studio.generations.lineage(studio.actor, UUID(ids[-1]), max_depth=depth)
            assert view.is_whole is is_whole
