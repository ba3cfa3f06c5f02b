"""Boards: find them and make them."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from uuid import UUID

import strawberry

from boards.api.graphql.context import Info
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import FARTHEST, PAGE, check_window, gather
from boards.api.graphql.sent import checked
from boards.api.graphql.types import Board, board_of
from boards.api.shapes.boards import BoardRequest
from boards.domain import boards
from boards.errors import NotFound
from boards.services.ports import Page

__all__ = ["BoardMutations", "BoardQueries"]


@strawberry.enum(description="What you are to the boards that you ask for.")
class BoardQueryRole(Enum):
    ANY = "any"
    OWNER = "owner"
    MEMBER = "member"


@strawberry.enum(description="In which order to list.")
class SortOrder(Enum):
    CREATED_ASC = "created_asc"
    CREATED_DESC = "created_desc"
    UPDATED_ASC = "updated_asc"
    UPDATED_DESC = "updated_desc"


def _created(board: boards.Board) -> tuple[datetime, UUID]:
    return board.created_at, board.id


def _updated(board: boards.Board) -> tuple[datetime, UUID]:
    return board.updated_at, board.id


_ORDERS: dict[SortOrder, tuple[Callable[[boards.Board], tuple[datetime, UUID]], bool]] = {
    SortOrder.CREATED_ASC: (_created, False),
    SortOrder.CREATED_DESC: (_created, True),
    SortOrder.UPDATED_ASC: (_updated, False),
    SortOrder.UPDATED_DESC: (_updated, True),
}


@strawberry.type
class BoardQueries:
    """The queries of this noun."""

    @resolved("One board; null when there is none that you may see.")
    async def board(self, info: Info, id: UUID) -> Board | None:
        context = info.context
        try:
            return board_of(await context.services.boards.get(context.actor, id))
        except NotFound:
            return None

    @resolved("The boards that you own or are a member of.")
    async def my_boards(
        self,
        info: Info,
        limit: int | None = PAGE,
        offset: int | None = 0,
        role: BoardQueryRole = BoardQueryRole.ANY,
        sort: SortOrder = SortOrder.UPDATED_DESC,
    ) -> list[Board]:
        start, end = check_window(limit, offset)
        context = info.context

        async def fetch(count: int, cursor: str | None) -> Page[boards.Board]:
            return await context.services.boards.list(context.actor, limit=count, cursor=cursor)

        # The service lists the last changed first; other orders need all of them in hand.
        as_listed = role is BoardQueryRole.ANY and sort is SortOrder.UPDATED_DESC
        found = await gather(fetch, end if as_listed else FARTHEST)
        if role is not BoardQueryRole.ANY:
            owned = role is BoardQueryRole.OWNER
            found = [one for one in found if (one.owner_id == context.actor.user_id) is owned]
        key, reverse = _ORDERS[sort]
        found = sorted(found, key=key, reverse=reverse)[start:end]
        context.spend(len(found))
        return [board_of(one) for one in found]


@strawberry.input(description="A board to be made.")
class CreateBoardInput:
    title: str = strawberry.field(description="1 to 200 printable characters.")
    description: str | None = None
    is_public: bool = False


@strawberry.type
class BoardMutations:
    """The mutations of this noun."""

    @resolved("Make a board of your own.")
    async def create_board(self, info: Info, input: CreateBoardInput) -> Board:  # noqa: A002
        asked = checked(
            BoardRequest,
            title=input.title,
            description=input.description,
            is_public=input.is_public,
        )
        context = info.context
        return board_of(
            await context.services.boards.create(
                context.actor,
                asked.title,
                description=asked.description,
                is_public=asked.is_public,
            )
        )
