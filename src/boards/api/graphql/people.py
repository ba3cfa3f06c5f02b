"""People: who asks."""

from datetime import datetime
from uuid import UUID

import strawberry

from boards.api.graphql.context import Info
from boards.api.graphql.enums import TenantRole
from boards.api.graphql.fields import resolved

__all__ = ["PeopleQueries", "User"]


@strawberry.type(description="A person in a tenant, as only they see themselves.")
class User:
    id: UUID
    tenant_id: UUID
    auth_provider: str = strawberry.field(description="Who signs them in.")
    email: str | None
    display_name: str | None
    avatar_url: str | None
    role: TenantRole
    is_platform_admin: bool = strawberry.field(description="Whether they administer the server.")
    created_at: datetime


@strawberry.type
class PeopleQueries:
    """The queries of this noun."""

    @resolved("You; null for a visitor.")
    async def me(self, info: Info) -> User | None:
        context = info.context
        people = context.services.people
        if context.actor.user_id is None or people is None:
            return None
        member = await people.sign_in.member_for(context.actor)
        return User(
            id=member.user_id,
            tenant_id=member.tenant.id,
            auth_provider=member.provider,
            email=member.email,
            display_name=member.display_name,
            avatar_url=member.avatar_url,
            role=member.role,
            is_platform_admin=context.actor.platform_admin,
            created_at=member.created_at,
        )
