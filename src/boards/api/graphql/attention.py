"""The attention list: what waits for a person's decision, and the three ways out."""

from uuid import UUID

import strawberry

from boards.api.graphql.context import Info
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import PAGE, check_window
from boards.api.graphql.types import Generation, generation_of
from boards.services.open_questions import Reason, Way
from boards.services.reconcile import Outcome

__all__ = ["AttentionMutations", "AttentionQueries"]

strawberry.enum(Reason, name="AttentionReason", description="Why somebody has to decide.")
strawberry.enum(Way, name="AttentionWay", description="What can be done about it.")
strawberry.enum(Outcome, name="CheckOutcome", description="What asking the provider came to.")


@strawberry.type(description="A generation that may have cost money and cannot go on by itself.")
class AttentionItem:
    generation: Generation = strawberry.field(
        description="Without a role on its board its inputs and outputs are left out."
    )
    reason: Reason
    ways: list[Way] = strawberry.field(description="The safest first.")


@strawberry.type(description="A part of the attention list.")
class AttentionPage:
    items: list[AttentionItem]
    next: str | None = strawberry.field(description="The `cursor` of the following part.")


@strawberry.type(description="What a check came to.")
class Checked:
    outcome: Outcome
    message: str = strawberry.field(description="The same for people.")
    generation: Generation


@strawberry.type
class AttentionQueries:
    """The queries of this noun."""

    @resolved("What waits for a decision that you may make, newest first.")
    async def attention_list(
        self, info: Info, limit: int | None = PAGE, cursor: str | None = None
    ) -> AttentionPage:
        _, size = check_window(limit, 0)
        context = info.context
        page = await context.services.attention.list(
            context.actor, limit=size, cursor=cursor or None
        )
        context.spend(len(page.items))
        items = [
            AttentionItem(
                generation=generation_of(one.generation, context.links),
                reason=one.reason,
                ways=list(one.ways),
            )
            for one in page.items
        ]
        return AttentionPage(items=items, next=page.next)


@strawberry.type
class AttentionMutations:
    """The mutations of this noun."""

    @resolved("Ask the provider what became of it; spends nothing.")
    async def check_again(self, info: Info, id: UUID) -> Checked:
        context = info.context
        checked = await context.services.attention.check_again(context.actor, id)
        return Checked(
            outcome=checked.outcome,
            message=checked.message,
            generation=generation_of(checked.generation, context.links),
        )

    @resolved("Give it up; its cost counts as spent, at the estimate.")
    async def mark_lost(self, info: Info, id: UUID) -> Generation:
        context = info.context
        found = await context.services.attention.mark_lost(context.actor, id)
        return generation_of(found, context.links)

    @resolved("Say that it was not billed; what was held for it is free again.")
    async def release_hold(self, info: Info, id: UUID) -> Generation:
        context = info.context
        found = await context.services.attention.release_hold(context.actor, id)
        return generation_of(found, context.links)
