"""Search: generations by their words, with the filters and orders that lists have."""

from datetime import datetime
from uuid import UUID

import strawberry

from boards.api.graphql.context import Info
from boards.api.graphql.enums import ArtifactType, GenerationOrder, Status
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import PAGE, check_window
from boards.api.graphql.sent import checked
from boards.api.graphql.types import Generation, generation_of
from boards.api.shapes.finding import SearchAsked

__all__ = ["SearchQueries"]


@strawberry.type(description="A part of what was found.")
class FoundGenerations:
    nodes: list[Generation]
    next: str | None = strawberry.field(description="The `after` of the following part.")


@strawberry.input(description="Which generations; what is null or false does not matter.")
class SearchFilterInput:
    board_id: UUID | None = None
    status: Status | None = None
    artifact_type: ArtifactType | None = None
    generator_name: str | None = None
    provider: str | None = None
    tag: str | None = strawberry.field(default=None, description="A tag's slug.")
    favourite: bool = strawberry.field(default=False, description="Only your favourites.")
    user_id: UUID | None = None
    made_from: UUID | None = strawberry.field(default=None, description="One of their inputs.")
    since: datetime | None = strawberry.field(default=None, description="Submitted then or later.")
    until: datetime | None = strawberry.field(default=None, description="Submitted before then.")
    min_cost: str | None = strawberry.field(
        default=None, description="Known to have cost so many USD or more, such as 0.50."
    )


@strawberry.type
class SearchQueries:
    """The queries of this noun."""

    @resolved(
        'Generations by words in prompts, names, tags and notes: all must be there, "side by '
        'side" is a phrase, sun* a beginning, as is the last word, and -night must not be there. '
        "Without a board those of all yours."
    )
    async def search_generations(
        self,
        info: Info,
        query: str,
        filters: SearchFilterInput | None = None,
        order: GenerationOrder = GenerationOrder.RELEVANCE,
        first: int | None = PAGE,
        after: str | None = None,
    ) -> FoundGenerations:
        _, size = check_window(first, 0, name="first")
        which = filters or SearchFilterInput()
        asked = checked(
            SearchAsked,
            q=query,
            board_id=which.board_id,
            status=which.status,
            type=which.artifact_type,
            generator=which.generator_name,
            provider=which.provider,
            tag=which.tag,
            favourite=which.favourite,
            user_id=which.user_id,
            made_from=which.made_from,
            since=which.since,
            until=which.until,
            min_cost=which.min_cost,
            order=order,
        )
        context = info.context
        page = await context.search.find(
            context.actor,
            asked.q,
            asked.query(asked.board_id, asked.order),
            limit=size,
            cursor=after or None,
        )
        context.spend(len(page.items))
        return FoundGenerations(
            nodes=[generation_of(one, context.links) for one in page.items], next=page.next
        )
