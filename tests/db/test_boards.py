import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from boards.domain.boards import Board, BoardRole
from boards.errors import Conflict
from boards.ids import new_id
from boards.services.ports import Tx
from tests.db.world import NOW, World


async def colleague(world: World) -> UUID:
    """Another user of the home tenant."""
    user_id = new_id()
    await world.write(
        lambda tx: tx.accounts.add_user(
            tenant_id=world.home.tenant_id,
            user_id=user_id,
            provider="test",
            subject=str(user_id),
            now=NOW,
        )
    )
    return user_id


class TestBoards:
    async def test_a_board_comes_back_as_it_was_written(self, world: World) -> None:
        board = await world.add_board(title="Ünder", description="All of it", is_public=True)
        assert await world.read(lambda tx: tx.boards.get(board.id)) == board
        assert await world.read(lambda tx: tx.boards.get(new_id())) is None

    async def test_a_user_has_one_default_board(self, world: World) -> None:
        user_id = world.home.user_id
        assert await world.read(lambda tx: tx.boards.default_of(user_id)) == world.home.board
        second = replace(world.home.board, id=new_id())
        with pytest.raises(Conflict):
            await world.write(lambda tx: tx.boards.insert(second, is_default=True))
        await world.write(lambda tx: tx.boards.insert(second))
        assert await world.read(lambda tx: tx.boards.default_of(new_id())) is None

    async def test_two_first_uses_at_once_make_one_default_board(self, world: World) -> None:
        user_id = await colleague(world)

        async def insert(board: Board) -> None:
            await world.write(lambda tx: tx.boards.insert(board, is_default=True))

        boards = [replace(world.home.board, id=new_id(), owner_id=user_id) for _ in range(2)]
        answers = await asyncio.gather(
            *(insert(board) for board in boards),
            return_exceptions=True,
        )
        assert [isinstance(answer, Conflict) for answer in answers].count(True) == 1

    async def test_a_board_has_an_owner_of_its_tenant(self, world: World) -> None:
        with pytest.raises(Conflict):
            await world.add_board(owner_id=world.abroad.user_id)

    async def test_its_generations_are_counted(self, world: World) -> None:
        other = await world.add_board()
        await world.add(count=3, board_id=other.id)
        await world.add()
        assert await world.read(lambda tx: tx.boards.generation_count(other.id)) == 3


class TestMembers:
    async def test_a_member_has_a_role_and_others_have_none(self, world: World) -> None:
        user_id, board_id = await colleague(world), world.home.board.id
        await world.write(
            lambda tx: tx.boards.add_member(board_id, user_id, BoardRole.EDITOR, now=NOW)
        )
        role = await world.read(lambda tx: tx.boards.role_of(board_id, user_id))
        assert role is BoardRole.EDITOR
        assert await world.read(lambda tx: tx.boards.role_of(board_id, new_id())) is None
        other = await world.add_board()
        assert await world.read(lambda tx: tx.boards.role_of(other.id, user_id)) is None

    async def test_a_member_is_added_once(self, world: World) -> None:
        user_id = await colleague(world)

        async def add(role: BoardRole) -> None:
            await world.write(
                lambda tx: tx.boards.add_member(world.home.board.id, user_id, role, now=NOW)
            )

        await add(BoardRole.VIEWER)
        with pytest.raises(Conflict):
            await add(BoardRole.ADMIN)

    @pytest.mark.parametrize("case", ["user of another tenant", "board that is not there"])
    async def test_who_cannot_be_a_member_is_refused(self, world: World, case: str) -> None:
        board_id = world.home.board.id if "user" in case else new_id()
        user_id = world.abroad.user_id if "user" in case else world.home.user_id
        with pytest.raises(Conflict):
            await world.write(
                lambda tx: tx.boards.add_member(board_id, user_id, BoardRole.VIEWER, now=NOW)
            )


class TestVisible:
    async def test_own_and_joined_boards_most_recently_changed_first(self, world: World) -> None:
        user_id = await colleague(world)
        own = [
            await world.add_board(owner_id=user_id, updated_at=NOW + timedelta(minutes=minute))
            for minute in (1, 5, 3)
        ]
        joined = await world.add_board(updated_at=NOW + timedelta(minutes=4))
        await world.add_board()
        await world.write(
            lambda tx: tx.boards.add_member(joined.id, user_id, BoardRole.VIEWER, now=NOW)
        )
        # Somebody may be a member of a board that they own.
        await world.write(
            lambda tx: tx.boards.add_member(own[0].id, user_id, BoardRole.VIEWER, now=NOW)
        )
        order = [own[1].id, joined.id, own[2].id, own[0].id]
        first = await world.read(
            lambda tx: tx.boards.visible_to(user_id, limit=3, cursor=None), world.home.scope
        )
        second = await world.read(
            lambda tx: tx.boards.visible_to(user_id, limit=3, cursor=first.next),
            world.home.scope,
        )
        assert [board.id for board in (*first.items, *second.items)] == order
        assert second.next is None
        ids = await world.read(lambda tx: tx.boards.ids_visible_to(user_id))
        assert ids == frozenset(order)

    async def test_those_that_somebody_administers_are_told_apart(self, world: World) -> None:
        user_id = await colleague(world)
        own = await world.add_board(owner_id=user_id)
        joined = {role: await world.add_board() for role in BoardRole}

        def join(tx: Tx) -> None:
            for role, board in joined.items():
                tx.boards.add_member(board.id, user_id, role, now=NOW)

        await world.write(join)
        ids = await world.read(lambda tx: tx.boards.ids_administered_by(user_id))
        assert ids == {own.id, joined[BoardRole.ADMIN].id}

    async def test_a_stranger_sees_none(self, world: World) -> None:
        page = await world.read(lambda tx: tx.boards.visible_to(new_id(), limit=9, cursor=None))
        assert page.items == ()
        assert page.next is None
