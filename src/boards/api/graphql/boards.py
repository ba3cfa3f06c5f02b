"""Boards: find them and make them."""

from enum import Enum
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from boards.api.graphql.connections import Connection, connect
from boards.api.graphql.context import Context, Info
from boards.api.graphql.enums import BoardOrder
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import PAGE, check_window
from boards.api.graphql.sent import json_object
from boards.api.graphql.types import Board, board_of
from boards.domain.boards import BoardChanges
from boards.errors import InvalidInput, NotFound, Problem
from boards.services.ports import Whose

__all__ = ["BoardMutations", "BoardQueries"]

LONGEST_TEXT = 200


@strawberry.enum(description="What you are to the boards that you ask for.")
class BoardQueryRole(Enum):
    ANY = Whose.ANY
    OWNER = Whose.OWNER
    MEMBER = Whose.MEMBER


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
        sort: BoardOrder = BoardOrder.UPDATED_DESC,
    ) -> list[Board]:
        return await _listed(info.context, role.value, limit, offset, sort)

    @resolved("The public boards of the tenant.")
    async def public_boards(
        self,
        info: Info,
        limit: int | None = PAGE,
        offset: int | None = 0,
        sort: BoardOrder = BoardOrder.UPDATED_DESC,
    ) -> list[Board]:
        return await _listed(info.context, Whose.PUBLIC, limit, offset, sort)

    @resolved(
        "Boards with this in title or description, in any case: yours and the public ones, the "
        "last changed first."
    )
    async def search_boards(
        self, info: Info, query: str, limit: int | None = PAGE, offset: int | None = 0
    ) -> list[Board]:
        if len(query) > LONGEST_TEXT or "\x00" in query:
            message = f"A query has at most {LONGEST_TEXT} characters; this has {len(query)}."
            raise InvalidInput(message, problems=(Problem(at="query", message=message),))
        order = BoardOrder.UPDATED_DESC
        return await _listed(info.context, Whose.SEEN, limit, offset, order, text=query)

    @resolved("The boards that you own or are a member of, by cursor.")
    async def boards(
        self,
        info: Info,
        first: int | None = PAGE,
        after: str | None = None,
        role: BoardQueryRole = BoardQueryRole.ANY,
        sort: BoardOrder = BoardOrder.UPDATED_DESC,
    ) -> Connection[Board]:
        context = info.context
        lookups, actor, whose = context.lookups, context.actor, role.value
        return await connect(
            context,
            lambda size, cursor: lookups.list_boards(
                actor, whose, order=sort, limit=size, cursor=cursor
            ),
            lambda: lookups.count_boards(actor, whose),
            board_of,
            first=first,
            after=after,
        )


async def _listed(
    context: Context,
    whose: Whose,
    limit: int | None,
    offset: int | None,
    order: BoardOrder,
    *,
    text: str | None = None,
) -> list[Board]:
    start, end = check_window(limit, offset)
    page = await context.lookups.list_boards(
        context.actor, whose, order=order, limit=end - start, offset=start, text=text
    )
    context.spend(len(page.items))
    return [board_of(one) for one in page.items]


@strawberry.input(description="A board to be made.")
class CreateBoardInput:
    title: str = strawberry.field(description="1 to 200 printable characters.")
    description: str | None = None
    is_public: bool = False
    settings: JSON | None = strawberry.field(default=None, description="Your own, an object.")
    metadata: JSON | None = strawberry.field(default=None, description="Your own, an object.")


@strawberry.input(description="What to change about a board; what is null stays.")
class UpdateBoardInput:
    id: UUID
    title: str | None = None
    description: str | None = strawberry.field(default=None, description="Empty for none.")
    is_public: bool | None = None
    settings: JSON | None = None
    metadata: JSON | None = None
    cover_id: UUID | None = strawberry.field(
        default=None, description="A generation of the board that is to stand for it."
    )
    share_recipes: bool | None = strawberry.field(
        default=None, description="Whether visitors also see how things were made; the owner's."
    )


@strawberry.type
class BoardMutations:
    """The mutations of this noun."""

    @resolved("Make a board of your own.")
    async def create_board(self, info: Info, input: CreateBoardInput) -> Board:  # noqa: A002
        context = info.context
        return board_of(
            await context.services.boards.create(
                context.actor,
                input.title,
                description=input.description,
                is_public=input.is_public,
                settings=json_object("settings", input.settings),
                metadata=json_object("metadata", input.metadata),
            )
        )

    @resolved("Change a board; for its owner and its admins.")
    async def update_board(self, info: Info, input: UpdateBoardInput) -> Board:  # noqa: A002
        changes: BoardChanges = {}
        if input.title is not None:
            changes["title"] = input.title
        if input.description is not None:
            changes["description"] = input.description
        if input.is_public is not None:
            changes["is_public"] = input.is_public
        if input.settings is not None:
            changes["settings"] = json_object("settings", input.settings) or {}
        if input.metadata is not None:
            changes["metadata"] = json_object("metadata", input.metadata) or {}
        if input.cover_id is not None:
            changes["cover_id"] = input.cover_id
        if input.share_recipes is not None:
            changes["share_recipes"] = input.share_recipes
        context = info.context
        return board_of(await context.services.boards.update(context.actor, input.id, **changes))

    @resolved("Put a board, with all that is on it, into the trash for 30 days; for its owner.")
    async def delete_board(self, info: Info, id: UUID) -> bool:
        context = info.context
        await context.services.curation.trash.delete_board(context.actor, id)
        return True
