"""What people do with generations: titles, favourites, one thing done to many, and the trash."""

from datetime import datetime
from uuid import UUID

import strawberry

from boards.api.graphql.context import Info
from boards.api.graphql.enums import BulkAction, BulkOutcome
from boards.api.graphql.errors import code_of
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import PAGE, check_window
from boards.api.graphql.types import Board, Generation, board_of, generation_of
from boards.services import bulk

__all__ = ["CurationMutations", "CurationQueries"]


@strawberry.type(description="A part of what you marked.")
class FavouritePage:
    items: list[Generation]
    next: str | None = strawberry.field(description="The `cursor` of the following part.")


@strawberry.type(description="A board in the trash.")
class TrashedBoard:
    board_id: UUID
    title: str
    deleted_at: datetime


@strawberry.type(description="A part of the boards in the trash.")
class TrashedBoardPage:
    items: list[TrashedBoard]
    next: str | None = strawberry.field(description="The `cursor` of the following part.")


@strawberry.type(description="A generation in the trash.")
class TrashedGeneration:
    generation: Generation
    deleted_at: datetime | None


@strawberry.type(description="A part of what was deleted from a board.")
class TrashedGenerationPage:
    items: list[TrashedGeneration]
    next: str | None = strawberry.field(description="The `cursor` of the following part.")


@strawberry.input(description="One thing to be done to many generations.")
class BulkInput:
    action: BulkAction
    ids: list[UUID]
    tag_id: UUID | None = strawberry.field(default=None, description="To tag and to untag.")
    board_id: UUID | None = strawberry.field(
        default=None, description="Where to move or to copy to."
    )


@strawberry.type(description="What became of one of many.")
class BulkItem:
    id: UUID
    outcome: BulkOutcome
    copy_id: UUID | None = strawberry.field(description="What was made of it.")
    code: str | None = strawberry.field(description="Why it was refused.")
    message: str | None


@strawberry.type(description="Takes back what was done, once.")
class Undo:
    id: UUID
    action: BulkAction
    expires_at: datetime


@strawberry.type(description="What became of each, in the order asked.")
class BulkResult:
    items: list[BulkItem]
    undo: Undo | None = strawberry.field(description="Null where nothing was changed.")


@strawberry.type
class CurationQueries:
    """The queries of this noun."""

    @resolved("What you marked, the last marked first.")
    async def favourites(
        self, info: Info, limit: int | None = PAGE, cursor: str | None = None
    ) -> FavouritePage:
        _, size = check_window(limit, 0)
        context = info.context
        page = await context.services.curation.favourites.list(
            context.actor, limit=size, cursor=cursor or None
        )
        context.spend(len(page.items))
        return FavouritePage(
            items=[generation_of(one, context.links) for one in page.items], next=page.next
        )

    @resolved("The boards in the trash that you may have back, the last deleted first.")
    async def trashed_boards(
        self, info: Info, limit: int | None = PAGE, cursor: str | None = None
    ) -> TrashedBoardPage:
        _, size = check_window(limit, 0)
        context = info.context
        page = await context.services.curation.trash.boards(
            context.actor, limit=size, cursor=cursor or None
        )
        context.spend(len(page.items))
        items = [
            TrashedBoard(board_id=one.board.id, title=one.board.title, deleted_at=one.deleted_at)
            for one in page.items
        ]
        return TrashedBoardPage(items=items, next=page.next)

    @resolved("What was deleted from a board, the last deleted first.")
    async def trashed_generations(
        self, info: Info, board_id: UUID, limit: int | None = PAGE, cursor: str | None = None
    ) -> TrashedGenerationPage:
        _, size = check_window(limit, 0)
        context = info.context
        page = await context.services.curation.trash.generations(
            context.actor, board_id, limit=size, cursor=cursor or None
        )
        context.spend(len(page.items))
        items = [
            TrashedGeneration(
                generation=generation_of(one.generation, context.links), deleted_at=one.deleted_at
            )
            for one in page.items
        ]
        return TrashedGenerationPage(items=items, next=page.next)


@strawberry.type
class CurationMutations:
    """The mutations of this noun."""

    @resolved("Call a generation something, or with null nothing.")
    async def set_generation_title(
        self, info: Info, id: UUID, title: str | None = None
    ) -> Generation:
        context = info.context
        service = context.services.curation.titles
        return generation_of(await service.entitle(context.actor, id, title), context.links)

    @resolved("Mark a generation for yourself.")
    async def mark_favourite(self, info: Info, id: UUID) -> bool:
        await info.context.services.curation.favourites.mark(info.context.actor, id)
        return True

    @resolved("Take the mark away.")
    async def unmark_favourite(self, info: Info, id: UUID) -> bool:
        await info.context.services.curation.favourites.unmark(info.context.actor, id)
        return True

    @resolved("Do one thing to many generations, each by its own rights.")
    async def bulk(self, info: Info, input: BulkInput) -> BulkResult:  # noqa: A002
        request = bulk.BulkRequest(
            action=input.action,
            ids=tuple(input.ids),
            tag_id=input.tag_id,
            board_id=input.board_id,
        )
        context = info.context
        return _result(await context.services.curation.bulk.do(context.actor, request))

    @resolved("Take back what was done to many.")
    async def undo(self, info: Info, id: UUID) -> BulkResult:
        context = info.context
        return _result(await context.services.curation.bulk.undo(context.actor, id))

    @resolved("Have a generation back from the trash.")
    async def restore_generation(self, info: Info, id: UUID) -> Generation:
        context = info.context
        service = context.services.curation.trash
        return generation_of(await service.restore_generation(context.actor, id), context.links)

    @resolved("Have a board back from the trash, with all that was on it.")
    async def restore_board(self, info: Info, id: UUID) -> Board:
        context = info.context
        return board_of(await context.services.curation.trash.restore_board(context.actor, id))


def _result(result: bulk.BulkResult) -> BulkResult:
    undo = result.undo
    return BulkResult(
        items=[
            BulkItem(
                id=one.id,
                outcome=one.outcome,
                copy_id=one.copy_id,
                code=None if one.error is None else code_of(one.error),
                message=None if one.error is None else one.error.message,
            )
            for one in result.items
        ],
        undo=None
        if undo is None
        else Undo(id=undo.id, action=undo.action, expires_at=undo.expires_at),
    )
