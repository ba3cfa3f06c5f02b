"""People: who asks, and those who are met on boards."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from boards.api.graphql.context import Context, Info
from boards.api.graphql.enums import TenantRole
from boards.api.graphql.fields import resolved
from boards.api.graphql.lists import LARGEST
from boards.domain.access import Standing
from boards.errors import NotFound
from boards.services.lookups import shown_profile
from boards.services.ports import Profile, Whose

if TYPE_CHECKING:
    from boards.api.graphql.types import Board

__all__ = ["PeopleQueries", "User", "met"]

_Boards = list[Annotated["Board", strawberry.lazy("boards.api.graphql.types")]]

ONLY_YOU = "Only yours, and to administrators of the tenant everybody's; of others "


@strawberry.type(description="A person in a tenant.")
class User:
    id: UUID
    tenant_id: UUID
    auth_provider: str = strawberry.field(description=f"Who signs them in. {ONLY_YOU}empty.")
    auth_subject: str = strawberry.field(
        description=f"As whom that one knows them. {ONLY_YOU}empty."
    )
    email: str | None = strawberry.field(description=f"{ONLY_YOU}null.")
    display_name: str | None = strawberry.field(
        description="To those who work on the same board; null to visitors."
    )
    avatar_url: str | None
    role: TenantRole | None = strawberry.field(description="Yours; of others null.")
    is_platform_admin: bool | None = strawberry.field(
        description="Whether you administer the server; of others null."
    )
    created_at: datetime
    updated_at: datetime = strawberry.field(
        description="When they came in; later changes leave no time."
    )

    @resolved("The boards that they own and you may see, the last changed first.")
    async def boards(self, info: Info) -> _Boards:
        return await _boards(info.context, self.id, Whose.OWNER)

    @resolved("The boards on which they are a member and that you may see.")
    async def member_boards(self, info: Info) -> _Boards:
        return await _boards(info.context, self.id, Whose.MEMBER)


@strawberry.type
class PeopleQueries:
    """The queries of this noun."""

    @resolved("You; null for a visitor.")
    async def me(self, info: Info) -> User | None:
        user_id = info.context.actor.user_id
        return None if user_id is None else await _known(info.context, user_id)

    @resolved(
        "Somebody: you, or who is on a board with you; to administrators of the tenant everybody "
        "of it. Null when there is nobody whom you may see."
    )
    async def user(self, info: Info, id: UUID) -> User | None:
        return await _known(info.context, id)


async def met(info: Info, user_id: UUID, board_id: UUID) -> User:
    """Show somebody who was met on a board, as far as the board lets them be seen."""
    context = info.context
    standing = await context.standing(board_id)
    profile = await context.profiles.load(user_id)
    if profile is None:
        raise NotFound(f"User {user_id} not found")
    return _user(context, shown_profile(context.actor, profile, standing))


async def _known(context: Context, user_id: UUID) -> User | None:
    profile = await context.lookups.profile(context.actor, user_id)
    if profile is None:
        return None
    # Whom one may ask for by id is one with whom one works.
    return _user(context, shown_profile(context.actor, profile, Standing.VIEWER))


async def _boards(context: Context, user_id: UUID, whose: Whose) -> "_Boards":
    # Boards have people and people have boards.
    from boards.api.graphql.types import board_of

    found = await context.lookups.boards_of(context.actor, user_id, whose, limit=LARGEST)
    context.spend(len(found))
    return [board_of(one) for one in found]


def _user(context: Context, profile: Profile) -> User:
    actor = context.actor
    is_me = actor.user_id == profile.id
    return User(
        id=profile.id,
        tenant_id=profile.tenant_id,
        auth_provider=profile.provider,
        auth_subject=profile.subject,
        email=profile.email,
        display_name=profile.display_name,
        avatar_url=profile.avatar_url,
        role=actor.tenant_role if is_me else None,
        is_platform_admin=actor.platform_admin if is_me else None,
        created_at=profile.created_at,
        updated_at=profile.created_at,
    )
