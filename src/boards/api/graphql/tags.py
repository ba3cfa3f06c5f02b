"""Tags: the words that a tenant sorts generations by."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from boards.api.graphql.context import Info
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import FARTHEST, check_window
from boards.api.graphql.sent import json_object
from boards.domain import tags
from boards.errors import NotFound
from boards.services.tags import TagChanges

__all__ = ["Tag", "TagMutations", "TagQueries", "tag_of"]

TAGS = 100
"""How many are listed where it is not said."""


@strawberry.type(description="A word that the tenant sorts generations by.")
class Tag:
    id: UUID
    tenant_id: UUID
    name: str
    slug: str
    description: str | None
    metadata: JSON
    created_at: datetime
    updated_at: datetime


@strawberry.input(description="A tag to be made.")
class CreateTagInput:
    name: str
    slug: str | None = strawberry.field(default=None, description="By default made of the name.")
    description: str | None = None
    metadata: JSON | None = None


@strawberry.input(description="What to change about a tag; what is null stays.")
class UpdateTagInput:
    id: UUID
    name: str | None = strawberry.field(
        default=None, description="The slug follows it, unless one is given."
    )
    slug: str | None = None
    description: str | None = strawberry.field(default=None, description="Empty for none.")
    metadata: JSON | None = None


@strawberry.type
class TagQueries:
    """The queries of this noun."""

    @resolved("The tenant's tags, by name.")
    async def tags(self, info: Info, limit: int | None = TAGS, offset: int | None = 0) -> list[Tag]:
        context = info.context
        start, end = check_window(TAGS if limit is None else limit, offset, farthest=FARTHEST * 5)
        found = (await context.services.curation.tags.list(context.actor))[start:end]
        context.spend(len(found))
        return [tag_of(one) for one in found]

    @resolved("One tag; null when the tenant has none of this id.")
    async def tag(self, info: Info, id: UUID) -> Tag | None:
        context = info.context
        try:
            return tag_of(await context.services.curation.tags.get(context.actor, id))
        except NotFound:
            return None

    @resolved("The same by its slug.")
    async def tag_by_slug(self, info: Info, slug: str) -> Tag | None:
        context = info.context
        try:
            return tag_of(await context.services.curation.tags.by_slug(context.actor, slug))
        except NotFound:
            return None


@strawberry.type
class TagMutations:
    """The mutations of this noun."""

    @resolved("Make a tag.")
    async def create_tag(self, info: Info, input: CreateTagInput) -> Tag:  # noqa: A002
        context = info.context
        return tag_of(
            await context.services.curation.tags.create(
                context.actor,
                input.name,
                slug=input.slug,
                description=input.description,
                metadata=json_object("metadata", input.metadata),
            )
        )

    @resolved("Change a tag.")
    async def update_tag(self, info: Info, input: UpdateTagInput) -> Tag:  # noqa: A002
        context = info.context
        changes: TagChanges = {}
        if input.name is not None:
            changes["name"] = input.name
        if input.slug is not None:
            changes["slug"] = input.slug
        if input.description is not None:
            changes["description"] = input.description
        if input.metadata is not None:
            changes["metadata"] = json_object("metadata", input.metadata) or {}
        return tag_of(
            await context.services.curation.tags.update(context.actor, input.id, **changes)
        )

    @resolved("Delete a tag, and take it off everything.")
    async def delete_tag(self, info: Info, id: UUID) -> bool:
        context = info.context
        await context.services.curation.tags.delete(context.actor, id)
        return True

    @resolved("Put a tag on a generation, which may have it already.")
    async def add_tag_to_generation(self, info: Info, generation_id: UUID, tag_id: UUID) -> Tag:
        context = info.context
        service = context.services.curation.tags
        return tag_of(await service.attach(context.actor, generation_id, tag_id))

    @resolved("Take a tag off a generation, which has it.")
    async def remove_tag_from_generation(
        self, info: Info, generation_id: UUID, tag_id: UUID
    ) -> bool:
        context = info.context
        await context.services.curation.tags.detach(context.actor, generation_id, tag_id)
        return True


def tag_of(tag: tags.Tag) -> Tag:
    """Show a tag."""
    return Tag(
        id=tag.id,
        tenant_id=tag.tenant_id,
        name=tag.name,
        slug=tag.slug,
        description=tag.description,
        metadata=JSON(tag.metadata),
        created_at=tag.created_at,
        updated_at=tag.updated_at,
    )
