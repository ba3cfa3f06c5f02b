"""Lists by cursor, in the form that Relay and most clients know: edges, nodes, page info, total."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import strawberry

from boards.api.graphql.context import Context, Info
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import PAGE, check_window
from boards.services.ports import Page

__all__ = ["Connection", "connect"]

Item = TypeVar("Item")
Row = TypeVar("Row")


@strawberry.type(description="Where a part of a list begins and ends.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool = strawberry.field(description="Whether `after` was given.")
    start_cursor: str | None
    end_cursor: str | None = strawberry.field(description="The `after` of the following part.")


@strawberry.type(description="A thing in a list, with its place.")
class Edge(Generic[Item]):
    cursor: str = strawberry.field(description="As `after` it gives what follows this one.")
    node: Item


@strawberry.type(description="A part of a list by cursor.")
class Connection(Generic[Item]):
    edges: list[Edge[Item]]
    nodes: list[Item] = strawberry.field(description="The same without the cursors.")
    page_info: PageInfo
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @resolved("How many the whole list has; counted only when it is asked for.")
    async def total_count(self, info: Info) -> int:  # noqa: ARG002 - as every resolver
        return await self.count()


async def connect(
    context: Context,
    fetch: Callable[[int, str | None], Awaitable[Page[Row]]],
    count: Callable[[], Awaitable[int]],
    show: Callable[[Row], Item],
    *,
    first: int | None = PAGE,
    after: str | None = None,
) -> Connection[Item]:
    """Give a part of a list. InvalidInput for a size out of bounds, or no cursor of this list."""
    _, size = check_window(first, 0, name="first")
    page = await fetch(size, after or None)
    context.spend(len(page.items))
    nodes = [show(one) for one in page.items]
    cursors = page.cursors
    return Connection(
        edges=[Edge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=page.next is not None,
            has_previous_page=bool(after),
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        count=count,
    )
