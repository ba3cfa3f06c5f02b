"""Tags: a tenant's words, and what they are on.

Everybody of the tenant sees the words and may make and change them. What a word is on is for those
who have a role on its board: editors and better put it there.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import Action, Actor, Duty
from boards.domain.boards import check_description, check_object
from boards.domain.tags import MOST_TAGS, Tag, check_slug, check_tag_name, tag_slug
from boards.errors import Conflict, NotFound
from boards.ids import new_id
from boards.services.audit import note
from boards.services.ports import Clock, Database, Tx
from boards.services.rights import (
    generation_for,
    recipes_among,
    require,
    require_person,
    scope_of,
    visible_among,
)

__all__ = ["TagChanges", "TagService"]


class TagChanges(TypedDict, total=False):
    """What may be changed about a tag. With a name and no slug, the slug follows the name."""

    name: str
    slug: str
    description: str | None
    metadata: Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class TagService:
    """Keeps a tenant's tags, and puts them on generations."""

    database: Database
    clock: Clock

    async def list(self, actor: Actor) -> tuple[Tag, ...]:
        """Give the tenant's tags by name; there are never more than a few thousand."""
        require(actor, Duty.SEE_TAGS)
        return await self.database.read(lambda tx: tx.tags.list(), scope=scope_of(actor))

    async def get(self, actor: Actor, tag_id: UUID) -> Tag:
        """Give one tag. NotFound when the tenant has none of this id."""
        require(actor, Duty.SEE_TAGS)
        return await self.database.read(lambda tx: _tag(tx, tag_id), scope=scope_of(actor))

    async def by_slug(self, actor: Actor, slug: str) -> Tag:
        """Give one tag by its slug. NotFound when the tenant has none."""
        require(actor, Duty.SEE_TAGS)
        found = await self.database.read(lambda tx: tx.tags.by_slug(slug), scope=scope_of(actor))
        if found is None:
            raise NotFound(f"Tag {slug!r} not found")
        return found

    async def create(
        self,
        actor: Actor,
        name: str,
        *,
        slug: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, JsonValue] | None = None,
    ) -> Tag:
        """Make a tag; without a slug it is made of the name.

        Conflict when the slug is taken, InvalidInput for a name or a slug that is none.
        """
        require_person(actor, Duty.CHANGE_TAGS)
        now, text = self.clock.now(), check_tag_name(name)
        tag = Tag(
            id=new_id(),
            tenant_id=actor.tenant_id,
            name=text,
            slug=tag_slug(text) if slug is None else check_slug(slug),
            description=check_description(description),
            metadata=check_object(metadata or {}, at="metadata"),
            created_at=now,
            updated_at=now,
        )

        def work(tx: Tx) -> Tag:
            _free(tx, tag)
            if tx.tags.count() >= MOST_TAGS:
                raise Conflict(f"There are {MOST_TAGS} tags already; delete some first.")
            tx.tags.add(tag)
            return tag

        return await self.database.write(work, scope=scope_of(actor))

    async def update(self, actor: Actor, tag_id: UUID, **changes: Unpack[TagChanges]) -> Tag:
        """Change what is given; the rest stays. Errors as `get` and `create`."""
        require_person(actor, Duty.CHANGE_TAGS)
        checked: TagChanges = {**changes}
        if "name" in checked:
            checked["name"] = check_tag_name(checked["name"])
            checked.setdefault("slug", tag_slug(checked["name"]))
        if "slug" in changes:
            checked["slug"] = check_slug(changes["slug"])
        if "description" in checked:
            checked["description"] = check_description(checked["description"])
        if "metadata" in checked:
            checked["metadata"] = check_object(checked["metadata"], at="metadata")

        def work(tx: Tx) -> Tag:
            tag = replace(_tag(tx, tag_id), **checked, updated_at=self.clock.now())
            _free(tx, tag)
            tx.tags.update(tag)
            return tag

        return await self.database.write(work, scope=scope_of(actor))

    async def delete(self, actor: Actor, tag_id: UUID) -> None:
        """Remove a tag, and take it off everything. NotFound when the tenant has none."""
        require_person(actor, Duty.CHANGE_TAGS)

        def work(tx: Tx) -> None:
            _tag(tx, tag_id)
            tx.tags.delete(tag_id)
            note(tx, actor, "tag.delete", target=("tag", tag_id), now=self.clock.now())

        await self.database.write(work, scope=scope_of(actor))

    async def attach(self, actor: Actor, generation_id: UUID, tag_id: UUID) -> Tag:
        """Put a tag on a generation, which may have it already. For editors and better."""

        def work(tx: Tx) -> Tag:
            generation_for(tx, actor, generation_id, Action.ARRANGE)
            tag = _tag(tx, tag_id)
            tx.tags.attach(tag_id, [generation_id], tenant_id=actor.tenant_id)
            return tag

        return await self.database.write(work, scope=scope_of(actor))

    async def detach(self, actor: Actor, generation_id: UUID, tag_id: UUID) -> None:
        """Take a tag off a generation. NotFound when it does not have it."""

        def work(tx: Tx) -> None:
            generation_for(tx, actor, generation_id, Action.ARRANGE)
            _tag(tx, tag_id)
            if not tx.tags.detach(tag_id, [generation_id]):
                raise NotFound(f"Generation {generation_id} does not have tag {tag_id}")

        await self.database.write(work, scope=scope_of(actor))

    async def of(self, actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, tuple[Tag, ...]]:
        """Give the tags of generations of which the actor may see how they were made; visitors see
        none."""

        def look(tx: Tx) -> Mapping[UUID, tuple[Tag, ...]]:
            seen = visible_among(tx, actor, ids)
            return tx.tags.of_generations(recipes_among(tx, actor, seen.values()))

        return await self.database.read(look, scope=scope_of(actor))


def _tag(tx: Tx, tag_id: UUID) -> Tag:
    tag = tx.tags.get(tag_id)
    if tag is None:
        raise NotFound(f"Tag {tag_id} not found")
    return tag


def _free(tx: Tx, tag: Tag) -> None:
    taken = tx.tags.by_slug(tag.slug)
    if taken is not None and taken.id != tag.id:
        raise Conflict(f"Tag with slug {tag.slug!r} already exists")
